"""Who can open a case that is encrypted at rest: a key pair for each person, its private half under a passphrase.

The public halves are enough to lock a case, so that nobody needs another's passphrase. They stand in `keys/people` of
the open case, one line of MJ1, and with the wrapped key in the head of the locked one. A record::

    {"kdf":{…},"name":"…","nonce":"<base64>","public":"<base64 of 32 bytes>","sealed":"<base64>"}

``kdf`` says what Argon2id makes of the passphrase, as in key files (:mod:`forensics.custody.keys`). ``sealed`` is the
X25519 private key under AES-256-GCM, with the rest of the record as associated data. The case's key is wrapped for a
person by HPKE (RFC 9180) with X25519, HKDF-SHA256 and AES-256-GCM.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from forensics.custody import keys, mj1
from forensics.errors import CaseError, FormatError, LedgerError, UsageError

FILE = Path("keys") / "people"
MOST = 100
_FORMAT = "impound/people/v1"
_PURPOSE = b"impound/locked-case/v1 key"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NAME = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,78}[^\s\x00-\x1f\x7f])?")
_FIELDS = {"kdf", "name", "nonce", "public", "sealed"}

Person = Mapping[str, object]


def new_person(name: str, passphrase: str) -> Person:
    """A person with a new key pair.

    Raises:
        UsageError: no name of one line, or no passphrase.
    """
    if not _NAME.fullmatch(name) or not passphrase:
        raise UsageError("a person has a name of one line, at most 80 characters, and a passphrase")
    private, nonce, kdf = X25519PrivateKey.generate(), secrets.token_bytes(12), keys.new_kdf()
    open_part = {
        "kdf": kdf,
        "name": name,
        "nonce": _text(nonce),
        "public": _text(private.public_key().public_bytes_raw()),
    }
    cipher = AESGCM(keys.wrapping_key(passphrase, kdf))
    return {**open_part, "sealed": _text(cipher.encrypt(nonce, private.private_bytes_raw(), mj1.dumps(open_part)))}


def wrap(person: Person, key: bytes) -> str:
    """A case's key for one person."""
    return _text(_SUITE.encrypt(key, X25519PublicKey.from_public_bytes(_bytes(person["public"])), _PURPOSE))


def unwrap(person: Person, passphrase: str, wrapped: str) -> bytes | None:
    """The case's key; `None` if the passphrase is another's, or the record was changed.

    Raises:
        CaseError: the record is damaged.
    """
    kdf = person["kdf"]
    open_part = {name: value for name, value in person.items() if name != "sealed"}
    try:
        if not isinstance(kdf, dict):
            raise CaseError("a person's record does not say how the passphrase is used")
        cipher = AESGCM(keys.wrapping_key(passphrase, kdf))
        private = cipher.decrypt(_bytes(person["nonce"]), _bytes(person["sealed"]), mj1.dumps(open_part))
        return _SUITE.decrypt(_bytes(wrapped), X25519PrivateKey.from_private_bytes(private), _PURPOSE)
    except InvalidTag:
        return None
    except (LedgerError, ValueError) as error:
        raise CaseError(f"the record of {person['name']} is damaged: {error}") from error


def checked(record: object) -> Person:
    """A person's record as it was read.

    Raises:
        CaseError: it is none.
    """
    if not isinstance(record, dict) or set(record) != _FIELDS or not _NAME.fullmatch(str(record["name"])):
        raise CaseError("a person's record is damaged")
    return record


def read(folder: Path) -> list[Person]:
    """The people of an open case.

    Raises:
        CaseError: the list is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        found = mj1.loads(path.read_bytes().removesuffix(b"\n"))
    except FormatError as error:
        raise CaseError(f"{path} is damaged: {error}") from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT or not isinstance(found.get("people"), list):
        raise CaseError(f"{path} is no list of people")
    return [checked(each) for each in found["people"]]


def write(folder: Path, people: Sequence[Person]) -> None:
    """Keep this list of people; on the disk before this returns."""
    if len(people) > MOST:
        raise UsageError(f"a case is for {MOST} people at most")
    path = folder / FILE
    fresh = path.with_name("people.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(mj1.dumps({"format": _FORMAT, "people": [dict(each) for each in people]}) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    keys.sync_folder(path.parent)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value), validate=True)
