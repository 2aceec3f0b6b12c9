"""Whether the name of an onion service stands near a key that gives that name."""

from __future__ import annotations

from forensics.model import Layer

REACH = 8 << 10  # bytes either side: the files of one service in an archive, or side by side on a disk


def stands_near(layer: Layer, start: int, end: int, texts: tuple[bytes, ...]) -> bool:
    """Whether one of `texts` stands within reach of [start, end), outside of it; letters in any case for names."""
    before = layer.read(max(0, start - REACH), min(start, REACH)).lower()
    behind = layer.read(end, REACH).lower()
    return any(text.lower() in before or text.lower() in behind for text in texts)


def named(layer: Layer, *texts: str) -> bool:
    """Whether the path of the layer has one of these texts in it."""
    step = layer.locator.step.lower()
    return any(text in step for text in texts)
