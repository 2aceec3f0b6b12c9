"""Vaults of browser extensions: what is told of them, and that they open with their password."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import brave, coinbase, extension, phantom, trust_wallet
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Finding, Locator
from forensics.primitives.keccak import keccak256

PASSWORD = b"Juniper-lantern-12"
PHRASE = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
FIRST = ("address/ethereum", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94")

# Of one key, encrypted by PyNaCl 1.6.2 as Phantom does: with PBKDF2, with scrypt; a seed and a private key under it.
KEY = (
    b'{"encryptedKey":{"digest":"sha256","encrypted":"z1n511deLqbhPqz9DC8fmEsv3opmkxAXWV8MPJeALGwUstPnxzsQ'
    b'hLRmEHG8heRiW","iterations":10000,"kdf":"pbkdf2","nonce":"6L5yRNPTuciSgXGHqYwn9N6NeoDywHBd","salt":"'
    b'8DfbjXLth7APvt3qQPgtf"},"version":1}'
)
KEY_SCRYPT = (
    b'{"encryptedKey":{"digest":"sha256","encrypted":"8dvM6fSxSPRLCXhyFKUuyXQg4AwjKC9qCTHy3Q2Ah6rbSppyWA1J'
    b'xP5sthRnxdDcz3","iterations":10000,"kdf":"scrypt","nonce":"6L5yRNPTuciSgXGHqYwn9N6NeoDywHBd","salt":'
    b'"8DfbjXLth7APvt3qQPgtf"},"version":1}'
)
SEED = (
    b'{"content":{"digest":"sha256","encrypted":"3XFERRQEg1PipBHFUADXZP8tA1KeLZ1jkdALT82jJbPW3YPWQAiTF4Vv2'
    b"5JTNSc2UmKUEcZrjXmtVcyKGKfrQkR2vH6KwZKNiwa6EFXc1dyxFTAdPnVdjimzmSSMZsRTj7Mig2YVn4JQxwqdzypErnPZ3vFqG"
    b'RhLbbghxnDGqtvvXjNiyfjUFszyqW8g3FEFxai3K2cx1s9mEZwvmvAjSFfyhpviUzG","iterations":10000,"kdf":"pbkdf2'
    b'","nonce":"BdxvG7Samm6vJVTtxgJ8eK64a5b4zbZz","salt":"FQhLwXD4imUN5EmQDFhf6"},"type":"seed"}'
)
PRIVATE = (
    b'{"content":{"digest":"sha256","encrypted":"67meuhNP5ThsFHvZDvD3RkKSGyhYaiH6vQB8DJBAPMMEXTyNczXDoxnj7'
    b"doRftY7RigS718NrS7Lq7B2zBuSeaaZj14ZHcM4zrjr5FLuURCo7i4iWjTEPWromzXCZihr4umTGu2Vwydx1KGC43r7tomVnTQKk"
    b'SpWYg7Z4MoAB3PhcnnEQ62zf5Tx3PcuYMJrHxrQZYd3VCktnUmrS4gYXW5sPf4EK2xi58VfeHkm1hSdHJhZdB7C8","iteration'
    b's":10000,"kdf":"scrypt","nonce":"Gwqs6rVhduVPvTfW5oeV9G5kVMxA3uxM","salt":"Nbj69X5EkRnLDbUy27iRX"},"'
    b'type":"privateKey"}'
)


@pytest.mark.parametrize(("key", "export"), [(KEY, "$phantom$"), (KEY_SCRYPT, "PHANTOM:4096:8:1:")])
def test_phantom_opens_its_key_and_what_is_beside(key: bytes, export: str) -> None:
    (one,) = phantom.DETECTOR.examine(BytesLayer(key), key.index(b'"iterations"'))
    assert str(one.fields["hash_export"].value).startswith(export)
    found = opened("wallet/phantom", key, PASSWORD, b"[" + b",".join((key, SEED, PRIVATE)) + b"]")
    assert found.check == "authenticator of the secret box (Poly1305)"
    assert ("seed", PHRASE) in found.secrets
    assert ("private_key", bytes(range(1, 33)).hex()) in found.secrets
    assert FIRST in found.addresses
    assert found.fields["secrets_opened"] == 2
    assert found.fields["secrets_not_opened"] == 0
    with pytest.raises(WrongSecretError):
        opened("wallet/phantom", key, PASSWORD + b"3")


def test_phantom_tells_what_is_beside_and_does_not_open() -> None:
    other = SEED.replace(b'"encrypted":"3X', b'"encrypted":"4X')
    found = opened("wallet/phantom", KEY, PASSWORD, b"[" + other + b"]")
    assert found.fields["secrets_not_opened"] == 1
    assert not found.secrets


def sealed(password: bytes, plain: object, rounds: int = 10_000) -> bytes:
    """A vault as MetaMask's library writes it."""
    iv, salt = os.urandom(16), os.urandom(32)
    key = hashlib.pbkdf2_hmac("sha256", password, salt, rounds, 32)
    body = AESGCM(key).encrypt(iv, json.dumps(plain).encode(), None)
    parts = {"data": body, "iv": iv, "salt": salt}
    return json.dumps({name: base64.b64encode(each).decode() for name, each in parts.items()}).encode()


