r"""Databases of LevelDB in a Chromium profile: what sites and extensions stored, with what they replaced or deleted.

A file of such a database keeps each version of a key until it is compacted away; see `primitives/leveldb.py` for the
files and `_stored.py` for keys and values. Electron programs keep the same. One finding for each version:

| state      | what                                                                          |
|------------|-------------------------------------------------------------------------------|
| live       | the newest version in this file                                               |
| superseded | a later version stands in this file                                           |
| deleted    | a later record of this file deletes the key                                   |
| deletion   | a record deletes a key of which this file holds no earlier version            |
| loose      | from a piece of a log outside a file: which versions follow is not known      |

Not recorded: when a value was written, apart from the times of Local Storage by site; their order is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.browser._specimens_storage import STORAGE
from forensics.detectors.browser._stored import INDEXED, LOCAL, SETTINGS, Keys, Told, guarded, kind_of
from forensics.detectors.browser._told import links_of, names_in
from forensics.detectors.wallet._extensions import EXTENSIONS
from forensics.model import (
    Absent,
    ByteRun,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Secret,
    Sensitivity,
    Value,
)
from forensics.primitives import leveldb
from forensics.primitives.leveldb import Faults, Record

MOST = 5_000  # findings of one file
MOST_VERSIONS = 20  # of one key, beside the newest
_BACK = leveldb.LOG_BLOCK
_ELSEWHERE = "Newest in this file; another file of the same database may hold a later version."
_DELETED = "Deleted by a later record; its octets stay until the database is compacted."
_LOOSE = "A piece of a log outside a file: later versions of the key are not known."
_RANK = {"deleted": 0, "superseded": 1, "deletion": 2, "live": 3, "loose": 3}


class Storage:
    """Reads one file of a database."""

    kind: ClassVar[str] = "browser/storage"
    title: ClassVar[str] = "Stored by a site or an extension (Chromium)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(name="*/local storage/leveldb/*.log"),
        Trigger(name="*/session storage/*.log"),
        Trigger(name="*/extension state/*.log"),
        Trigger(name="*.indexeddb.leveldb/*.log"),
        Trigger(name=f"*/{'[a-p]' * 32}/*.log"),
        Trigger(rb"\x57\xfb\x80\x8b\x24\x75\x47\xdb", wide=False),
        Trigger(rb"\x01[\x0c-\x7f]META:https?://", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "LevelDB 1.23, doc/log_format.md, doc/table_format.md",
        "Chromium: components/services/storage/dom_storage, content/browser/indexed_db/docs/leveldb_coding_scheme.md",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = STORAGE

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The log that `layer` is, the table that ends at `at`, or the piece of a log around `at`."""
        path = layer.locator.step.partition(":")[2].lower()
        kind, owner = kind_of(path)
        faults = Faults()
        if at == 0:
            records = list(leveldb.log_records(layer, faults))
            if records and kind:
                yield from self._file(layer, kind, owner, records, faults, ByteRun(0, layer.size))
        elif layer.read(at - len(leveldb.MAGIC), len(leveldb.MAGIC)) == leveldb.MAGIC:
            found = leveldb.table_index(layer, at)
            if found is None or (path and not kind):
                return  # of another program
            records = list(leveldb.table_records(layer, at, faults))
            if kind or any(each.key.startswith(b"META:") for each in records):
                place = ByteRun(found[0], at - found[0])
                yield from self._file(layer, kind or LOCAL, owner, records, faults, place)
        elif not kind:
            yield from self._loose(layer, at)

    def _file(
        self, layer: Layer, kind: str, owner: str, records: list[Record], faults: Faults, place: ByteRun
    ) -> Iterator[Finding]:
        if not records:
            return
        keys = Keys(kind, owner, records)
        versions: dict[bytes, list[Record]] = {}
        for each in records:
            versions.setdefault(each.key, []).append(each)
        chosen, left_out = list[tuple[str, int, Record]](), 0
        for held in versions.values():
            held.sort(key=lambda each: -each.sequence)
            told, left = _states(held)
            chosen += told
            left_out += left
        chosen.sort(key=lambda each: (_RANK[each[0]], -each[2].sequence))
        counts, owners, own = Counter[str](), Counter[str](), 0
        for state, later, record in chosen:
            said = keys.tell(record.key, record.value or b"")
            if said is None:
                own += 1
                continue
            counts[state] += 1
            owners[said.owner] += 1
            if counts.total() <= MOST:
                yield self._record(layer, kind, record, said, state, later)
        yield self._summary(layer, kind, records, faults, place, counts, owners, own, left_out)

    def _record(self, layer: Layer, kind: str, record: Record, said: Told, state: str, later: int) -> Finding:
        value = guarded(said)
        fields: dict[str, Field] = {"what": Field(kind), "state": Field(state), "key": Field(said.key[:500])}
        fields |= _owner_fields(kind, said.owner)
        if record.value is not None and not said.times:
            fields["value"] = Field(value if value != "" else Absent.NONE_STORED)
            fields["stored_length"] = Field(len(record.value))
        fields["sequence"] = Field(record.sequence)
        if later:
            fields["deleted_by" if state == "deleted" else "superseded_by"] = Field(later)
        caveats = {"live": (_ELSEWHERE,), "deleted": (_DELETED,), "loose": (_LOOSE,)}.get(state, ())
        links = [*links_of("STORED_FOR", said.owner)] if kind not in (SETTINGS,) else []
        if isinstance(value, str):
            links += names_in(value)
        return finding(
            self,
            layer,
            record.place.offset,
            record.place.length,
            grade=Grade.C2 if state == "loose" else Grade.C3,
            value=said.owner[:500] if said.times else _named(said.key[:500], record, state),
            checks=(passed("checksum", 32),),
            fields=fields,
            events=tuple(
                Event(when, timedelta(microseconds=1), what, str(stored), Clock.DEVICE)
                for what, when, stored in said.times
            ),
            links=tuple(dict.fromkeys(links))[:20],
            caveats=caveats,
            sensitivity=Sensitivity.SECRET if isinstance(value, Secret) else Sensitivity.PERSONAL,
        )

    def _summary(
        self,
        layer: Layer,
        kind: str,
        records: list[Record],
        faults: Faults,
        place: ByteRun,
        counts: Counter[str],
        owners: Counter[str],
        own: int,
        left_out: int,
    ) -> Finding:
        caveats = list[str]()
        if counts.total() > MOST:
            caveats.append(f"{counts.total() - MOST:,} records are counted and not listed.")
        if left_out:
            caveats.append(f"{left_out:,} older versions are not listed: the same value, or more than {MOST_VERSIONS}.")
        if faults.damaged:
            caveats.append(f"{faults.damaged:,} pieces are damaged and were not read.")
        if faults.unfinished:
            caveats.append("The file is larger than what is read of one file.")
        listed: tuple[Value, ...] = tuple(
            {"name": EXTENSIONS.get(owner, owner), "records": number} for owner, number in owners.most_common(200)
        )
        return finding(
            self,
            layer,
            place.offset,
            place.length,
            grade=Grade.C3,
            value=Absent.NONE_STORED,
            checks=(passed("checksum", 32),),
            fields={
                "what": Field(f"database file ({kind})"),
                "records": Field(len(records)),
                "states": Field(tuple({"state": state, "records": number} for state, number in counts.items())),
                "sequence_from": Field(min(each.sequence for each in records)),
                "sequence_to": Field(max(each.sequence for each in records)),
                "own_records": Field(own),
                "stored_for": Field(listed),
            },
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _loose(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The whole fragment of a log of Local Storage in which `at` stands, told at its first such key alone."""
        low = max(0, at - _BACK)
        part = layer.read(low, at - low)
        for offset in range(len(part) - leveldb.HEADER - 1, -1, -1):
            length = int.from_bytes(part[offset + 4 : offset + 6], "little")
            if part[offset + 6] != 1 or part[offset + 16 : offset + 19] != b"\0\0\0":  # 256 entries or more
                continue
            if offset + leveldb.HEADER + length < len(part) or (data := leveldb.fragment(layer, low + offset)) is None:
                continue
            if b"META:http" in data[: at - low - offset - leveldb.HEADER - 13]:
                return
            start = low + offset + leveldb.HEADER
            keys = Keys(LOCAL, "", ())
            for record in leveldb.entries(data, [(0, start)], Faults()):
                if record.value is not None and (said := keys.tell(record.key, record.value)) is not None:
                    yield self._record(layer, LOCAL, record, said, "loose", 0)
            return


def _named(key: str, record: Record, state: str) -> str:
    """A key; what is no longer its value with its number, since versions in one packed block have one place."""
    return key if state in ("live", "loose", "deletion") else f"{key}, version {record.sequence}"


def _states(held: list[Record]) -> tuple[list[tuple[str, int, Record]], int]:
    """(state, the later record's number or 0, record) of a key's versions, newest first; how many are left out."""
    newest = held[0]
    told, left = list[tuple[str, int, Record]](), 0
    if newest.value is not None:
        told.append(("live", 0, newest))
    elif not any(each.value is not None for each in held):
        return [("deletion", 0, newest)], len(held) - 1
    later = newest
    for each in held[1:]:
        if each.value is None:
            later = each
        elif each.value == later.value or len(told) > MOST_VERSIONS:
            left += 1
        else:
            told.append(("deleted" if later.value is None else "superseded", later.sequence, each))
            later = each
    return told, left


def _owner_fields(kind: str, owner: str) -> dict[str, Field]:
    if not owner:
        return {}
    if kind in (LOCAL, INDEXED) or "://" in owner:
        fields = {"origin": Field(owner[:500])}
        identity = owner.removeprefix("chrome-extension://").partition("/")[0]
    else:
        fields = {"extension": Field(owner[:64])}
        identity = owner
    if name := EXTENSIONS.get(identity):
        fields["wallet"] = Field(name)
    return fields


DETECTOR: Detector = Storage()
