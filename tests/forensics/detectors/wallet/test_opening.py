"""Wallets opened with a given secret: published vectors, and files that the test encrypts by other means."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.detectors.wallet._specimens import WEB3_PBKDF2, WEB3_SCRYPT
from forensics.errors import FormatError

# Address of "abandon ... about" at m/44'/60'/0'/0/0, as every wallet shows it.
PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
FIRST = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
PASSWORD = b"Juniper-lantern-12"


def padded(data: bytes) -> bytes:
    count = 16 - len(data) % 16
    return data + bytes((count,)) * count


def sealed(key: bytes, iv: bytes, data: bytes) -> bytes:
    context = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return context.update(padded(data)) + context.finalize()


def vault(rounds: int) -> bytes:
    iv, salt = os.urandom(16), os.urandom(32)
    rings = [{"type": "HD Key Tree", "data": {"mnemonic": list(PHRASE.encode()), "numberOfAccounts": 1}}]
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, rounds, 32)
    text = {
        "data": AESGCM(key).encrypt(iv, json.dumps(rings).encode(), None),
        "iv": iv,
        "salt": salt,
    }
    stored: dict[str, object] = {name: base64.b64encode(each).decode() for name, each in text.items()}
    if rounds != 10_000:
        stored["keyMetadata"] = {"algorithm": "PBKDF2", "params": {"iterations": rounds}}
    return json.dumps(stored).encode()


@pytest.mark.parametrize("vector", [WEB3_SCRYPT, WEB3_PBKDF2], ids=["scrypt that OpenSSL refuses", "PBKDF2"])
def test_the_published_keystores_open(vector: bytes) -> None:
    found = opened("wallet/ethereum_keystore", vector, b"testpassword")
    assert found.addresses == [("address/ethereum", "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b")]
    assert dict(found.secrets)["private_key"] == "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"
    with pytest.raises(WrongSecretError):
        opened("wallet/ethereum_keystore", WEB3_PBKDF2, b"testpasswore")


@pytest.mark.parametrize("rounds", [10_000, 60_000])
def test_a_metamask_vault_opens_to_its_first_address(rounds: int) -> None:
    stored = vault(rounds)
    for text in (stored, json.dumps(json.dumps(stored.decode())).encode().strip(b'"\\')):
        found = opened("wallet/metamask", text, PASSWORD)
        assert found.addresses == [("address/ethereum", FIRST)]
        assert found.secrets == [("seed", PHRASE)]
    with pytest.raises(WrongSecretError):
        opened("wallet/metamask", stored, PASSWORD + b" ")


def test_an_electrum_field_opens_and_its_key_proves_it() -> None:
    xprv = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
    xpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
    key, iv = hashlib.sha256(hashlib.sha256(PASSWORD).digest()).digest(), os.urandom(16)
    stored = base64.b64encode(iv + sealed(key, iv, xprv.encode())).decode()
    wallet = {
        "seed_version": 18,
        "wallet_type": "standard",
        "keystore": {"type": "bip32", "xpub": xpub, "xprv": stored},
    }
    found = opened("wallet/electrum", json.dumps(wallet).encode(), PASSWORD)
    assert found.check == "the private key gives the stored public key"
    assert ("xprv", xprv) in found.secrets
    assert found.keys == [xpub]
    with pytest.raises(WrongSecretError):
        opened("wallet/electrum", json.dumps(wallet).encode(), b"other")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("wallet/ethereum_keystore", WEB3_SCRYPT.replace(b"262144", b"1073741824")),
        ("wallet/ethereum_keystore", b'{"crypto": {"kdf": "pbkdf2", "kdfparams": {"c": 99999999999}}}'),
        ("wallet/metamask", b'{"data": "AAAA", "iv": "A", "salt": ""}'),
        ("wallet/exodus", b"SECO"),
        ("wallet/bitcoin_core", bytes(4096)),
        ("wallet/bitcoinj", b"\x0a\x16org.bitcoin.production"),
        ("wallet/blockchain_com", b'{"pbkdf2_iterations": 1, "payload": "AAAA"}'),
        ("wallet/electrum", b"QklFMQ"),
        ("wallet/monero_keys", b""),
    ],
)
def test_what_is_hostile_or_damaged_says_so(kind: str, data: bytes) -> None:
    with pytest.raises(FormatError):
        opened(kind, data, PASSWORD)
