"""Progress of long work: one object for each message, shown as a line or written as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Progress:
    """Where a job is. Bytes and items count the present stage; `left` is a range of seconds."""

    job: str
    stage: str
    label: str = ""
    done: int = 0
    total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    elapsed: float = 0.0
    left: tuple[float, float] | None = None
    findings: dict[str, int] = field(default_factory=dict)
    workers: list[dict[str, object]] = field(default_factory=list)
    quarantined: list[dict[str, str]] = field(default_factory=list)


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Say nothing."""


class Terminal:
    """A line that is rewritten on a terminal; elsewhere a line for each new stage."""

    def __init__(self) -> None:
        """Write to standard error."""
        self._stage = ""
        self._live = sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        """Show one message."""
        if progress.stage != self._stage:
            self.end()
            self._stage = progress.stage
            if not self._live:
                print(f"{progress.job}: {progress.stage}", file=sys.stderr, flush=True)
        now = time.monotonic()
        if not self._live or (now - self._last < 0.1 and progress.done < progress.total):
            return
        self._last = now
        whole = progress.bytes_total or progress.total
        part = progress.bytes_done if progress.bytes_total else progress.done
        share = part / whole if whole else 0.0
        bar = "#" * int(24 * share)
        left = f", {progress.left[0]:.0f} to {progress.left[1]:.0f} s left" if progress.left else ""
        line = (
            f"{progress.stage:<8} [{bar:<24}] {share:4.0%} {progress.done:,} of {progress.total:,}"
            f", {sum(progress.findings.values()):,} findings{left}  {progress.label}"
        )
        print(f"\r{line[:140]:<140}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self._live and self._stage:
            print(file=sys.stderr)


def as_json(progress: Progress, job: str = "") -> str:
    """One line for a program that follows; `job` names the work where it follows more than one."""
    return json.dumps({"event": "progress", **({"job": job} if job else {}), **asdict(progress)}, ensure_ascii=False)
