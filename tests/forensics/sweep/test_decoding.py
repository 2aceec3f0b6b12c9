"""Streams within streams: swept, placed, bounded. The decoder here is made of two lines, so that only the sweep is tested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer, Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.catalogue import build
from forensics.sweep.decoders.base import Decoded, EncodedSpecimen
from forensics.sweep.decoding import DEEPEST, Budget, reopen
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

ADDRESS = b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
MAGIC = b"SWAP"


class Swap:
    """`SWAP`, a length of two bytes, and as many bytes, each one more than it was."""

    kind: ClassVar[str] = "swap"
    title: ClassVar[str] = "test"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(MAGIC, at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ()
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = ()

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """One stream."""
        length = int.from_bytes(layer.read(at + 4, 2), "big")
        data = bytes((each - 1) % 256 for each in layer.read(at + 6, length))
        whole = len(data) <= limit
        caveat = "" if whole else f"only {limit} bytes were decoded"
        yield Decoded(data[:limit], ByteRun(at, 6 + length), name="inner.txt", complete=whole, caveat=caveat)


def swapped(data: bytes) -> bytes:
    return MAGIC + len(data).to_bytes(2, "big") + bytes((each + 1) % 256 for each in data)


def swept(data: bytes, budget: Budget | None) -> Space:
    layer = BytesLayer(data, base=1000)
    catalogue = build(detectors(), None, (Swap(),))
    space = Space(catalogue, layer, [Segment(0, layer.size, 0, 0)], lambda _: layer, budget=budget)
    space.sweep(0, layer.size)
    return space


def test_a_stream_is_swept_and_named_by_its_step() -> None:
    inner = swapped(b"pay to " + ADDRESS + b" now")
    space = swept(b"x" * 50 + inner + b" and " + ADDRESS + b" in clear", Budget())
    held = sorted(space.found, key=lambda each: str(each.finding.locator))
    assert [str(each.finding.locator) for each in held] == ["bytes", "bytes > swap@50"]
    assert held[1].inside == ("inner.txt",)
    assert held[1].finding.span == ByteRun(7, len(ADDRESS))
    assert held[1].finding.runs == (ByteRun(1050, len(inner)),)  # the encoded bytes, on the image


def test_streams_within_streams_end_at_the_deepest() -> None:
    data = b"pay to " + ADDRESS + b" now"
    for _ in range(DEEPEST):
        data = swapped(b"-" + data)
    space = swept(data, Budget())
    assert [str(each.finding.locator).count("swap@") for each in space.found] == [DEEPEST]
    assert space.found[0].inside == ("inner.txt",) * DEEPEST
    budget = Budget()
    assert swept(swapped(b"-" + data), budget).found == []
    assert list(budget.refused.values()) == [
        "decoding stopped: too deep, or too many decoded bytes in one unit of work"
    ]


def test_what_the_budget_does_not_cover_is_said() -> None:
    budget = Budget(left=60)
    space = swept(swapped(ADDRESS + bytes(100) + b" " + ADDRESS), budget)
    assert [each.finding.value for each in space.found] == [ADDRESS.decode()]
    assert space.found[0].finding.caveats[-1] == "only 60 bytes were decoded"
    assert budget.left == 0
    assert list(budget.refused) == ["bytes > swap@0"]


def test_a_stream_is_opened_again_by_its_step() -> None:
    layer = BytesLayer(b"..." + swapped(b"hello"))
    stream = reopen(Swap(), layer, 3, 0)
    assert stream.read(1, 3) == b"ell"
    assert str(stream.locator) == "bytes > swap@3"
