"""Sets of digests of known files: read from what agencies publish, kept sorted, asked in batches.

    list            one digest a line, alone or in columns (sha256sum, md5deep, hashdeep, the text form of the
                    NSRL); lines that begin with `#` or `%` are remarks
    NSRL RDS 3      a SQLite database with a table or view FILE, METADATA or DISTINCT_HASH that has columns
                    named sha256, sha1, md5 in hexadecimal

Of several digests of one file the strongest is taken. A kept set is a file of nothing but its digests as raw
bytes, ascending, each once; a question is a binary search in it, so that sets larger than memory are fine.

Facts: NIST, *National Software Reference Library, RDS version 3* (schema); hashdeep's manual.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from forensics.digests.digest import PIECE, new
from forensics.errors import UsageError

LENGTHS = {"sha256": 32, "sha1": 20, "md5": 16}  # strongest first
RELATIONS = ("DISTINCT_HASH", "FILE", "METADATA")
LONGEST_LINE = 1 << 16
LOOKED_AT = 200  # lines that decide which digest a list is of
BUFFER = 1 << 16

_TOKEN = re.compile(rb"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})(?![0-9A-Za-z])")
_HEX = re.compile(r"[0-9A-Fa-f]*")


@dataclass(frozen=True, slots=True)
class Kept:
    """A set as it is kept: its algorithm, how many different digests, the SHA-256 of source and kept file."""

    algorithm: str
    count: int
    skipped: int  # rows of the source without such a digest
    source_sha256: str
    sha256: str


def keep(source: Path, target: Path) -> Kept:
    """Read a set from `source` and keep it in `target`, which must not exist.

    Raises:
        UsageError: there is no digest in it, or it is a database of something else.
        OSError: it cannot be read, or the target not be written.
    """
    source_sha256 = file_sha256(source)
    with source.open("rb") as file:
        database = file.read(16) == b"SQLite format 3\0"
    algorithm, rows = _of_database(source) if database else _of_list(source)
    width = LENGTHS[algorithm]
    count, taken, given = 0, 0, 0
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="hashset-") as folder:
        buckets = [bytearray() for _ in range(256)]
        files = [Path(folder, f"{number:02x}") for number in range(256)]
        for digest in rows:
            given += 1
            if len(digest) != width:
                continue
            taken += 1
            bucket = buckets[digest[0]]
            bucket += digest
            if len(bucket) >= BUFFER:
                _append(files[digest[0]], bucket)
        for path, bucket in zip(files, buckets, strict=True):
            _append(path, bucket)
        with target.open("xb") as out:
            for path in files:
                if path.exists():
                    kept = np.unique(np.frombuffer(path.read_bytes(), f"S{width}"))
                    out.write(kept.tobytes())
                    count += len(kept)
    if not count:
        target.unlink()
        raise UsageError(f"{source}: no digest in it")
    return Kept(algorithm, count, given - taken, source_sha256, file_sha256(target))


def held(path: Path, algorithm: str, digests: Iterable[str]) -> npt.NDArray[np.bool_]:
    """For each digest (hexadecimal) whether the set kept in `path` has it."""
    width = LENGTHS[algorithm]
    asked = np.frombuffer(b"".join(map(bytes.fromhex, digests)), f"S{width}")
    known = np.memmap(path, f"S{width}", "r")
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.asarray(known[places] == asked)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    state = new("sha256")
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            state.update(piece)
    return state.hexdigest()


def _append(path: Path, bucket: bytearray) -> None:
    if bucket:
        with path.open("ab") as file:
            file.write(bucket)
        bucket.clear()


def _of_list(source: Path) -> tuple[str, Iterator[bytes]]:
    """The algorithm of a list and its digests; an empty one for a line without."""
    seen = set[int]()
    for number, tokens in enumerate(_tokens(source)):
        seen.update(len(token) for token in tokens)
        if number >= LOOKED_AT:
            break
    algorithm = next((name for name, width in LENGTHS.items() if 2 * width in seen), "")
    if not algorithm:
        raise UsageError(f"{source}: no digest in its first lines (one of 32, 40 or 64 hexadecimal digits each)")
    length = 2 * LENGTHS[algorithm]

    def rows() -> Iterator[bytes]:
        for tokens in _tokens(source):
            wanted = next((token for token in tokens if len(token) == length), b"")
            yield bytes.fromhex(wanted.decode("ascii"))

    return algorithm, rows()


def _tokens(source: Path) -> Iterator[list[bytes]]:
    """What could be a digest in each line that is not empty and no remark."""
    with source.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            line = line.strip()
            if line and line[:1] not in b"#%":
                yield _TOKEN.findall(line)


def _of_database(source: Path) -> tuple[str, Iterator[bytes]]:
    """The relation with the strongest digest of an NSRL database, and its digests."""
    place = f"{source.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(place, uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            names = {str(row[0]).upper(): str(row[0]) for row in base.execute("SELECT name FROM sqlite_master")}
            found = [
                (algorithm, name, str(column[1]))
                for algorithm in LENGTHS
                for name in (names[each] for each in RELATIONS if each in names)
                for column in base.execute(f'PRAGMA table_info("{name}")')
                if str(column[1]).lower().replace("-", "") == algorithm
            ]
    except sqlite3.Error as error:
        raise UsageError(f"{source}: not a database that can be read: {error}") from error
    if not found:
        raise UsageError(f"{source}: no table FILE, METADATA or DISTINCT_HASH with digests; it is not an NSRL RDS 3")
    algorithm, relation, column = found[0]

    def rows() -> Iterator[bytes]:
        with closing(sqlite3.connect(place, uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            for (value,) in base.execute(f'SELECT "{column}" FROM "{relation}"'):  # noqa: S608 - names of its schema
                yield _digest(value)

    return algorithm, rows()


def _digest(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    text = str(value or "").strip()
    if _HEX.fullmatch(text):
        with suppress(ValueError):
            return bytes.fromhex(text)
    return b""
