from __future__ import annotations

from app.titles import KIND_TITLES, kind_title
from forensics.detectors import detectors


def test_every_detector_has_a_title_that_people_say() -> None:
    assert {detector.kind for detector in detectors()} <= set(KIND_TITLES)
    assert len(set(KIND_TITLES.values())) == len(KIND_TITLES)


def test_a_kind_of_another_version_is_said_by_its_words() -> None:
    assert kind_title("wallet/some_coin") == "Some coin wallet"
    assert kind_title("thing") == "Thing"
