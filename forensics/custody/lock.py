"""One writer at a time: a lock on ``<case>/lock`` that the operating system drops when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from forensics.errors import CaseLocked

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class CaseLock:
    """The lock of a case folder, held from construction until :meth:`release`."""

    def __init__(self, case_dir: Path) -> None:
        """Take the lock or raise :class:`CaseLocked`; the file stays behind, empty, when it is released."""
        self._descriptor = os.open(case_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise CaseLocked(f"another program is writing to the case in {case_dir.name}") from error

    def release(self) -> None:
        """Let the next writer in."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
