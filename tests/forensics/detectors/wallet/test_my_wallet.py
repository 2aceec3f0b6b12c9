"""MultiBit HD, My Wallet and its kin, and seeds of Electrum 1.x: published samples, and files that the test encrypts."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import bitcoinj, multibit_hd
from forensics.detectors.wallet._open_multibit_hd import derived
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.detectors.wallet.electrum import DETECTOR as ELECTRUM
from forensics.model import Secret
from forensics.primitives import electrum_old

PASSWORD = b"Juniper-lantern-12"
HELD = {"guid": "9bb4c672-563e-4806-9012-a3e8f86a0eca", "keys": [{"addr": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}]}
HEARTBEAT = "powerful random nobody notice nothing important anyway look away hidden message over"
HEARTBEAT_DIGITS = "acb740e454c3134901d7c8f16497cc1c"  # Electrum's own test of the old list


def sealed(key: bytes, iv: bytes, data: bytes) -> bytes:
    count = 16 - len(data) % 16
    context = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return context.update(data + os.urandom(count - 1) + bytes((count,))) + context.finalize()  # ISO 10126


@pytest.mark.parametrize(
    ("password", "iv", "first", "second"),
    [
        # hashcat's sample of mode 22700, and John's of the same form
        (b"hashcat", "2e311aa2cc5ec99f7073cacc8a2d1938", "e3ad782e7f92d66a3cdfaec43a46be29", "5d1cabd4f4a50ba125f88c47027fff9b"),
        (b"openwall", "081e3a1252c26731120d0d63783ae46f", "8354d5b454e78fb15f81c9e6289ba9b8", "081e3a1252c26731120d0d63783ae46f"),
    ],
)  # fmt: skip
def test_the_published_samples_of_multibit_hd_open(password: bytes, iv: str, first: str, second: str) -> None:
    def beginning(initial: bytes, block: str) -> bytes:
        context = Cipher(algorithms.AES(derived(password)), modes.CBC(initial)).decryptor()
        return context.update(bytes.fromhex(block))

    found = (beginning(bytes.fromhex(iv), first), beginning(multibit_hd.FIXED_IV, second))
    assert b"\n\x16org.bitcoin.pr" in found


@pytest.mark.parametrize("stored", [True, False], ids=["initial value stored", "fixed"])
def test_a_multibit_hd_wallet_opens(stored: bool) -> None:
    plain = bitcoinj.DETECTOR.specimens[0].data
    count = 16 - len(plain) % 16
    iv = os.urandom(16) if stored else multibit_hd.FIXED_IV
    context = Cipher(algorithms.AES(derived(PASSWORD)), modes.CBC(iv)).encryptor()
    data = (iv if stored else b"") + context.update(plain + bytes((count,)) * count) + context.finalize()
    found = opened("wallet/multibit_hd", data, PASSWORD)
    assert found.fields["network"] == "org.bitcoin.production"
    assert found.addresses
    with pytest.raises(WrongSecretError):
        opened("wallet/multibit_hd", data, PASSWORD + b" ")


def test_my_wallet_of_version_0_opens() -> None:
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha1", PASSWORD, salt, 10, 32)
    data = base64.b64encode(salt + sealed(key, salt, json.dumps(HELD).encode()))
    found = opened("wallet/blockchain_com", data, PASSWORD)
    assert found.addresses == [("address/bitcoin", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT")]
    with pytest.raises(WrongSecretError):
        opened("wallet/blockchain_com", data, b"another")


def test_dogechain_opens() -> None:
    salt, iv = os.urandom(16), os.urandom(16)
    given = base64.b64encode(hashlib.sha256(PASSWORD).digest())
    key = hashlib.pbkdf2_hmac("sha256", given, salt, 5_000, 32)
    held = json.dumps({"keys": [{"addr": "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"}]}).encode()
    text = {"payload": iv + sealed(key, iv, held), "salt": salt}
    data = json.dumps(
        {name: base64.b64encode(each).decode() for name, each in text.items()} | {"pbkdf2_iterations": 5000}
    )
    found = opened("wallet/dogechain", data.encode(), PASSWORD)
    assert found.addresses == [("address/dogecoin", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L")]
    with pytest.raises(WrongSecretError):
        opened("wallet/dogechain", data.encode(), b"another")


def test_a_seed_of_electrum_1_is_told_in_words_too() -> None:
    assert electrum_old.seed(HEARTBEAT.split()) == HEARTBEAT_DIGITS
    assert electrum_old.phrase(HEARTBEAT_DIGITS) == HEARTBEAT
    wallet = {"seed_version": 50, "wallet_type": "standard", "keystore": {"type": "old", "seed": HEARTBEAT_DIGITS}}
    data = json.dumps(wallet | {"use_encryption": False, "addresses": {}}).encode()
    (found,) = ELECTRUM.examine(BytesLayer(data), data.index(b'_version"') + len(b'_version"'))
    told = found.fields["seed_words"].value
    assert isinstance(told, Secret)
    assert told.text == HEARTBEAT
