"""What the window reads from the case database. Plain functions over a read-only connection."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.engine import Row

from app.signed import signed_of
from app.titles import kind_title
from forensics.case import bulk, schema
from forensics.case.accounting import Account, account
from forensics.sweep.steps import decodings
from forensics.visible import visible
from resources.languages import tr
from viewers import kinds
from viewers.base import FieldRow, Subject, value_text
from viewers.words import ZONE_UNKNOWN, time_text

SECOND = 1_000_000
F = schema.finding.c
E = schema.entry.c


def jloads(text: str | None, default: Any) -> Any:
    """JSON of a column, or the default where it cannot be read."""
    if not text:
        return default
    try:
        value = json.loads(text)
    except ValueError:
        return default
    return value if isinstance(value, type(default)) else default


def pairs(value: Any) -> tuple[tuple[int, int], ...]:
    """A run list of JSON as pairs of numbers."""
    return tuple(
        (int(item[0]), int(item[1]))
        for item in value
        if isinstance(item, list | tuple) and len(item) == 2 and all(isinstance(n, int) for n in item)
    )


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A row of the findings table, ready to be painted."""

    id: int
    kind: str
    tile: str
    kind_name: str
    what: str
    mono: bool
    where: str
    grade: int
    allocation: str
    how: str
    time: str
    care: str
    tags: tuple[str, ...]
    exhibit: str
    image_offset: int
    path: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A row of the entries table."""

    id: int
    name: str
    kind: str
    size: int
    modified: str
    created: str
    allocation: str
    sha256: str
    address: int
    path: str
    findings: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A registered image."""

    number: str
    description: str
    format: str
    size: int
    segments: tuple[dict[str, Any], ...]
    stored: dict[str, Any]
    computed: dict[str, Any]
    verdict: str
    bad_runs: tuple[tuple[int, int], ...]
    caveats: tuple[str, ...]
    seq: int
    added_us: int
    state: str  # of its last scan: "" | open | ended | interrupted
    acquisition: dict[str, Any]

    @property
    def image_name(self) -> str:
        """The name of its first segment."""
        path = str(self.segments[0].get("path", "")) if self.segments else ""
        return path.replace("\\", "/").rpartition("/")[2] or self.number


def unpacked(locator: str) -> str:
    """The name of the packing that the last step undoes, or an empty string."""
    steps = decodings(locator)[1]
    return steps[-1].kind if steps else ""


def inside_text(locator: str, path: str | None, names: Any) -> str:
    """Where a finding lies within an encoded stream, on one line; empty where it lies in none."""
    steps = decodings(locator)[1]
    if not steps:
        return ""
    named = [names] if isinstance(names, str) else [str(name) for name in names or ()]
    holder = (path or "").rpartition("/")[2] or tr("these bytes")
    way = tr(", then ").join(tr("{kind} at {at:,}", kind=step.kind, at=step.at) for step in steps)
    return tr("inside {path} ({way})", path=" › ".join(visible(part) for part in (holder, *named)), way=way)


def opened_with_key(locator: str, path: str | None) -> bool:
    """Whether a finding lies within a store that a key opened, or the log beside it (`confinement/stores.py`)."""
    step = f" > opened:{(path or '').removesuffix('-wal')}"
    return bool(path) and f"{locator} > ".find(f"{step} > ") >= 0


def how_found(locator: str, entry: int | None, allocation: str) -> str:
    """How a finding was reached, from its last step."""
    last = locator.rpartition(" > ")[2].lower()
    packing = unpacked(locator)
    if packing:
        return tr("inside {packing}", packing=packing)
    if last.startswith("utf-16"):
        return "UTF-16 text"
    if last.startswith(("sqlite", "row", "freelist", "page")):
        return tr("database row")
    if entry is None or allocation in ("unallocated", "slack", "gap"):
        return "carved"
    if allocation == "name deleted":
        return tr("file record")
    return "file"


