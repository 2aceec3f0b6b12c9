"""Where the octets of a database come from."""

from __future__ import annotations

from typing import Protocol


class Source(Protocol):
    """Octets at offsets: a layer of an image, or `Bytes`."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Octets from `offset`, fewer only at the end."""
        ...


class Bytes:
    """Octets in memory."""

    def __init__(self, data: bytes) -> None:
        """Hold `data`."""
        self._data = data

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """Octets from `offset`."""
        return self._data[offset : offset + length] if offset >= 0 < length else b""
