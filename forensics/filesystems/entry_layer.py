"""The bytes of an entry as a `Layer`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from forensics.errors import UnreadableRun
from forensics.filesystems.base import Listing
from forensics.model import ByteRun, Entry, Locator, Storage

_DIRECT = (Storage.PLAIN, Storage.ENCRYPTED)


class EntryLayer:
    """One stream: read from the image by its runs where they are its bytes, else through The Sleuth Kit.

    The bytes of an encrypted stream are its ciphertext.
    """

    def __init__(self, fs: Listing, entry: Entry) -> None:
        """A layer of `entry.size` bytes."""
        self.fs = fs
        self.entry = entry
        self._starts: list[int] = []
        at = 0
        for run in entry.runs:
            self._starts.append(at)
            at += run.length
        # Resident bytes of NTFS lie under update-sequence bytes, which only the library takes off.
        placed = entry.storage is Storage.RESIDENT and fs.kind != "ntfs" and at >= entry.size
        self._direct = entry.storage in _DIRECT or placed
        stream = f":{entry.stream}" if entry.stream is not None else ""
        self._locator = Locator(f"{fs.kind}:{entry.path}{stream}", fs.locator)

    @property
    def locator(self) -> Locator:
        """`ntfs:/path` or `ntfs:/path:stream` within the volume."""
        return self._locator

    @property
    def size(self) -> int:
        """Bytes of the stream."""
        return self.entry.size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; shorter only at the end.

        Raises:
            UnreadableRun: no run says where these bytes are.
            EvidenceError: The Sleuth Kit cannot read a compressed or resident stream.
        """
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return b""
        if not self._direct:
            if self.entry.storage is Storage.NONE:
                raise UnreadableRun(self.entry.path, "the place of its content is not known", offset)
            return self._padded(self.fs.read_entry(self.entry, offset, length), offset, length)
        parts: list[bytes] = []
        image = self.fs.volume.image
        for run in self._slices(offset, length):
            part = bytes(run.length) if run.offset < 0 else image.read(run.offset, run.length)
            parts.append(part if len(part) == run.length else part + bytes(run.length - len(part)))
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        return self._padded(data, offset, length)

    def _padded(self, data: bytes, offset: int, length: int) -> bytes:
        if len(data) < length:
            raise UnreadableRun(self.entry.path, "no run says where these bytes are", offset + len(data))
        return data

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image ranges of these bytes, in order; sparse bytes have none.

        Offsets in a compressed stream have no exact place: all its runs are given.
        """
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return
        if self.entry.storage is Storage.COMPRESSED:
            yield from self.entry.runs
            return
        for run in self._slices(offset, length):
            if run.offset >= 0:
                yield run

    def _slices(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The pieces of runs that hold these bytes; sparse ones at -1."""
        index = bisect_right(self._starts, offset) - 1
        while length > 0 and 0 <= index < len(self._starts):
            run = self.entry.runs[index]
            inside = offset - self._starts[index]
            take = min(run.length - inside, length)
            if take > 0:
                yield ByteRun(run.offset + inside if run.offset >= 0 else -1, take)
                offset += take
                length -= take
            index += 1
