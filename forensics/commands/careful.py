"""The slow lane: a piece of work that was not answered is done once more, step by step, with wider limits.

Tried at the usual limits (and once more alone, in a fresh worker), a piece of work is not given up. Its worker is
asked to name each step before it takes it, and has `wider` times as long, while one step may take what the whole
had at first. Where it ends again, the step that it had named is left out of the next attempt and listed. So what is
lost is one inode, or one parser at one place, and all the rest is kept, the same with any number of workers. Only
where the whole does not end in the wider time does it depend on the machine how far it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from forensics.confinement.jobs import Done, Job, Quarantined

WIDER = 8.0
MOST_STEPS = 16  # that are left out one by one; from then on their parsers are, wherever in this piece of work
MOST_PARSERS = 8

Ask = Callable[[Job], Done | Quarantined]


@dataclass(slots=True)
class Outcome:
    """How it ended, and the attempts that ended at a step which was left out since."""

    answer: Done | Quarantined
    left_out: list[Quarantined] = field(default_factory=list)
    cut: bool = False  # the work was ended before the last of them


def carefully(ask: Ask, failed: Quarantined, wider: float = WIDER) -> Outcome:
    """Do the work of a job that failed, as far as it can be done."""
    job = failed.job
    usual = job.limits
    limits = replace(
        usual,
        wall_seconds=usual.wall_seconds * wider,
        silent_seconds=min(usual.wall_seconds, usual.silent_seconds),
        memory_bytes=2 * usual.memory_bytes,
    )
    outcome = Outcome(failed)
    names: list[str] = []
    attempts = failed.attempts

    def attempt(until: str = "") -> Done | Quarantined:
        careful = {"left_out": list(names), "until": until}
        return ask(replace(job, spec={**job.spec, "careful": careful}, limits=limits, patient=False))

    while len(outcome.left_out) < MOST_STEPS + MOST_PARSERS:
        answer = attempt()
        if isinstance(answer, Done):
            outcome.answer = answer
            return outcome
        attempts += answer.attempts
        outcome.answer = ended = replace(answer, attempts=attempts)
        if not ended.step.name:
            return outcome  # no step is to blame
        if ended.step.name in names:
            return outcome  # leaving it out changes nothing
        outcome.left_out.append(ended)
        endless = ended.cause == "output" or ended.limit == f"{limits.wall_seconds:g} s"
        if endless and job.verb == "walk":
            break
        by_parser = ended.step.parser and (endless or len(outcome.left_out) > MOST_STEPS)
        names.append(ended.step.parser if by_parser else ended.step.name)
    if job.verb == "walk":  # what comes before the last of these steps is kept
        outcome.cut = True
        outcome.answer = attempt(until=outcome.left_out[-1].step.name)
    return outcome
