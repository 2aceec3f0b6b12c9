"""Ledger Live's accounts, opened with a given password.

Facts: Ledger Live's db middleware (PBKDF2-SHA-512, 10,000 rounds, AES-256-CBC). The salt is the initial value after
JavaScript read it as UTF-8: octets that are none became U+FFFD.
"""

from __future__ import annotations

import json

from forensics.detectors.wallet._objects import items, mapping, string
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, aes_cbc, pbkdf2
from forensics.detectors.wallet.ledger_live import unsealed
from forensics.errors import FormatError
from forensics.primitives import bip32

_ROUNDS = 10_000


def ledger_live(data: bytes, secret: bytes) -> Opened:
    """Padding and the grammar of the text prove the password."""
    try:
        value = mapping(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise FormatError("the file's own text is no JSON") from error
    stored = value.get("accounts")
    sealed = unsealed(stored) if isinstance(stored, str) else None
    if sealed is None:
        raise FormatError("nothing in this file is encrypted in a form that is known")
    iv, body = sealed
    key = pbkdf2("sha512", secret, iv.decode("utf-8", "replace").encode(), _ROUNDS)
    plain = aes_cbc(key, iv, body)
    try:
        accounts = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise WrongSecretError("what was decrypted is no JSON") from error
    if isinstance(accounts, dict):
        accounts = accounts.get("data")
    opened = Opened("padding and grammar of the accounts")
    names: list[str] = []
    for each in items(accounts)[:MOST_ADDRESSES]:
        account = mapping(mapping(each).get("data"))
        identity = string(account.get("id"), 400)
        names.append(identity)
        part = identity.split(":")[3] if identity.count(":") >= 3 else ""
        if bip32.decode(part.encode("utf-8")) is not None:
            opened.keys.append(part)
        coin = identity.split(":")[2] if identity.count(":") >= 3 else ""
        if address := string(account.get("freshAddress"), 128):
            kind = f"address/{coin}" if coin in ("bitcoin", "ethereum", "litecoin", "dogecoin") else "address"
            opened.addresses.append((kind, address))
    opened.fields["accounts"] = tuple(names)
    return opened
