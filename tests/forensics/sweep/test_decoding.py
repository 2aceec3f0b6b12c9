"""Streams within streams: swept, placed, bounded. The decoder here is made of two lines, so that only the sweep is tested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import ByteRun, Grade, Layer
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


class Broken(Swap):
    """Fails at every second place, as a parser with a fault would."""

    kind: ClassVar[str] = "broken"

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """One stream, or an error."""
        if at < 20:
            raise IndexError("list index out of range")
        yield from super().decode(layer, at, limit)


class BrokenWord(WordDetector):
    """A word detector that fails at one word."""

    kind: ClassVar[str] = "test/word"
    title: ClassVar[str] = "test"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\bword[0-9]\b"),)
    references: ClassVar[tuple[str, ...]] = ()
    specimens: ClassVar[tuple[Specimen, ...]] = ()
    alphabet: ClassVar[frozenset[int]] = frozenset(b"word0123456789")
    shortest: ClassVar[int] = 5
    longest: ClassVar[int] = 5

    def accept(self, word: bytes) -> Accepted | None:
        """Every word but one."""
        if word == b"word2":
            raise ValueError("two")
        return Accepted(word.decode(), Grade.C2, (passed("test", 20),))


def test_an_error_in_a_decoder_or_detector_is_listed_and_costs_nothing_else() -> None:
    data = swapped(b"pay " + ADDRESS) + b" " * 40 + swapped(b"pay " + ADDRESS) + b" word1 word2 word3 " + bytes(99)
    layer = BytesLayer(data)
    catalogue = build((*detectors(), BrokenWord()), None, (Broken(),))
    space = Space(catalogue, layer, [Segment(0, layer.size, 0, 0)], lambda _: layer, budget=Budget())
    space.sweep(0, layer.size)
    found = sorted((each.finding.kind, str(each.finding.value)) for each in space.found)
    assert found == [("address/bitcoin", ADDRESS.decode()), ("test/word", "word1"), ("test/word", "word3")]
    assert sorted(space.refused.values()) == [
        "broken gave up: IndexError: list index out of range",
        "test/word gave up: ValueError: two",
    ]
