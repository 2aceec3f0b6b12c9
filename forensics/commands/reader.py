"""Bytes of evidence for people: read by a confined worker, a piece at a time."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.evidence import check_unchanged, evidence_files, evidence_setup
from forensics.case.scan import place_of
from forensics.case.store import Case
from forensics.case.vault import volume_keys
from forensics.confinement.jobs import EvidenceFile, Job, Limits
from forensics.confinement.supervisor import Supervisor
from forensics.errors import CaseError, UsageError
from forensics.sweep.plan import steps_to

SECONDS = 30.0


class EvidenceReader:
    """Reads exhibits of a case through one worker. Safe from several threads; calls take turns."""

    def __init__(self, case: Case) -> None:
        """Open nothing yet: the worker starts with the first question."""
        self._case = case
        self._supervisor: Supervisor | None = None
        self._known: list[str] = []
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

    def _ask(self, verb: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        with self._turn:
            numbers = [each["number"] for each in self._case.exhibits()]
            if self._supervisor is not None and numbers != self._known:
                self._supervisor.close()
                self._supervisor = None
            if self._supervisor is None:
                exhibits = self._case.exhibits()
                for exhibit in exhibits:
                    check_unchanged(exhibit)
                self._known = numbers
                self._supervisor = Supervisor(
                    evidence=[EvidenceFile(*each) for each in evidence_files(exhibits)],
                    workers=1,
                    setup=evidence_setup(exhibits, self._case.secret_key, volume_keys(self._case)),
                )
            job = Job(next(self._numbers), verb, spec, verb, Limits(wall_seconds=SECONDS))
            (part,) = self._supervisor.call(job).parts
        return dict(part)

    def runs(
        self, exhibit: str, runs: Sequence[Sequence[int]], offset: int, length: int, *, sealed: bool = False
    ) -> bytes:
        """Image bytes of a run list; those of an opened volume are plain, unless `sealed` wants them as they lie."""
        spec = {"exhibit": exhibit, "runs": [list(run) for run in runs], "offset": offset, "length": length}
        spec["sealed"] = sealed
        data: bytes = self._ask("bytes", spec)["data"]
        return data

    def image(self, exhibit: str, offset: int, length: int) -> bytes:
        """Image bytes from an offset, as they lie on the medium."""
        size = int(self._case.exhibit(exhibit)["size"])
        return self.runs(exhibit, [[0, size]], offset, min(length, max(0, size - offset)), sealed=True)

    def _owner(self, entry: int) -> dict[str, Any]:
        row = self._case.one(select(schema.entry).where(schema.entry.c.id == entry))
        if row is None:
            raise CaseError(f"the case has no entry {entry}")
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

    def picture(self, entry: int, width: int, height: int, *, blur: bool) -> dict[str, Any]:
        """An entry decoded to pixels: width, height, rgba, note."""
        size = {"width": min(width, 4096), "height": min(height, 4096), "blur": blur}
        return self._ask("picture", {**self._owner(entry), **size})

    def read(self, place: str, offset: int, length: int) -> bytes:
        """Bytes of F17 (its runs), entry:42, E1:/path (the first of that name) or E1@offset."""
        if re.fullmatch(r"F\d{1,12}", place):
            row = self._case.one(select(schema.finding).where(schema.finding.c.id == int(place[1:])))
            if row is None:
                raise CaseError(f"the case has no finding {place}")
            return self.runs(row["exhibit"], json.loads(row["runs_json"]), offset, length)
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
