"""What the keys and values of a Chromium database of LevelDB say, by the kind of database.

| database           | key                                               | value                                      |
|--------------------|---------------------------------------------------|--------------------------------------------|
| Local Storage      | `_` origin 00, then text with its form before it  | text: form 00 UTF-16LE, 01 Latin-1         |
|                    | `META:` or `METAACCESS:` origin                   | protobuf: 1 time (microseconds of 1601), 2 size |
| Session Storage    | `namespace-` 36 `-` origin; `map-` number `-` key | number of a map; UTF-16LE                  |
| extension settings | text                                              | JSON                                       |
| Extension State    | identity `.` text                                 | JSON                                       |
| IndexedDB          | numbers of database, store and index, then the key; index 1 holds data | version, then V8's form |
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from forensics.detectors.browser._told import WEBKIT, moment
from forensics.detectors.wallet._v8_values import Reader
from forensics.errors import FormatError
from forensics.model import Secret
from forensics.primitives.leveldb import Record, varint

LOCAL, SESSION, SETTINGS, STATE, INDEXED = (
    "Local Storage",
    "Session Storage",
    "extension settings",
    "extension state",
    "IndexedDB",
)
LONGEST = 2_048
_IDENTITY = re.compile(r"/([a-p]{32})/[^/]*\Z")
_INDEXED = re.compile(r"/([^/]+)\.indexeddb\.leveldb/[^/]*\Z")
_HOST = re.compile(r"([a-z-]+)_+(.*)_(\d+)\Z")
_WORDS = (
    r"passw(?:or)?d|passphrase|mnemonic|seed|secret|priv(?:ate)?_?key|(?:access|refresh|auth)_?token|bearer|api_?key"
)
_SECRET_KEY = re.compile(_WORDS, re.IGNORECASE)
_SECRET_VALUE = re.compile(
    rf"\"[^\"]{{0,60}}(?:{_WORDS})[^\"]{{0,60}}\\{{0,7}}\"\s{{0,4}}:\s{{0,4}}\\{{0,7}}\"[^\"\\]"
    r"|\b(?:[a-z]{3,8}[ ,]{1,2}){11,24}[a-z]{3,8}\b|\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{100}|PRIVATE KEY",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Told:
    """What one record says. `owner` is an origin or the identity of an extension."""

    owner: str
    key: str
    value: str | Secret
    times: list[tuple[str, datetime, int]] = field(default_factory=list)


def kind_of(path: str) -> tuple[str, str]:
    """The kind of database and its owner, by the path of one of its files in lower case; empty where it is none."""
    if "/local storage/leveldb/" in path:
        return LOCAL, ""
    if "/session storage/" in path:
        return SESSION, ""
    if "/extension state/" in path:
        return STATE, ""
    if found := _INDEXED.search(path):
        parts = _HOST.match(found[1])
        if parts is None:
            return INDEXED, found[1]
        port = f":{parts[3]}" if parts[3] != "0" else ""
        return INDEXED, f"{parts[1]}://{parts[2]}{port}"
    if found := _IDENTITY.search(path):
        return SETTINGS, found[1]
    return "", ""


class Keys:
    """Reads the records of one file. Names that records of the same file give are looked up in them."""

    def __init__(self, kind: str, owner: str, records: Iterable[Record]) -> None:
        """Gather names from `records`."""
        self._kind, self._owner = kind, owner
        self._maps: dict[str, str] = {}
        self._databases: dict[int, str] = {}
        self._stores: dict[tuple[int, int], str] = {}
        for each in records if kind in (SESSION, INDEXED) else ():
            if each.value:
                self._gather(each.key, each.value)

    def tell(self, key: bytes, value: bytes) -> Told | None:
        """What a record says; None where it is the database's own."""
        match self._kind:
            case "Local Storage":
                return _local(key, value)
            case "Session Storage":
                return self._session(key, value)
            case "IndexedDB":
                return self._indexed(key, value)
            case "extension state":
                identity, _, name = _utf8(key).partition(".")
                return Told(identity, name, _utf8(value)) if name else None
        return Told(self._owner, _utf8(key), _utf8(value))

    def _gather(self, key: bytes, value: bytes) -> None:
        if self._kind == SESSION:
            if key.startswith(b"namespace-") and len(key) > 47:
                self._maps[_utf8(value)] = _utf8(key[47:])
            return
        numbers, rest = _prefix(key)
        if numbers == (0, 0, 0) and rest[:1] == b"\xc9":
            _, at = _counted(rest, 1)
            name, _ = _counted(rest, at)
            self._databases[varint(value, 0)[0]] = name
        elif (
            numbers is not None and numbers[0] and numbers[1:] == (0, 0) and rest[:1] == b"\x32" and rest[-1:] == b"\0"
        ):
            store, _ = varint(rest, 1)
            self._stores[numbers[0], store] = value.decode("utf-16-be", "replace")[:200]

    def _session(self, key: bytes, value: bytes) -> Told | None:
        if not key.startswith(b"map-"):
            return None
        number, _, name = _utf8(key[4:]).partition("-")
        return Told(self._maps.get(number, ""), name, _utf16(value)) if name else None

    def _indexed(self, key: bytes, value: bytes) -> Told | None:
        numbers, rest = _prefix(key)
        if numbers is None or numbers[2] != 1 or not numbers[0]:
            return None
        database = self._databases.get(numbers[0], f"database {numbers[0]}")
        store = self._stores.get(numbers[:2], f"store {numbers[1]}")
        _, at = varint(value, 0)
        return Told(self._owner, f"{database}/{store}/{_key(rest, 0)[0]}", _v8(value[at:]))


