"""Windows' System Resource Usage Monitor: which program of whom ran, and what it sent and received, hour by hour.

| table (`SRUDB.dat`, ESE)                 | columns                                                        |
|------------------------------------------|----------------------------------------------------------------|
| SruDbIdMapTable                          | IdType (3: a security identifier), IdIndex, IdBlob (UTF-16)       |
| {973F5D5C-1D90-4944-BE8E-24B94231A174}   | network: AppId, UserId, BytesSent, BytesRecvd                     |
| {D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}   | use: AppId, UserId, octets read and written, FaceTime              |
| {DD6636C4-8929-4683-974E-22C046A43763}   | connections: InterfaceLuid, ConnectedTime in seconds                |

Every row has a TimeStamp, a date of OLE automation (days since 30 December 1899) in UTC: when it was written, about
each hour and when the machine stops; it counts since the row before. Windows keeps 30 to 60 days. A finding for each
program and account, with its rows.

Not recorded: with whom a program spoke. Rows that are in the logs (`SRU*.log`) alone are not read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._ese import MAGIC, Database, Row
from forensics.detectors.system._hive import ERRORS, ours
from forensics.detectors.system._programs import program_of
from forensics.detectors.system._specimens_srum import SRUM
from forensics.detectors.system._told import LONGEST, path_fields, path_links, shown, text16
from forensics.model import (
    Absent,
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
    Value,
)

LARGEST = 512 << 20
MOST_NAMES = 50_000
MOST_ROWS = 400_000  # of one table
MOST_SHOWN = 2_000  # rows in one finding
MOST_EVENTS = 500  # of a program of interest
_WINDOW = 4 << 20
_NAMES = "SruDbIdMapTable"
_OLE = datetime(1899, 12, 30, tzinfo=UTC)
_STAMP = re.compile(rb"[\xe1-\xeb]\x40")  # the end of a TimeStamp of the years 1995 to 2052
_TABLES = {
    "{973F5D5C-1D90-4944-BE8E-24B94231A174}": (
        "used the network",
        {"BytesSent": "bytes_sent", "BytesRecvd": "bytes_received"},
    ),
    "{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}": (
        "ran",
        {
            "ForegroundBytesRead": "bytes_read",
            "ForegroundBytesWritten": "bytes_written",
            "BackgroundBytesRead": "bytes_read",
            "BackgroundBytesWritten": "bytes_written",
        },
    ),
    "{DD6636C4-8929-4683-974E-22C046A43763}": ("was connected", {"ConnectedTime": "seconds_connected"}),
}


@dataclass(slots=True)
class _Use:
    """What the rows of one table say of one program and account."""

    rows: list[tuple[float, bytes, dict[str, int]]] = field(default_factory=list)
    count: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    times: set[float] = field(default_factory=set)

    def take(self, row: Row, columns: Mapping[str, str]) -> None:
        """Count a row."""
        stamp = row.get("TimeStamp")
        if not isinstance(stamp, float):
            return
        told: dict[str, int] = {}
        for column, name in columns.items():
            value = row.get(column)
            if isinstance(value, int):
                told[name] = told.get(name, 0) + value
        for name, value in told.items():
            self.totals[name] = self.totals.get(name, 0) + value
        self.count += 1
        self.times.add(stamp)
        if len(self.rows) < MOST_SHOWN:
            self.rows.append((stamp, _start(row), told))


class Srum:
    """Groups the rows by program and account."""

    kind: ClassVar[str] = "system/srum"
    title: ClassVar[str] = "Program's use of a Windows machine, by the hour"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\xef\xcd\xab\x89\x20\x06\x00\x00", at=4, anchored=True, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "libyal, libesedb: Extensible Storage Engine (ESE) Database File (EDB) format",
        "Y. Khatri, Forensic implications of System Resource Usage Monitor data in Windows 8",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = SRUM

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database that the layer is."""
        if at or layer.read(4, 4) != MAGIC or layer.size > LARGEST:
            return
        uses: dict[tuple[str, int, int], _Use] = {}
        try:
            database = Database(layer)
            there = set(database.tables())
            if _NAMES not in there:
                return
            names = _names(database)
            for table, (_, columns) in _TABLES.items():
                for row in database.rows(table, MOST_ROWS) if table in there else ():
                    app, user = row.get("AppId"), row.get("UserId")
                    if isinstance(app, int) and isinstance(user, int):
                        uses.setdefault((table, app, user), _Use()).take(row, columns)
        except ERRORS as error:
            ours(error)
            if not uses:
                return
        places = _places(layer, {start for use in uses.values() for _, start, _ in use.rows})
        for (table, app, user), use in uses.items():
            if use.count:
                what = _TABLES[table][0]
                yield self._found(layer, what, names.get(app, ""), names.get(user, ""), use, places)

    def _found(
        self, layer: Layer, what: str, program: str, sid: str, use: _Use, places: Mapping[bytes, int]
    ) -> Finding:
        path = program[:LONGEST]
        stamps = sorted(use.times)
        rows: list[Value] = []
        for stamp, start, told in use.rows:
            when = _moment(stamp)
            place = {"offset": places[start]} if start in places else {}
            rows.append({"written": shown(when) if when else str(stamp), **told, **place})
        fields = {"what": Field(what), "rows": Field(use.count), **{n: Field(v) for n, v in use.totals.items()}}
        fields |= {"hours": Field(tuple(rows)), **path_fields(path)}
        if sid:
            fields["account"] = Field(sid)
        meant = stamps if program_of(path) else [stamps[0], stamps[-1]]
        events = []
        for each in dict.fromkeys(meant[:MOST_EVENTS]):
            if when := _moment(each):
                stored = repr(each)
                events.append(Event(when, timedelta(hours=1), f"{what} in the hour before", stored, Clock.DEVICE))
        offset = next((places[start] for _, start, _ in use.rows if start in places), None)
        caveats = ["A row counts since the row before it, about an hour; rows in the SRU*.log files are not read."]
        if offset is None:
            caveats.append("Where the rows stand was not found; the bytes shown are the head of the database.")
        if use.count > len(use.rows):
            caveats.append(f"Of {use.count:,} rows the first {len(use.rows):,} are listed.")
        links = path_links("RAN", path) if "\\" in path else []
        links += [Link("BY_ACCOUNT", "sid", sid)] * sid.startswith("S-1-5-21-")
        return finding(
            self,
            layer,
            offset or 0,
            20 if offset is not None else min(layer.size, 668),
            grade=Grade.C3 if offset is not None else Grade.C2,
            value=path or Absent.NONE_STORED,
            checks=(Check("tables and columns", Outcome.PASS, 60),),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _names(database: Database) -> dict[int, str]:
    """What the numbers of programs and accounts stand for."""
    found: dict[int, str] = {}
    for row in database.rows(_NAMES, MOST_NAMES):
        index, data = row.get("IdIndex"), row.get("IdBlob")
        if isinstance(index, int) and isinstance(data, bytes):
            found[index] = (_sid(data) if row.get("IdType") == 3 else text16(data).replace("\t", " ").strip())[:LONGEST]
    return found


def _sid(data: bytes) -> str:
    """A security identifier as text; empty if it is none."""
    if len(data) < 8 or data[0] != 1 or len(data) != 8 + 4 * data[1]:
        return ""
    parts = struct.unpack(f"<{data[1]}I", data[8:])
    return "-".join(("S-1", str(int.from_bytes(data[2:8], "big")), *map(str, parts)))


def _start(row: Row) -> bytes:
    """The first four columns as they stand in the file, one behind the other."""
    number, stamp, app, user = (row.get(name) for name in ("AutoIncId", "TimeStamp", "AppId", "UserId"))
    if not all(isinstance(each, int) for each in (number, app, user)) or not isinstance(stamp, float):
        return b""
    return struct.pack("<idii", number, stamp, app, user)


def _places(layer: Layer, starts: set[bytes]) -> dict[bytes, int]:
    """Where rows stand, by their first four columns; of a row that stands twice the first place."""
    found: dict[bytes, int] = {}
    for base in range(0, layer.size, _WINDOW):
        data = layer.read(base, _WINDOW + 20)
        for match in _STAMP.finditer(data):
            at = match.end() - 12
            start = data[max(0, at) : at + 20]
            if start in starts:
                found.setdefault(start, base + at)
    return found


def _moment(stamp: float) -> datetime | None:
    """A date of OLE automation."""
    if not 29_000 <= stamp < 73_000:
        return None
    return _OLE + timedelta(seconds=round(stamp * 86_400))


DETECTOR: Detector = Srum()
