"""Wallets of bitcoinj: who wrote them, and one of Bisq that opens with its password."""

from __future__ import annotations

import hashlib

import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import bitcoinj
from forensics.detectors.wallet._opening import WrongSecretError, opened

SPECIMENS = {each.name: each.data for each in bitcoinj.DETECTOR.specimens}
PASSWORD = "Juniper-lantern-12"


def test_bisq_is_told_by_its_coin_and_its_cost() -> None:
    (one,) = bitcoinj.DETECTOR.examine(BytesLayer(SPECIMENS["of Bisq"]), 0)
    assert one.fields["program"].value == "Bisq"
    assert one.fields["account_paths"].value == ("m/44'/142'/0'",)
    assert one.fields["extensions"].value == ("org.example.extension",)
    assert (one.fields["kdf_n"].value, one.fields["kdf_p"].value) == (32_768, 6)
    assert str(one.fields["hash_export"].value).startswith("$bisq$3*32768*8*6*73616c7473616c74*")
    (other,) = bitcoinj.DETECTOR.examine(BytesLayer(SPECIMENS["encrypted"]), 0)
    assert "program" not in other.fields
    assert str(other.fields["hash_export"].value).startswith("$multibit$3*16384*8*1*")


def test_a_wallet_of_bisq_opens() -> None:
    key = hashlib.scrypt(PASSWORD.encode("utf-16-be"), salt=b"saltsalt", n=32_768, r=8, p=6, dklen=32, maxmem=128 << 20)
    sealed = AES.new(key, AES.MODE_CBC, bytes(16)).encrypt(pad(bytes(31) + b"\7", 16))
    data = SPECIMENS["of Bisq"].replace(bytes(48), sealed, 1)
    one = opened("wallet/bitcoinj", data, PASSWORD.encode())
    assert ("private_key", "00" * 31 + "07") in one.secrets
    assert one.check == "padding; 1 of 1 private keys give their public keys"
    with pytest.raises(WrongSecretError):
        opened("wallet/bitcoinj", data, b"other")
