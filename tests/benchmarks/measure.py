"""What a command costs with all processes that it starts: processor seconds, wall seconds, peak memory.

Processor seconds are user and system time of the whole tree, from the kernel's account of waited-for
children; this process adopts what the command leaves behind, so nothing is lost. Memory is the largest sum
over the tree of the proportional set size, sampled four times a second: pages that processes share count once.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor and wall, and bytes of memory at the peak."""

    cpu: float
    wall: float
    memory: int

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.memory, other.memory))


def run(
    command: Sequence[object], *, environment: Mapping[str, str] | None = None, codes: Sequence[int] = (0,)
) -> Cost:
    """Run a command to its end and measure it.

    Raises:
        RuntimeError: it ended with a code that is not among `codes`; the message has what it said.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(
        [str(each) for each in command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    sampler = _Sampler(process.pid)
    sampler.start()
    said, _ = process.communicate()
    wall = time.monotonic() - began
    sampler.stop()
    _adopted()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in codes:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said.decode(errors='replace')[-2000:]}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(spent, wall, sampler.peak)


def _adopted() -> None:
    """Wait for what the command left behind."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


class _Sampler(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._ended = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._ended.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_proportional, _tree(self._root))))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree(root: int) -> list[int]:
    """The process and everything below it, and what it left to us."""
    parents: dict[int, int] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                text = (each / "stat").read_text()
            except OSError:
                continue
            parents[int(each.name)] = int(text.rpartition(")")[2].split()[1])
    mine = os.getpid()
    found = [root, *(pid for pid, parent in parents.items() if parent == mine and pid != root)]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid and child not in found]
    return found


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended, or does not let itself be read
        return 0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
