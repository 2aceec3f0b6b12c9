"""Bitcoin Core wallets: what the records say, in both containers and both orders of octets."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import _specimens as known
from forensics.detectors.wallet.bitcoin_core import DETECTOR
from forensics.model import ByteRun, Finding, Grade, Link, Sensitivity


def _one(data: bytes, at: int = 0) -> Finding:
    (found,) = DETECTOR.examine(BytesLayer(data), at)
    return found


def test_records_of_an_encrypted_wallet() -> None:
    found = _one(known.BERKELEY)
    fields = {name: each.value for name, each in found.fields.items()}
    assert found.grade is Grade.C3
    assert found.sensitivity is Sensitivity.PERSONAL
    assert fields["encryption"] == "private keys encrypted"
    assert fields["record_types"] == {
        "ckey": 1, "keymeta": 1, "mkey": 1, "name": 1, "purpose": 1, "tx": 1, "version": 1
    }  # fmt: skip
    assert fields["addresses"] == (
        {"address": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "label": "stall", "purpose": "receive"},
    )
    tail = bytes(range(16, 48)).hex()
    assert fields["hash_export"] == f"$bitcoin$64${tail}$16${b'saltsalt'.hex()}$25000$2$00$2$00"
    assert [(each.meaning, each.as_stored) for each in found.events] == [
        ("key created", "1709201472"),
        ("payment seen by the wallet", "1709201532"),
    ]
    assert Link("WALLET_HAS_ADDRESS", "address", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT") in found.links


def test_span_of_the_master_key_holds_it() -> None:
    found = _one(b"\0" * 3 + known.BERKELEY, 3)
    span = found.fields["hash_export"].span
    assert isinstance(span, ByteRun)
    assert (b"\0" * 3 + known.BERKELEY)[span.offset : span.end].startswith(b"\x30" + bytes(range(48)))


def test_plain_keys_make_it_secret_and_are_not_shown() -> None:
    found = _one(known.PLAIN)
    assert found.sensitivity is Sensitivity.SECRET
    assert found.fields["plain_private_keys"].value == 1
    assert found.fields["encryption"].value == "none"
    assert "hash_export" not in found.fields


def test_descriptors() -> None:
    found = _one(known.DESCRIPTORS)
    fields = {name: each.value for name, each in found.fields.items()}
    assert fields["network"] == "bitcoin"
    assert fields["flags"] == ("last hardened xpub cached", "descriptors")
    assert [each.meaning for each in found.events] == ["descriptor created", "payment seen by the wallet"]
    assert any(each.rule == "WALLET_HAS_XPUB" and each.target.startswith("xpub661My") for each in found.links)


def test_old_plain_keys_in_gaps_are_counted() -> None:
    data = bytearray(known.BERKELEY)
    gap = 3 * 2_048 + 200
    data[gap : gap + 38] = b"\x03key\x21" + b"\x02" + bytes(32)
    found = _one(bytes(data))
    assert found.fields["plain_keys_left_over"].value == 1
    assert any("before the encryption" in each for each in found.caveats)
