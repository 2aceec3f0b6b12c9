"""Vaults of mSIGNA, opened with a given password: padding, and a private key that gives its public key."""

from __future__ import annotations

import hashlib

from forensics.detectors.base import BytesLayer
from forensics.detectors.chat._store import tables_at
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc
from forensics.detectors.wallet.msigna import SEALED, rows_of
from forensics.errors import FormatError
from forensics.primitives import secp256k1

_ROUNDS = 5


def msigna(data: bytes, secret: bytes) -> Opened:
    """Every key chain that this password opens; each may have its own."""
    opened_tables = tables_at(BytesLayer(data), 0)
    if opened_tables is None:
        raise FormatError("the vault cannot be read")
    sealed = agree = 0
    opened = Opened("")
    for row in rows_of(opened_tables[0], "Keychain"):
        body, salt, public = (row.get(name) for name in ("privkey_ciphertext", "privkey_salt", "pubkey"))
        if not isinstance(body, bytes) or not isinstance(salt, int) or len(body) != SEALED:
            continue
        sealed += 1
        key, iv = _derived(secret, salt)
        try:
            private = aes_cbc(key, iv, body)
        except WrongSecretError:
            continue
        if secp256k1.is_private(private) and secp256k1.public_key(private) == public:
            agree += 1
            opened.secrets.append(("private_key", private.hex()))
    if not sealed:
        raise FormatError("nothing in this vault is encrypted")
    if not agree:
        raise WrongSecretError("no private key gives its public key")
    opened.check = f"padding; {agree} of {sealed} private keys give their public keys"
    return opened


def _derived(secret: bytes, salt: int) -> tuple[bytes, bytes]:
    """Key and initial value: EVP_BytesToKey with SHA-1 and five rounds."""
    given = hashlib.sha256(hashlib.sha256(secret).digest()).digest() + salt.to_bytes(8, "little", signed=True)
    made = block = b""
    while len(made) < 48:
        block += given
        for _ in range(_ROUNDS):
            block = hashlib.sha1(block, usedforsecurity=False).digest()
        made += block
    return made[:32], made[32:48]
