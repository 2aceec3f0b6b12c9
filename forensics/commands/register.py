"""Registering an image: all segments, the container checked, stored and computed digests compared."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import insert

from forensics.case import schema
from forensics.case.evidence import file_sha256, identity
from forensics.case.projection import exhibit_row
from forensics.case.store import Case
from forensics.commands.progress import Progress, Report, silent
from forensics.commands.unlocking import keep, opened
from forensics.confinement.jobs import EvidenceFile, Job, JobFailed, Limits
from forensics.confinement.supervisor import Supervisor
from forensics.custody.client import LedgerClient
from forensics.errors import CaseError, EvidenceError
from forensics.evidence.handles import beside, discover, may_need_others

SECONDS = 600.0
SLOWEST_FILE = 1e6  # bytes a second
SLOWEST_MEDIUM = 20e6
LARGEST = 1 << 50  # of a medium: one that claims more has as long as this
EXHIBIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def register(
    case: Case,
    ledger: LedgerClient,
    paths: Sequence[Path],
    *,
    exhibit: str | None = None,
    description: str = "",
    secrets: Mapping[int, bytes] | None = None,
    report: Report = silent,
) -> dict[str, Any]:
    """Register the image that begins in `paths[0]`; returns its row.

    The files are opened read-only and never written. What the container states and what was computed are
    compared first; both are entered in the ledger whatever the comparison says. `secrets` open encrypted volumes
    by their number; they are tried before anything is registered, and kept in the vault.

    Raises:
        EvidenceError: no such file, a missing segment, an unsupported or unreadable container, or a secret that
            does not open its volume.
        CaseError: the exhibit number is taken or not a number that can be written.
    """
    number = exhibit or _next(case)
    if not EXHIBIT.fullmatch(number):
        raise CaseError(f"{number!r} cannot be an exhibit number: letters, digits, point, dash, underscore")
    if any(each["number"] == number for each in case.exhibits()):
        raise CaseError(f"exhibit {number} is registered already")
    for path in paths:
        if not path.exists():
            raise EvidenceError(str(path), "there is no such file")
    segments = list(paths) if len(paths) > 1 else list(discover(paths[0]))
    _complete(segments)
    progress = Progress("add", "container", total=len(segments), bytes_total=sum(p.stat().st_size for p in segments))

    def read(count: int) -> None:
        progress.bytes_done += count
        report(progress)

    rows = []
    for path in segments:
        progress.label = path.name
        before = identity(path)
        rows.append((before, {"path": str(path.resolve()), "size": before["size"], "sha256": file_sha256(path, read)}))
        progress.done += 1
    facts, found = checked(number, segments, secrets or {}, report)
    after = [identity(path) for path in segments]
    if after != [before for before, _ in rows]:
        raise EvidenceError(str(segments[0]), "the file changed while it was read; it is not registered")
    body = {
        "paths": [row["path"] for _, row in rows],
        "segments": [row for _, row in rows],
        "identity": [{key: str(value) for key, value in before.items()} for before, _ in rows],
        "description": description,
        **facts,
    }
    entry = ledger.append("verify.end", body, exhibit=number)
    row = exhibit_row(number, entry.seq, body, time.time_ns() // 1000)
    with case.transaction() as connection:
        connection.execute(insert(schema.exhibit).values(**row))
    keep(case, ledger, number, found, secrets or {})
    return row


def _complete(segments: list[Path]) -> None:
    """Add the backing files, parents and extents that the files name, from their own folder.

    Raises:
        EvidenceError: one is not there, or a header that cannot be.
    """
    while may_need_others(segments[0]):
        names = [f"{index}/{path.name}" for index, path in enumerate(segments)]
        with Supervisor(
            evidence=[EvidenceFile(name, path.resolve()) for name, path in zip(names, segments, strict=True)],
            workers=1,
            setup={"exhibits": {"": names}, "secret_key": b"", "reads_only": True},
        ) as supervisor:
            try:
                (part,) = supervisor.call(Job(0, "needs", {"exhibit": ""}, segments[0].name, Limits(60))).parts
            except JobFailed as error:
                raise EvidenceError(str(segments[0]), error.quarantined.reason) from error
        wanted: Any = part["names"]
        if not wanted:
            return
        segments += [beside(segments[0], name) for name in wanted]


def checked(
    number: str, segments: Sequence[Path], secrets: Mapping[int, bytes], report: Report
) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """What the container states and what was computed; what opens its encrypted volumes."""
    report(Progress("add", "digests", label=segments[0].name))
    names = [f"{number}/{index}/{path.name}" for index, path in enumerate(segments)]
    size = sum(path.stat().st_size for path in segments)
    with Supervisor(
        evidence=[EvidenceFile(name, path.resolve()) for name, path in zip(names, segments, strict=True)],
        workers=1,
        setup={"exhibits": {number: names}, "secret_key": b"", "reads_only": True},
    ) as supervisor:
        job = Job(0, "measure", {"exhibit": number}, segments[0].name, _limits(size))
        try:
            (measured,) = supervisor.call(job).parts
            limits = _limits(size, cast("int", measured["size"]))
            (facts,) = supervisor.call(replace(job, verb="check", limits=limits)).parts
        except JobFailed as error:
            raise EvidenceError(str(segments[0]), error.quarantined.reason) from error
        return dict(facts), opened(supervisor, number, secrets)


def _limits(size: int, medium: int = 0) -> Limits:
    """For files of `size` bytes. Of a medium every byte is digested, held by the files or not: terabytes of a few
    megabytes take hours. Meanwhile the worker says how far it is; silence lasts no longer than files of that size take.
    """
    silent = SECONDS + size / SLOWEST_FILE
    return Limits(wall_seconds=silent + min(medium, LARGEST) / SLOWEST_MEDIUM, silent_seconds=silent)


def _next(case: Case) -> str:
    taken = {each["number"] for each in case.exhibits()}
    return next(f"E{number}" for number in range(1, len(taken) + 2) if f"E{number}" not in taken)
