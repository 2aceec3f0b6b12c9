"""What is told of a member of an archive: as the archive states it, nothing unpacked."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from forensics.errors import FormatError
from forensics.model import Layer
from forensics.sweep.wire import clean

MOST = 20_000  # members told
LONGEST_NAME = 1_000
LARGEST_READ = 16 << 20  # bytes that are read in one piece: a directory, a long name
NO_ZONE = "zone not stored"


@dataclass(frozen=True, slots=True)
class Member:
    """A name in an archive. Lengths are bytes, `None` where none is stated; `span` is where it stands in the file."""

    name: str
    kind: str  # file, folder, link, other
    size: int | None
    packed: int | None = None
    when: str = ""
    zone: str = "UTC"
    encrypted: bool = False
    check: str = ""  # CRC-32 of the content, as the archive states it
    span: tuple[int, int] = (0, 0)
    note: str = ""

    def told(self) -> dict[str, object]:
        """For the window; names are cut."""
        name = clean(self.name)
        cut = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        parts = self.name.replace("\\", "/").split("/")
        outside = ".." in parts or parts[0] == "" or parts[0].endswith(":")
        notes = [clean(self.note)] if self.note else []
        notes += ["its name leads out of the folder it is unpacked to"] if outside and len(self.name) > 1 else []
        return {
            **{field: getattr(self, field) for field in ("kind", "size", "packed", "when", "encrypted", "check")},
            "name": cut,
            "zone": self.zone if self.when else "",
            "span": list(self.span),
            "note": "; ".join(notes),
        }


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive states of itself; `more` where it has members beyond those told."""

    form: str
    members: tuple[Member, ...]
    more: bool = False
    note: str = ""


class LayerFile(io.RawIOBase):
    """A layer as a file for libraries; whoever asks for more than `LARGEST_READ` at once is refused."""

    def __init__(self, layer: Layer) -> None:
        """At its start."""
        self._layer = layer
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where it is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go there.

        Raises:
            OSError: it is before the start, as a file says it; libraries look there for what may not be there.
        """
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._layer.size}[whence]
        if start + offset < 0:
            raise OSError("it points before its own start")
        self._at = start + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Bytes from here on.

        Raises:
            FormatError: they are too many.
        """
        left = max(0, self._layer.size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > LARGEST_READ:
            raise FormatError(f"archive: {wanted:,} bytes of directory or name, more than {LARGEST_READ:,}")
        data = self._layer.read(self._at, wanted)
        self._at += len(data)
        return data


def utc(seconds: float, epoch: int = 1970) -> str:
    """A moment in UTC; empty where the calendar does not reach."""
    try:
        moment = datetime(epoch, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return ""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
