"""Key files: the examiner's key and the ledger's pair, wrapped under a passphrase where one is given.

A key file is one line of MJ1, so that its protection can be read without opening it::

    {"format":"impound/key/v1","kdf":{…}|null,"name":"…","nonce":"…","protection":"argon2id-aes256gcm"|"none"|"pkcs11",
     "sealed":"<base64>","vkeys":["…"]}

``sealed`` holds the seeds, as MJ1 ``{"ed25519":"<base64 of 32 bytes>","mldsa44":…|null}``: encrypted by
AES-256-GCM, with the rest of the file as associated data, or in the clear when ``protection`` says ``none``. Under ``pkcs11`` there are no seeds: see :mod:`forensics.custody.token`.
A file is created with mode 0600, complete or not at all, and never replaced.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from forensics.custody import mj1
from forensics.custody.note import Ed25519Signer, MLDSA44Signer, VerifierKey, check_name
from forensics.errors import FormatError, LedgerError

FORMAT = "impound/key/v1"
SEALED = "argon2id-aes256gcm"
OPEN = "none"
TOKEN = "pkcs11"

MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 4
"""Argon2id at 64 MiB, t = 3, p = 4: the second choice of RFC 9106 §4."""

_MAX_FILE = 64 * 1024
_MAX_MEMORY_KIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one file: an Ed25519 signer, and an ML-DSA-44 one when the file is a ledger's."""

    ed25519: Ed25519Signer
    mldsa44: MLDSA44Signer | None

    @property
    def verifiers(self) -> tuple[VerifierKey, ...]:
        """The public halves, Ed25519 first."""
        second = () if self.mldsa44 is None else (self.mldsa44.verifier,)
        return (self.ed25519.verifier, *second)


def create(path: Path, name: str, passphrase: str | None, *, post_quantum: bool) -> KeyRing:
    """Make new keys called ``name`` and write them to ``path``.

    With ``passphrase`` None the file is protected by its mode alone, and says so. Raises :class:`LedgerError`
    if ``path`` exists.
    """
    seeds: dict[str, object] = {
        "ed25519": base64.b64encode(secrets.token_bytes(32)).decode(),
        "mldsa44": base64.b64encode(secrets.token_bytes(32)).decode() if post_quantum else None,
    }
    ring = _ring(check_name(name), seeds)
    record: dict[str, object] = {
        "format": FORMAT,
        "name": name,
        "protection": OPEN if passphrase is None else SEALED,
        "kdf": None,
        "nonce": "",
        "vkeys": [str(key) for key in ring.verifiers],
    }
    sealed = mj1.dumps(seeds)
    if passphrase is not None:
        nonce = secrets.token_bytes(12)
        record["kdf"] = kdf = new_kdf()
        record["nonce"] = base64.b64encode(nonce).decode()
        sealed = AESGCM(wrapping_key(passphrase, kdf)).encrypt(nonce, sealed, mj1.dumps(record))
    record["sealed"] = base64.b64encode(sealed).decode()
    write_once(path, mj1.dumps(record) + b"\n", 0o600)
    return ring


def load(path: Path, passphrase: str | None) -> KeyRing:
    """Open a key file; :class:`LedgerError` when it is absent, damaged, or the passphrase is missing or
    wrong.
    """
    record = read(path)
    if record["protection"] == TOKEN:
        raise LedgerError(f"the key of {path.name} is on a token")
    sealed = _bytes(record.pop("sealed"))
    if record["protection"] == SEALED:
        if passphrase is None:
            raise LedgerError(f"{path.name} is protected by a passphrase, and none was given")
        kdf = record["kdf"]
        if not isinstance(kdf, dict):
            raise LedgerError(f"{path.name} does not say how its passphrase is used")
        try:
            sealed = AESGCM(wrapping_key(passphrase, kdf)).decrypt(_bytes(record["nonce"]), sealed, mj1.dumps(record))
        except InvalidTag as error:
            raise LedgerError(f"the passphrase does not open {path.name}, or the file was changed") from error
    seeds, name = mj1.loads(sealed), record["name"]
    if not isinstance(seeds, dict) or not isinstance(name, str):
        raise LedgerError(f"{path.name} is not a key file")
    ring = _ring(name, seeds)
    if [str(key) for key in ring.verifiers] != record["vkeys"]:
        raise LedgerError(f"{path.name} names other public keys than its own")
    return ring


def is_protected(path: Path) -> bool:
    """Whether the key file alone is of no use: a passphrase or a token is needed."""
    return read(path)["protection"] != OPEN


def on_token(path: Path) -> bool:
    """Whether the key file only says on which token the key is."""
    return read(path)["protection"] == TOKEN


def write_once(path: Path, data: bytes, mode: int) -> None:
    """Write a new file so that it appears whole or not at all; :class:`LedgerError` if ``path`` exists.

    The data is flushed under a temporary name, then linked to its own: link(2), unlike rename(2), refuses to
    replace. Where links are not to be had, rename is used after a check.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError as error:
            raise LedgerError(f"{path.name} exists already and will not be replaced") from error
        except OSError:
            if path.exists():
                raise LedgerError(f"{path.name} exists already and will not be replaced") from None
            temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's own entries to disk where the system can (fsync(2) on a directory); else do
    nothing.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def new_kdf() -> dict[str, object]:
    """How a passphrase is made a key from now on: a new salt, and the work that is asked of Argon2id."""
    salt = base64.b64encode(secrets.token_bytes(16)).decode()
    return {"iterations": ITERATIONS, "lanes": LANES, "memory_kib": MEMORY_KIB, "salt": salt}


def wrapping_key(passphrase: str, kdf: Mapping[str, object]) -> bytes:
    """The 32 bytes that ``kdf``, a record as :func:`new_kdf` makes it, has Argon2id make of a passphrase.

    Raises:
        LedgerError: the record is damaged, or asks for more work than anybody would.
    """
    work = Argon2id(
        salt=_bytes(kdf.get("salt")),
        length=32,
        iterations=_number(kdf.get("iterations"), 64),
        lanes=_number(kdf.get("lanes"), 64),
        memory_cost=_number(kdf.get("memory_kib"), _MAX_MEMORY_KIB),
    )
    return work.derive(passphrase.encode())


def _ring(name: str, seeds: dict[str, object]) -> KeyRing:
    first = Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(_bytes(seeds.get("ed25519"))))
    second = seeds.get("mldsa44")
    if second is None:
        return KeyRing(first, None)
    return KeyRing(first, MLDSA44Signer(name, MLDSA44PrivateKey.from_seed_bytes(_bytes(second))))


def read(path: Path) -> dict[str, object]:
    """The record of a key file as it stands; :class:`LedgerError` when it is none."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE)
        record = mj1.loads(data.removesuffix(b"\n"))
    except OSError as error:
        raise LedgerError(f"{path.name} cannot be read: {error.strerror}") from error
    except FormatError as error:
        raise LedgerError(f"{path.name} is damaged: {error}") from error
    wanted = {"format", "kdf", "name", "nonce", "protection", "sealed", "vkeys"}
    if not isinstance(record, dict) or set(record) != wanted or record["format"] != FORMAT:
        raise LedgerError(f"{path.name} is not a key file of version 1")
    if record["protection"] not in (SEALED, OPEN, TOKEN):
        raise LedgerError(f"{path.name} uses a protection this program does not know")
    return record


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise LedgerError("a key file holds something that is not base64") from error


def _number(value: object, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise LedgerError("a key file asks for impossible work")
    return value
