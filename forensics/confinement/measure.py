"""How much memory a process has taken, seen from outside.

`/proc/<pid>/status` (proc_pid_status(5)): `RssAnon` and `RssShmem` are pages that the process filled,
`VmSwap` those that were moved out. `RssFile` is left out: mapped evidence is not eaten memory.
"""

from __future__ import annotations

import sys
from pathlib import Path

_COUNTED = (b"RssAnon:", b"RssShmem:", b"VmSwap:")


def memory_of(pid: int) -> int | None:
    """Bytes that the process holds for itself; `None` where the system does not say."""
    if sys.platform != "linux":
        return None
    try:
        lines = Path(f"/proc/{pid}/status").read_bytes().splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(_COUNTED))
