"""My Wallet of Blockchain.com, and Dogechain's wallet, which was made from it, opened with a given password.

Versions 2 and later state the rounds of PBKDF2-SHA-1; those before take 10, and salt and initial value are one.
Dogechain hashes the password first (SHA-256, in base64), and derives with PBKDF2-SHA-256 from a salt of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.detectors.wallet._objects import Json, items, mapping, string
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, pbkdf2
from forensics.detectors.wallet.blockchain_com import ROUNDS_BEFORE
from forensics.errors import FormatError

_LARGEST = 16 << 20
_OPENS = re.compile(rb'\s{0,8}\{\s{0,8}"[A-Za-z_]{2,30}"')


def blockchain_com(data: bytes, secret: bytes) -> Opened:
    """My Wallet: padding and the beginning of the text prove the password."""
    if data.lstrip()[:1] == b"{":
        value = _object(data)
        body, rounds = base64.b64decode(string(value.get("payload"), _LARGEST)), _number(value.get("pbkdf2_iterations"))
    else:
        body, rounds = base64.b64decode(data), ROUNDS_BEFORE
    return _told(_held(pbkdf2("sha1", secret, body[:16], rounds), body), "address/bitcoin")


def dogechain(data: bytes, secret: bytes) -> Opened:
    """Dogechain: as My Wallet."""
    value = _object(data)
    body, salt = (base64.b64decode(string(value.get(name), _LARGEST)) for name in ("payload", "salt"))
    given = base64.b64encode(hashlib.sha256(secret).digest())
    key = pbkdf2("sha256", given, salt, _number(value.get("pbkdf2_iterations")))
    return _told(_held(key, body), "address/dogecoin")


def _held(key: bytes, body: bytes) -> dict[str, Json]:
    """What is encrypted behind the 16 octets of the initial value. Of the padding the last octet alone is certain."""
    context = Cipher(algorithms.AES(key), modes.CBC(body[:16])).decryptor()
    plain = context.update(body[16:]) + context.finalize()
    if not plain or not 1 <= plain[-1] <= 16 or not _OPENS.match(plain):
        raise WrongSecretError("neither padding nor grammar hold")
    return _object(plain[: -plain[-1]])


def _object(data: bytes) -> dict[str, Json]:
    try:
        return mapping(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise FormatError("the wallet's own text is no JSON") from error


def _told(held: dict[str, Json], kind: str) -> Opened:
    opened = Opened("padding and grammar of the wallet")
    guid = string(held.get("guid"), 60)
    if guid:
        opened.fields["guid"] = guid
    opened.fields["second_password"] = held.get("double_encryption") is True
    for each in items(held.get("keys"))[:MOST_ADDRESSES]:
        one = mapping(each)
        if address := string(one.get("addr"), 60):
            opened.addresses.append((kind, address))
        if private := string(one.get("priv"), 200):
            opened.secrets.append(("private_key", private))
    for wallet in items(held.get("hd_wallets"))[:10]:
        if seed := string(mapping(wallet).get("seed_hex"), 200):
            opened.secrets.append(("seed_hex", seed))
        for account in items(mapping(wallet).get("accounts"))[:100]:
            one = mapping(account)
            for found in (one, *(mapping(each) for each in items(one.get("derivations"))[:8])):
                if xpub := string(found.get("xpub"), 120):
                    opened.keys.append(xpub)
                if private := string(found.get("xpriv"), 200):
                    opened.secrets.append(("xprv", private))
    return opened


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0
