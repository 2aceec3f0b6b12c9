"""Keys: secrets stay masked, public values are derived, origins are read."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.key import bip38, extended, wif
from forensics.model import Finding, Grade, Link, Secret, Sensitivity
from forensics.primitives import base58, bip32


def one(detector: Detector, text: bytes, end: int | None = None) -> Finding:
    found = list(detector.examine(BytesLayer(text), len(text) if end is None else end))
    assert len(found) == 1
    return found[0]


def test_a_private_key_derives_its_addresses_and_is_masked() -> None:
    found = one(wif.DETECTOR, b"KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d")
    assert found.sensitivity is Sensitivity.SECRET
    assert isinstance(found.value, Secret)
    assert "NDKn" not in repr(found)
    assert Link("DERIVES", "address/bitcoin", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu") in found.links
    assert found.fields["public_key"].value == "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c"


@pytest.mark.parametrize(("version", "coin", "start"), [(0xB0, "LTC", "L"), (0x9E, "DOGE", "D"), (0xCC, "DASH", "X")])
@pytest.mark.parametrize("marker", [b"", b"\x01"])
def test_keys_of_other_coins(version: int, coin: str, start: str, marker: bytes) -> None:
    text = base58.encode_check(bytes((version,)) + b"\x11" * 32 + marker).encode()
    found = one(wif.DETECTOR, text)
    assert found.fields["coin"].value == coin
    assert str(found.fields["address"].value).startswith(start)
    assert found.fields["compressed"].value is bool(marker)
    assert found.grade == Grade.C2


def test_a_marker_of_another_value_is_refused() -> None:
    text = base58.encode_check(b"\x80" + b"\x11" * 32 + b"\x02").encode()
    assert not list(wif.DETECTOR.examine(BytesLayer(text), len(text)))


def test_an_extended_private_key_is_secret_and_names_its_public_half() -> None:
    master = bip32.master(b"\x42" * 16)
    assert master is not None
    found = one(extended.DETECTOR, str(master).encode())
    assert isinstance(found.value, Secret)
    assert found.grade == Grade.C2
    public = str(bip32.neutered(master))
    assert found.links == (Link("DERIVES", "key/extended", public),)
    assert found.fields["extended_public_key"].value == public
    again = one(extended.DETECTOR, public.encode())
    assert again.value == public
    assert again.sensitivity is Sensitivity.NORMAL
    assert again.fields["fingerprint"].value == found.fields["fingerprint"].value


def test_the_origin_before_a_key_is_read_with_its_place() -> None:
    specimen = next(each for each in extended.DETECTOR.specimens if "origin" in each.name)
    end = specimen.data.index(b"/0/*")
    found = one(extended.DETECTOR, specimen.data, end)
    assert found.fields["master_fingerprint"].value == "d34db33f"
    assert found.fields["path"].value == "m/84'/0'/0'"
    for name, stored in (("master_fingerprint", b"d34db33f"), ("path", b"/84'/0'/0'")):
        span = found.fields[name].span
        assert span is not None
        assert specimen.data[span.offset : span.end] == stored


def test_an_encrypted_key_says_what_it_says_without_a_passphrase() -> None:
    found = one(bip38.DETECTOR, b"6PgNBNNzDkKdhkT6uJntUXwwzQV8Rr2tZcbkDcuC9DZRsS6AtHts4Ypo1j")
    assert isinstance(found.value, Secret)
    assert found.fields["lot_and_sequence"].value is True
    assert found.fields["type"].value == "encrypted key, multiplied"


def test_flags_that_the_standard_does_not_know_are_refused() -> None:
    payload = base58.decode_check(b"6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg")
    assert payload is not None
    text = base58.encode_check(payload[:2] + b"\xc1" + payload[3:]).encode()
    assert len(text) == 58
    assert not list(bip38.DETECTOR.examine(BytesLayer(text), 58))
