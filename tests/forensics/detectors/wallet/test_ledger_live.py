"""Ledger Live: what a file says, and a published sample that opens with its password."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import ledger_live
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Absent, Finding, Grade

PLAIN, LOCKED = (each.data for each in ledger_live.DETECTOR.specimens[:2])


def found(data: bytes) -> Finding:
    (one,) = ledger_live.DETECTOR.examine(BytesLayer(data), data.index(b'"accounts"') + 40)
    return one


def test_accounts_operations_and_devices_are_told() -> None:
    one = found(PLAIN)
    assert one.grade is Grade.C3
    assert one.fields["last_device"].value == "nanoX 2.2.3"
    accounts, operations = one.fields["accounts"].value, one.fields["operations"].value
    assert isinstance(accounts, tuple)
    assert isinstance(accounts[0], dict)
    assert accounts[0]["coin"] == "bitcoin"
    assert accounts[0]["derivation"] == "native_segwit"
    assert isinstance(operations, tuple)
    assert isinstance(operations[0], dict)
    assert operations[0]["senders"] == ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT",)
    assert [str(event.when) for event in one.events] == ["2024-02-29 10:11:12+00:00", "2024-02-29 10:12:12+00:00"]
    assert {link.rule for link in one.links} == {"WALLET_HAS_XPUB", "WALLET_HAS_ADDRESS", "WALLET_HAS_TRANSACTION"}


def test_locked_accounts_leave_the_settings_legible() -> None:
    one = found(LOCKED)
    assert one.value is Absent.ENCRYPTED
    assert one.fields["last_device"].value == "nanoX 2.2.3"
    assert one.fields["iv"].value == "00112233445566778899aabbccddeeff"


def test_the_password_opens_the_accounts() -> None:
    data = b'{"accounts":"' + ledger_live._SEALED.encode() + b'"}'
    one = opened("wallet/ledger_live", data, b"hashcat")
    assert one.fields["accounts"] == ("js:2:bitcoin:xpubEXAMPLE:native_segwit",)
    with pytest.raises(WrongSecretError):
        opened("wallet/ledger_live", data, b"hashcat1")
    with pytest.raises(FormatError, match="nothing"):
        opened("wallet/ledger_live", b'{"accounts": []}', b"hashcat")