def guarded(told: Told) -> str | Secret:
    """The value, cut; as a secret where its key, a member's name or its form says that it is one."""
    text = str(told.value)[:LONGEST]
    if text and (_SECRET_KEY.search(told.key) or _SECRET_VALUE.search(text)):
        return Secret(text)
    return text


def _local(key: bytes, value: bytes) -> Told | None:
    for mark, what in ((b"META:", "site's data written"), (b"METAACCESS:", "site's data used")):
        if key.startswith(mark):
            times = [
                (what, when, stored)
                for number, stored in _protobuf(value).items()
                if number == 1 and (when := moment(stored, WEBKIT))
            ]
            return Told(_utf8(key[len(mark) :]), mark.decode("ascii").rstrip(":"), "", times) if times else None
    origin, mark, name = key[1:].partition(b"\0")
    if key[:1] != b"_" or not mark:
        return None
    return Told(_utf8(origin), _formed(name), _formed(value))


def _formed(data: bytes) -> str:
    if data[:1] == b"\0":
        return _utf16(data[1:])
    return data[1:].decode("latin-1") if data[:1] == b"\1" else _utf8(data)


def _utf8(data: bytes) -> str:
    return data[: 4 * LONGEST].decode("utf-8", "replace")


def _utf16(data: bytes) -> str:
    return data[: 4 * LONGEST].decode("utf-16-le", "replace")


def _protobuf(data: bytes) -> Mapping[int, int]:
    """Numbers of a message that holds nothing else."""
    found: dict[int, int] = {}
    at = 0
    while at < len(data) <= 64:
        tag, at = varint(data, at)
        value, behind = varint(data, at)
        if tag < 0 or tag & 7 or value < 0:
            break
        found[tag >> 3], at = value, behind
    return found


def _prefix(key: bytes) -> tuple[tuple[int, int, int] | None, bytes]:
    """Numbers of database, store and index, and what follows: a first octet tells how long each is."""
    if not key:
        return None, b""
    sizes = (key[0] >> 5) + 1, (key[0] >> 2 & 7) + 1, (key[0] & 3) + 1
    if len(key) < 1 + sum(sizes):
        return None, b""
    at, numbers = 1, list[int]()
    for size in sizes:
        numbers.append(int.from_bytes(key[at : at + size], "little"))
        at += size
    return (numbers[0], numbers[1], numbers[2]), key[at:]


def _counted(data: bytes, at: int) -> tuple[str, int]:
    """Text in UTF-16BE behind the number of its units."""
    units, at = varint(data, at)
    end = at + 2 * max(0, units)
    return data[at : min(end, at + LONGEST)].decode("utf-16-be", "replace"), end


def _key(data: bytes, at: int, depth: int = 0) -> tuple[str, int]:
    """A key of IndexedDB as text: its type, then its value."""
    kind = data[at] if at < len(data) else 0
    match kind:
        case 1:
            return _counted(data, at + 1)
        case 2 | 3 if at + 9 <= len(data):
            number: float = struct.unpack_from("<d", data, at + 1)[0]
            return f"{number:.17g}", at + 9
        case 4 if depth < 4:
            count, at = varint(data, at + 1)
            parts = list[str]()
            for _ in range(min(max(count, 0), 32)):
                part, at = _key(data, at, depth + 1)
                parts.append(part)
            return f"[{', '.join(parts)}]", at
        case 6:
            length, at = varint(data, at + 1)
            return data[at : at + min(max(length, 0), 200)].hex(), at + max(length, 0)
    return "", at + 1


def _v8(data: bytes) -> str:
    """A serialised value as JSON; what can be read of its text where it holds what is not read here."""
    at = 0
    while data[at : at + 1] == b"\xff" and at < 40:
        version, behind = varint(data, at + 1)
        if data[behind : behind + 1] == b"\xfe":  # Blink's trailer: its offset and size
            behind += 13
        at = behind if version >= 0 else len(data)
    try:
        return json.dumps(Reader(data[at:]).value(), ensure_ascii=False)[: 4 * LONGEST]
    except (FormatError, RecursionError, ValueError):
        return " ".join(part.decode("ascii") for part in re.findall(rb"[\x20-\x7e]{4,}", data[: 4 * LONGEST]))
