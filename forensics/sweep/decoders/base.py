"""The contract of a decoder: what wakes it, and the streams that it makes of encoded bytes.

A decoder is to a compressed or encoded stretch of bytes what a detector is to an artefact. The sweep
wakes it at its triggers, sweeps what it yields like any other bytes, and names each stream by one
step of a locator, `kind@offset` or `kind@offset/index`, by which the same stream is opened again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer


@dataclass(frozen=True, slots=True)
class Decoded:
    """One stream that a decoder made.

    Attributes:
        data: the decoded bytes, never more than the limit that was given.
        source: the bytes of the layer below that were decoded, in that layer's offsets.
        name: what the container calls the stream, untrusted; empty if it has no name.
        index: which stream of this container, from 0; 0 where there is only one.
        complete: False if the limit or damage ended it early; `caveat` then says which.
        caveat: one sentence, or empty.
        places: where the encoding keeps positions, (decoded offset, source offset, source length) of
            consecutive pieces; empty where every decoded byte depends on the whole source. A piece that is
            no shorter decoded, up to the next one, stands there as it is, with what was put behind it.
    """

    data: bytes
    source: ByteRun
    name: str = ""
    index: int = 0
    complete: bool = True
    caveat: str = ""
    places: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EncodedSpecimen:
    """A known answer: encoded bytes, and the streams they must give; `expect=None` must give none."""

    name: str
    data: bytes
    expect: tuple[bytes, ...] | None
    origin: str


class Seeker(Protocol):
    """A decoder that finds its places itself: its expression has no literal, and would slow down every other.

    Such a decoder still has the trigger, with `at=None`, as the definition of its places and for engines
    that have no better way.
    """

    def ends(self, data: bytes | memoryview) -> list[int]:
        """The ends of the trigger's matches in a buffer, ascending, each once, as an engine would tell them."""
        ...


class Decoder(Protocol):
    """Undoes one encoding. Pure: it sees bytes through a layer, and nothing else."""

    kind: ClassVar[str]  # the step's name: "gzip"
    title: ClassVar[str]  # for people: "gzip stream"
    version: ClassVar[int]  # raised whenever output may change
    triggers: ClassVar[tuple[Trigger, ...]]
    references: ClassVar[tuple[str, ...]]  # specification, source of the facts
    specimens: ClassVar[tuple[EncodedSpecimen, ...]]

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """Yield the streams encoded at `at`, at most `limit` decoded bytes in all; nothing rather than guess.

        `at` is what the trigger says: the start of the structure, or the offset just behind a match.
        A damaged stream is yielded up to the damage. What is stored without encoding is not yielded: the
        sweep has seen it in the layer below.
        """
        ...
