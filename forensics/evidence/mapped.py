"""Images whose bytes lie scattered over files: disks of virtual machines and compressed disk images."""

from __future__ import annotations

import zlib
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forensics.errors import EvidenceError, UnreadableRun
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES, ChunkCache
from forensics.evidence.handles import SegmentFile
from forensics.model import ByteRun

Unpack = Callable[[bytes, int], bytes]  # stored bytes, the length that must come out

LARGEST_TABLE = 256 << 20  # bytes of one table of a container; a real one is far below
LARGEST_CHUNK = 64 << 20  # bytes that one packed piece may become


@dataclass(frozen=True, slots=True)
class Stored:
    """The byte asked for stands plainly at `position` of a file, and the ones after it follow."""

    segment: SegmentFile
    position: int


@dataclass(frozen=True, slots=True)
class Packed:
    """The byte asked for is in a packed piece: `size` bytes from image offset `start` on."""

    segment: SegmentFile
    position: int
    stored: int
    start: int
    size: int
    unpack: Unpack


@dataclass(frozen=True, slots=True)
class Hole:
    """Never written: zeros."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """Never written here: the image below has the bytes."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The container's own tables name a place that cannot be."""


Place = Stored | Packed | Hole | Beneath | Lost
HOLE, BENEATH, LOST = Hole(), Beneath(), Lost()


class MappedImage(Image):
    """An image that says for each offset where its bytes are. What cannot be had is zeros in `bad_runs`."""

    def __init__(
        self,
        segments: Sequence[SegmentFile],
        size: int,
        beneath: Image | None = None,
        cache_bytes: int = DEFAULT_BYTES,
    ) -> None:
        """`size` is the medium's, `beneath` the image that shows through where nothing was written."""
        super().__init__(segments)
        self._size = size
        self._beneath = beneath
        self._cache = ChunkCache(cache_bytes)
        if beneath is not None:
            self.caveats += tuple(f"{beneath.segments[0].name}: {each}" for each in beneath.caveats)

    @property
    def size(self) -> int:
        """Bytes of the medium."""
        return self._size

    @property
    def bad_runs(self) -> tuple[ByteRun, ...]:
        """Ranges given as zeros so far, in order."""
        if self._beneath is not None:
            for run in self._beneath.bad_runs:
                if run.offset < self._size and isinstance(self._place(run.offset)[0], Beneath):
                    self._bad.add(run.offset, min(run.length, self._size - run.offset))
        return self._bad.all()

    @abstractmethod
    def _place(self, offset: int) -> tuple[Place, int]:
        """Where byte `offset` is, and for how many bytes from there on that holds (at least one)."""

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; shorter only at the end, zeros where nothing can be had."""
        length = min(length, self._size - offset)
        if offset < 0 or length <= 0:
            return b""
        parts: list[bytes] = []
        while length > 0:
            place, reach = self._place(offset)
            take = min(length, reach)
            if isinstance(place, Stored):  # neighbours in the file are fetched with one call
                while take < length:
                    after, more = self._place(offset + take)
                    if not isinstance(after, Stored) or after != Stored(place.segment, place.position + take):
                        break
                    take += min(more, length - take)
            parts.append(self._bytes(place, offset, take))
            offset += take
            length -= take
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _bytes(self, place: Place, offset: int, take: int) -> bytes:
        if isinstance(place, Stored):
            shift = offset - place.position
            data = place.segment.pread_zero_filled(
                place.position, take, lambda at, size: self._bad.add(at + shift, size)
            )
            if len(data) < take:
                self._bad.add(offset + len(data), take - len(data))
        elif isinstance(place, Packed):
            data = self._unpacked(place)[offset - place.start : offset - place.start + take]
        elif isinstance(place, Beneath) and self._beneath is not None:
            data = self._beneath.read(offset, take)  # a smaller image below ends in zeros
        else:
            data = b""
            if isinstance(place, Lost):
                self._bad.add(offset, take)
        return data if len(data) == take else data + bytes(take - len(data))

    def _unpacked(self, place: Packed) -> bytes:
        chunk = self._cache.get(place.start)
        if chunk is None:
            try:
                chunk = place.unpack(place.segment.pread(place.position, place.stored), place.size)
            except (UnreadableRun, ValueError, EOFError, OSError, zlib.error):
                chunk = b""
            if len(chunk) < place.size:
                self._bad.add(place.start + len(chunk), min(place.size, self._size - place.start) - len(chunk))
                chunk += bytes(place.size - len(chunk))
            self._cache.put(place.start, chunk)
        return chunk


def inflate(raw: bytes, size: int, window: int = zlib.MAX_WBITS) -> bytes:
    """Up to `size` bytes from a deflate stream, with a zlib head unless `window` is negative."""
    return zlib.decompressobj(window).decompress(raw, size)


def table(segment: SegmentFile, offset: int, length: int, what: str) -> bytes:
    """All bytes of a container's own table.

    Raises:
        EvidenceError: it is absurdly long, or the file ends before it does.
    """
    if not 0 <= length <= LARGEST_TABLE:
        raise EvidenceError(segment.name, f"{what} would have {length:,} bytes", offset)
    data = segment.pread(offset, length)
    if len(data) < length:
        raise EvidenceError(segment.name, f"{what} is cut short: {len(data):,} of {length:,} bytes", offset)
    return data


def below(name: str) -> str:
    """The last part of a path that a container names; both kinds of slash part it."""
    return name.replace("\\", "/").rpartition("/")[2].removeprefix("file:")
