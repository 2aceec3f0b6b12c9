"""Ballast: space kept beside the ledger, so that a full disk still has room for the record of it.

On a full disk it is dropped, the ledger enters ``storage.full`` and signs a checkpoint; the next writer makes it
again once there is room. It holds nothing and need not be copied with a case.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

NAME = "ballast"
SIZE = 64 << 20
ROOM = 4  # times its size must be free before it is made: it is not to fill the disk itself
VARIABLE = "IMPOUND_BALLAST_MIB"
"""Names another size in MiB; 0 for none."""


class Ballast:
    """The ballast of one case folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made yet."""
        self._path = folder / NAME

    def make(self) -> bool:
        """Allocate it where it is missing and there is room; whether it is there now."""
        size = _size()
        if self._held() >= size > 0:
            return True
        if not size or shutil.disk_usage(self._path.parent).free < ROOM * size:
            return False
        try:
            with self._path.open("wb") as file:
                _allocate(file.fileno(), size)
        except OSError:
            self.drop()
            return False
        return True

    def drop(self) -> int:
        """Give its space back; how many bytes that were."""
        held = self._held()
        self._path.unlink(missing_ok=True)
        return held

    def _held(self) -> int:
        return self._path.stat().st_size if self._path.is_file() else 0


def is_full(error: BaseException) -> bool:
    """Whether an error, or what it was raised from, is that a disk has no room left (SQLite: result code 13)."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, sqlite3.Error) and getattr(seen, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            return True
        if isinstance(seen, OSError) and seen.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            return True
        seen = seen.__cause__
    return False


def said(freed: int) -> str:
    """The sentence on a full disk whose ballast was given up."""
    given = (
        f"{freed >> 20:,} MiB of ballast were given up, the record is closed in good order"
        if freed
        else ("there was no ballast to give up")
    )
    return (
        f"the disk of the case is full; {given}, and what is done is kept. "
        "Make room; what was stopped goes on from there when it is begun again"
    )


def _size() -> int:
    given = os.environ.get(VARIABLE, "")
    return int(given) << 20 if given.isascii() and given.isdigit() else SIZE


def _allocate(descriptor: int, size: int) -> None:
    """Take the blocks without writing them, where the system can; elsewhere write them."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    for _ in range(size >> 20):
        os.write(descriptor, bytes(1 << 20))
