"""One writer at a time: a lock on ``<case>/lock`` that the operating system drops when its holder dies.

Nobody writes to a case that is encrypted at rest: while ``<case>/case.locked`` is there, nothing else in the folder
counts (:mod:`forensics.case.rest`).
"""

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


AT_REST = "case.locked"


def is_at_rest(case_dir: Path) -> bool:
    """Whether the case is encrypted as a whole."""
    return (case_dir / AT_REST).is_file()


def locked(case_dir: Path) -> str:
    """What to say of it."""
    return f"{case_dir}: the case is locked; `impound case unlock {case_dir}` opens it"


class CaseLock:
    """The lock of a case folder, held from construction until :meth:`release`."""

    def __init__(self, case_dir: Path, *, at_rest: bool = False) -> None:
        """Take the lock or raise :class:`CaseLocked`; the file stays behind, empty, when it is released.

        A case that is encrypted at rest is refused, but to whoever says that it may be.
        """
        if not at_rest and is_at_rest(case_dir):
            raise CaseLocked(locked(case_dir))
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
