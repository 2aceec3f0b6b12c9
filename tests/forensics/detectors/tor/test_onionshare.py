"""A tab that OnionShare's own settings class saved."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.detectors.tor import onionshare
from forensics.detectors.tor._specimens_onionshare import NAME, TAB
from forensics.model import Finding, Secret


def _found(data: bytes) -> list[Finding]:
    return list(onionshare.DETECTOR.examine(BytesLayer(data), data.index(b'"private_key":') + 14))


def test_key_service_and_files() -> None:
    (found,) = _found(b"\n\n" + TAB + b"\n")
    assert found.value == NAME
    assert (found.span.offset, found.span.length) == (2, len(TAB))
    assert found.fields["mode"].value == "website"
    assert found.fields["files"].value == ("/home/v/site/index.html",)
    key = found.fields["private_key"]
    assert isinstance(key.value, Secret)
    assert key.span is not None
    assert (b"\n\n" + TAB)[key.span.offset : key.span.end].decode() == key.value.text
    assert ("OFFERED", "/home/v/site/index.html") in {(each.rule, each.target) for each in found.links}


def test_hostile_members_never_raise() -> None:
    for old, new in (
        (b'"website",', b"7,"),
        (b'"onion": {', b'"onion": {"x": ' + b"[" * 5_000 + b"], "),
        (b'"general": {', b'"general": 3, "g": {'),
        (b'"filenames": []', b'"filenames": {"a": 1}'),
        (b'"kiln"', b'"\\ud800"'),
        (b'"MHyDhk8o', b'"!HyDhk8o'),
    ):
        assert old in TAB
        for each in _found(TAB.replace(old, new)):
            assert each.fields["mode"].value == "website"
