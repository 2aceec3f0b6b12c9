"""The guard of a mount: when the program that answers for it is gone, however it went, the place is unmounted.

libfuse's own `auto_unmount` looks once, when it sees that its mate has ended; a kernel that has not let go of the
device by then makes it give up, and the place stays mounted and dead. This guard looks until it is not.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TYPE = "fuse.impound"
PATIENCE_S = 60.0
_ESCAPED: dict[str, str | int | None] = {"\\": r"\134", " ": r"\040", "\t": r"\011", "\n": r"\012"}  # proc(5), mounts


def is_mounted(place: Path) -> bool:
    """Whether a file system of this program is mounted at `place`."""
    shown = str(place).translate(str.maketrans(_ESCAPED))
    lines = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape").splitlines()
    return any(line.split(" ")[1:3] == [shown, TYPE] for line in lines)


def unmount(place: Path, tool: str, patience_s: float = PATIENCE_S) -> bool:
    """Unmount `place` if it is this program's and still mounted; whether nothing is mounted there in the end."""
    end = time.monotonic() + patience_s
    while is_mounted(place) and time.monotonic() < end:
        subprocess.run([tool, "-u", "-z", "-q", "--", str(place)], check=False, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
    return not is_mounted(place)


@contextlib.contextmanager
def guarded(place: Path, tool: str) -> Iterator[None]:
    """While this lasts a process waits for the end of this one, and then sees to it that `place` is not mounted."""
    command = [sys.executable, "-P", "-B", __file__, str(place.resolve()), tool]
    guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        if guard.stdin is not None:
            guard.stdin.close()
        guard.wait()


if __name__ == "__main__":
    sys.stdin.buffer.read()  # ends with the other process
    sys.exit(0 if unmount(Path(sys.argv[1]), sys.argv[2]) else 1)
