"""Electrum wallets: generations, secrets, patches, and text around them."""

from __future__ import annotations

import time

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import _specimens as known
from forensics.detectors.wallet.electrum import DETECTOR
from forensics.model import Absent, Clock, Finding, Grade, Link, Secret, Sensitivity


def _found(data: bytes, key: bytes = b"seed_version") -> list[Finding]:
    return list(DETECTOR.examine(BytesLayer(data), data.index(key) + len(key) + 1))


def test_plain_wallet() -> None:
    (found,) = _found(known.ELECTRUM_PLAIN)
    assert found.value == known._XPUB
    assert found.grade is Grade.C3
    assert found.sensitivity is Sensitivity.SECRET
    assert (found.span.offset, found.span.length) == (0, len(known.ELECTRUM_PLAIN))
    seed = found.fields["seed"]
    assert seed.value == Secret(known._WORDS)
    assert seed.span is not None
    assert known.ELECTRUM_PLAIN[seed.span.offset : seed.span.end].decode() == known._WORDS
    assert [(each.meaning, each.clock) for each in found.events] == [
        ("payment confirmed", Clock.CHAIN),
        ("wallet created", Clock.DEVICE),
    ]
    assert Link("CONTACT_OF", "address", "1BitcoinEaterAddressDontSendf59kuE") in found.links


def test_nothing_secret_is_said_of_an_encrypted_keystore() -> None:
    (found,) = _found(known.ELECTRUM_LOCKED)
    assert found.sensitivity is Sensitivity.PERSONAL
    assert not any(isinstance(each.value, Secret) for each in found.fields.values())
    assert found.fields["hash_export"].value == (
        "$electrum$2*000102030405060708090a0b0c0d0e0f*101112131415161718191a1b1c1d1e1f"
    )


def test_patches_tell_what_was_removed() -> None:
    (found,) = _found(known.ELECTRUM_PATCHED)
    assert found.fields["patches"].value == 2
    assert found.fields["overwritten"].value == ({"path": "/labels/" + "aa" * 32, "before": "order 12"},)
    assert found.span.length == len(known.ELECTRUM_PATCHED) - 1
    assert isinstance(found.fields["contacts"].value, tuple)
    assert len(found.fields["contacts"].value) == 2


def test_python_dictionary() -> None:
    (found,) = _found(known.ELECTRUM_OLD)
    assert found.value == known._MPK
    assert found.fields["generation"].value == "1.x"
    assert found.fields["address_count"].value == 1
    assert str(found.fields["hash_export"].value).startswith("$electrum$1*0001")


def test_whole_file_encrypted() -> None:
    (found,) = DETECTOR.examine(BytesLayer(b" " + known.ELECTRUM_WHOLE + b"\n"), 1)
    assert found.value is Absent.ENCRYPTED
    assert found.span.length == len(known.ELECTRUM_WHOLE)
    assert str(found.fields["hash_export"].value).startswith("$electrum$4*0279be667ef9dcbb")
    assert not list(DETECTOR.examine(BytesLayer(b"A" + known.ELECTRUM_WHOLE), 1))


def test_found_between_other_bytes() -> None:
    data = b"\0" * 77 + b"} {noise{ " + known.ELECTRUM_PLAIN + b"\0\0{"
    (found,) = _found(data)
    assert found.span.length == len(known.ELECTRUM_PLAIN)


def test_many_keys_without_objects_cost_little() -> None:
    data = b'"seed_version": 4, ' * 20_000
    layer = BytesLayer(data)
    started = time.perf_counter()
    for at in range(14, len(data), 19 * 20):
        assert not list(DETECTOR.examine(layer, at))
    assert time.perf_counter() - started < 20


def test_deep_nesting_ends() -> None:
    assert not _found(b"{" * 5 + b'"a":[' * 60_000 + b'"seed_version"')
    assert not _found(b"{'a':" + b"(" * 50_000 + b"'seed_version'")
