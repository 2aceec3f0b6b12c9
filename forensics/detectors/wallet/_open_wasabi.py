"""Wasabi wallets, opened with a given password.

Facts: BIP-38 (scrypt 16384/8/8 over the passphrase in NFC and four octets of the address's double SHA-256; AES-256
of two blocks). The key and the stored chain code are the master of the account's key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.detectors.wallet._objects import mapping, string
from forensics.detectors.wallet._opened import Opened, WrongSecretError, scrypt
from forensics.errors import FormatError
from forensics.primitives import base58, bip32, secp256k1
from forensics.primitives.hash160 import hash160

_KNOWN, _COMPRESSED, _MAIN_PRIVATE = b"\x01\x42", 0x20, 0x0488ADE4


def bip38(sealed: str, secret: bytes) -> bytes:
    """The private key of an encrypted one that was known when it was encrypted.

    Raises:
        FormatError: another form, or a checksum that does not hold.
        WrongSecretError: the key does not give the address whose hash is stored.
    """
    payload = base58.decode_check(sealed.encode("utf-8"))
    if payload is None or len(payload) != 39 or payload[:2] != _KNOWN:
        raise FormatError("no encrypted key of the known form of BIP-38")
    text = unicodedata.normalize("NFC", secret.decode("utf-8", "replace")).encode()
    derived = scrypt(text, payload[3:7], 16_384, 8, 8, 64)
    context = Cipher(algorithms.AES(derived[32:]), modes.ECB()).decryptor()  # noqa: S305  # BIP-38 says so
    mixed = context.update(payload[7:]) + context.finalize()
    private = bytes(one ^ other for one, other in zip(mixed, derived[:32], strict=True))
    if secp256k1.is_private(private):
        public = secp256k1.public_key(private, short=bool(payload[2] & _COMPRESSED))
        for version in (b"\0", b"\x6f"):
            address = base58.encode_check(version + hash160(public)).encode()
            if hashlib.sha256(hashlib.sha256(address).digest()).digest()[:4] == payload[3:7]:
                return private
    raise WrongSecretError("the key does not give the address that belongs to it")


def wasabi(data: bytes, secret: bytes) -> Opened:
    """The address hash of BIP-38 proves the password, the account's key that the master is this wallet's."""
    try:
        value = mapping(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise FormatError("the wallet's own text is no JSON") from error
    sealed = string(value.get("EncryptedSecret"), 100)
    if not sealed:
        raise FormatError("nothing in this wallet is encrypted")
    private = bip38(sealed, secret)
    opened = Opened("hash of the address that belongs to the key (BIP-38)")
    opened.secrets.append(("master_private_key", private.hex()))
    chain = base64.b64decode(string(value.get("ChainCode"), 60))
    account = bip32.decode(string(value.get("ExtPubKey"), 200).encode("utf-8"))
    if len(chain) != 32 or account is None:
        return opened
    master = bip32.ExtendedKey(_MAIN_PRIVATE, 0, bytes(4), 0, chain, b"\0" + private)
    derived = bip32.derive(master, string(value.get("AccountKeyPath"), 60) or "84'/0'/0'")
    same = derived is not None and (derived.public, derived.chain) == (account.key, account.chain)
    opened.check += "; it gives the account's key" if same else "; it gives ANOTHER account"
    opened.keys.append(str(account))
    if same:
        opened.secrets.append(("xprv", str(master)))
    return opened
