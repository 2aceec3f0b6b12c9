"""A registry hive by libregf: keys by path, values, the cells that they stand in, and the finding of a fact."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from forensics.detectors.base import Detector, finding
from forensics.detectors.system._told import LONGEST, filetime, filetime_events, owner, shown, text16, u32
from forensics.model import ByteRun, Check, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

MOST_KEYS = 20_000  # under one key
MOST_VALUES = 5_000
LARGEST_VALUE = 1 << 20
SEGMENT = 16_344  # octets of a value's data in one cell, where they stand in several
# Of libregf, which says MemoryError where damage gives it no object.
ERRORS = (OSError, RuntimeError, ValueError, OverflowError, AttributeError, TypeError, SystemError, MemoryError)


class Bytes(io.RawIOBase):
    """A layer as the file that a library reads, with `more` zeros behind it."""

    def __init__(self, layer: Layer, more: int = 0) -> None:
        super().__init__()
        self._layer = layer
        self._size = layer.size + more
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        size = max(0, min(self._size - self._at, self._size if size < 0 else size))
        data = self._layer.read(self._at, size)
        if self._size > self._layer.size:
            data = data.ljust(size, b"\0")
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to an offset."""
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        """Where reading goes on."""
        return self._at

    def get_size(self) -> int:
        """All bytes."""
        return self._size


def ours(error: BaseException) -> None:
    """Raise again what is a fault of this code and not of the bytes: an error that no library told."""
    if isinstance(error, AttributeError | TypeError) and not str(error).startswith(("py", "lib")):
        raise error


@dataclass(frozen=True, slots=True)
class Stored:
    """A value: its name, type, data, and the offset of its cell's content."""

    name: str
    kind: int
    data: bytes
    offset: int

    @property
    def text(self) -> str:
        """Its data as text, up to the first NUL."""
        return text16(self.data)

    @property
    def number(self) -> int:
        """Its data as a number."""
        return int.from_bytes(self.data[:8], "little")


class Key:
    """A key of a hive."""

    def __init__(self, key: Any, path: str) -> None:
        """Hold libregf's key."""
        self._key = key
        self.path = path
        self.offset: int = key.offset
        self.written: int = key.get_last_written_time_as_integer()

    @property
    def name(self) -> str:
        """The last step of its path."""
        return self.path.rpartition("\\")[2]

    def under(self) -> Iterator[Key]:
        """The keys under it; those that cannot be read are left out."""
        for index in range(min(_count(self._key, "get_number_of_sub_keys"), MOST_KEYS)):
            try:
                inner = self._key.get_sub_key(index)
                if inner is not None:
                    yield Key(inner, f"{self.path}\\{inner.name or ''}")
            except ERRORS as error:
                ours(error)

    def key(self, path: str) -> Key | None:
        """The key at a path under it."""
        try:
            inner = self._key.get_sub_key_by_path(path)
        except ERRORS as error:
            ours(error)
            return None
        return Key(inner, f"{self.path}\\{path}".lstrip("\\")) if inner is not None else None

    def values(self) -> Iterator[Stored]:
        """Its values; those that cannot be read are left out."""
        for index in range(min(_count(self._key, "get_number_of_values"), MOST_VALUES)):
            try:
                value = self._key.get_value(index)
                if value is None or value.data_size > LARGEST_VALUE:
                    continue
                yield Stored(value.name or "", value.type, value.data or b"", value.offset)
            except ERRORS as error:
                ours(error)

    def value(self, name: str) -> Stored | None:
        """The value of a name, in any case."""
        return next((each for each in self.values() if each.name.lower() == name.lower()), None)

    def text(self, name: str) -> str:
        """The text of a value; empty where there is none."""
        value = self.value(name)
        return value.text if value else ""


def _count(key: Any, name: str) -> int:
    try:
        return int(getattr(key, name)())
    except ERRORS as error:
        ours(error)
        return 0


@dataclass(slots=True)
class Fact:
    """What a key or a value says; `part`, where within the data of the value."""

    what: str
    value: str
    key: Key
    stored: Stored | None = None
    part: ByteRun | None = None
    fields: dict[str, Field] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)

    def written(self, meaning: str) -> None:
        """Tell the key's time as an event."""
        self.events += filetime_events(meaning, self.key.written)

    def told(self, detector: Detector, layer: Layer, named: bool, dirty: bool) -> Finding | None:
        """The finding; none where the cell is not in the layer."""
        place = cell(layer, self.stored.offset if self.stored else self.key.offset)
        if place is None or not self.value:
            return None
        if self.stored is not None and self.part is not None:
            place = _within(layer, self.stored, self.part) or place
        fields, links = owner(layer.locator.step)
        fields |= {"what": Field(self.what), "key": Field(self.key.path[:LONGEST], cell(layer, self.key.offset))}
        if self.stored is not None:
            fields["value_name"] = Field(self.stored.name[:LONGEST])
            head = layer.read(self.stored.offset, 12)
            if head[:2] == b"vk" and not u32(head, 4) >> 31:  # else the data stand in the value's own cell
                fields["data_size"] = Field(len(self.stored.data), cell(layer, 4_100 + u32(head, 8)))
        if when := filetime(self.key.written):
            fields["key_written"] = Field(shown(when))
        caveats = list(self.caveats)
        if dirty:
            caveats.append("The hive was not closed: later changes stand in its logs, which are not applied here.")
        return finding(
            detector,
            layer,
            place.offset,
            place.length,
            grade=Grade.C3 if named else Grade.C2,
            value=self.value[:LONGEST],
            checks=(
                Check("structure", Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields | self.fields,
            events=tuple(self.events),
            links=tuple(dict.fromkeys((*links, *self.links))),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def cell(layer: Layer, content: int) -> ByteRun | None:
    """The cell around an offset of its content; None where its length cannot be one."""
    at = content - 4
    if at < 4_096:
        return None
    length = -int.from_bytes(layer.read(at, 4), "little", signed=True)
    return ByteRun(at, min(length, layer.size - at)) if 8 <= length <= LARGEST_VALUE else None


def _within(layer: Layer, stored: Stored, part: ByteRun) -> ByteRun | None:
    """Where a part of a value's data stands: its beginning, where it goes on in another cell. None if in none.

    Longer data stand in several cells: `db`, u16 number of them, u32 list of their offsets.
    """
    head = layer.read(stored.offset, 12)
    at = 4_100 + u32(head, 8)
    if head[:2] != b"vk" or u32(head, 4) >> 31:
        return None
    offset, length = part.offset, part.length
    if len(stored.data) > SEGMENT and layer.read(at, 2) == b"db":
        listed = 4_100 + u32(layer.read(at, 8), 4)
        index, offset = divmod(offset, SEGMENT)
        at = 4_100 + u32(layer.read(listed + 4 * index, 4), 0)
        length = min(length, SEGMENT - offset)
    return ByteRun(at + offset, length) if at + offset + length <= layer.size else None
