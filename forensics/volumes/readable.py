"""What a reader of volumes asks of bytes."""

from __future__ import annotations

from typing import Protocol


class Readable(Protocol):
    """Anything with bytes."""

    @property
    def size(self) -> int:
        """Length in bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from an offset."""
        ...