def where_text(path: str | None, allocation: str, image_offset: int, volume: int) -> str:
    """Where a finding lies, for one cell."""
    if path:
        return visible(path)
    place = tr("volume {volume}, ", volume=volume) if volume else ""
    return f"{place}{kinds.allocation_name(allocation)}, 0x{image_offset:X}"


def finding_ids(
    connection: Connection,
    where: ColumnElement[bool] | None,
    order: Sequence[ColumnElement[Any]],
    most: int | None = None,
) -> array[int]:
    """The numbers of all findings that pass, in order; of the first `most` of them."""
    return _ids(connection, F.id, where, order, most)


def _ids(
    connection: Connection,
    number: ColumnElement[int],
    where: ColumnElement[bool] | None,
    order: Sequence[ColumnElement[Any]],
    most: int | None,
) -> array[int]:
    query = select(number).order_by(*order, number)
    if where is not None:
        query = query.where(where)
    if most is not None:
        return array("q", connection.execute(query.limit(most)).scalars())
    (found,) = bulk.columns(connection, query)
    small = not found.size or int(found.max()) < 1 << 31
    made = array("i" if small else "q")
    made.frombytes((found.astype(np.int32) if small else found).view(np.uint8).data)
    return made


def finding_lines(connection: Connection, ids: Sequence[int]) -> dict[int, FindingLine]:
    """The rows of these findings."""
    columns = (
        F.id, F.kind, F.summary, F.value, F.path, F.entry, F.volume, F.allocation, F.grade, F.locator,
        F.image_offset, F.first_us, F.sensitivity, F.exhibit, F.events_json,
    )  # fmt: skip
    tags: dict[int, list[str]] = {}
    tag = schema.tag.c
    for number, name in connection.execute(
        select(tag.finding, tag.name).where(tag.finding.in_(ids)).order_by(tag.name)
    ):
        tags.setdefault(number, []).append(name)
    lines = {}
    for row in connection.execute(select(*columns).where(F.id.in_(ids))):
        what = visible(row.summary or row.value or kind_title(row.kind))
        lines[row.id] = FindingLine(
            row.id,
            row.kind,
            kinds.tile(row.kind),
            "",
            what,
            bool(row.value) and what.strip() == row.value,
            where_text(row.path, row.allocation, row.image_offset, row.volume),
            row.grade,
            row.allocation,
            how_found(row.locator, row.entry, row.allocation),
            _first(row.first_us, row.events_json),
            kinds.CARE_WORDS.get(row.sensitivity, row.sensitivity),
            tuple(tags.get(row.id, ())),
            row.exhibit,
            row.image_offset,
            row.path or "",
        )
    return lines


def _first(first_us: int | None, events_json: str) -> str:
    """The first time of a finding."""
    events = _dicts(events_json) if first_us is not None else ()
    return _stamped(first_us, event_precision(events[0]) if len(events) == 1 else SECOND, events)


def _stamped(when_us: int | None, precision_us: int, told: Iterable[dict[str, Any]]) -> str:
    """A time, with a mark unless all that tell it store UTC: a time without a zone is not UTC."""
    text = time_text(when_us, precision_us)
    zones = {each.get("zone") for each in told}
    if when_us is None or zones <= {"utc"}:
        return text
    return tr("{time}, {zone}", time=text, zone=tr("no zone") if zones == {"unknown"} else tr("zones differ"))


def event_precision(event: dict[str, Any]) -> int:
    """The precision of a stored event in microseconds."""
    if isinstance(event.get("precision_us"), int):
        return int(event["precision_us"])
    value = event.get("precision", 1)
    return round(float(value) * SECOND) if isinstance(value, int | float) else SECOND


def fields_of(text: str) -> tuple[FieldRow, ...]:
    """The fields of a finding from its JSON."""
    rows = []
    for name, item in jloads(text, {}).items():
        if isinstance(item, dict) and "value" in item:
            span = item.get("span")
            place = pairs([span]) if span else ()
            rows.append(FieldRow(name, item["value"], place[0] if place else None, bool(item.get("secret"))))
        else:
            rows.append(FieldRow(name, item))
    return tuple(rows)


