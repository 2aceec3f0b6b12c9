"""The key of saved logins of Firefox, Tor Browser and Thunderbird: key4.db.

| table      | what                                                                                          |
|------------|-----------------------------------------------------------------------------------------------|
| metaData   | row `password`: item1 the global salt, item2 the text `password-check` encrypted with the password |
| nssPrivate | a11 keys encrypted with the password, a102 their ids                                          |

Where no primary password was set the empty one opens it; that one is tried, and no other.

Not recorded: when the password was set, what the keys are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.browser._nss import CHECK, PBES2, Sealed, sealed
from forensics.detectors.browser._nss_specimens import LOCKED, OPEN
from forensics.errors import EvidenceError
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity
from forensics.primitives.sqlite.database import open_database
from forensics.primitives.sqlite.source import Source

MAGIC = b"SQLite format 3\0"
LARGEST = 64 << 20
_PAGE = 64 << 10  # the longest page: the schema is on the first
_MOST_KEYS = 100
_MOST_TRIED = 200_000  # rounds for which the empty password is tried


@dataclass(slots=True)
class Keys:
    """What a database of keys holds: `held` are ids and their encrypted keys, `span` the row of the password."""

    salt: bytes
    check: Sealed
    span: ByteRun
    length: int
    held: list[tuple[bytes, Sealed]] = field(default_factory=list)


def keys_of(source: Source, at: int) -> Keys | None:
    """The database at `at`; None where it is none, or has no row of a password."""
    database = open_database(source, None, at)
    if database is None:
        return None
    found = None
    for row in database.rows("metaData", most=1_000):
        salt, stored = row.get("item1"), row.get("item2")
        if row.get("id") == "password" and isinstance(salt, bytes) and isinstance(stored, bytes):
            check = sealed(stored)
            if check is not None and len(salt) in (16, 20, 32):
                length = min(database.file_pages * database.header.page_size, source.size - at)
                found = Keys(salt, check, row.span, length)
    if found is None:
        return None
    for row in database.rows("nssPrivate", most=_MOST_KEYS):
        number, stored = row.get("a102"), row.get("a11")
        key = sealed(stored) if isinstance(stored, bytes) else None
        if key is not None and isinstance(number, bytes):
            found.held.append((number, key))
    return found


class FirefoxKeys:
    """One database of keys."""

    kind: ClassVar[str] = "browser/firefox_keys"
    title: ClassVar[str] = "Key of saved logins of Firefox"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"CREATE TABLE metaData \(id PRIMARY KEY UNIQUE ON CONFLICT REPLACE", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("NSS: lib/softoken/sdb.c, sftkpwd.c", "hashcat modes 26000, 26100")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("with a primary password", LOCKED, ("encrypted",), "NSS 3.87.1, PK11_InitPin"),
        Specimen("without one", OPEN, ("encrypted",), "NSS 3.87.1, PK11_InitPin"),
        Specimen("cut off behind its first page", LOCKED[:1_024], None, "the same, cut"),
        Specimen("another algorithm", LOCKED.replace(PBES2, PBES2[:-1] + b"\7"), None, "the same, changed"),
        Specimen(
            "look-alike: the statement alone",
            b"CREATE TABLE metaData (id PRIMARY KEY UNIQUE ON CONFLICT REPLACE, item1, item2)",
            None,
            "by hand",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database on whose first page the statement that ends at `at` stands."""
        low = max(0, at - _PAGE)
        start = layer.read(low, at - low).rfind(MAGIC)
        if start < 0:
            return
        start += low
        try:
            told = keys_of(layer, start)
        except EvidenceError:
            return
        if told is None:
            return
        tried = told.check.rounds <= _MOST_TRIED
        empty = tried and told.check.opened(told.salt, b"") == CHECK
        checked = Outcome.PASS if empty else Outcome.FAIL if tried else Outcome.NOT_APPLICABLE
        older = not told.check.rounds
        yield finding(
            self,
            layer,
            start,
            min(told.length, LARGEST),
            grade=Grade.C4 if empty else Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(
                Check("tables and DER of the password's row", Outcome.PASS, 100),
                Check("text decrypted with the empty password", checked, 112),
            ),
            fields={
                "primary_password": Field("none" if empty else "set", told.span),
                "encryption": Field("keys, 3DES-CBC" if older else "keys, AES-256-CBC", told.span),
                "kdf": Field("SHA-1, PKCS#12 of NSS" if older else "pbkdf2-sha256", told.span),
                "kdf_rounds": Field(told.check.rounds or 1, told.span),
                "kdf_salt": Field(told.check.salt.hex(), told.span),
                "keys": Field(tuple(number.hex() for number, _ in told.held) or Absent.NONE_STORED),
                "hash_export": Field(Absent.NONE_STORED if empty else hash_export(told), told.span),
            },
            caveats=("Without a primary password whoever has this file reads the logins.",) if empty else (),
            sensitivity=Sensitivity.SECRET,
        )


def hash_export(told: Keys) -> str:
    """The form of password recovery."""
    salts = f"{told.salt.hex()}*{told.check.salt.hex()}"
    if not told.check.rounds:
        return f"$mozilla$*3DES*{salts}*{told.check.text.hex()}"
    return f"$mozilla$*AES*{salts}*{told.check.rounds}*{told.check.iv.hex()}*{told.check.text.hex()}"


DETECTOR: Detector = FirefoxKeys()
