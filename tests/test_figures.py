"""The bookkeeping of figures: what was tried is kept, and a second run goes on behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import figures


def test_an_interrupted_figure_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(figures, "FILE", tmp_path / "torture.json")
    monkeypatch.setattr(figures, "commit", lambda: "c1")
    monkeypatch.setenv("IMPOUND_TORTURE", "1")
    monkeypatch.setenv("IMPOUND_TORTURE_FLIPS", "10")
    tried: list[int] = []

    def attempt(numbers: range) -> Iterator[str]:
        if numbers.start == 6 and len(tried) == 6:
            raise KeyboardInterrupt
        tried.extend(numbers)
        yield from ()

    with pytest.raises(KeyboardInterrupt):
        figures.trials("flips", attempt, together=3)
    assert json.loads(figures.FILE.read_text())["flips"]["n"] == 6
    tried.append(-1)
    figures.trials("flips", attempt, together=3)
    assert tried == [0, 1, 2, 3, 4, 5, -1, 6, 7, 8, 9]
    kept = json.loads(figures.FILE.read_text())["flips"]
    assert (kept["n"], kept["failures"], kept["commit"], kept["upper_bound_95"]) == (10, 0, "c1", 0.3)
    monkeypatch.setattr(figures, "commit", lambda: "c2")
    figures.trials("flips", attempt, together=5)
    assert tried[-10:] == list(range(10))


def test_failures_are_counted_to_the_end_and_then_fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(figures, "FILE", tmp_path / "torture.json")
    monkeypatch.setenv("IMPOUND_TORTURE_FLIPS", "6")

    def attempt(numbers: range) -> Iterator[str]:
        assert numbers.start != 2
        yield from (f"{number} is odd" for number in numbers if number == 5)

    with pytest.raises(AssertionError):
        figures.trials("flips", attempt, together=2)
    assert not figures.FILE.exists()
    monkeypatch.setenv("IMPOUND_TORTURE", "1")
    with pytest.raises(AssertionError, match="2 failures in 6 tries"):
        figures.trials("flips", attempt, together=2)
    kept = json.loads(figures.FILE.read_text())["flips"]
    assert (kept["failures"], kept["upper_bound_95"]) == (2, None)