def _dicts(text: str) -> tuple[dict[str, Any], ...]:
    return tuple(item for item in jloads(text, []) if isinstance(item, dict))


def _image_facts(connection: Connection, exhibit: str, volume: int) -> tuple[int, int | None]:
    size = connection.execute(
        select(schema.exhibit.c.size).where(schema.exhibit.c.number == exhibit)
    ).scalar_one_or_none()
    offset = connection.execute(
        select(schema.volume.c.offset).where(schema.volume.c.exhibit == exhibit, schema.volume.c.number == volume)
    ).scalar_one_or_none()
    return size or 0, offset


def subject_of_finding(connection: Connection, number: int) -> Subject | None:
    """A finding with everything that the viewers need."""
    row = connection.execute(select(schema.finding).where(F.id == number)).one_or_none()
    if row is None:
        return None
    entry = None
    if row.entry is not None:
        entry = connection.execute(select(schema.entry).where(E.id == row.entry)).one_or_none()
    image_size, volume_offset = _image_facts(connection, row.exhibit, row.volume)
    tag = schema.tag.c
    tags = connection.execute(select(tag.name).where(tag.finding == number).order_by(tag.name)).scalars().all()
    rows = fields_of(row.fields_json)
    names = next((field.value for field in rows if field.name == "inside"), None)
    checks = _dicts(row.checks_json)
    return Subject(
        title=kind_title(row.kind),
        exhibit=row.exhibit,
        kind=row.kind,
        detector=row.detector,
        finding=row.id,
        entry=row.entry,
        path=visible(row.path or ""),
        allocation=row.allocation,
        locator=row.locator,
        grade=row.grade,
        value=value_text(row.value or row.summary),
        span=(row.span_offset, row.span_length),
        runs=pairs(jloads(row.runs_json, [])),
        sha256=row.sha256,
        fields=rows,
        inside=inside_text(row.locator, row.path, names),
        opened=opened_with_key(row.locator, row.path),
        signed=signed_of(connection, number, row.kind, rows, checks),
        checks=checks,
        events=_dicts(row.events_json),
        links=_dicts(row.links_json),
        caveats=tuple(map(str, jloads(row.caveats_json, []))),
        sensitivity=row.sensitivity,
        tags=tuple(tags),
        size=entry.size if entry is not None else 0,
        storage=entry.storage if entry is not None else "",
        entry_runs=pairs(jloads(entry.runs_json, [])) if entry is not None else (),
        image_size=image_size,
        volume=row.volume,
        volume_offset=volume_offset,
        first_us=row.first_us,
    )


def subject_of_entry(connection: Connection, number: int) -> Subject | None:
    """An entry as the viewers see it: its times and digests are its fields."""
    row = connection.execute(select(schema.entry).where(E.id == number)).one_or_none()
    if row is None:
        return None
    image_size, volume_offset = _image_facts(connection, row.exhibit, row.volume)
    rows: list[FieldRow] = [
        FieldRow(tr("kind"), row.kind),
        FieldRow(tr("size"), row.size),
        FieldRow(tr("file system number"), row.address),
        FieldRow(tr("stored as"), row.storage),
    ]
    for item in jloads(row.times_json, []):
        if isinstance(item, dict):
            when = time_text(item.get("when_us"), event_precision(item))
            note = f", {ZONE_UNKNOWN}" if item.get("zone") == "unknown" else " UTC"
            text = f"{when}{note}" if item.get("when_us") is not None else f"{when}; {item.get('as_stored', '')}"
            rows.append(FieldRow(str(item.get("field", "time")), text))
    for name in ("md5", "sha1", "sha256"):
        digest = getattr(row, name)
        if digest:
            rows.append(FieldRow({"md5": tr("MD5"), "sha1": tr("SHA-1"), "sha256": "SHA-256"}[name], digest))
    if row.raw_name:
        rows.append(FieldRow(tr("name as stored"), row.raw_name.hex(" ")))
    return Subject(
        title=visible(row.name or "/"),
        exhibit=row.exhibit,
        entry=row.id,
        path=visible(row.path + (f":{row.stream}" if row.stream and not row.path.endswith(f":{row.stream}") else "")),
        allocation="allocated" if row.allocated else "name deleted",
        value=visible(row.path),
        runs=pairs(jloads(row.runs_json, [])),
        sha256=row.sha256 or "",
        fields=tuple(rows),
        caveats=tuple(map(str, jloads(row.caveats_json, []))),
        size=row.size,
        storage=row.storage,
        entry_runs=pairs(jloads(row.runs_json, [])),
        image_size=image_size,
        volume=row.volume,
        volume_offset=volume_offset,
    )


