"""Findings of a case against the ground truth of a synthetic disk: what was found, where, and what was wrong.

An artefact with a value is found when its kind and value are reported; one that is secret or has no value,
when its kind (and masked value) is reported at its place. It is located when the finding names its file, or
its first byte on the image.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forensics.model import Secret

Record = Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """Counts by kind and place, and the records that were missed or wrongly reported."""

    planted: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    located: int = 0
    missed: list[Record] = field(default_factory=list)
    reported_decoys: list[Record] = field(default_factory=list)
    decoys: int = 0
    findings: int = 0
    entries: int = 0
    wrong_digests: int = 0
    digests: int = 0

    def table(self, column: int) -> list[tuple[str, int, int]]:
        """(kind or place, planted, found), sorted; column 0 is the kind, 1 the place."""
        planted: Counter[str] = Counter()
        found: Counter[str] = Counter()
        for key, count in self.planted.items():
            planted[key[column]] += count
            found[key[column]] += self.found[key]
        return [(name, planted[name], found[name]) for name in sorted(planted)]

    @property
    def recall(self) -> tuple[int, int]:
        """Found and planted."""
        return sum(self.found.values()), sum(self.planted.values())


class _Findings:
    def __init__(self, rows: Sequence[Record]) -> None:
        self.values: dict[tuple[str, str | None], list[Record]] = {}
        for row in rows:
            self.values.setdefault((row["kind"], row["value"]), []).append(row)
            if row["value"] is not None:
                self.values.setdefault((row["kind"], None), []).append(row)
        self._offsets: dict[tuple[str, str | None], set[int]] = {}
        self._paths: dict[tuple[str, str | None], set[tuple[int, str]]] = {}
        for key, found in self.values.items():
            self._offsets[key] = {row["image_offset"] for row in found}
            self._paths[key] = {(row["volume"], row["path"]) for row in found if row["path"]}

    def here(self, kind: str, value: str | None, record: Record) -> bool:
        """Whether it is reported at the place of the record."""
        key = (kind, value)
        if record["image_offset"] is not None and record["image_offset"] in self._offsets.get(key, ()):
            return True
        return (record["volume"], record["path"]) in self._paths.get(key, ())


def score(case: Path, truth: Record) -> Score:
    """Compare the findings and digests of a case of one exhibit with the truth of its disk."""
    with closing(sqlite3.connect(f"file:{case / 'case.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        rows: list[Any] = database.execute("SELECT kind, value, path, volume, image_offset FROM finding").fetchall()
        listed: list[Any] = database.execute(
            "SELECT volume, path, stream, sha256 FROM entry WHERE allocated AND sha256 IS NOT NULL"
        ).fetchall()
        entries = int(database.execute("SELECT count(*) FROM entry").fetchone()[0])
    found = _Findings(rows)
    out = Score(findings=len(rows), entries=entries, decoys=len(truth["decoys"]))
    for record in truth["artefacts"]:
        key = (record["kind"], record["place"])
        out.planted[key] += 1
        here = found.here(record["kind"], _shown(record), record)
        known = here or (
            record["value"] is not None and not record["secret"] and (key[0], record["value"]) in found.values
        )
        out.found[key] += known
        out.located += here
        if not known:
            out.missed.append(record)
    for record in truth["decoys"]:
        value = record["value"]
        shown = Secret(value).masked if value else None
        if ((record["kind"], value) in found.values and value is not None) or found.here(record["kind"], shown, record):
            out.reported_decoys.append(record)
    digests = {(row["volume"], row["path"], row["stream"]): row["sha256"] for row in listed}
    for file in truth["files"]:
        if file["sha256"] is None or file["deleted"] or not file["size"]:
            continue
        out.digests += 1
        out.wrong_digests += digests.get((file["volume"], file["path"], file["stream"])) != file["sha256"]
    return out


def _shown(record: Record) -> str | None:
    value: str | None = record["value"]
    return Secret(value).masked if value and record["secret"] else value
