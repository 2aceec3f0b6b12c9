"""The memory and the processor time that each job may take, limited from inside as well as from outside.

The supervisor measures and kills from outside; that is what counts. The limits here give a clean
`MemoryError` instead of a kill, and an end to a worker that spins after its supervisor was killed.

RLIMIT_DATA counts private writable memory, anonymous or not, since Linux 4.7 (setrlimit(2)); unlike
RLIMIT_AS it leaves mapped evidence alone. RLIMIT_CPU sends SIGXCPU at its soft limit, which kills.
"""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

_MOST = 8 << 30
_SPARE_SECONDS = 2
_TO_SAY_SO = 16 << 20


@dataclass(frozen=True, slots=True)
class Allowance:
    """The limits of this process, moved before each job."""

    base: int | None  # private memory when it started; `None` where it cannot be measured

    @staticmethod
    def now() -> Allowance:
        """Measure what this process holds, and never let it have more than 8 GiB on top."""
        if sys.platform != "linux":
            return Allowance(None)
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])
        base = pages * resource.getpagesize()
        most = base + _MOST
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        hard = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        return Allowance(base)

    def grant(self, memory_bytes: int, seconds: float) -> None:
        """Let the next job take so much."""
        if sys.platform == "win32":
            return
        if self.base is not None:
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (min(self.base + memory_bytes, hard), hard))
        used = os.times()
        until = math.ceil(used.user + used.system + seconds) + _SPARE_SECONDS
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if hard == resource.RLIM_INFINITY or until < hard:
            resource.setrlimit(resource.RLIMIT_CPU, (until, hard))

    def ease(self) -> None:
        """Give a job that failed enough to say so, if its memory was the reason."""
        if self.base is not None and sys.platform == "linux":
            soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (min(soft + _TO_SAY_SO, hard), hard))