def entry_ids(
    connection: Connection,
    where: ColumnElement[bool] | None,
    order: Sequence[ColumnElement[Any]],
    most: int | None = None,
) -> array[int]:
    """The numbers of the entries of a place, in order; of the first `most` of them."""
    return _ids(connection, E.id, where, order, most)


def entry_lines(connection: Connection, ids: Sequence[int]) -> dict[int, EntryLine]:
    """The rows of these entries."""
    counts: dict[int | None, int] = {
        row[0]: row[1]
        for row in connection.execute(select(F.entry, func.count()).where(F.entry.in_(ids)).group_by(F.entry))
    }
    columns = (
        E.id, E.name, E.kind, E.size, E.modified_us, E.created_us, E.allocated, E.sha256, E.address, E.path,
        E.times_json,
    )  # fmt: skip
    return {
        row.id: EntryLine(
            row.id,
            visible(row.name or "/"),
            row.kind,
            row.size,
            _entry_time("modified", row.modified_us, row.times_json),
            _entry_time("created", row.created_us, row.times_json),
            "allocated" if row.allocated else "name deleted",
            row.sha256 or "",
            row.address,
            row.path,
            counts.get(row.id, 0),
        )
        for row in connection.execute(select(*columns).where(E.id.in_(ids)))
    }


def _entry_time(field: str, when_us: int | None, times_json: str) -> str:
    return _stamped(when_us, SECOND, (each for each in _dicts(times_json) if each.get("field") == field))


