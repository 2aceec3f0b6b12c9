"""What a scenario wants on its disk, and where a writer put it: nouns shared by stories and writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Times:
    """The four times of an entry, as whole seconds since 1970 UTC."""

    created: int
    modified: int
    accessed: int
    changed: int

    @classmethod
    def at(cls, when: int, *, created: int | None = None) -> Times:
        """All four from one moment; `created` may be earlier."""
        return cls(when if created is None else created, when, when, when)


@dataclass(frozen=True, slots=True)
class Whole:
    """The file as such is an artefact of this kind."""

    kind: str
    value: str | None = None
    note: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """The file as such looks like an artefact of this kind and is not."""

    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Content that is made when its place is known, and not kept: `size` bytes.

    `make` is given the place of the content as (image offset, length) in order, or nothing where the
    content stands in a record or is compressed.
    """

    size: int
    make: Callable[[Sequence[tuple[int, int]]], bytes]


@dataclass(frozen=True, slots=True)
class Planned:
    """One file to write.

    `slack` goes behind the content in its last cluster (from the next sector border on). `over` names a
    deleted file and the number of its cluster that this file's first cluster has taken since. `pieces`
    above one scatters the content; `cuts` gives the clusters of each piece. `drawn` takes the place of
    `data`. `compressed` asks a file system that can do it to compress the content.
    """

    path: str
    data: bytes
    times: Times
    streams: Mapping[str, bytes] = field(default_factory=dict)
    slack: bytes = b""
    deleted: bool = False
    over: tuple[str, int] | None = None
    cuts: tuple[int, ...] = ()
    whole: tuple[Whole, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    members: Mapping[str, bytes] = field(default_factory=dict)
    note: str = ""
    drawn: Drawn | None = None
    compressed: bool = False

    @property
    def size(self) -> int:
        """The length of the content in bytes."""
        return len(self.data) if self.drawn is None else self.drawn.size

    def content(self, extents: Sequence[tuple[int, int]] = ()) -> bytes:
        """The content, whose place on the image is `extents`."""
        if self.drawn is None:
            return self.data
        made = self.drawn.make(extents)
        if len(made) != self.drawn.size:
            raise ValueError(f"{self.path}: {len(made)} bytes were made, {self.drawn.size} were planned")
        return made


@dataclass(frozen=True, slots=True)
class Loose:
    """Bytes that belong to no file: left in unallocated clusters, or in a gap between volumes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the bytes of one stream went, as (offset in the volume, length) in order."""

    path: str
    stream: str | None
    size: int
    extents: tuple[tuple[int, int], ...]
    resident: bool
    slack_offset: int | None = None

    def offset_of(self, position: int) -> int:
        """The volume offset of byte `position` of the stream."""
        for offset, length in self.extents:
            if position < length:
                return offset + position
            position -= length
        raise ValueError(f"{self.path}: position outside the stream")


@dataclass(frozen=True, slots=True)
class Written:
    """A finished volume: its bytes, its placed streams and its loose bytes' offsets."""

    image: bytearray | memoryview
    placed: tuple[Placed, ...]
    loose: Mapping[str, int]


Record = dict[str, Any]


def seconds(text: str) -> int:
    """Seconds since 1970 of `YYYY-MM-DD HH:MM[:SS]` in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
