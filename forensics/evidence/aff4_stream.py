"""An image stream of AFF4: chunks in segments, packed one by one, each perhaps with digests of its own."""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator

import cramjam
import lz4.block
import lz4.frame
import numpy as np
import numpy.typing as npt

from forensics.errors import EvidenceError
from forensics.evidence.aff4_volume import Container
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import LARGEST_CHUNK, LOST, MappedImage, Packed, Place, Stored, inflate
from forensics.model import ByteRun

_ENTRY = np.dtype([("offset", "<u8"), ("length", "<u4")])
_BLOCK_DIGESTS = ("sha1", "sha256", "md5", "sha512", "blake2b")  # the quickest first; one is enough to find damage
_INDEXES = 256  # indexes that are kept
_FRAME = b"\x04\x22\x4d\x18"

Unpacker = Callable[[bytes, int], bytes]


def _snappy(raw: bytes, size: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(raw) > size:
        raise ValueError("more than a chunk")
    return bytes(cramjam.snappy.decompress_raw(raw))


def _lz4(raw: bytes, size: int) -> bytes:
    """A block, or a frame as some writers have it."""
    if raw.startswith(_FRAME):
        return bytes(lz4.frame.LZ4FrameDecompressor().decompress(raw, size))
    return bytes(lz4.block.decompress(raw, uncompressed_size=size))


def _raw_deflate(raw: bytes, size: int) -> bytes:
    return inflate(raw, size, -zlib.MAX_WBITS)


# Addresses as the standard and its writers spell them, without the scheme.
_METHODS: dict[str, Unpacker | None] = {
    "": None,
    "aff4.org/Schema#compression/stored": None,
    "aff4.org/Schema#NullCompressor": None,
    "tools.ietf.org/html/rfc1951": _raw_deflate,
    "www.ietf.org/rfc/rfc1951.txt": _raw_deflate,
    "tools.ietf.org/html/rfc1950": inflate,
    "www.ietf.org/rfc/rfc1950.txt": inflate,
    "code.google.com/p/snappy/": _snappy,
    "github.com/google/snappy": _snappy,
    "code.google.com/p/lz4/": _lz4,
    "github.com/lz4/lz4": _lz4,
}


class _Bevy:
    """One segment of chunks with its index and the digests of its chunks."""

    def __init__(self, container: Container, address: str) -> None:
        place = container.place(address)
        if place is None:
            raise EvidenceError(container.name, f"the segment {address} is missing")
        self.segment: SegmentFile = place[0]
        self.position, self.length = place[1:]
        raw = container.read(f"{address}.index")
        self.index: npt.NDArray[np.void] = np.frombuffer(raw[: len(raw) // 12 * 12], _ENTRY)
        self.algorithm = next((each for each in _BLOCK_DIGESTS if container.has(f"{address}.{each}")), "")
        self.digests = container.read(f"{address}.{self.algorithm}") if self.algorithm else b""

    def digest(self, number: int) -> bytes:
        """The stored digest of a chunk; empty where there is none."""
        size = hashlib.new(self.algorithm).digest_size if self.algorithm else 0
        return self.digests[number * size : (number + 1) * size]


class Aff4Stream(MappedImage):
    """The bytes of one image stream; what is absent or damaged is zeros in `bad_runs`."""

    format = "aff4"

    def __init__(self, container: Container, address: str, segments: tuple[SegmentFile, ...], cache_bytes: int) -> None:
        """Read what is stated of it.

        Raises:
            EvidenceError: sizes that cannot be, or a method of packing that is not known.
        """
        super().__init__(segments, container.number(address, "size"), None, cache_bytes)
        self._container, self._address = container, address
        self.chunk_size = container.number(address, "chunkSize", 32768)
        self._each = container.number(address, "chunksInSegment", 1024)
        if not 512 <= self.chunk_size <= LARGEST_CHUNK or not 0 < self._each <= 1 << 20:
            raise EvidenceError(
                container.name, f"{self._each:,} chunks of {self.chunk_size:,} bytes in a segment cannot be"
            )
        method = container.text(address, "compressionMethod").partition("://")[2]
        if method not in _METHODS:
            raise EvidenceError(container.name, f"chunks packed by {method!r}, which is not known")
        self._method = _METHODS[method]
        self._bevies: dict[int, _Bevy | None] = {}

    def _place(self, offset: int) -> tuple[Place, int]:
        size = self.chunk_size
        chunk, inside = divmod(offset, size)
        reach = min(size - inside, self._size - offset)
        number, index = divmod(chunk, self._each)
        bevy = self._bevy(number)
        if bevy is None or index >= len(bevy.index):
            return LOST, reach
        start, stored = (int(each) for each in bevy.index[index])
        if start + stored > bevy.length or not stored or stored > size * 2:
            return LOST, reach
        position = bevy.position + start
        if stored == size and not bevy.algorithm:
            return Stored(bevy.segment, position + inside), reach
        want = min(size, self._size - chunk * size)
        digest, algorithm, unpack = bevy.digest(index), bevy.algorithm, self._method if stored != size else None

        def checked(raw: bytes, _: int) -> bytes:
            try:
                whole = unpack(raw, size) if unpack is not None else raw
            except (cramjam.DecompressionError, lz4.block.LZ4BlockError, RuntimeError, OverflowError) as error:
                raise ValueError(str(error)) from error
            if digest and not any(
                hashlib.new(algorithm, each, usedforsecurity=False).digest() == digest
                for each in ({whole, whole[:want]} if want < size else (whole,))
            ):
                return b""
            return whole[:want]

        return Packed(bevy.segment, position, stored, chunk * size, want, checked), reach

    def _bevy(self, number: int) -> _Bevy | None:
        """A segment of chunks, or None where it cannot be had."""
        if number not in self._bevies:
            try:
                bevy: _Bevy | None = _Bevy(self._container, f"{self._address}/{number:08d}")
            except EvidenceError:
                bevy = None
            if len(self._bevies) >= _INDEXES:
                self._bevies.pop(next(iter(self._bevies)))
            self._bevies[number] = bevy
        return self._bevies[number]

    def bad_within(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The parts of a range that were given as zeros."""
        runs = self.bad_runs
        number = max(bisect_right(runs, offset, key=lambda run: run.offset) - 1, 0)
        for run in runs[number:]:
            if run.offset >= offset + length:
                break
            first, last = max(run.offset, offset), min(run.end, offset + length)
            if first < last:
                yield ByteRun(first, last - first)