@pytest.mark.parametrize(
    ("plain", "name"),
    [
        ({"accounts": [{"mnemonic": PHRASE}]}, "BNB Chain"),
        (json.dumps({"type": "SEED_PHRASE", "seed": PHRASE}), "Ronin"),
        ({"entropyHex": "00" * 16}, "Sui"),
        (PHRASE, "Crypto.com"),
        ([{"type": "HD Key Tree", "data": {"mnemonic": PHRASE}}], "Rabby, OKX, Unisat"),
    ],
    ids=lambda each: each if isinstance(each, str) and len(each) < 30 else "",
)
def test_vaults_of_the_same_library_open_whatever_they_hold(plain: object, name: str) -> None:
    found = opened("wallet/metamask", sealed(PASSWORD, plain), PASSWORD)
    assert ("seed", PHRASE) in found.secrets, name
    assert FIRST in found.addresses


def test_tronlink_makes_another_password() -> None:
    stored = sealed(hashlib.sha256(PASSWORD + b"<trlk>").hexdigest().encode(), {"T1": {"type": 0, "mnemonic": PHRASE}})
    found = opened("wallet/metamask", stored, PASSWORD)
    assert found.fields["password_as_made_by"] == "TronLink"
    assert ("seed", PHRASE) in found.secrets
    with pytest.raises(WrongSecretError):
        opened("wallet/metamask", stored, b"other")


def test_the_password_of_ronins_wallets_is_told_as_a_secret() -> None:
    assert opened("wallet/metamask", sealed(PASSWORD, "wallet-password-1"), PASSWORD).secrets == [
        ("password", "wallet-password-1")
    ]


def test_trust_wallets_open_with_the_salt_beside() -> None:
    salt = os.urandom(32)
    record = json.dumps(json.dumps({"salt": "0x" + salt.hex()}, separators=(",", ":"))).encode()
    (one,) = trust_wallet.DETECTOR.examine(BytesLayer(record), record.index(b"0x") + 34)
    assert one.fields["kdf_salt"].value == salt.hex()
    made = b"0x" + hashlib.pbkdf2_hmac("sha512", PASSWORD, salt, 20_000, 512).hex().encode()
    vault = opened("wallet/metamask", sealed(made, {"vaultId": "1"}), PASSWORD, b"[" + record + b"]")
    assert vault.fields["password_as_made_by"] == "Trust Wallet"
    stored = keystore(made, PHRASE.encode())
    found = opened("wallet/ethereum_keystore", stored, PASSWORD, b"[" + record + b"]")
    assert ("seed", PHRASE) in found.secrets
    assert FIRST in found.addresses
    with pytest.raises(WrongSecretError):
        opened("wallet/ethereum_keystore", stored, PASSWORD)


def keystore(password: bytes, plain: bytes) -> bytes:
    salt, iv = os.urandom(32), os.urandom(16)
    key = hashlib.scrypt(password, salt=salt, n=1024, r=8, p=1, dklen=32)
    context = Cipher(algorithms.AES(key[:16]), modes.CTR(iv)).encryptor()
    body = context.update(plain) + context.finalize()
    crypto = {
        "cipher": "aes-128-ctr", "cipherparams": {"iv": iv.hex()}, "ciphertext": body.hex(), "kdf": "scrypt",
        "kdfparams": {"dklen": 32, "n": 1024, "p": 1, "r": 8, "salt": salt.hex()},
        "mac": keccak256(key[16:] + body).hex(),
    }  # fmt: skip
    return json.dumps({"activeAccounts": [{"address": FIRST[1]}], "crypto": crypto, "type": "mnemonic"}).encode()


