"""Evidence opened once, read-only, by the supervisor; workers inherit the open files and open nothing."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import NamedTuple

from forensics.confinement.jobs import EvidenceFile
from forensics.errors import EvidenceError
from forensics.evidence.handles import Identity


class OpenEvidence(NamedTuple):
    """An evidence file as a worker sees it. The size was taken before confinement, which denies `stat`."""

    name: str
    fd: int
    size: int


@dataclass(frozen=True, slots=True)
class Held:
    """An evidence file held open, and its identity when it was opened."""

    file: EvidenceFile
    fd: int
    size: int
    identity: Identity

    def changed(self) -> bool:
        """Whether the open file is no longer what it was when it was opened."""
        return Identity.of(os.fstat(self.fd)) != self.identity

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.fd)


def hold(file: EvidenceFile) -> Held:
    """Open an evidence file for reading only, never through a symbolic link at its last step.

    Raises:
        EvidenceError: it cannot be opened, or is neither a regular file nor a block device.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        fd = os.open(file.path, flags)
    except OSError as error:
        raise EvidenceError(file.name, f"cannot be opened: {error.strerror}") from error
    try:
        status = os.fstat(fd)
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISBLK(status.st_mode)):
            raise EvidenceError(file.name, "is neither a regular file nor a block device")
        size = status.st_size if stat.S_ISREG(status.st_mode) else os.lseek(fd, 0, os.SEEK_END)
    except OSError as error:
        os.close(fd)
        raise EvidenceError(file.name, f"cannot be examined: {error.strerror}") from error
    except EvidenceError:
        os.close(fd)
        raise
    return Held(file, fd, size, Identity.of(status))
