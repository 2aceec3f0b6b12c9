"""Bytes of evidence for people: read by a confined worker, a piece at a time."""

from __future__ import annotations

import bisect
import functools
import itertools
import json
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from forensics.authority.verdict import Judge
from forensics.case import authority, schema
from forensics.case.evidence import check_unchanged, evidence_files, evidence_setup
from forensics.case.scan import place_of
from forensics.case.store import Case
from forensics.case.vault import volume_keys
from forensics.confinement.jobs import EvidenceFile, Job, Limits
from forensics.confinement.supervisor import Supervisor
from forensics.errors import CaseError, EvidenceError, OutsideAuthority, UsageError
from forensics.sweep.plan import OUTSIDE, steps_to
from forensics.sweep.steps import area_of, decodings

SECONDS = 30.0


def found(case: Case, number: int, *, outside: bool = False) -> dict[str, Any]:
    """The row of a finding; of one that is set aside only where what is `outside` may be opened.

    Raises:
        CaseError: there is none of that number.
        OutsideAuthority: it is set aside.
    """
    row = case.one(select(schema.finding).where(schema.finding.c.id == number))
    if row is not None:
        return row
    row = case.one(select(schema.outside_finding).where(schema.outside_finding.c.id == number))
    if row is None:
        raise CaseError(f"the case has no finding F{number}")
    if not outside:
        raise OutsideAuthority(f"F{number}", row["rule"], row["exhibit"])
    return row


@functools.lru_cache(maxsize=8)
def _outside(runs_json: str) -> tuple[list[int], list[int]]:
    """Beginnings and ends of the runs of a region, in order."""
    runs = sorted(json.loads(runs_json))
    return [start for start, _ in runs], [start + size for start, size in runs]


