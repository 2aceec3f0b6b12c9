from __future__ import annotations

import pytest

from forensics.guard import NO_STEP, UNGUARDED, Guard, Step, Stopped

A, B, C = Step("a", "p@1"), Step("b", "p@1"), Step("c", "q@2")


def test_steps_are_told_left_out_and_stopped_at() -> None:
    told: list[Step] = []
    guard = Guard(told.append, ["a", "q@2"], "d")
    assert [guard.passes(each) for each in (A, B, C)] == [False, True, False]
    assert told == [B]
    with pytest.raises(Stopped):
        guard.passes(Step("d"))


def test_the_step_around_goes_on_when_an_inner_one_ends() -> None:
    told: list[Step] = []
    guard = Guard(told.append)
    assert guard.enter(A)
    assert guard.enter(B)
    guard.leave()
    guard.leave()
    assert told == [A, B, A, NO_STEP]


def test_without_a_guard_everything_passes() -> None:
    assert UNGUARDED.passes(A)
    assert not UNGUARDED.careful
