"""What every image offers, whatever its container: bytes, stored digests, and exactly what is missing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from forensics.evidence.handles import SegmentFile
from forensics.evidence.ranges import Ranges
from forensics.model import ByteRun, Locator


class Image(ABC):
    """The bytes of a seized medium, as its container gives them; a `Layer`.

    What cannot be read is given as zeros and its exact range kept in `bad_runs`: a file system behind
    one lost sector stays readable, and every statement about those bytes can be tainted. `bad_runs`
    grows as ranges are read; it is complete after `integrity.verify`.
    """

    format: str = "raw"
    chunk_size: int = 512

    def __init__(self, segments: Sequence[SegmentFile]) -> None:
        self.segments: tuple[SegmentFile, ...] = tuple(segments)
        self.stored_digests: dict[str, str] = {}
        self.acquisition: dict[str, str] = {}
        self.acquisition_errors: tuple[ByteRun, ...] = ()
        self.caveats: tuple[str, ...] = ()
        self._bad = Ranges()

    @property
    def locator(self) -> Locator:
        """`ewf:NAME` or `raw:NAME` of the first segment."""
        return Locator(f"{self.format}:{self.segments[0].name}")

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes of the medium."""

    @abstractmethod
    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; shorter only at the end of the image, zeros where nothing can be had."""

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The range itself: an image is where image offsets count."""
        length = min(length, self.size - offset)
        if offset >= 0 and length > 0:
            yield ByteRun(offset, length)

    @property
    def bad_runs(self) -> tuple[ByteRun, ...]:
        """Ranges given as zeros so far because medium or container did not hold them, in order."""
        return self._bad.all()
