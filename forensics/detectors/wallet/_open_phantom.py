"""Phantom's key, opened with a given password, and with it the seeds and private keys beside it."""

from __future__ import annotations

import json

from forensics.detectors.wallet._escaped import unescaped
from forensics.detectors.wallet._held import tell
from forensics.detectors.wallet._objects import Json, items
from forensics.detectors.wallet._opened import Opened, WrongSecretError, pbkdf2, scrypt
from forensics.detectors.wallet.phantom import Box, box_of
from forensics.errors import FormatError
from forensics.primitives import secretbox

MOST_BESIDE = 200


def phantom(data: bytes, secret: bytes, more: bytes = b"") -> Opened:
    """The authenticator of the secret box proves the password; `more` is a list of the records beside it."""
    value = unescaped(data)
    box = box_of(value) if value is not None else None
    if box is None:
        raise FormatError("a record that is not whole")
    plain = _opened(box, secret)
    if plain is None:
        raise WrongSecretError("the authenticator of the secret box does not hold")
    opened = Opened("authenticator of the secret box (Poly1305)")
    if box.locks == "secret":
        tell(opened, _value(plain))
        return opened
    opened.fields["octets_of_the_key"] = len(plain)
    secrets, failed = 0, 0
    for each in items(json.loads(more.replace(b"\\", b"")) if more else [])[:MOST_BESIDE]:
        one = box_of(each) if isinstance(each, dict) else None
        if one is None or one.locks != "secret":
            continue
        text = _opened(one, plain)
        if text is None:
            failed += 1
            continue
        secrets += 1
        tell(opened, _value(text))
    opened.secrets[:] = dict.fromkeys(opened.secrets)
    opened.fields |= {"secrets_opened": secrets, "secrets_not_opened": failed}
    return opened


def _value(plain: bytes) -> Json:
    try:
        value: Json = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise FormatError("what was encrypted is no JSON") from error
    return value


def _opened(box: Box, secret: bytes) -> bytes | None:
    key = (
        pbkdf2("sha256", secret, box.salt, box.rounds) if box.kdf == "pbkdf2" else scrypt(secret, box.salt, 4096, 8, 1)
    )
    return secretbox.opened(key, box.nonce, box.encrypted)
