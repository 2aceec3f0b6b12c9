"""EWF-E01 images: a reader of our own, several times faster than libewf's wheel and exact about damage.

libewf hands out zeros for a damaged chunk and says nothing; this reader checks every chunk it inflates
and keeps the range of each that fails. `ewf_reference` compares it with libewf at case open.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from forensics.errors import UnreadableRun
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES, ChunkCache
from forensics.evidence.ewf_sections import read_layout
from forensics.evidence.handles import SegmentFile

_fast: Any
try:
    from isal import isal_zlib as _fast
except ImportError:  # the C library is absent on some platforms; the standard one reads the same
    _fast = zlib

_REFUSALS: tuple[type[Exception], ...] = (zlib.error, _fast.error)
_adler32: Callable[[bytes | memoryview], int] = _fast.adler32
_STREAM = 1 << 20  # reads of this length or more pass by the cache
_BATCH = 4 << 20  # stored bytes fetched with one call when chunks lie back to back


class EwfImage(Image):
    """An E01 image over open segments. Chunks are read with `pread`: a failing disk cannot kill the reader.

    `complete` is False where the closing section, a segment or chunks are absent; the absent ranges
    stand in `bad_runs` from the start.
    """

    format = "ewf"

    def __init__(self, segments: Sequence[SegmentFile], cache_bytes: int = DEFAULT_BYTES) -> None:
        """Read the layout.

        Raises:
            EvidenceError: segments of different images, in wrong order, or without a stated size.
        """
        super().__init__(segments)
        layout = read_layout(self.segments)
        self._size = layout.size
        self.chunk_size = layout.chunk_size
        self.bytes_per_sector = layout.bytes_per_sector
        self.chunk_count = layout.chunks
        self.complete = layout.complete
        self.stored_digests = layout.digests
        self.acquisition = layout.acquisition
        self.acquisition_errors = tuple(sorted(layout.errors))
        self.caveats = tuple(layout.caveats)
        if self.acquisition_errors:
            lost = sum(run.length for run in self.acquisition_errors)
            self.caveats += (f"the acquisition met read errors over {lost:,} bytes; its tool filled them",)
        self.tree = layout.tree
        self._segment = layout.segment
        self._offset = layout.offset
        self._stored = layout.stored
        self._compressed = layout.compressed
        self._cache = ChunkCache(cache_bytes)
        present = self.present_size
        self._bad.add(present, self._size - present)

    @property
    def size(self) -> int:
        """Bytes of the medium, as the container states them."""
        return self._size

    @property
    def present_size(self) -> int:
        """Bytes from the start for which the container names chunks; less than `size` where incomplete."""
        return min(self._size, self.chunk_count * self.chunk_size)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; zeros, kept in `bad_runs`, for chunks that are damaged or absent."""
        length = min(length, self._size - offset)
        if offset < 0 or length <= 0:
            return b""
        size = self.chunk_size
        first, skip = divmod(offset, size)
        if skip + length <= size:
            return self._chunk(first)[skip : skip + length]
        last = (offset + length - 1) // size
        if length >= _STREAM:
            parts = self._stream(first, last)
        else:
            parts = [self._chunk(number) for number in range(first, last + 1)]
        parts[0] = parts[0][skip:]
        parts[-1] = parts[-1][: offset + length - last * size]
        return b"".join(parts)

    def stored_bytes(self, offset: int, length: int) -> int:
        """How many bytes of the segments hold this range; for dividing work fairly."""
        first, last = offset // self.chunk_size, -(-(offset + length) // self.chunk_size)
        return int(self._stored[first:last].sum(dtype=np.int64))

    def _content_size(self, number: int) -> int:
        return min(self.chunk_size, self._size - number * self.chunk_size)

    def _chunk(self, number: int) -> bytes:
        chunk = self._cache.get(number)
        if chunk is None:
            chunk = self._load(number)
            self._cache.put(number, chunk)
        return chunk

    def _load(self, number: int) -> bytes:
        """One chunk from its segment."""
        if number >= self.chunk_count:
            return bytes(self._content_size(number))
        segment = self.segments[int(self._segment[number])]
        try:
            raw = segment.pread(int(self._offset[number]), int(self._stored[number]))
        except UnreadableRun:
            return self._lost(number)
        return self._decode(number, raw)

    def _stream(self, first: int, last: int) -> list[bytes]:
        """Chunks `first` to `last`; neighbours in a segment are fetched with one call."""
        parts: list[bytes] = []
        number = first
        while number <= last:
            if number >= self.chunk_count:
                parts.append(self._load(number))
                number += 1
                continue
            stop = self._neighbours(number, min(last, self.chunk_count - 1))
            if stop == number + 1:
                parts.append(self._load(number))
                number = stop
                continue
            start = int(self._offset[number])
            ends = int(self._offset[stop - 1]) + int(self._stored[stop - 1])
            try:
                block = memoryview(self.segments[int(self._segment[number])].pread(start, ends - start))
            except UnreadableRun:
                parts.extend(self._load(each) for each in range(number, stop))
            else:
                offsets = (self._offset[number:stop] - np.uint64(start)).tolist()
                sizes = self._stored[number:stop].tolist()
                parts.extend(
                    self._decode(number + index, block[at : at + size])
                    for index, (at, size) in enumerate(zip(offsets, sizes, strict=True))
                )
            number = stop
        return parts

    def _neighbours(self, number: int, last: int) -> int:
        """The first chunk after `number` that does not follow back to back within one batch."""
        segment = self._segment[number : last + 1]
        start = self._offset[number : last + 1]
        end = start + self._stored[number : last + 1]
        together = (segment[1:] == segment[0]) & (start[1:] == end[:-1])
        together &= end[1:] - start[0] <= _BATCH
        breaks = np.flatnonzero(~together)
        return number + (int(breaks[0]) + 1 if breaks.size else len(segment))

    def _decode(self, number: int, raw: bytes | memoryview) -> bytes:
        """The content of a chunk, or zeros and a note of its range."""
        want = self._content_size(number)
        if self._compressed[number]:
            content = _inflate(raw, want)
            if content is not None:
                return content
        elif len(raw) >= want + 4:
            content = bytes(raw[:want])
            if _adler32(content) == int.from_bytes(raw[want : want + 4], "little"):
                return content
            # A last chunk may be stored whole, padded behind the end of the medium.
            if want < self.chunk_size <= len(raw) - 4 and _adler32(raw[: self.chunk_size]) == int.from_bytes(
                raw[self.chunk_size : self.chunk_size + 4], "little"
            ):
                return content
        return self._lost(number)

    def _lost(self, number: int) -> bytes:
        want = self._content_size(number)
        self._bad.add(number * self.chunk_size, want)
        return bytes(want)


class LogicalImage(EwfImage):
    """Logical evidence (L01): the bytes of its files one behind the other, and `tree`, the text that names them."""

    format = "l01"


def _inflate(raw: bytes | memoryview, want: int) -> bytes | None:
    """Exactly `want` bytes (more only in the last chunk, cut off), or None; never inflates much more."""
    for library in (_fast, zlib):
        unpacker = library.decompressobj()
        try:
            content: bytes = unpacker.decompress(raw, want + 1)
        except _REFUSALS:
            continue
        if len(content) == want and unpacker.eof:
            return content
    return None
