"""The two clocks of the workstation: claimed UTC, and time since the machine started.

Only the second cannot be set by hand, so a jump of the first against it within one run of the machine is
noticed and entered in the ledger as ``clock.step``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

UNKNOWN_BOOT = "00000000"
"""Written where the operating system does not name its runs."""

STEP_LIMIT_US = 2_000_000
"""Disagreement of the two clocks, in microseconds, from which a step is entered."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment: microseconds of UTC since 1970; eight hex digits; nanoseconds since the
    start.
    """

    time_us: int
    boot_id: str
    boot_ns: int


@cache
def boot_id() -> str:
    """First eight hex digits of Linux's random id of this run (proc(5)); elsewhere :data:`UNKNOWN_BOOT`."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
    except OSError:
        return UNKNOWN_BOOT
    return text.replace("-", "")[:8]


def read_clock() -> Reading:
    """Read both clocks; CLOCK_BOOTTIME counts time asleep (clock_gettime(2)), other systems give what they
    have.
    """
    which = getattr(time, "CLOCK_BOOTTIME", None)
    elapsed = time.monotonic_ns() if which is None else time.clock_gettime_ns(which)
    return Reading(time.time_ns() // 1000, boot_id(), elapsed)


def stepped(before: Reading, now: Reading) -> bool:
    """Whether the wall clock went backwards, or ran off by more than the limit within one run of the
    machine.
    """
    wall = now.time_us - before.time_us
    if wall < 0:
        return True
    if now.boot_id != before.boot_id or now.boot_id == UNKNOWN_BOOT:
        return False
    return abs(wall - (now.boot_ns - before.boot_ns) // 1000) > STEP_LIMIT_US
