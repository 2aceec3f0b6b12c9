"""Wallets of Bither, opened with a given password: padding, and a private key that gives its public key."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.detectors.chat._store import tables_at
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc, scrypt
from forensics.detectors.wallet.bither import COST
from forensics.detectors.wallet.msigna import rows_of
from forensics.errors import FormatError
from forensics.primitives import base58, secp256k1

_SALT = 8


def bither(data: bytes, secret: bytes) -> Opened:
    """Every address whose private key is kept."""
    opened_tables = tables_at(BytesLayer(data), 0)
    if opened_tables is None:
        raise FormatError("the database cannot be read")
    keys: dict[bytes, bytes] = {}
    opened, sealed, agree = Opened(""), 0, 0
    for row in rows_of(opened_tables[0], "addresses"):
        parts = str(row.get("encrypt_private_key") or "").replace(":", "/").split("/")
        if len(parts) != 3:
            continue
        sealed += 1
        body, iv, salt = (bytes.fromhex(each) for each in parts)
        salt = salt[-_SALT:]
        if salt not in keys:
            keys[salt] = scrypt(secret.decode("utf-8", "replace").encode("utf-16-be"), salt, *COST)
        try:
            private = aes_cbc(keys[salt], iv, body)
        except WrongSecretError:
            continue
        public = base58.decode(str(row.get("pub_key")).encode("ascii", "replace")) or b""
        if secp256k1.is_private(private) and secp256k1.public_key(private, short=len(public) == 33) == public:
            agree += 1
            opened.secrets.append(("private_key", private.hex()))
            opened.addresses.append(("address/bitcoin", str(row.get("address"))))
    if not sealed:
        raise FormatError("no private key is kept here")
    if not agree:
        raise WrongSecretError("no private key gives its public key")
    opened.check = f"padding; {agree} of {sealed} private keys give their public keys"
    return opened
