"""What runs and how far it is: one signal for each message of the child."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from resources.languages import tr

STAGES = (
    ("walk", tr("Read structure"), tr("volumes, entries and their times")),
    ("sweep", tr("Search every byte"), tr("each byte of the image once")),
    ("logical", tr("Read known formats"), tr("entries whose format is known")),
    ("record", tr("Record what was found"), tr("findings, events and the ledger")),
)
JOB_WORDS = {
    "examine": tr("Examining"),
    "add": tr("Adding an image"),
    "verify": tr("Checking the record"),
    "report": tr("Writing a report"),
}


@dataclass(slots=True)
class Stage:
    """One stage of a job, as last heard."""

    label: str = ""
    done: int = 0
    total: int = 0
    elapsed: float = 0.0
    left: tuple[float, float] | None = None
    state: str = "waiting"  # waiting | running | finished

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        if self.state == "finished":
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0


@dataclass(slots=True)
class Job:
    """The job that runs or ran last."""

    name: str
    exhibit: str = ""
    state: str = "started"
    detail: str = ""
    stage: str = ""
    stages: dict[str, Stage] = field(default_factory=lambda: {name: Stage() for name, _, _ in STAGES})
    bytes_done: int = 0
    bytes_total: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    workers: list[dict[str, Any]] = field(default_factory=list)
    quarantined: list[dict[str, Any]] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether it still runs."""
        return self.state == "started"

    @property
    def title(self) -> str:
        """What it does, in words."""
        words = JOB_WORDS.get(self.name, self.name.capitalize())
        return f"{words} {self.exhibit}".strip()

    @property
    def past_title(self) -> str:
        """What it did, in words, once it has stopped."""
        if self.name != "examine":
            return self.title
        ends = {
            "ended": tr("examined"),
            "cancelled": tr("stopped before the end"),
            "failed": tr("not examined to the end"),
        }
        return f"{self.exhibit or tr('The exhibit')} {ends.get(self.state, self.state)}"

    @property
    def now(self) -> Stage:
        """The stage that runs."""
        return self.stages.get(self.stage, Stage())

    @property
    def share(self) -> float:
        """How much of the whole is done: by bytes where they are known."""
        if self.name != "examine" and self.bytes_total:
            return min(1.0, self.bytes_done / self.bytes_total)
        return self.now.share


def _range(value: Any) -> tuple[float, float] | None:
    if isinstance(value, list | tuple) and len(value) == 2:
        return float(value[0]), float(value[1])
    return None


class Jobs(QObject):
    """Keeps the state of the jobs from the messages of the child."""

    changed = Signal()
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.current: Job | None = None
        self.past: list[Job] = []

    @property
    def active(self) -> bool:
        """Whether a job runs."""
        return self.current is not None and self.current.active

    def begin(self, name: str, exhibit: str = "") -> None:
        """A job was asked for; the child will confirm it."""
        if self.current is not None:
            self.past.insert(0, self.current)
        self.current = Job(name, exhibit)
        self.changed.emit()

    def take(self, message: dict[str, Any]) -> None:
        """Take a message of the child."""
        name = str(message.get("job", "examine"))
        if message["event"] == "progress" and (self.current is None or self.current.name != name):
            return  # of work that nobody follows here
        if self.current is None or (self.current.name != name and message["event"] == "job"):
            self.begin(name, str(message.get("exhibit", "")))
        job = self.current
        if job is None:
            return
        if message["event"] == "progress":
            self._progress(job, message)
        elif message["event"] == "job":
            self._state(job, message)
        self.changed.emit()

    def lost(self, words: str) -> None:
        """The child has gone: what ran did not end."""
        if self.current is not None and self.current.active:
            self.current.state = "failed"
            self.current.detail = words
            self.changed.emit()

    def _state(self, job: Job, message: dict[str, Any]) -> None:
        state = str(message.get("state", ""))
        if state == "started":
            if not job.active:
                self.begin(job.name, str(message.get("exhibit", job.exhibit)))
                job = self.current or job
        else:
            job.state = state
        job.detail = str(message.get("detail", ""))
        job.exhibit = str(message.get("exhibit", job.exhibit)) or job.exhibit
        if state == "ended":
            for stage in job.stages.values():
                stage.state = "finished" if stage.state != "waiting" or job.name == "examine" else stage.state
                stage.left = None
        if state in ("ended", "cancelled", "failed"):
            self.ended.emit()

    def _progress(self, job: Job, message: dict[str, Any]) -> None:
        name = str(message.get("stage", ""))
        job.stage = name
        job.bytes_done = int(message.get("bytes_done") or 0)
        job.bytes_total = int(message.get("bytes_total") or 0)
        stage = job.stages.setdefault(name, Stage())
        stage.state = "running"
        stage.label = str(message.get("label", ""))
        stage.done = int(message.get("done") or 0)
        stage.total = int(message.get("total") or 0)
        stage.elapsed = float(message.get("elapsed") or 0.0)
        stage.left = _range(message.get("left"))
        for other, own in job.stages.items():
            if other == name:
                break
            if own.state == "running" and own.total and own.done >= own.total:
                own.state = "finished"
        for key in ("findings", "workers", "quarantined"):
            if message.get(key) is not None:
                setattr(job, key, message[key])
