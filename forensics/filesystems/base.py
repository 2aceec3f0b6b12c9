"""What every opened file system offers, whichever library reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from forensics.filesystems.free import Space
from forensics.guard import UNGUARDED, Guard
from forensics.model import ByteRun, Entry, Locator
from forensics.volumes.volume import VolumeLayer

MOST_REFUSED = 500

LEFT_OUT = "its content was left out: the parser did not survive it"


class Listing(Protocol):
    """An open file system: its kind, its allocation unit, its entries and their bytes."""

    kind: str
    volume: VolumeLayer
    caveats: tuple[str, ...]  # what its reader does not do
    refused: tuple[str, ...]  # parts of it that could not be read, at most MOST_REFUSED
    block_size: int

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Image runs that belong to the file system itself, as met by the last walk."""
        ...

    @property
    def free(self) -> Space | None:
        """Free space by its own books; None where we read none."""
        ...

    @property
    def locator(self) -> Locator:
        """Its volume."""
        ...

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every name and stream, but for what `guard` leaves out: an entry then has a name and no content."""
        ...

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a stream through the library.

        Raises:
            EvidenceError: the library cannot read it.
        """
        ...
