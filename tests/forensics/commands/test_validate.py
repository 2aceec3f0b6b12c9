"""`impound validate`: every specimen of the installation, and a fault is told."""

from __future__ import annotations

import dataclasses
import json

import pytest

from forensics.commands import verbs_product
from forensics.commands.main import main
from forensics.commands.output import DONE, FAILED
from forensics.detectors import detectors


def test_every_specimen_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--json"]) == DONE
    result = json.loads(capsys.readouterr().out)
    assert result["failed"] == 0
    assert result["specimens"] > 4 * result["detectors"]


def test_a_detector_that_finds_less_than_it_should_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = next(each for each in detectors() if each.kind == "key/wif")
    first = next(each for each in chosen.specimens if each.expect)
    spoilt = dataclasses.replace(first, data=first.data[:-1])
    monkeypatch.setattr(type(chosen), "specimens", (spoilt,))
    monkeypatch.setattr(verbs_product, "detectors", lambda: (chosen,))
    monkeypatch.setattr(verbs_product, "decoders", tuple)
    assert main(["validate", "--json"]) == FAILED
    assert json.loads(capsys.readouterr().out)["faults"][0]["kind"] == "key/wif"
