"""Zstandard frames (RFC 8878): their blocks are walked first, so that the end is known before decoding."""

from __future__ import annotations

from dataclasses import dataclass

import zstandard

from forensics.model import Layer
from forensics.sweep.decoders._streams import LEAST, STEP, Drained

MAGIC = b"\x28\xb5\x2f\xfd"
LARGEST_WINDOW = 128 << 20
LARGEST_BLOCK = 128 << 10
MOST_BLOCKS = 1 << 20
CHECKED = 4  # in the descriptor: a checksum stands behind the last block


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a frame ends, whether all of it is there, and whether its block structure holds."""

    end: int
    whole: bool
    sound: bool
    descriptor: int


def frame(layer: Layer, at: int, end: int) -> Frame | None:
    """The frame at `at`, None if there is none or it asks for too much memory."""
    head = layer.read(at, min(18, end - at))
    if len(head) < 9 or head[:4] != MAGIC or head[4] & 8:
        return None
    descriptor = head[4]
    single = descriptor & 0x20
    content = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
    length = 5 + (0 if single else 1) + (0, 1, 2, 4)[descriptor & 3] + content
    if single:
        stated = int.from_bytes(head[length - content : length], "little") + (256 if content == 2 else 0)
        if stated > LARGEST_WINDOW:
            return None
        window = max(stated, 1)
    else:
        exponent, mantissa = head[5] >> 3, head[5] & 7
        window = (1 << (10 + exponent)) + ((1 << (10 + exponent)) // 8) * mantissa
        if window > LARGEST_WINDOW:
            return None
    most = min(window, LARGEST_BLOCK)
    position = at + length
    for _ in range(MOST_BLOCKS):
        block = layer.read(position, min(3, end - position))
        if len(block) < 3:
            return Frame(end, False, True, descriptor)
        value = int.from_bytes(block, "little")
        kind, size = value >> 1 & 3, value >> 3
        if kind == 3 or size > most:
            return Frame(position, False, False, descriptor)
        position += 3 + (1 if kind == 1 else size)
        if position > end:
            return Frame(end, False, True, descriptor)
        if value & 1:
            position += 4 if descriptor & CHECKED else 0
            return Frame(min(position, end), position <= end, True, descriptor)
    return Frame(position, False, True, descriptor)


class _Source:
    """The frame's bytes as a file, with another descriptor."""

    def __init__(self, layer: Layer, start: int, end: int, descriptor: int) -> None:
        self._layer = layer
        self._start = start
        self._end = end
        self._position = start
        self._descriptor = descriptor

    def read(self, size: int = -1) -> bytes:
        data = self._layer.read(self._position, min(size, self._end - self._position))
        first = self._start + 4 - self._position
        if 0 <= first < len(data):
            data = data[:first] + bytes((self._descriptor,)) + data[first + 1 :]
        self._position += len(data)
        return data


def drain_zstandard(layer: Layer, start: int, end: int, limit: int) -> Drained | None:
    """Decode the frame at `start`; None where there is none."""
    found = frame(layer, start, end)
    if found is None:
        return None
    whole = found.whole and found.sound
    done = _run(layer, start, found, found.descriptor, limit, STEP)
    if done.damaged and found.descriptor & CHECKED and whole:
        # The library withholds what it had decoded when the checksum fails: once more without the checksum.
        bare = Frame(found.end - 4, True, True, found.descriptor & ~CHECKED)
        again = _run(layer, start, bare, bare.descriptor, limit, STEP)
        if again.ended:
            return Drained(again.data, found.end - start, damaged=True)
    if done.damaged and len(done.data) < max(STEP, LEAST):
        done = _run(layer, start, found, found.descriptor, limit, 1 << 10)
    damaged = done.damaged or (not found.sound and not done.limited)
    return Drained(done.data, done.used, done.ended and whole, done.limited, damaged)


def _run(layer: Layer, start: int, found: Frame, descriptor: int, limit: int, step: int) -> Drained:
    pieces: list[bytes] = []
    total = 0
    length = found.end - start
    decompressor = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    source = _Source(layer, start, found.end, descriptor)
    reader = decompressor.stream_reader(source, read_across_frames=False)  # type: ignore[arg-type]
    try:
        while True:
            piece = reader.read(min(step, limit - total + 1))
            if not piece:
                break
            total += len(piece)
            if total > limit:
                pieces.append(piece[: len(piece) - (total - limit)])
                return Drained(b"".join(pieces), length, limited=True)
            pieces.append(piece)
    except zstandard.ZstdError:
        return Drained(b"".join(pieces), length, damaged=True)
    return Drained(b"".join(pieces), length, ended=found.whole)
