"""The files of an exhibit: their registration, their identity, and what workers are told of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forensics.errors import EvidenceError
from forensics.evidence.handles import Identity

PIECE = 1 << 20


def identity(path: Path) -> dict[str, int]:
    """What a change of the file would change, as the case stores it."""
    return asdict(Identity.of(path.stat()))


def file_sha256(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a container file, read once."""
    state = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            state.update(piece)
            if progress is not None:
                progress(len(piece))
    return state.hexdigest()


def check_unchanged(exhibit: Mapping[str, Any]) -> None:
    """Compare the files of an exhibit with their registration.

    Raises:
        EvidenceError: a file is missing, or its size, times or place differ.
    """
    names = ("size", "mtime_ns")
    for segment, known in zip(json.loads(exhibit["segments_json"]), json.loads(exhibit["identity_json"]), strict=True):
        path = Path(segment["path"])
        if not path.is_file():
            raise EvidenceError(str(path), "the file of this exhibit is not there")
        now = identity(path)
        changed = [name for name in names if now[name] != known[name]]
        if changed:
            raise EvidenceError(
                str(path),
                f"the file has changed since it was registered ({', '.join(changed)}); not read",
            )


def segment_names(exhibit: Mapping[str, Any]) -> list[str]:
    """Names of the segments as workers know them."""
    return [
        f"{exhibit['number']}/{index}/{Path(segment['path']).name}"
        for index, segment in enumerate(json.loads(exhibit["segments_json"]))
    ]


def evidence_files(exhibits: Sequence[Mapping[str, Any]]) -> list[tuple[str, Path]]:
    """(name, path) of every segment of the exhibits."""
    return [
        (name, Path(segment["path"]))
        for exhibit in exhibits
        for name, segment in zip(segment_names(exhibit), json.loads(exhibit["segments_json"]), strict=True)
    ]


def evidence_setup(
    exhibits: Sequence[Mapping[str, Any]], secret_key: bytes, keys: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What each worker is told once: which files make an exhibit, what in it cannot be read, what opens its volumes."""
    return {
        "exhibits": {exhibit["number"]: segment_names(exhibit) for exhibit in exhibits},
        "bad_runs": {exhibit["number"]: json.loads(exhibit["bad_runs_json"]) for exhibit in exhibits},
        "secret_key": secret_key,
        "keys": {exhibit["number"]: list((keys or {}).get(exhibit["number"], ())) for exhibit in exhibits},
    }
