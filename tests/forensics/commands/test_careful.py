from __future__ import annotations

from collections.abc import Collection
from typing import Any

from forensics.commands.careful import MOST_PARSERS, MOST_STEPS, carefully
from forensics.confinement.jobs import Done, Job, Limits, Quarantined
from forensics.guard import NO_STEP, Step


def failed(verb: str = "walk") -> Quarantined:
    job = Job(1, verb, {"exhibit": "E1"}, "volume 1", Limits(wall_seconds=10, silent_seconds=4, memory_bytes=100))
    return Quarantined(job, "no answer", "hung", None, "10 s", 2)


class Worker:
    """Takes its steps one after the other and does not survive those that are deadly to it."""

    def __init__(self, steps: list[Step], deadly: Collection[str], *, limit: str = "") -> None:
        self.steps, self.deadly, self.limit = steps, deadly, limit
        self.jobs: list[Job] = []

    def __call__(self, job: Job) -> Done | Quarantined:
        self.jobs.append(job)
        how: Any = job.spec["careful"]
        done = []
        for step in self.steps:
            if step.name == how["until"]:
                break
            if step.name in how["left_out"] or step.parser in how["left_out"]:
                continue
            if step.name in self.deadly:
                return Quarantined(job, "died", "hung" if self.limit else "crashed", None, self.limit, 1, step)
            done.append(step.name)
        return Done(job, ({"done": done},), 0.1, 1)


def steps(count: int, parser: str = "") -> list[Step]:
    return [Step(f"step {number}", parser) for number in range(count)]


def test_the_rest_is_done_and_what_was_left_out_is_told() -> None:
    worker = Worker(steps(10), ["step 3", "step 7"])
    outcome = carefully(worker, failed())
    assert isinstance(outcome.answer, Done)
    assert outcome.answer.parts[0]["done"] == [f"step {n}" for n in range(10) if n not in (3, 7)]
    assert [(each.step.name, each.attempts) for each in outcome.left_out] == [("step 3", 3), ("step 7", 4)]
    limits = worker.jobs[0].limits
    assert (limits.wall_seconds, limits.silent_seconds, limits.memory_bytes) == (80, 4, 200)


def test_too_many_of_one_parser_leave_out_the_parser() -> None:
    worker = Worker([*steps(100, "gzip@1"), Step("else", "zip@1")], {f"step {n}" for n in range(100)})
    outcome = carefully(worker, failed("sweep"))
    assert isinstance(outcome.answer, Done)
    assert outcome.answer.parts[0]["done"] == ["else"]
    assert len(outcome.left_out) == MOST_STEPS + 1


def test_a_walk_of_too_many_deadly_steps_keeps_what_comes_before_the_last() -> None:
    worker = Worker(steps(100), {f"step {n}" for n in range(1, 100)})
    outcome = carefully(worker, failed())
    assert isinstance(outcome.answer, Done)
    assert outcome.cut
    assert outcome.answer.parts[0]["done"] == ["step 0"]
    assert len(outcome.left_out) == MOST_STEPS + MOST_PARSERS


def test_a_walk_without_end_keeps_what_it_reached() -> None:
    outcome = carefully(Worker(steps(9), ["step 5"], limit="80 s"), failed())
    assert outcome.cut
    assert isinstance(outcome.answer, Done)
    assert outcome.answer.parts[0]["done"] == [f"step {n}" for n in range(5)]


def test_what_cannot_be_left_out_is_given_up_and_attempts_are_counted() -> None:
    def stubborn(job: Job) -> Quarantined:
        return Quarantined(job, "died", "crashed", None, "", 2, Step("opening"))

    outcome = carefully(stubborn, failed())
    assert isinstance(outcome.answer, Quarantined)
    assert outcome.answer.attempts == 6

    def silent(job: Job) -> Quarantined:
        return Quarantined(job, "died", "crashed", None, "", 2, NO_STEP)

    assert carefully(silent, failed()).left_out == []
