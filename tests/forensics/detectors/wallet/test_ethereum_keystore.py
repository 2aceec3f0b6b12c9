"""Ethereum keystores: the published vectors, the name of the file, nesting."""

from __future__ import annotations

from datetime import UTC, datetime

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import _specimens as known
from forensics.detectors.wallet.ethereum_keystore import DETECTOR
from forensics.model import Finding, Locator, Outcome


def _one(data: bytes, name: str = "bytes") -> Finding:
    key = b'"ciphertext"' if b'"ciphertext"' in data else b'"encseed"'
    at = data.index(b'"', data.index(key) + len(key)) + 65
    (found,) = DETECTOR.examine(BytesLayer(data, Locator(name)), at)
    return found


def test_forms_for_password_recovery() -> None:
    scrypt = str(_one(known.WEB3_SCRYPT).fields["hash_export"].value)
    assert scrypt.startswith("$ethereum$s*262144*1*8*ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d4319")
    assert scrypt.endswith("*2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097")
    pbkdf2 = str(_one(known.WEB3_PBKDF2).fields["hash_export"].value)
    assert pbkdf2.startswith("$ethereum$p*262144*ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd")


def test_name_gives_time_and_agrees() -> None:
    name = "ext:/u/keystore/UTC--2016-03-22T12-57-55.920751759Z--008aeeda4d805471df9b2a5b0f38a0c3bcba786b"
    found = _one(known.WEB3_SCRYPT, name)
    assert found.events[0].when == datetime(2016, 3, 22, 12, 57, 55, tzinfo=UTC)
    assert found.checks[1].outcome is Outcome.PASS
    other = _one(known.WEB3_SCRYPT, name.replace("--008a", "--118a"))
    assert other.checks[1].outcome is Outcome.FAIL
    missing = _one(known.WEB3_PBKDF2, name)
    assert missing.value == "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"
    assert missing.caveats


def test_inside_of_another_object() -> None:
    data = b'{"wallets": [{"x": 1}, ' + known.WEB3_PBKDF2 + b'], "y": {}}'
    found = _one(data)
    assert data[found.span.offset : found.span.end] == known.WEB3_PBKDF2
