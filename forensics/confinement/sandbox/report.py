"""What a confined process may say about itself, and how much memory it may still take."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

_HARD = 8 << 30


@dataclass(frozen=True, slots=True)
class Report:
    """The layers that hold, and those that do not with the reason, in words."""

    layers: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        """One line for the case log and the banner."""
        words = ", ".join(self.layers) or "none"
        return f"{words}; missing: {', '.join(self.missing)}" if self.missing else words


@dataclass(frozen=True, slots=True)
class Memory:
    """The limit on private memory, moved for each job.

    RLIMIT_DATA counts private writable memory, anonymous or not, since Linux 4.7 (setrlimit(2)); unlike
    RLIMIT_AS it leaves mapped evidence alone. It gives a clean MemoryError; the supervisor measures, too.
    """

    base: int | None

    @staticmethod
    def now() -> Memory:
        """Measure what this process holds, and never let it have more than 8 GiB on top."""
        if sys.platform != "linux":
            return Memory(None)
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])
        base = pages * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = base + _HARD
        hard = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        return Memory(base)

    def allow(self, more: int) -> None:
        """Let the next job take so many bytes."""
        if self.base is None or sys.platform != "linux":
            return
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (min(self.base + more, hard), hard))
