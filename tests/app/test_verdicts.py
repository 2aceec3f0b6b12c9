"""Every verdict of the comparison of digests has its own words; bad news are said as bad news."""

from __future__ import annotations

import pytest

from app.verdicts import words_of
from forensics.evidence.integrity import Verdict


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_words(verdict: Verdict) -> None:
    words = words_of(verdict.value)
    assert "comparison of digests says" not in words.sentence
    bad = verdict in (Verdict.DIFFERS, Verdict.DAMAGED, Verdict.INCOMPLETE)
    assert (words.tone == "danger") == bad
    assert ("states no digest" in words.sentence) == (verdict is Verdict.NONE_STORED)
    assert ("are equal" in words.sentence) == (verdict is Verdict.VERIFIED)


def test_a_verdict_of_a_later_version_stands_for_itself() -> None:
    assert words_of("half").tree == "half"