class EvidenceReader:
    """Reads exhibits of a case through one worker. Safe from several threads; calls take turns."""

    def __init__(self, case: Case) -> None:
        """Open nothing yet: the worker starts with the first question."""
        self._case = case
        self._authority = ""
        self._judge: Judge | None = None
        self._permitted: set[str] = set()
        self._supervisor: Supervisor | None = None
        self._known: list[tuple[str, str]] = []
        self._wrong: dict[str, EvidenceError] = {}
        self._turn = threading.Lock()
        self._numbers = itertools.count(1)

    def __enter__(self) -> EvidenceReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        with self._turn:
            if self._supervisor is not None:
                self._supervisor.close()
                self._supervisor = None

    def permit(self, item: str) -> None:
        """Open `entry:42`, `F17` or `E1@` (all of an image) though it is outside: the reason has been recorded."""
        self._permitted.add(item)

    def _within(self, row: Mapping[str, Any]) -> None:
        """Refuse an entry that is outside the authority."""
        known = self._case.fact(authority.FACT, "")
        if known != self._authority:
            self._authority, self._judge = known, authority.judge_of(self._case)
        item = f"entry:{row['id']}"
        if self._judge is None or item in self._permitted:
            return
        verdict = authority.entry_verdict(self._judge, row)
        if verdict.outside:
            raise OutsideAuthority(item, verdict.rule, row["exhibit"])

    def _untouched(self, exhibit: str, offset: int, length: int) -> None:
        """Refuse image bytes that the examination left out because they are outside the authority."""
        item = f"{exhibit}@"
        if item in self._permitted:
            return
        r = schema.region.c
        for row in self._case.rows(select(r.runs_json).where(r.exhibit == exhibit, r.kind == OUTSIDE)):
            starts, ends = _outside(row["runs_json"])
            at = bisect.bisect_right(ends, offset)
            if at < len(starts) and starts[at] < offset + length:
                raise OutsideAuthority(item, f"byte {max(starts[at], offset):,}", exhibit)

    def _ask(self, verb: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        with self._turn:
            exhibits = self._case.exhibits()
            known = [(each["number"], each["segments_json"]) for each in exhibits]
            wanted = next((each for each in exhibits if each["number"] == spec["exhibit"]), None)
            if wanted is not None and spec["exhibit"] in self._wrong:
                check_unchanged(wanted)  # still raises, or its files are back
                known.clear()
            if self._supervisor is not None and known != self._known:
                self._supervisor.close()
                self._supervisor = None
            if self._supervisor is None:
                exhibits = self._present(exhibits)
                if spec["exhibit"] in self._wrong:
                    raise self._wrong[spec["exhibit"]]
                setup = evidence_setup(exhibits, self._case.secret_key, volume_keys(self._case))
                self._supervisor = Supervisor(
                    evidence=[EvidenceFile(*each) for each in evidence_files(exhibits)],
                    workers=1,
                    setup={**setup, "reads_only": True},
                )
            job = Job(next(self._numbers), verb, spec, verb, Limits(wall_seconds=SECONDS))
            (part,) = self._supervisor.call(job).parts
        return dict(part)

    def _present(self, exhibits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The exhibits whose files are as they were registered; the others cost only themselves."""
        self._known = [(each["number"], each["segments_json"]) for each in exhibits]
        self._wrong.clear()
        for exhibit in exhibits:
            try:
                check_unchanged(exhibit)
            except EvidenceError as error:
                self._wrong[exhibit["number"]] = error
        return [each for each in exhibits if each["number"] not in self._wrong]

    def runs(
        self, exhibit: str, runs: Sequence[Sequence[int]], offset: int, length: int, *, sealed: bool = False
    ) -> bytes:
        """Image bytes of a run list; those of an opened volume are plain, unless `sealed` wants them as they lie."""
        spec = {"exhibit": exhibit, "runs": [list(run) for run in runs], "offset": offset, "length": length}
        spec["sealed"] = sealed
        data: bytes = self._ask("bytes", spec)["data"]
        return data

    def stored(
        self, exhibit: str, runs: Sequence[Sequence[int]], offset: int, length: int, *, sealed: bool = False
    ) -> bytes:
        """As `runs`, of runs that anybody names.

        Raises:
            OutsideAuthority: some of the bytes that are asked for.
        """
        position = 0
        for start, size in runs:
            low, high = max(offset - position, 0), min(offset + length - position, size)
            if low < high and start >= 0:
                self._untouched(exhibit, start + low, high - low)
            position += size
        return self.runs(exhibit, runs, offset, length, sealed=sealed)

    def image(self, exhibit: str, offset: int, length: int) -> bytes:
        """Image bytes from an offset, as they lie on the medium."""
        size = int(self._case.exhibit(exhibit)["size"])
        self._untouched(exhibit, offset, length)
        return self.runs(exhibit, [[0, size]], offset, min(length, max(0, size - offset)), sealed=True)

    def _owner(self, entry: int) -> dict[str, Any]:
        row = self._case.one(select(schema.entry).where(schema.entry.c.id == entry))
        if row is None:
            raise CaseError(f"the case has no entry {entry}")
        self._within(row)
        volume = self._case.one(
            select(schema.volume).where(
                schema.volume.c.exhibit == row["exhibit"], schema.volume.c.number == row["volume"]
            )
        )
        assert volume is not None
        layout = json.loads(volume["layout_json"])
        return {
            "exhibit": row["exhibit"],
            "place": place_of(volume, layout),
            "owner": {
                **{key: row[key] for key in ("volume", "address", "path", "stream", "size", "storage")},
                "steps": steps_to(
                    volume["number"], volume["file_system"], row["path"], row["stream"], layout.get("steps", ())
                ),
                "runs": json.loads(row["runs_json"]),
            },
        }

    def entry(self, entry: int, offset: int, length: int) -> tuple[bytes, int]:
        """Logical bytes of an entry, and its size."""
        part = self._ask("entry", {**self._owner(entry), "offset": offset, "length": length})
        return part["data"], part["size"]

    def stream_of(self, finding: Mapping[str, Any]) -> dict[str, Any] | None:
        """What leads a worker to the decoded stream that a finding lies in; None where nothing is to be decoded."""
        below, steps = decodings(finding["locator"])
        if not steps:
            return None
        spec: dict[str, Any] = {
            "exhibit": finding["exhibit"],
            "steps": [[step.kind, step.at, step.index] for step in steps],
            "span": [finding["span_offset"], finding["span_length"]],
            "runs": json.loads(finding["runs_json"]),
        }
        start = area_of(below)
        if start is not None:
            return {**spec, "area": [start, self._end_of(finding, start)]}
        if finding["entry"] is None:
            raise CaseError(f"F{finding['id']}: {finding['locator']!r} names neither an entry nor an area")
        owner = self._owner(finding["entry"])
        if not below.endswith(" > ".join(owner["owner"]["steps"])):
            return None  # the file's own name looks like a step
        return {**spec, **owner}

    def _end_of(self, finding: Mapping[str, Any], start: int) -> int:
        """Where on the image an area ends that starts at `start`, or a run of a place that holds it."""
        places = [
            json.loads(row["runs_json"])
            for row in self._case.rows(
                select(schema.region).where(
                    schema.region.c.exhibit == finding["exhibit"], schema.region.c.volume == finding["volume"]
                )
            )
        ]
        if finding["entry"] is not None:
            row = self._case.one(select(schema.entry).where(schema.entry.c.id == finding["entry"]))
            if row is not None:
                places += [json.loads(row["slack_json"]), json.loads(row["runs_json"])]
        for runs in places:
            for offset, length in runs:
                if offset <= start < offset + length:
                    return int(offset + length)
        return int(self._case.exhibit(finding["exhibit"])["size"])

    def stream(self, finding: Mapping[str, Any], offset: int, length: int) -> tuple[bytes, int]:
        """Decoded bytes of the stream that a finding lies in, and the size of the stream."""
        spec = self.stream_of(finding)
        if spec is None:
            raise UsageError(f"F{finding['id']} is not in a decoded stream")
        part = self._ask("stream", {**spec, "offset": offset, "length": length})
        return part["data"], part["size"]

    def picture(
        self, entry: int | None, width: int, height: int, *, blur: bool, finding: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """An entry, or the decoded stream that a finding lies in, as pixels: width, height, rgba, note."""
        spec = self.stream_of(finding) if finding is not None else None
        if spec is None:
            if entry is None:
                raise UsageError("this finding is in no entry; its bytes are in the hex view")
            spec = self._owner(entry)
        size = {"width": min(width, 4096), "height": min(height, 4096), "blur": blur}
        return self._ask("picture", {**spec, **size})

    def page(self, entry: int | None, finding: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The texts of a saved page: of an entry, or of the decoded stream that a finding lies in."""
        return self._ask("page", self._document(entry, finding))

    def _document(self, entry: int | None, finding: Mapping[str, Any] | None) -> dict[str, Any]:
        """What leads a worker to an entry, or to the decoded stream that a finding lies in."""
        spec = self.stream_of(finding) if finding is not None else None
        if spec is None:
            if entry is None:
                raise UsageError("this finding is in no entry; its bytes are in the hex and text views")
            spec = self._owner(entry)
        return spec

    def archive(self, entry: int | None, finding: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The members of an archive, as it states them: of an entry, or of the stream that a finding lies in."""
        return self._ask("archive", self._document(entry, finding))

    def database(self, entry: int, table: str | None, first: int) -> dict[str, Any]:
        """Tables and rows of an SQLite database; the write-ahead log beside it is read with it."""
        spec = self._owner(entry)
        log = self._log(spec)
        beside = None if log is None else self._owner(log)["owner"]
        return self._ask("database", {**spec, "log": beside, "table": table, "first": first})

    def signatures(
        self, exhibit: str, data: bytes, keys: Sequence[bytes], document: int | None
    ) -> list[dict[str, Any]]:
        """What a worker finds of the signatures in `data`: see `forensics.confinement.signed`."""
        beside = {} if document is None else self._owner(document)
        held: list[dict[str, Any]] = self._ask(
            "signatures", {**beside, "exhibit": exhibit, "data": data, "keys": list(keys)}
        )["held"]
        return held

    def _log(self, spec: Mapping[str, Any]) -> int | None:
        """The entry of the write-ahead log beside an entry's database."""
        owner, e = spec["owner"], schema.entry.c
        log = self._case.one(
            select(e.id)
            .where(e.exhibit == spec["exhibit"], e.volume == owner["volume"], e.path == f"{owner['path']}-wal")
            .where(e.stream.is_(None), e.allocated, e.size > 0)
            .order_by(e.id.desc())
        )
        return None if log is None or owner["stream"] is not None else int(log["id"])

    def store(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """What a worker is told to open the encrypted store that a finding is, with the log beside it.

        Raises:
            UsageError: the store is no file of its own, but lies within one, or in free space.
        """
        number = finding["entry"]
        if number is None or finding["span_offset"] or decodings(finding["locator"])[1]:
            raise UsageError(f"F{finding['id']}: the store is no file of its own here; it is opened as a file alone")
        spec = self._owner(number)
        spec["owner"] |= {"entry": number, "allocation": finding["allocation"]}
        log = self._log(spec)
        beside = None if log is None else {**self._owner(log)["owner"], "entry": log, "allocation": "allocated"}
        return {**spec, "log": beside}

    def _finding(self, row: Mapping[str, Any], offset: int, length: int, *, encoded: bool) -> bytes:
        if encoded or self.stream_of(row) is None:
            return self.runs(row["exhibit"], json.loads(row["runs_json"]), offset, length)
        length = max(0, min(length, row["span_length"] - offset))
        return self.stream(row, row["span_offset"] + offset, length)[0]

    def read(self, place: str, offset: int, length: int, *, encoded: bool = False) -> bytes:
        """Bytes of F17, entry:42, E1:/path (the first of that name) or E1@offset.

        Those of a finding in a decoded stream are decoded, unless `encoded` asks for its runs on the image.
        """
        if re.fullmatch(r"F\d{1,12}", place):
            finding = found(self._case, int(place[1:]), outside=place in self._permitted)
            return self._finding(finding, offset, length, encoded=encoded)
        if match := re.fullmatch(r"entry:(\d{1,12})", place):
            return self.entry(int(match[1]), offset, length)[0]
        if match := re.fullmatch(r"([A-Za-z0-9._-]+)@(\d{1,18})", place):
            return self.image(match[1], int(match[2]) + offset, length)
        if match := re.fullmatch(r"(?s)([A-Za-z0-9._-]+):(/.*)", place):
            row = self._case.one(
                select(schema.entry.c.id)
                .where(schema.entry.c.exhibit == match[1], schema.entry.c.path == match[2])
                .order_by(schema.entry.c.allocated.desc(), schema.entry.c.id)
            )
            if row is None:
                raise CaseError(f"{match[1]} has no entry {match[2]}")
            return self.entry(row["id"], offset, length)[0]
        raise UsageError(f"{place!r}: give F17, entry:42, E1:/path or E1@offset")