def exhibits(connection: Connection) -> list[Exhibit]:
    """All exhibits, in the order of their numbers."""
    scan = schema.scan.c
    states: dict[str, str] = {}
    for exhibit, state in connection.execute(select(scan.exhibit, scan.state).order_by(scan.started_us)):
        states[exhibit] = state
    made = []
    for row in connection.execute(select(schema.exhibit).order_by(schema.exhibit.c.added_us, schema.exhibit.c.number)):
        made.append(
            Exhibit(
                row.number,
                row.description,
                row.format,
                row.size,
                _dicts(row.segments_json),
                jloads(row.stored_json, {}),
                jloads(row.computed_json, {}),
                row.verdict,
                pairs(jloads(row.bad_runs_json, [])),
                tuple(map(str, jloads(row.caveats_json, []))),
                row.seq,
                row.added_us,
                states.get(row.number, ""),
                jloads(row.acquisition_json, {}),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """What the upper part of the evidence tree shows."""

    exhibits: list[Exhibit]
    volumes: list[Row[Any]]
    regions: list[Row[Any]]
    unexamined: dict[str, tuple[int, int]]  # exhibit: count, bytes


def tree_facts(connection: Connection) -> TreeFacts:
    """Exhibits, volumes, regions, and how much could not be searched."""
    u = schema.unexamined.c
    return TreeFacts(
        exhibits(connection),
        list(connection.execute(select(schema.volume).order_by(schema.volume.c.exhibit, schema.volume.c.number))),
        list(connection.execute(select(schema.region).order_by(schema.region.c.exhibit, schema.region.c.volume))),
        {
            row[0]: (row[1], row[2] or 0)
            for row in connection.execute(select(u.exhibit, func.count(), func.sum(u.bytes)).group_by(u.exhibit))
        },
    )


def folders(connection: Connection, exhibit: str, volume: int, parent: str) -> list[tuple[str, str, int]]:
    """The folders in a folder: name, path, and how many entries each holds."""
    in_place = (E.exhibit == exhibit) & (E.volume == volume)
    found = connection.execute(
        select(E.name, E.path)
        .where(in_place, E.parent == parent, E.kind == "directory", E.path != "/")
        .group_by(E.path)
        .order_by(func.lower(E.name))
        .limit(5000)
    ).all()
    paths = [row.path for row in found]
    counts: dict[str, int] = {}
    for start in range(0, len(paths), 500):
        counts.update(
            connection.execute(
                select(E.parent, func.count())
                .where(in_place, E.parent.in_(paths[start : start + 500]))
                .group_by(E.parent)
            ).all()
        )
    return [(visible(row.name), row.path, counts.get(row.path, 0)) for row in found]


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers of the overview."""

    findings: int
    kinds: dict[str, dict[int, int]]  # kind: grade: count
    events: int
    undated: int
    exhibits: int
    entries: int
    unexamined: list[Row[Any]]
    account: Account
    secrets: int
    tags: dict[str, int]
    meta: dict[str, str]


def totals(connection: Connection) -> Totals:
    """Count what the case holds."""
    by_kind: dict[str, dict[int, int]] = {}
    total = 0
    for kind, grade, count in connection.execute(select(F.kind, F.grade, func.count()).group_by(F.kind, F.grade)):
        by_kind.setdefault(kind, {})[grade] = count
        total += count

    def one(query: Any) -> int:
        return int(connection.execute(query).scalar() or 0)

    u, tag = schema.unexamined.c, schema.tag.c
    return Totals(
        total,
        by_kind,
        one(select(func.count()).select_from(schema.event)),
        one(select(func.count()).select_from(schema.finding).where(F.first_us.is_(None))),
        one(select(func.count()).select_from(schema.exhibit)),
        one(select(func.count()).select_from(schema.entry)),
        list(connection.execute(select(schema.unexamined).order_by(u.bytes.desc()).limit(6))),
        account(connection),
        one(select(func.count()).select_from(schema.finding).where(F.sensitivity == "secret")),
        dict(connection.execute(select(tag.name, func.count()).group_by(tag.name)).all()),
        case_words(connection),
    )


def case_words(connection: Connection) -> dict[str, str]:
    """Number, title and examiner. The other values of the table are not for the window."""
    meta = schema.meta.c
    wanted = ("number", "title", "examiner", "agency")
    return dict(connection.execute(select(meta.key, meta.value).where(meta.key.in_(wanted))).all())


def top_values(connection: Connection, tile_kinds: Sequence[str], limit: int = 8) -> list[tuple[str, str, int]]:
    """The values found most often under some kinds: kind, value, count."""
    count = func.count()
    return [
        (row[0], row[1], row[2])
        for row in connection.execute(
            select(F.kind, F.value, count)
            .where(F.kind.in_(tile_kinds), F.value.is_not(None), F.sensitivity != "secret")
            .group_by(F.kind, F.value)
            .order_by(count.desc(), F.value)
            .limit(limit)
        )
    ]


def recent_count(connection: Connection, where: ColumnElement[bool] | None) -> int:
    """How many findings pass a filter."""
    query = select(func.count()).select_from(schema.finding)
    return int(connection.execute(query if where is None else query.where(where)).scalar() or 0)


def unexamined(connection: Connection, exhibit: str | None = None) -> list[Row[Any]]:
    """The places that could not be searched."""
    query = select(schema.unexamined).order_by(schema.unexamined.c.bytes.desc(), schema.unexamined.c.id).limit(5000)
    if exhibit is not None:
        query = query.where(schema.unexamined.c.exhibit == exhibit)
    return list(connection.execute(query))


def tags_exist(connection: Connection) -> bool:
    """Whether any finding has a tag."""
    return connection.execute(select(schema.tag.c.finding).limit(1)).first() is not None


def find_value(connection: Connection, value: str) -> int | None:
    """The first finding with a value."""
    return connection.execute(select(func.min(F.id)).where(F.value == value)).scalar()


Loader = Callable[[Connection], Any]
Ids = Iterable[int]
