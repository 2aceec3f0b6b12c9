"""A file of Finder's that an independent library wrote."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import ds_store
from forensics.detectors.system._specimens_ds_store import FILE
from forensics.model import Finding


def _found(data: bytes, at: int = 0) -> dict[str, Finding]:
    return {str(each.value): each for each in ds_store.DETECTOR.examine(BytesLayer(data), at)}


def test_where_trashed_files_came_from_and_sizes() -> None:
    found = _found(bytes(512) + FILE, 512)
    assert set(found) == {"/Users/v/Documents/report.pdf", "/Users/v/Desktop/price list.pdf", "wallet"}
    renamed = found["/Users/v/Desktop/price list.pdf"]
    assert renamed.fields["name"].value == "report 2.pdf"
    assert renamed.fields["original_folder"].value == "Users/v/Desktop/"
    name = renamed.fields["name"].span
    assert name is not None
    assert "report 2.pdf".encode("utf-16-be") in (bytes(512) + FILE)[name.offset : name.end]
    folder = found["wallet"]
    told = {each: folder.fields[each].value for each in ("size", "size_on_disk", "comment")}
    assert told == {"size": 123_456, "size_on_disk": 126_976, "comment": "cold one"}
    assert [each.when.isoformat() for each in folder.events] == ["2024-10-30T00:00:00+00:00"]


def test_damage_is_told_and_never_raises() -> None:
    used = FILE.rstrip(b"\0")
    for cut in range(0, len(used), 61):
        _found(FILE[:cut])
    for bit in range(0, 8 * len(used), 997):
        changed = bytearray(FILE)
        changed[bit // 8] ^= 1 << bit % 8
        _found(bytes(changed))
    broken = FILE.replace(b"lg1Scomp", b"lg1Sxxxx")
    assert any("damaged" in each for one in _found(broken).values() for each in one.caveats)
