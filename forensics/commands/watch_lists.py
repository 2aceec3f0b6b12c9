"""The watch-lists of a case: kept as they were given, known from the ledger alone, in use from the next examination on.

watchlist.add     number, name, sha256, terms, diacritics, transliterate
watchlist.remove  number, name, sha256; its file and its findings stay
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from forensics.case import schema
from forensics.case.store import Case
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.detectors._watch import WatchTerms
from forensics.detectors._watch_list import LARGEST, WatchList, read_list
from forensics.errors import CaseError, UsageError

FOLDER = "watchlists"
ADDED, REMOVED = "watchlist.add", "watchlist.remove"
MOST_TOGETHER = 6 << 20  # octets of all lists, which go to the workers in one message
_STATED = ("number", "name", "sha256", "terms", "diacritics", "transliterate")

Row = dict[str, Any]


def lists(case: Case) -> list[Row]:
    """The lists in use, in the order in which they came."""
    found: dict[int, Row] = {}
    with LedgerReader.open(case.folder) as ledger:
        for entry in ledger.entries(0):
            body: Any = entry.body
            if entry.type == ADDED and isinstance(body, dict):
                found[body["number"]] = {**body, "ledger_entry": entry.seq}
            elif entry.type == REMOVED and isinstance(body, dict):
                found.pop(body["number"], None)
    return list(found.values())


def listed(case: Case) -> list[Row]:
    """As `lists`, each with `findings`: how many of the case are its terms."""
    f = schema.finding.c
    name = func.json_extract(f.fields_json, "$.list.value")
    query = select(name.label("name"), func.count().label("n")).where(f.kind == WatchTerms.kind).group_by(name)
    found = {row["name"]: row["n"] for row in case.rows(query)}
    return [{**row, "findings": found.get(row["name"], 0)} for row in lists(case)]


def _used(case: Case) -> int:
    """The highest number that a list ever had."""
    with LedgerReader.open(case.folder) as ledger:
        numbers = [
            entry.body["number"] for entry in ledger.entries(0) if entry.type == ADDED and isinstance(entry.body, dict)
        ]
    return max(numbers, default=0)


def add(
    case: Case, ledger: LedgerClient, source: Path, name: str, *, diacritics: bool, transliterate: bool
) -> tuple[WatchList, Row]:
    """Keep a list in the case and enter it in the ledger.

    Raises:
        UsageError: there is no such file, it is no list, the name is taken, or the lists are too many together.
    """
    if not source.is_file():
        raise UsageError(f"{source}: there is no such file")
    with source.open("rb") as file:
        data = file.read(LARGEST + 1)
    told = read_list(name, data, diacritics=diacritics, transliterate=transliterate)
    known = lists(case)
    if any(row["name"] == name for row in known):
        raise UsageError(f"the case has a watch-list {name!r} already")
    together = [_read(case, row) for row in known]
    if sum(map(len, together)) + len(data) > MOST_TOGETHER:
        raise UsageError(f"the watch-lists of a case have at most {MOST_TOGETHER >> 20} MiB together")
    WatchTerms([*(_parsed(row, each) for row, each in zip(known, together, strict=True)), told])
    number = _used(case) + 1
    digest = hashlib.sha256(data).hexdigest()
    values = (number, name, digest, len(told.terms), diacritics, transliterate)
    row: Row = dict(zip(_STATED, values, strict=True))
    folder = case.folder / FOLDER
    folder.mkdir(exist_ok=True)
    fresh = folder / f"{number}.new"
    with fresh.open("wb") as kept:
        kept.write(data)
        kept.flush()
        os.fsync(kept.fileno())
    fresh.replace(_path(case, row))
    return told, {**row, "ledger_entry": ledger.append(ADDED, row).seq}


def remove(case: Case, ledger: LedgerClient, name: str) -> None:
    """Take a list out of use.

    Raises:
        UsageError: there is no such list.
    """
    row = next((each for each in lists(case) if each["name"] == name), None)
    if row is None:
        raise UsageError(f"the case has no watch-list {name!r}")
    ledger.append(REMOVED, {each: row[each] for each in ("number", "name", "sha256")})


def stated(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What the beginning of an examination says of the lists that it uses."""
    return [{each: row[each] for each in _STATED} for row in rows]


def loaded(case: Case, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Lists as workers take them.

    Raises:
        CaseError: a kept file is not what the ledger says.
    """
    names = ("name", "diacritics", "transliterate")
    return [{**{each: row[each] for each in names}, "data": _read(case, row)} for row in rows]


def _path(case: Case, row: Mapping[str, Any]) -> Path:
    return case.folder / FOLDER / f"{int(row['number'])}.tsv"


def _read(case: Case, row: Mapping[str, Any]) -> bytes:
    path = _path(case, row)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CaseError(f"the watch-list {row['name']!r} cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise CaseError(f"the watch-list {row['name']!r} is not the one that the ledger names")
    return data


def _parsed(row: Mapping[str, Any], data: bytes) -> WatchList:
    return read_list(row["name"], data, diacritics=row["diacritics"], transliterate=row["transliterate"])
