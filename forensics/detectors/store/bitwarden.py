"""Stores of Bitwarden's programs and encrypted exports, each one object in JSON.

| what                | where                                                                    |
|---------------------|--------------------------------------------------------------------------|
| desktop, command line | `data.json`                                                            |
| browser extension   | values of its storage (LevelDB) where one holds a whole account, to 2023 |
| export              | `bitwarden_encrypted_export_….json`                                      |

The layouts and their members are in `_bitwarden`. Addresses, dates and kinds of items stand in clear, names do not.

Not recorded outside the encryption: names of items, user names, addresses of sites. From 2024 the extension keeps each
member in a value of its own: those are not put together.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.store._bitwarden import KDFS, Account, accounts
from forensics.detectors.wallet._objects import Object, enclosing, mapping, string
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
)

_MARKERS = (
    b"encKeyValidation_DO_NOT_EDIT",
    b"masterKeyEncryptedUserKey",
    b"masterKeyWrappedUserKey",
    b"cryptoSymmetricKey",
    b"encKey",
)
_MOST_EVENTS = 1_000
_TIMES = (("creationDate", "item created"), ("revisionDate", "item changed"), ("deletedDate", "item deleted"))

_SEALED = "2." + "|".join(base64.b64encode(bytes(range(size))).decode() for size in (16, 80, 32))
_USER = "00000000-0000-4000-8000-00000000000a"
_ITEM = {"id": "1", "type": 1, "name": _SEALED, "creationDate": "2024-02-29T10:11:12.000Z", "login": {}}
_KEYED = {
    "global_account_accounts": {_USER: {"email": "wick@post.example", "name": "W"}},
    f"user_{_USER}_kdfConfig_kdfConfig": {"kdfType": 0, "iterations": 600_000},
    f"user_{_USER}_masterPassword_masterKeyEncryptedUserKey": _SEALED,
    f"user_{_USER}_ciphers_ciphers": {"1": _ITEM},
}
_NESTED = {
    _USER: {
        "data": {"ciphers": {"encrypted": {"1": _ITEM}}},
        "keys": {"cryptoSymmetricKey": {"encrypted": _SEALED}},
        "profile": {"email": "wick@post.example", "kdfType": 0, "kdfIterations": 100_000, "userId": _USER},
    }
}
_FLAT = {"userEmail": "wick@post.example", "kdf": 0, "kdfIterations": 100_000, "encKey": _SEALED, "ciphers_a": {}}
_EXPORT = {
    "encrypted": True, "passwordProtected": True, "salt": "AAECAwQFBgcICQoLDA0ODw==", "kdfType": 0,
    "kdfIterations": 600_000, "encKeyValidation_DO_NOT_EDIT": _SEALED, "data": _SEALED,
}  # fmt: skip
_HAND = "by hand, in the form of Bitwarden's clients; counted octets"


def _text(value: object) -> bytes:
    return json.dumps(value).encode()


class Bitwarden:
    """One store or export."""

    kind: ClassVar[str] = "store/bitwarden"
    title: ClassVar[str] = "Bitwarden vault"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = tuple(
        Trigger(each + rb"\"\s{0,4}:\s{0,4}[\"{]", wide=False) for each in _MARKERS
    )
    references: ClassVar[tuple[str, ...]] = ("Bitwarden clients: libs/common, libs/tools/export", "hashcat mode 23400")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("of 2024", _text(_KEYED), ("encrypted",), _HAND),
        Specimen("of 2023", _text(_NESTED), ("encrypted",), _HAND),
        Specimen("of 2021", _text(_FLAT), ("encrypted",), _HAND),
        Specimen("export with a password", _text(_EXPORT), ("encrypted",), _HAND),
        Specimen("cut off", _text(_EXPORT)[:-40], None, _HAND + ", cut"),
        Specimen("key of another form", _text(_FLAT).replace(b'"2.', b'"7.'), None, _HAND + ", changed"),
        Specimen("look-alike: another encKey", b'{"encKey": "none", "kdf": 0}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The object around the member whose value begins at `at`."""
        low = max(0, at - 80)
        near = layer.read(low, at - low)
        place, marker = max((near.rfind(each + b'"'), each) for each in _MARKERS)
        if place < 0:
            return
        found = enclosing(layer, low + place + len(marker) + 1, marker, lambda value: bool(accounts(value)))
        if found is None or _first(found, marker) != low + place:
            return  # told where its first marker stands
        told = accounts(found.value)
        yield finding(
            self,
            layer,
            found.start,
            found.end - found.start,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("members and form of the key", Outcome.PASS, 60),),
            fields=dict(_fields(found, told)),
            events=tuple(_events(told)),
            links=tuple(
                Link("ACCOUNT_OF", "contact/email", each.salt) for each in told if "@" in each.salt and not each.data
            ),
            sensitivity=Sensitivity.PERSONAL,
        )


def _first(found: Object, marker: bytes) -> int:
    """Where the marker that speaks for an object stands: the first of the first one that it has."""
    text = found.text[: found.end - found.start]
    places = [text.find(each.decode() + '"') for each in _MARKERS]
    return found.start + min((each for each in places if each >= 0), default=-1)


def _fields(found: Object, told: list[Account]) -> Iterator[tuple[str, Field]]:
    first, span = told[0], ByteRun(found.start, found.end - found.start)
    what = "export" if "encKeyValidation_DO_NOT_EDIT" in found.value else "store"
    yield "what", Field(what)
    yield "accounts", Field(tuple(each.salt for each in told) if what == "store" else Absent.NONE_STORED)
    yield "encryption", Field("items, AES-256-CBC and HMAC-SHA-256", found.span_of(first.key) or span)
    if what == "export" and not first.data:
        yield "opened_by", Field("the key of the account, not a password")
        return
    yield "kdf", Field(KDFS[first.kdf], span)
    yield "kdf_rounds", Field(first.rounds, span)
    yield "kdf_salt", Field(first.salt, found.span_of(first.salt) or span)
    if first.kdf:
        yield "kdf_memory", Field(first.memory << 20, span)
        yield "kdf_lanes", Field(first.lanes, span)
    yield "items", Field(sum(len(each.sealed_items) for each in told) if what == "store" else Absent.ENCRYPTED, span)
    yield "hash_export", Field(hash_export(first) or Absent.NOT_PARSED, span)


def hash_export(told: Account) -> str:
    """The form of password recovery; empty without the hash that the program keeps to check a password."""
    if told.kdf or not told.key_hash:
        return ""
    address = base64.b64encode(told.salt.strip().lower().encode()).decode()
    return f"$bitwarden$2*{told.rounds}*2*{address}*{told.key_hash}"


def _events(told: list[Account]) -> Iterator[Event]:
    given = 0
    for item in (each for account in told for each in account.sealed_items):
        for name, meaning in _TIMES:
            stored = string(mapping(item).get(name), 40)
            try:
                when = datetime.fromisoformat(stored)
            except ValueError:
                continue
            if when.tzinfo is None or given >= _MOST_EVENTS:
                continue
            given += 1
            yield Event(when.astimezone(UTC), timedelta(milliseconds=1), meaning, stored, Clock.SERVER)


DETECTOR: Detector = Bitwarden()
