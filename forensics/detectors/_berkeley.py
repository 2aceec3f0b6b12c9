"""Records of Berkeley DB b-trees, read through a layer with bounds (Berkeley DB 4 and 5, db_page.h).

    page 0: lsn 8, u32 page 0, u32 magic 0x053162 at 12, u32 version 9 at 16, u32 page size at 20,
            u8 encryption at 24, u8 type 9 at 25, u32 last page at 32
    page:   lsn 8, u32 number, u32 previous, u32 next, u16 entries, u16 high offset, u8 level, u8 type at 25
            types: 0 free, 3 inner, 5 leaf, 7 overflow, 9 meta; then u16 offsets of items
    item:   u16 length, u8 type (1 data, 3 overflow; 0x80 deleted), data
            overflow: two octets, type, one octet, u32 page, u32 length of the whole
    overflow page: u16 at 22 is the length of its part of the data

Leaf pages are read in the order in which they lie, so that a damaged tree loses nothing but its own pages.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.errors import EvidenceError
from forensics.model import ByteRun, Layer

MAGIC = 0x053162
MOST_PAGES = 1 << 18
LARGEST_ITEM = 16 << 20
_HEAD = 26


@dataclass(frozen=True, slots=True)
class Record:
    """A key and its value, with the span of each in the layer where it is contiguous."""

    key: bytes
    value: bytes
    key_span: ByteRun | None
    value_span: ByteRun | None
    deleted: bool


class Btree:
    """A Berkeley DB file that starts at `at` in a layer."""

    def __init__(self, layer: Layer, at: int, order: str, head: bytes) -> None:
        """Take over the meta page; use `open_btree`."""
        self.layer = layer
        self.at = at
        self.order = order
        self.version: int = struct.unpack_from(order + "I", head, 16)[0]
        self.page_size: int = struct.unpack_from(order + "I", head, 20)[0]
        self.encrypted = head[24] != 0
        self.stated_pages: int = struct.unpack_from(order + "I", head, 32)[0] + 1
        self.pages = min(self.stated_pages, -(-(layer.size - at) // self.page_size), MOST_PAGES)
        self.faults: set[str] = set()
        self.foreign_pages = 0

    @property
    def length(self) -> int:
        """Octets of the file that are there."""
        return int(min(self.pages * self.page_size, self.layer.size - self.at))

    @property
    def cut(self) -> bool:
        """Whether pages are missing at the end."""
        return self.stated_pages * self.page_size > self.layer.size - self.at

    def records(self, most: int) -> Iterator[Record]:
        """Keys and values of all leaf pages, at most `most`."""
        given = 0
        for number in range(1, self.pages):
            page = self._page(number)
            if page is None or page[25] != 5:
                continue
            for record in self._leaf(number, page):
                yield record
                given += 1
                if given >= most:
                    self.faults.add(f"more than {most:,} records")
                    return

    def leftovers(self) -> Iterator[tuple[int, bytes]]:
        """Octets that belong to no record, with their offset in the layer: free pages and gaps of leaves."""
        for number in range(1, self.pages):
            page = self._page(number)
            if page is None:
                continue
            place = self.at + number * self.page_size
            if page[25] == 0:
                yield place + _HEAD, page[_HEAD:]
            elif page[25] == 5:
                entries, high = struct.unpack_from(self.order + "HH", page, 20)
                low = _HEAD + 2 * entries
                if low < high <= len(page):
                    yield place + low, page[low:high]

    def _page(self, number: int) -> bytes | None:
        """A page that says it is page `number`; None, counted, where another one lies."""
        try:
            page = self.layer.read(self.at + number * self.page_size, self.page_size)
        except EvidenceError:
            page = b""
        if len(page) < _HEAD:
            self.faults.add("a page that cannot be read")
            return None
        if struct.unpack_from(self.order + "I", page, 8)[0] != number:
            if any(page):
                self.foreign_pages += 1
            return None
        return page

    def _leaf(self, number: int, page: bytes) -> Iterator[Record]:
        entries = struct.unpack_from(self.order + "H", page, 20)[0]
        entries = min(entries, (len(page) - _HEAD) // 2) & ~1
        offsets = struct.unpack_from(f"{self.order}{entries}H", page, _HEAD)
        place = self.at + number * self.page_size
        for index in range(0, entries, 2):
            key, value = (self._item(page, place, each) for each in offsets[index : index + 2])
            if key is None or value is None:
                self.faults.add("a record that cannot be read")
                continue
            yield Record(key[0], value[0], key[1], value[1], key[2] or value[2])

    def _item(self, page: bytes, place: int, offset: int) -> tuple[bytes, ByteRun | None, bool] | None:
        if not _HEAD <= offset <= len(page) - 3:
            return None
        length: int = struct.unpack_from(self.order + "H", page, offset)[0]
        kind = page[offset + 2]
        deleted = bool(kind & 0x80)
        if kind & 0x7F == 1:
            data = page[offset + 3 : offset + 3 + length]
            if len(data) < length:
                return None
            return data, ByteRun(place + offset + 3, length), deleted
        if kind & 0x7F == 3 and offset + 12 <= len(page):
            first, whole = struct.unpack_from(self.order + "II", page, offset + 4)
            return self._overflow(first, min(whole, LARGEST_ITEM)), None, deleted
        return None

    def _overflow(self, number: int, wanted: int) -> bytes:
        pieces: list[bytes] = []
        seen: set[int] = set()
        held = 0
        while held < wanted and 0 < number < self.pages and number not in seen:
            seen.add(number)
            page = self._page(number)
            if page is None or page[25] != 7:
                break
            used = struct.unpack_from(self.order + "H", page, 22)[0]
            piece = page[_HEAD : _HEAD + min(used, wanted - held)]
            pieces.append(piece)
            held += len(piece)
            number = struct.unpack_from(self.order + "I", page, 16)[0]
        if held < wanted:
            self.faults.add("an overflow chain that breaks off")
        return b"".join(pieces)


def open_btree(layer: Layer, at: int) -> Btree | None:
    """The b-tree file at `at`; None where its first page is not that of one."""
    head = layer.read(at, 512)
    if len(head) < 72 or head[25] != 9:
        return None
    for order in ("<", ">"):
        magic, version, page_size = struct.unpack_from(order + "III", head, 12)
        if magic == MAGIC and 6 <= version <= 11 and 512 <= page_size <= 65_536 and not page_size & (page_size - 1):
            return Btree(layer, at, order, head)
    return None
