"""An image that was moved: the files at the new place are compared with those that were registered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import update

from forensics.case import schema
from forensics.case.evidence import file_sha256, identity
from forensics.case.store import Case, packed
from forensics.commands.progress import Progress, Report, silent
from forensics.custody.client import LedgerClient
from forensics.errors import EvidenceError, UsageError


def relocate(case: Case, ledger: LedgerClient, exhibit: str, first: Path, report: Report = silent) -> dict[str, Any]:
    """Read the exhibit from `first` (and its other segments beside it) from now on; returns what was entered.

    Every file is read once and must have the size and SHA-256 of its registration. The other segments keep
    their names, because containers name each other; a single file may have another name.

    Raises:
        EvidenceError: a file is not there, is another one, or changes while it is read; nothing is changed.
        UsageError: it is where it was.
    """
    row = case.exhibit(exhibit)
    known: list[dict[str, Any]] = json.loads(row["segments_json"])
    names = [Path(segment["path"]).name for segment in known]
    if first.is_dir():
        first /= names[0]
    if len(known) > 1 and first.name != names[0]:
        raise EvidenceError(str(first), f"the first of {len(known)} segments must still be named {names[0]}")
    paths = [first.resolve(), *(first.resolve().parent / name for name in names[1:])]
    identities = json.loads(row["identity_json"])
    for path, segment in zip(paths, known, strict=True):
        if not path.is_file():
            raise EvidenceError(str(path), "there is no such file")
        size = path.stat().st_size
        if size != segment["size"]:
            raise EvidenceError(str(path), f"another file: {size:,} bytes, registered are {segment['size']:,}")
    before = [identity(path) for path in paths]
    if [str(path) for path in paths] == [segment["path"] for segment in known] and before == identities:
        raise UsageError(f"{exhibit} is read from {paths[0]} already, and is unchanged")
    progress = Progress(
        "relocate", "container", total=len(paths), bytes_total=sum(segment["size"] for segment in known)
    )

    def read(count: int) -> None:
        progress.bytes_done += count
        report(progress)

    for path, segment in zip(paths, known, strict=True):
        progress.label = path.name
        found = file_sha256(path, read)
        if found != segment["sha256"]:
            raise EvidenceError(str(path), f"another file: its SHA-256 is {found}, registered is {segment['sha256']}")
        progress.done += 1
    if [identity(path) for path in paths] != before:
        raise EvidenceError(str(paths[0]), "the file changed while it was read")
    segments = [{**segment, "path": str(path)} for path, segment in zip(paths, known, strict=True)]
    body = {
        "segments": segments,
        "before": [segment["path"] for segment in known],
        "identity": [{key: str(value) for key, value in each.items()} for each in before],
    }
    entry = ledger.append("exhibit.relocate", body, exhibit=exhibit)
    table = schema.exhibit
    with case.transaction() as connection:
        connection.execute(
            update(table)
            .where(table.c.number == exhibit)
            .values(segments_json=packed(segments), identity_json=packed(before))
        )
    return {"exhibit": exhibit, "path": str(paths[0]), "files": len(paths), "ledger_entry": entry.seq}
