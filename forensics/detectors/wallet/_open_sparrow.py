"""Sparrow's JSON wallets, opened with a given password: the whole file, or the seeds in it.

Facts: drongo `crypto/Argon2KeyDeriver.java` (Argon2id, 10 rounds, 256 MiB, 4 lanes, 32 octets: a private key of the
file, or a key of AES-256-CBC for a seed) and Sparrow `io/JsonPersistence.java` (deflate, then ECIES as Electrum's).
Databases (`.mv.db`) are not opened.
"""

from __future__ import annotations

import base64
import json

from forensics.detectors.wallet._objects import Json, items, mapping, string
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc, argon2, ecies
from forensics.detectors.wallet.sparrow import HEAD, phrase
from forensics.errors import FormatError
from forensics.primitives import bip39

_ROUNDS, _MEMORY, _LANES = 10, 256 << 10, 4
_SALT = 16


def sparrow(data: bytes, secret: bytes) -> Opened:
    """The HMAC of the file proves the password, or words of BIP-39 that come out of a seed."""
    opened = Opened("")
    if data.startswith(b"U1BSVz"):
        salt, blob = base64.b64decode(data[:HEAD])[5:], base64.b64decode(data[HEAD:])
        data = ecies(int.from_bytes(_derived(secret, salt), "big"), blob)
        opened.check = "HMAC-SHA-256 of the file"
    try:
        value = mapping(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise FormatError("the wallet's own text is no JSON") from error
    for name in ("name", "policyType", "scriptType"):
        opened.fields[name] = string(value.get(name), 200)
    for each in items(value.get("keystores"))[:20]:
        store = mapping(each)
        if key := string(store.get("extendedPublicKey"), 120):
            opened.keys.append(key)
        seed = mapping(store.get("seed"))
        if words := phrase(seed):
            opened.secrets.append(("seed", words))
        elif "encryptedMnemonicCode" in seed:
            opened.secrets.append(("seed", _words(mapping(seed["encryptedMnemonicCode"]), secret)))
            opened.check = f"{opened.check}; padding and words of the seed".removeprefix("; ")
    if not opened.check:
        raise FormatError("nothing in this wallet is encrypted")
    return opened


def _derived(secret: bytes, salt: bytes) -> bytes:
    if len(salt) != _SALT:
        raise FormatError("a salt of another length")
    return argon2(secret, salt, _ROUNDS, _MEMORY, _LANES)


def _words(sealed: dict[str, Json], secret: bytes) -> str:
    """The phrase of an encrypted seed."""
    iv, body, salt = (
        bytes.fromhex(string(sealed.get(name), 8_192)) for name in ("initialisationVector", "encryptedBytes", "keySalt")
    )
    plain = aes_cbc(_derived(secret, salt), iv, body).decode("utf-8", "replace")
    if not bip39.languages(plain.split()):
        raise WrongSecretError("what comes out is no phrase of BIP-39")
    return plain
