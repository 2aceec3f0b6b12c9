"""Compound files (MS-CFB), read from a layer so that each byte of a stream keeps its place.

| offset | length | content                                                                     |
|--------|--------|-----------------------------------------------------------------------------|
| 0      | 8      | D0CF11E0A1B11AE1                                                            |
| 30     | 4      | u16 shift of sectors (9 or 12), u16 shift of small sectors (6)               |
| 44     | 32     | u32: sectors of the table, first of the directory, …, limit of small streams, |
|        |        | first and number of the small table, first and number of the table's table   |
| 76     | 436    | the first 109 sectors of the table                                          |

A directory entry has 128 octets: name 0, length of it 64, type 66 (2 stream, 5 root), first sector 116, size 120.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.model import ByteRun, Layer

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_STREAM = 16 << 20
MOST_SECTORS = 1 << 20
MOST_ENTRIES = 20_000
_LAST = 0xFFFFFFFA  # the first number that is no sector


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its name, where its pieces lie in the layer, and its bytes as far as they could be read."""

    name: str
    pieces: tuple[ByteRun, ...]
    data: bytes

    def span(self, offset: int, length: int) -> ByteRun | None:
        """The place of bytes of the stream, as far as they lie in one run; None where there are none."""
        at = 0
        for number, piece in enumerate(self.pieces):
            if at <= offset < at + piece.length:
                start, end = piece.offset + offset - at, piece.end
                for later in self.pieces[number + 1 :]:
                    if later.offset != end or end - start >= length:
                        break
                    end = later.end
                return ByteRun(start, min(length, end - start))
            at += piece.length
        return None


class Compound:
    """A compound file at an offset of a layer."""

    def __init__(self, layer: Layer, at: int, head: bytes) -> None:
        """Read the tables; `head` is the first 512 octets."""
        self._layer = layer
        self._at = at
        shift, small = struct.unpack_from("<HH", head, 30)
        self.sector: int = 1 << shift
        self.small: int = 1 << small
        _, directory, _, self.limit, small_first, _, more, _ = struct.unpack_from("<8I", head, 44)
        table = [each for each in struct.unpack_from("<109I", head, 76) if each < _LAST]
        self._table: tuple[int, ...] = ()
        seen: set[int] = set()
        while more < _LAST and more not in seen and len(table) < MOST_SECTORS * 4 // self.sector:
            seen.add(more)
            listed = self._numbers(more)
            table += [each for each in listed[:-1] if each < _LAST]
            more = listed[-1] if listed else _LAST
        entries: list[int] = []
        for each in table[: MOST_SECTORS * 4 // self.sector]:
            entries += self._numbers(each)
        self._table = tuple(entries)
        self._small_table = tuple(n for each in self._chain(small_first, self._table) for n in self._numbers(each))
        self._directory = directory
        self._root: list[int] | None = None

    def entries(self) -> Iterator[tuple[str, int, int, int]]:
        """Name, type, first sector and size of every entry of the directory."""
        count = 0
        for each in self._chain(self._directory, self._table):
            data = self._layer.read(self._place(each), self.sector)
            for start in range(0, len(data) - 127, 128):
                length, kind = struct.unpack_from("<HB", data, start + 64)
                count += 1
                if count > MOST_ENTRIES:
                    return
                if kind and 2 <= length <= 64:
                    name = data[start : start + length - 2].decode("utf-16-le", "replace")
                    first, size = struct.unpack_from("<II", data, start + 116)
                    yield name, kind, first, size

    def stream(self, name: str, first: int, size: int) -> Stream:
        """The stream that starts at a sector, cut where its chain ends."""
        size = min(size, LARGEST_STREAM)
        pieces: list[ByteRun] = []
        if size >= self.limit:
            places = [(self._place(each), self.sector) for each in self._chain(first, self._table, size)]
        else:
            per = self.sector // self.small
            root = self._root_chain()
            places = [
                (self._place(root[each // per]) + each % per * self.small, self.small)
                for each in self._chain(first, self._small_table, size)
                if each // per < len(root)
            ]
        left = size
        for place, length in places:
            pieces.append(ByteRun(place, min(length, left)))
            left -= min(length, left)
        return Stream(name, tuple(pieces), b"".join(self._layer.read(each.offset, each.length) for each in pieces))

    def _root_chain(self) -> list[int]:
        if self._root is None:
            first = next((first for _, kind, first, _ in self.entries() if kind == 5), _LAST)
            self._root = list(self._chain(first, self._table))
        return self._root

    def _place(self, number: int) -> int:
        return self._at + (number + 1) * self.sector

    def _numbers(self, number: int) -> tuple[int, ...]:
        data = self._layer.read(self._place(number), self.sector)
        return struct.unpack_from(f"<{len(data) // 4}I", data)

    def _chain(self, first: int, table: tuple[int, ...], size: int = LARGEST_STREAM) -> Iterator[int]:
        """Sectors from the first, each once, at most as many as there can be."""
        seen: set[int] = set()
        most = size // self.small + 1
        while first < len(table) and first not in seen and len(seen) < most:
            seen.add(first)
            yield first
            first = table[first]


def open_compound(layer: Layer, at: int) -> Compound | None:
    """The compound file that starts at `at`; None where there is none."""
    head = layer.read(at, 512)
    if len(head) < 512 or not head.startswith(MAGIC) or head[28:30] != b"\xfe\xff":
        return None
    shift, small = struct.unpack_from("<HH", head, 30)
    return Compound(layer, at, head) if shift in (9, 12) and small == 6 else None
