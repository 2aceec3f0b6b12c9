"""A folder as a stream of one tar archive (POSIX.1-2001), and the folder again.

Files and folders, with their modes and their times to the nanosecond. Anything else within a case is refused: a link
would lead out of it. What a reader of an archive makes of names is bounded: nothing is written outside of the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from forensics.custody.keys import sync_folder
from forensics.errors import CaseError

_PIECE = 1 << 20
_TIME = "mtime"


def pack(folder: Path, left_out: frozenset[str], target: Any) -> dict[str, str]:
    """Write what `folder` holds, but for these names in it, to a file; returns SHA-256 by path, empty for folders.

    Raises:
        CaseError: there is something that is neither file nor folder, or a file changed meanwhile.
    """
    digests: dict[str, str] = {}
    with tarfile.open(fileobj=cast("IO[bytes]", target), mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for path in _inside(folder, left_out):
            facts = path.lstat()
            name = path.relative_to(folder).as_posix()
            member = tarfile.TarInfo(name)
            member.mode = stat.S_IMODE(facts.st_mode)
            member.pax_headers = {_TIME: f"{facts.st_mtime_ns // 10**9}.{facts.st_mtime_ns % 10**9:09}"}
            if stat.S_ISDIR(facts.st_mode):
                member.type = tarfile.DIRTYPE
                archive.addfile(member)
                digests[name] = ""
                continue
            if not stat.S_ISREG(facts.st_mode):
                raise CaseError(f"{path} is neither a file nor a folder; a case with it cannot be locked")
            member.size = facts.st_size
            with path.open("rb") as file:
                hashing = _Hashing(file)
                try:
                    archive.addfile(member, cast("IO[bytes]", hashing))
                except OSError as error:
                    if hashing.count < facts.st_size:
                        raise CaseError(f"{path} changed while the case was being locked") from error
                    raise
                if file.read(1):
                    raise CaseError(f"{path} changed while the case was being locked")
            digests[name] = hashing.digest
    return digests


def _inside(folder: Path, left_out: frozenset[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name not in left_out:
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from _inside(path, frozenset())


class _Hashing:
    """A file whose bytes are digested as they are read."""

    def __init__(self, file: Any) -> None:
        self._file, self._hash, self.count = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._file.read(size)
        self._hash.update(piece)
        self.count += len(piece)
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def digests(source: Any) -> dict[str, str]:
    """Read a whole archive and write nothing; as `pack` returns it."""
    return {name: _copied(content, None) for _, name, content in _members(source)}


def unpack(source: Any, folder: Path) -> None:
    """Make the files and folders of an archive in an empty folder, on the disk before this returns.

    Raises:
        CaseError: it holds a name that leads out of the folder, or something that is neither file nor folder.
    """
    folders: list[tuple[Path, tarfile.TarInfo]] = []
    for member, name, content in _members(source):
        path = folder / name
        if content is None:
            path.mkdir(0o700)
            folders.append((path, member))
            continue
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _copied(content, file)
            file.flush()
            os.fsync(file.fileno())
        _dress(path, member)
    for path, member in reversed(folders):
        sync_folder(path)
        _dress(path, member)
    sync_folder(folder)


def _copied(content: Any, target: Any) -> str:
    """SHA-256 of a file of an archive, which is written to `target` on the way; empty for a folder."""
    if content is None:
        return ""
    hashing = _Hashing(content)
    while piece := hashing.read(_PIECE):
        if target is not None:
            target.write(piece)
    return hashing.digest


def _members(source: Any) -> Iterator[tuple[tarfile.TarInfo, str, Any]]:
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts or not name.parts or not (member.isreg() or member.isdir()):
                    raise CaseError(f"the archive holds {member.name!r}, which has no place in a case")
                yield member, name.as_posix(), archive.extractfile(member) if member.isreg() else None
        while source.read(_PIECE):  # to the last chunk, which says that nothing is missing
            continue
    except tarfile.TarError as error:
        raise CaseError(f"the archive of the case is damaged: {error}") from error


def _dress(path: Path, member: tarfile.TarInfo) -> None:
    seconds, _, rest = member.pax_headers.get(_TIME, "0").partition(".")
    time = int(seconds) * 10**9 + int(rest[:9].ljust(9, "0"))
    path.chmod(member.mode & 0o777)
    os.utime(path, ns=(time, time))


def remove(folder: Path, kept: frozenset[str]) -> None:
    """Remove everything in a folder but these names."""
    for path in sorted(folder.iterdir()):
        if path.name in kept:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
    sync_folder(folder)
