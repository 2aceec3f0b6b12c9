"""Raw images: the bytes of the medium, in one file or in several that follow each other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.handles import SegmentFile


class RawImage(Image):
    """One or more raw files end to end. Reads with `pread`, so a failing disk cannot kill the reader."""

    format = "raw"

    def __init__(self, segments: Sequence[SegmentFile]) -> None:
        """Take over open segments, in order.

        Raises:
            EvidenceError: there is not one byte in them.
        """
        super().__init__(segments)
        self._starts: list[int] = []
        total = 0
        for segment in self.segments:
            self._starts.append(total)
            total += segment.size
        self._size = total
        if total == 0:
            raise EvidenceError(self.segments[0].name, "the file is empty")
        empty = [segment.name for segment in self.segments if segment.size == 0]
        if empty:
            self.caveats += (f"segment {empty[0]} is empty",)
        sizes = {segment.size for segment in self.segments[:-1]}
        if len(sizes) > 1:
            self.caveats += ("segments before the last differ in size: one may be cut short",)

    @property
    def size(self) -> int:
        """Bytes of all segments together."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; zeros, kept in `bad_runs`, where the disk answers with an error."""
        length = min(length, self._size - offset)
        if offset < 0 or length <= 0:
            return b""
        parts: list[bytes] = []
        index = bisect_right(self._starts, offset) - 1
        while length > 0:
            segment, start = self.segments[index], self._starts[index]
            inside = offset - start
            want = min(length, segment.size - inside)
            if want > 0:
                part = self._segment_bytes(segment, start, inside, want)
                parts.append(part)
                offset += want
                length -= want
            index += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _segment_bytes(self, segment: SegmentFile, start: int, inside: int, want: int) -> bytes:
        data = segment.pread_zero_filled(inside, want, lambda at, size: self._bad.add(start + at, size))
        if len(data) < want:  # the file became shorter after it was opened
            self._bad.add(start + inside + len(data), want - len(data))
            data += bytes(want - len(data))
        return data
