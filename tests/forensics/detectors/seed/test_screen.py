"""Dropping ends of rows in bulk loses nothing: the sweep finds what it finds when all of them are looked at."""

from __future__ import annotations

import random

import numpy as np
import pytest

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer
from forensics.model import ByteRun, Locator
from forensics.primitives import bip39, electrum_old, monero_seed, slip39
from forensics.sweep import space
from forensics.sweep.catalogue import Catalogue, build
from forensics.sweep.layers import RunsLayer
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

KINDS = ("seed/bip39", "seed/electrum_old", "seed/monero", "seed/slip39")
PHRASES = [
    specimen.data.decode()
    for detector in detectors()
    if detector.kind in KINDS
    for specimen in detector.specimens
    if specimen.expect
]
LISTS = (
    bip39.words("english"),
    bip39.words("french"),
    tuple(electrum_old.indices()),
    monero_seed.words("english"),
    tuple(slip39.indices()),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build(tuple(each for each in detectors() if each.kind in KINDS), decoding=())


def _text(draw: random.Random) -> bytes:
    parts: list[str] = []
    for _ in range(draw.randrange(2, 30)):
        kind = draw.randrange(6)
        words = draw.choice(LISTS)
        if kind == 0:
            parts.append(draw.choice(PHRASES))
        elif kind == 1:
            parts.append(draw.choice((" ", "\n", ", ")).join(draw.choices(words, k=draw.randrange(5, 40))))
        elif kind == 2:
            prose = ("whether", "nothing", "letters", "kant", "été", "«quoted»", "no\u00a0break", "Große", "thereafter")
            parts.append(" ".join(draw.choices(prose, k=draw.randrange(5, 60))))
        elif kind == 3:
            parts.append(draw.choice(PHRASES).upper())
        elif kind == 4:
            parts.append("\0" * draw.randrange(1, 2000))
        else:
            phrase = draw.choice(PHRASES)
            parts.append(phrase[draw.randrange(20) :] if draw.random() < 0.5 else f"«{phrase}»\u3000")
        parts.append(draw.choice(("", " ", "\n", "\n\n", "\0", ". ", "\r\n")))
    return "".join(parts).encode()


def _found(catalogue: Catalogue, data: bytes, pieces: int, draw: random.Random) -> list[str]:
    """Findings in an image of `data` that several files own, one of them in two runs."""
    cuts = sorted(draw.sample(range(1, len(data)), pieces))
    image = BytesLayer(data)
    segments: list[Segment] = []
    layers: list[RunsLayer] = []
    for number, (low, high) in enumerate(zip([0, *cuts], [*cuts, len(data)], strict=True)):
        runs = [ByteRun(low, high - low)]
        if number == 2:
            segments.append(Segment(low, high, 0, layers[0].size))  # the rest of the first file
            first = ByteRun(0, cuts[0])
            layers[0] = layers[number - 2] = RunsLayer(
                image, Locator("file 0"), [first, *runs], first.length + high - low
            )
            layers.append(layers[0])
            continue
        segments.append(Segment(low, high, number, 0))
        layers.append(RunsLayer(image, Locator(f"file {number}"), runs, high - low))
    swept = Space(catalogue, image, segments, lambda number: layers[number])
    swept.sweep(0, len(data))
    assert not swept.refused
    return sorted(
        f"{held.segment} {held.finding.kind} {held.finding.span} {held.finding.value!r} {held.finding.grade}"
        for held in swept.found
    )


@pytest.mark.parametrize("seed", range(24))
def test_what_is_dropped_holds_nothing(catalogue: Catalogue, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _text(random.Random(seed))
    window = random.Random(seed).choice((space.WINDOW, 3000, 7000))
    monkeypatch.setattr(space, "WINDOW", window)
    screened = _found(catalogue, data, 4, random.Random(seed))
    monkeypatch.setattr(Space, "_screened", lambda _self, _detector, places, _data, _base: places)
    assert screened == _found(catalogue, data, 4, random.Random(seed))


def test_prose_wakes_nobody(catalogue: Catalogue) -> None:
    prose = b"whether nothing letters kantor forever thereafter morning evening something meanwhile upon\n" * 400
    woken = 0
    for detector in catalogue.detectors:
        ends = np.arange(88, len(prose), 89)
        far = np.full(len(ends), 1 << 62)
        kept = detector.screen(prose, ends, np.zeros(0, np.int64), -far, far)  # type: ignore[attr-defined]
        woken += int(kept.sum())
    assert woken == 0
