"""Artefacts among prose and noise, and what the whole sweep finds of them."""

from __future__ import annotations

import base64
import random
from collections import Counter
from collections.abc import Iterable, Iterator

from forensics.detectors.base import BytesLayer
from forensics.model import Secret
from forensics.sweep.catalogue import Catalogue
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

PROSE = (
    "The box leaves on Friday and the others may wait until the weather is better, as agreed with him. "
    "Nobody should open it before the second message arrives; ask for the number of the order first. "
)


def between(pieces: Iterable[bytes], draw: random.Random, *, text: bool) -> bytes:
    """The pieces, each between prose or noise: base64 in lines of text, random bytes otherwise."""
    parts: list[bytes] = []
    for piece in pieces:
        if text:
            noise = PROSE.encode() if draw.random() < 0.5 else base64.b64encode(draw.randbytes(300))
            parts += [noise, b"\n", piece, b"\n"]
        else:
            parts += [draw.randbytes(draw.randrange(200, 600)), piece]
    return b"".join([*parts, PROSE.encode()])


def swept(detectors: Catalogue, data: bytes) -> Iterator[tuple[str, str, int]]:
    """Kind, value and grade of everything that the whole sweep reports."""
    layer = BytesLayer(data)
    space = Space(detectors, layer, [Segment(0, layer.size, 0, 0)], lambda _: layer)
    space.sweep(0, layer.size)
    for each in space.found:
        value = each.finding.value
        yield each.finding.kind, value.text if isinstance(value, Secret) else str(value), int(each.finding.grade)


def found_in(detectors: Catalogue, data: bytes, kind: str) -> Counter[tuple[str, int]]:
    """How often each value of a kind is reported by the whole sweep, by grade."""
    return Counter((value, grade) for found, value, grade in swept(detectors, data) if found == kind)
