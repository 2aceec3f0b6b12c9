"""Findings and times as tables: CSV for spreadsheets, bodyfile for timeline tools."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from forensics.visible import visible

COLUMNS = (
    "id",
    "kind",
    "grade",
    "value",
    "exhibit",
    "volume",
    "path",
    "allocation",
    "locator",
    "sha256",
    "runs",
    "caveats",
)
UNEXAMINED = (
    "exhibit",
    "place",
    "reason",
    "detail",
    "bytes",
    "offset",
    "path",
    "sha256",
    "parser",
    "limit",
    "attempts",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIELDS = {"accessed": 0, "modified": 1, "changed": 2, "created": 3}


def cell(value: object) -> str:
    """Text that no spreadsheet takes for a formula, with nothing hidden in it."""
    text = "" if value is None else str(value)
    return f"'{visible(text)}" if text.startswith(_FORMULA) else visible(text)


def write_csv(file: IO[str], findings: Iterable[Mapping[str, Any]]) -> int:
    """One row for each finding; returns their number."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for each in findings:
        row = {**each, "runs": json.dumps(each["runs"]), "caveats": " | ".join(each["caveats"])}
        writer.writerow([cell(row[name]) for name in COLUMNS])
        count += 1
    return count


def write_unexamined(file: IO[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """One row for each place that could not be examined."""
    writer = csv.writer(file)
    writer.writerow(UNEXAMINED)
    writer.writerows([cell(each[name]) for name in UNEXAMINED] for each in rows)


def write_bodyfile(file: IO[str], entries: Iterable[Mapping[str, Any]]) -> int:
    """The Sleuth Kit's bodyfile, version 3: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime."""
    count = 0
    for each in entries:
        times = [0, 0, 0, 0]
        for time in each["times"]:
            index = _FIELDS.get(time["field"])
            if index is not None and time["when_us"] is not None:
                times[index] = time["when_us"] // 1_000_000
        name = each["path"] if each["stream"] is None else f"{each['path']}:{each['stream']}"
        name = visible(name).replace("|", "\\x7c")
        mark = "" if each["allocated"] else " (deleted)"
        file.write(
            f"{each.get('md5') or 0}|{each['exhibit']}/{each['volume']}{name}{mark}|{each['address']}|-|0|0|"
            f"{each['size']}|{times[0]}|{times[1]}|{times[2]}|{times[3]}\n"
        )
        count += 1
    return count
