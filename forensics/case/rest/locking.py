"""Locking a case and opening it again, so that a crash at any moment leaves the one or the other.

`case.locked` is the only thing that counts while it is there. Locking writes it under another name, reads it back,
compares every file with what was read, and gives it its name; only then is the rest removed. Opening unpacks beside it,
puts everything in its place, and removes it last. Whatever a crash leaves, doing either again finishes it.

The file (`resources/docs/case-at-rest.md` has a test vector): one line of MJ1, then the chunks (:mod:`chunks`) of a tar
archive (:mod:`archive`)::

    {"format":"impound/locked-case/v1","number":"…","people":[{"person":{…},"wrapped":"<base64>"},…]}

The key of the chunks is HKDF-SHA256 of the wrapped key, 32 random bytes made anew each time, salted with the SHA-256 of
that line, newline included. A changed head therefore opens nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forensics.case.rest import archive, people
from forensics.case.rest.chunks import Decrypting, Encrypting
from forensics.custody import mj1
from forensics.custody.ballast import NAME as BALLAST
from forensics.custody.keys import sync_folder
from forensics.custody.lock import AT_REST, CaseLock, is_at_rest
from forensics.errors import CaseError, FormatError, UsageError

FORMAT = "impound/locked-case/v1"
FRESH = "case.locked.new"
OPENING = "case.opening"
LONGEST_HEAD = 1 << 20
_LEFT_OUT = frozenset((AT_REST, FRESH, OPENING, "lock", BALLAST))
_STAYS = frozenset((AT_REST, "lock"))


def body_key(key: bytes, head: bytes) -> bytes:
    """The key of the chunks behind a head."""
    return HKDF(hashes.SHA256(), 32, hashlib.sha256(head).digest(), b"impound/locked-case/v1 body").derive(key)


def lock(folder: Path, number: str) -> int:
    """Encrypt a case for the people of its list; returns the length of the locked file.

    Files that are removed are not wiped: see the page on it.

    Raises:
        UsageError: nobody could open it.
        CaseLocked, CaseError: it is in use; it holds what cannot be locked; what was written is not what was read.
    """
    held = CaseLock(folder, at_rest=True)
    try:
        if not is_at_rest(folder):
            _write(folder, number)
        archive.remove(folder, _STAYS)
        return (folder / AT_REST).stat().st_size
    finally:
        held.release()


def _write(folder: Path, number: str) -> None:
    wanted = people.read(folder)
    if not wanted:
        raise UsageError("nobody could open the case again")
    key, fresh = secrets.token_bytes(32), folder / FRESH
    rows = [{"person": dict(each), "wrapped": people.wrap(each, key)} for each in wanted]
    head = mj1.dumps({"format": FORMAT, "number": number, "people": rows}) + b"\n"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(head)
            with Encrypting(file, body_key(key, head)) as target:
                digests = archive.pack(folder, _LEFT_OUT, target)
            file.flush()
            os.fsync(file.fileno())
        with fresh.open("rb") as file:
            file.seek(len(head))
            if archive.digests(Decrypting(file, body_key(key, head), fresh.name)) != digests:
                raise CaseError(f"{fresh} is not what was written; the case is open as before")
        fresh.replace(folder / AT_REST)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def unlock(folder: Path, passphrase: str) -> str:
    """Make the case what it was; returns the name of the person whose passphrase it is.

    Raises:
        CaseError: it is not locked, nobody has this passphrase, or the locked file was cut or changed.
    """
    held = CaseLock(folder, at_rest=True)
    try:
        path = folder / AT_REST
        if not path.is_file():
            raise CaseError(f"{folder}: the case is not locked")
        with path.open("rb") as file:
            head, rows = _head(file)
            name, key = _key(rows, passphrase)
            archive.remove(folder, _STAYS)  # what another program left that was ended
            opening = folder / OPENING
            opening.mkdir(0o700)
            try:
                archive.unpack(Decrypting(file, body_key(key, head), str(path)), opening)
            except BaseException:
                shutil.rmtree(opening)
                raise
        for each in sorted(opening.iterdir()):
            each.replace(folder / each.name)
        opening.rmdir()
        sync_folder(folder)
        path.unlink()
        sync_folder(folder)
        return name
    finally:
        held.release()


def names(folder: Path) -> list[str]:
    """The people who can open a locked case."""
    with (folder / AT_REST).open("rb") as file:
        return [str(people.checked(each["person"])["name"]) for each in _head(file)[1]]


def _head(file: BinaryIO) -> tuple[bytes, list[Mapping[str, object]]]:
    line = file.readline(LONGEST_HEAD)
    try:
        found = mj1.loads(line.removesuffix(b"\n"))
    except FormatError as error:
        raise CaseError(f"{file.name} is no locked case, or its first line was changed") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT or not line.endswith(b"\n"):
        raise CaseError(f"{file.name} is no locked case that this program knows")
    rows = found.get("people")
    if not isinstance(rows, list) or len(rows) > people.MOST:
        raise CaseError(f"{file.name} does not say who can open it")
    if not all(isinstance(each, dict) and set(each) == {"person", "wrapped"} for each in rows):
        raise CaseError(f"{file.name} does not say who can open it")
    return line, rows


def _key(rows: list[Mapping[str, object]], passphrase: str) -> tuple[str, bytes]:
    for row in rows:
        person = people.checked(row["person"])
        key = people.unwrap(person, passphrase, str(row["wrapped"]))
        if key is not None:
            return str(person["name"]), key
    raise CaseError("this passphrase opens the case for nobody on its list, or the list was changed")
