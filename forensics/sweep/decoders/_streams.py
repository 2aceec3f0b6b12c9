"""Compressed streams drained within bounds: output in small steps, input as it is asked for.

The standard decompressors lose the output of the call in which they meet damage. A damaged stream is
therefore decoded again up to the last good step, and from there byte by byte; where a library finds the
damage in the call that gives the last byte (a checksum behind it), that byte is lost.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import lz4.frame
from isal import isal_zlib

from forensics.model import Layer

FEED = 1 << 16  # encoded bytes read at a time
STEP = 1 << 18  # decoded bytes asked for at a time
LEAST = 16  # a damaged stream of fewer decoded bytes is taken for a look-alike

DAMAGED = "The stream is damaged: it was decoded up to the damage."
TRUNCATED = "The stream ends early: its encoded bytes are not all there."
CHECKSUM = "The stored checksum does not match the decoded bytes."
LENGTH = "The stored length does not match the decoded bytes."


def cut(limit: int) -> str:
    """The caveat of a stream that the limit ended."""
    return f"Cut at the limit of {limit:,} decoded bytes."


class Step(Protocol):
    """A decompressor in steps; raises one of `ERRORS` where the stream is damaged."""

    def step(self, most: int, feed: Callable[[], bytes]) -> bytes:
        """At most `most` decoded bytes; empty at the end of the stream or of its input."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the stream's own end was met."""
        ...

    @property
    def left(self) -> int:
        """Bytes that were fed and not used."""
        ...


_ISAL = cast("type[Exception]", isal_zlib.error)
ERRORS = (zlib.error, _ISAL, lzma.LZMAError, OSError, RuntimeError)  # bz2 raises OSError, lz4 RuntimeError


class Inflate:
    """Raw DEFLATE."""

    def __init__(self, exact: bool = False) -> None:
        """Use the fast library, or with `exact` the one whose output before damage is told byte by byte."""
        self._state: Any = zlib.decompressobj(-15) if exact else isal_zlib.decompressobj(-15)
        self._fed = b""

    def step(self, most: int, feed: Callable[[], bytes]) -> bytes:
        """As `Step`."""
        while not self._state.eof:
            if not self._fed:
                self._fed = feed()
            done: bytes = self._state.decompress(self._fed, most)
            starved = not self._fed
            self._fed = self._state.unconsumed_tail
            if done or starved:
                return done
        return b""

    @property
    def ended(self) -> bool:
        """As `Step`."""
        return bool(self._state.eof)

    @property
    def left(self) -> int:
        """As `Step`."""
        return len(self._state.unused_data) if self._state.eof else len(self._fed)


class Plain:
    """bzip2, LZMA and LZ4 frames, whose libraries share one shape."""

    def __init__(self, state: bz2.BZ2Decompressor | lzma.LZMADecompressor | lz4.frame.LZ4FrameDecompressor) -> None:
        """Step `state`, which must be new."""
        self._state: Any = state

    def step(self, most: int, feed: Callable[[], bytes]) -> bytes:
        """As `Step`."""
        while not self._state.eof:
            fed = feed() if self._state.needs_input else b""
            if self._state.needs_input and not fed:
                return b""
            done: bytes = self._state.decompress(fed, most)
            if done:
                return done
        return b""

    @property
    def ended(self) -> bool:
        """As `Step`."""
        return bool(self._state.eof)

    @property
    def left(self) -> int:
        """As `Step`."""
        return len(self._state.unused_data or b"")


@dataclass(frozen=True, slots=True)
class Drained:
    """What came of a stream: its bytes, how many encoded ones it used, and how it ended."""

    data: bytes
    used: int
    ended: bool = False  # its own end was met
    limited: bool = False
    damaged: bool = False

    def caveat(self, limit: int) -> str:
        """One sentence on an early end, or empty."""
        if self.ended:
            return ""
        return cut(limit) if self.limited else DAMAGED if self.damaged else TRUNCATED


class Feed:
    """The encoded bytes [start, end) of a layer, piece by piece."""

    def __init__(self, layer: Layer, start: int, end: int) -> None:
        """Read lazily; the end is cut to the layer's."""
        self._layer = layer
        self.start = start
        self.position = start
        self._end = min(end, layer.size)
        self._size = 1 << 12  # small first: most look-alikes fail in it

    def __call__(self) -> bytes:
        """The next piece; empty behind the end."""
        data = self._layer.read(self.position, min(self._size, self._end - self.position))
        self.position += len(data)
        self._size = FEED
        return data


def drain(make: Callable[[bool], Step], layer: Layer, start: int, end: int, limit: int) -> Drained:
    """Decode the stream at `start`, of at most the bytes up to `end`, into at most `limit` bytes.

    `make` gives a new decompressor; with True one that is exact about damage.
    """
    done, fault = _run(make(False), Feed(layer, start, end), limit, None)
    if not fault:
        return done
    again, _ = _run(make(True), Feed(layer, start, end), limit, len(done.data))
    return again


def _run(state: Step, feed: Feed, limit: int, careful: int | None) -> tuple[Drained, bool]:
    """Steps up to the limit; behind `careful` decoded bytes, in steps of one."""
    pieces: list[bytes] = []
    total = 0
    try:
        while True:
            # One byte is asked for beyond the limit, to tell a stream that ends there from one that goes on.
            most = min(STEP, limit - total + 1)
            if careful is not None:
                most = min(most, careful - total if total < careful else 1)
            piece = state.step(most, feed)
            if not piece:
                break
            total += len(piece)
            if total > limit:
                pieces.append(piece[: len(piece) - (total - limit)])
                return Drained(b"".join(pieces), feed.position - feed.start - state.left, limited=True), False
            pieces.append(piece)
    except ERRORS:
        used = feed.position - feed.start
        return Drained(b"".join(pieces), used, damaged=True), True
    return Drained(b"".join(pieces), feed.position - feed.start - state.left, ended=state.ended), False


def inflate_raw(exact: bool) -> Step:
    """A decompressor of raw DEFLATE."""
    return Inflate(exact)
