"""A segment as a file object with a position, for libraries that read one."""

from __future__ import annotations

import io
import os

from forensics.evidence.handles import SegmentFile

LARGEST_READ = 64 << 20  # bytes that a library may ask for at once: a length from the evidence is behind it


class SegmentStream(io.RawIOBase):
    """Reads through the descriptor of the segment, which stays open when this is closed."""

    def __init__(self, segment: SegmentFile) -> None:
        """At its beginning."""
        super().__init__()
        self._segment = segment
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Bytes from here.

        Raises:
            OSError: far too many are asked for.
        """
        size = self._segment.size - self._at if size < 0 else size
        if size > LARGEST_READ:
            raise OSError(f"{size:,} bytes at once")
        data = self._segment.pread(self._at, size)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of any file."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._segment.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def get_offset(self) -> int:
        """Where it stands, as libyal asks."""
        return self._at

    def get_size(self) -> int:
        """Bytes of the segment, as libyal asks."""
        return self._segment.size

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True