def test_coinbase_opens_with_its_password() -> None:
    iv, salt = os.urandom(12), os.urandom(16)
    body = AESGCM(hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, 300_000, 32)).encrypt(iv, PHRASE.encode(), None)
    entry = {"mnemonic": base64.b64encode(body).decode(), "passwordIv": list(iv), "salt": list(salt)}
    text = json.dumps(json.dumps({"a": entry})).encode()
    (one,) = coinbase.DETECTOR.examine(BytesLayer(text), text.index(b"passwordIv") + 16)
    part = text[one.span.offset : one.span.offset + one.span.length]
    found = opened("wallet/coinbase", part, PASSWORD)
    assert ("seed", PHRASE) in found.secrets
    assert FIRST in found.addresses
    with pytest.raises(WrongSecretError):
        opened("wallet/coinbase", part, b"other")


@pytest.mark.parametrize("rounds", [310_000, 100_000])
@pytest.mark.parametrize("paired", [False, True], ids=["one nonce", "a nonce each"])
def test_braves_keyring_opens_with_its_imported_keys(rounds: int, *, paired: bool) -> None:
    salt, nonce = os.urandom(32), os.urandom(12)
    cipher = AESGCMSIV(hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, rounds, 32))

    def stored(plain: bytes) -> object:
        body = base64.b64encode(cipher.encrypt(nonce, plain, b"")).decode()
        return {"ciphertext": body, "nonce": base64.b64encode(nonce).decode()} if paired else body

    keyring = {
        "account_metas": [{"account_address": FIRST[1], "account_name": "Account 1"}],
        "encrypted_mnemonic": stored(PHRASE.encode()),
        "imported_accounts": [{"encrypted_private_key": stored(bytes(range(1, 33)))}],
        "password_encryptor_nonce": base64.b64encode(nonce).decode(),
        "password_encryptor_salt": base64.b64encode(salt).decode(),
    }
    text = json.dumps({"brave": {"wallet": {"keyrings": {"default": keyring}}}}).encode()
    (one,) = brave.DETECTOR.examine(BytesLayer(text), text.index(b"encryptor_salt") + 62)
    assert one.fields["accounts"].value == ({"name": "Account 1", "address": FIRST[1]},)
    found = opened("wallet/brave", text[one.span.offset : one.span.offset + one.span.length], PASSWORD)
    assert ("seed", PHRASE) in found.secrets
    assert ("private_key", bytes(range(1, 33)).hex()) in found.secrets
    assert FIRST in found.addresses
    assert found.fields == {"kdf_rounds": rounds}
    with pytest.raises(WrongSecretError):
        opened("wallet/brave", json.dumps(keyring).encode(), b"other")


@pytest.mark.parametrize(
    "kind", ["wallet/brave", "wallet/phantom", "wallet/coinbase", "wallet/metamask", "wallet/ethereum_keystore"]
)
@pytest.mark.parametrize("data", [b"", b"{}", b'{"encryptedKey": 3}', b"[" * 5_000, KEY[:-20], b"\xff\xfe"])
def test_what_is_none_says_so(kind: str, data: bytes) -> None:
    with pytest.raises(FormatError):
        opened(kind, data, PASSWORD)


def test_a_log_tells_the_wallet_the_user_and_the_time() -> None:
    text = extension.DETECTOR.specimens[0].data
    (one,) = extension.DETECTOR.examine(BytesLayer(text, Locator("ntfs:/LOG")), text.index(b"gknn since") + 4)
    assert told(one) == {
        "what": "database created",
        "local_time": "2021-08-30 21:35:11.314",
        "extension": "nkbihfbeogaeaoehlefnkodbefgpgknn",
        "folder": "C:\\Users\\wick\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Local Extension Settings\\"
        "nkbihfbeogaeaoehlefnkodbefgpgknn",
        "user_folder": "wick",
    }


def told(one: Finding) -> dict[str, object]:
    return {name: each.value for name, each in one.fields.items()}
