"""What is asked of workers, within which limits, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from forensics.errors import WorkerError
from forensics.guard import NO_STEP, Step

Cause = Literal["crashed", "hung", "memory", "output", "lied", "error"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take. Whoever takes more is killed from outside."""

    wall_seconds: float
    silent_seconds: float = math.inf  # between two signs of life: parts of the answer, steps that are told
    memory_bytes: int = 1 << 30  # on top of what a fresh worker holds; mapped evidence does not count
    output_bytes: int = 256 << 20  # of which bytes objects directly in a part may take all …
    structured_bytes: int = 64 << 20  # … and everything else this much; held, it takes up to 20 times that


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of work: a verb of the tasks module and its arguments."""

    number: int
    verb: str
    spec: Mapping[str, object]
    label: str
    limits: Limits
    patient: bool = True  # whether it is tried again after it hung


@dataclass(frozen=True, slots=True)
class Done:
    """A job that was answered, with everything its task yielded, in order."""

    job: Job
    parts: tuple[Mapping[str, object], ...]
    seconds: float
    worker: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A job that was not answered, and why, in words. What it was to examine is not fully examined."""

    job: Job
    reason: str
    cause: Cause
    signal: int | None
    limit: str
    attempts: int
    step: Step = NO_STEP  # what the worker had last said that it was about to do


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What a worker is doing now; `label` is empty while it starts or waits."""

    worker: int
    pid: int
    label: str
    verb: str
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of evidence that workers may read, under the name that tasks know it by."""

    name: str
    path: Path = field(repr=False)


class JobFailed(WorkerError):
    """A single job that was not answered."""

    def __init__(self, quarantined: Quarantined) -> None:
        """Say the job's label and the reason."""
        super().__init__(f"{quarantined.job.label}: {quarantined.reason}")
        self.quarantined = quarantined
