"""What a step for court needs, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from forensics.custody.presentation import MOST_STEPS, parse
from forensics.errors import UsageError

GOOD: dict[str, Any] = {
    "kind": "inference", "sentence": "The photo was taken here.", "findings": ["F4", "f7"], "not_shown": "By whom.",
    "reason": "Its place.", "answer": "",
}  # fmt: skip


def test_a_step_comes_back_as_it_was_given() -> None:
    (step,) = parse([GOOD])
    assert step.findings == (4, 7)
    assert step.as_json() == {**GOOD, "findings": ["F4", "F7"]}
    assert parse([step.as_json()]) == (step,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "proof"}, "not 'proof'"),
        ({"sentence": " "}, "needs a sentence"),
        ({"sentence": "word " * 21}, "21 words"),
        ({"findings": []}, "one finding"),
        ({"findings": ["F1", "F1"]}, "two different"),
        ({"findings": ["F1", "F2", "F3"]}, "one finding"),
        ({"findings": ["F1; DROP"]}, "written as F17"),
        ({"findings": ["F" + "9" * 30]}, "written as F17"),
        ({"not_shown": ""}, "does not show"),
        ({"reason": ""}, "gives its reason"),
        ({"kind": "disputed"}, "other side's answer"),
        ({"answer": "x" * 401}, "401 characters"),
    ],
)
def test_what_a_step_lacks_is_said(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match="step 2: ") as caught:
        parse([GOOD, {**GOOD, **change}])
    assert words in str(caught.value)


@pytest.mark.parametrize("given", ["text", None, 7, [GOOD] * (MOST_STEPS + 1)])
def test_what_is_no_list_of_steps(given: object) -> None:
    with pytest.raises(UsageError, match="a list of at most"):
        parse(given)
