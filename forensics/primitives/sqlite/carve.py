"""Records in the free space of a page, found by the columns of their table.

A deleted cell keeps its octets until something is written over them. Where it became a free block its first four
are the next block's offset and its own length (https://sqlite.org/fileformat2.html, 1.6): the payload's length, the
rowid, and in short rows the header's length and the first type or two are lost. The block's length then tells the
lost width. Blocks that were joined, or that later became part of the unallocated space, keep these four octets.
"""

from __future__ import annotations

import functools
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forensics.primitives.sqlite.pages import (
    INDEX_INNER,
    INDEX_LEAF,
    LEAVES,
    TABLE_INNER,
    TABLE_LEAF,
    cells,
    local_length,
)
from forensics.primitives.sqlite.record import varint, width
from forensics.primitives.sqlite.schema import Affinity, Table

LEAST_COLUMNS = 1
MOST_COLUMNS = 120  # of a table whose deleted rows are looked for; a longer header has a longer length
_CHUNK = re.compile(rb"[^\0](?:\0{0,15}[^\0]+)*", re.DOTALL)  # free space without its long rows of zeros
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FARTHEST = 4096  # octets of a joined block in which the next one is looked for
MOST_SIZES = 8
SMALLEST = 6  # octets of a cell that is looked for
LOST = -1  # a serial type that was overwritten and that nothing tells


@dataclass(frozen=True, slots=True)
class Carved:
    """A record in free space: offsets in the page.

    Attributes:
        start: where its cell, or what is left of it, begins.
        body: where its values begin.
        kinds: the serial types, `LOST` where one is not known; its value then has no octets.
        total, local: the payload's length, and how much of it is on the page.
        link: the first overflow page of the rest.
        rowid: None if it is lost, or the table has none.
        intact: the whole cell is there, its length agrees with its header.
    """

    start: int
    body: int
    kinds: tuple[int, ...]
    total: int
    local: int
    link: int
    rowid: int | None
    intact: bool

    @property
    def end(self) -> int:
        """The first offset behind the cell."""
        return self.body + self.local - (self.total - sum(map(width, self.kinds))) + (4 if self.link else 0)


@dataclass(frozen=True, slots=True)
class Template:
    """What the records of a table look like."""

    table: Table
    columns: int
    typed: int  # of them those that take numbers alone, or text alone
    head: re.Pattern[bytes]

    def plausible(self, kinds: Sequence[int], page: bytes, body: int, encoding: str, *, strict: bool) -> bool:
        """Whether values of these types, from `body` on, can be a row of the table; `strict` where nothing else says so."""
        some = False
        for number, kind in enumerate(kinds):
            index = self.table.order[number]
            if index == self.table.alias:
                if kind > 0:
                    return False
                continue
            if strict and not _fits(self.table.columns[index].affinity, kind):
                return False
            if strict and kind == 0 and self.table.columns[index].not_null:
                return False
            size = max(width(kind), 0)
            if kind >= 13 and kind & 1 and body + size <= len(page):
                try:
                    text = page[body : body + size].decode(encoding)
                except UnicodeDecodeError:
                    return False
                if strict and _CONTROLS.search(text):
                    return False
            body += size
            some = some or kind > 0
        return some


def _fits(affinity: Affinity, kind: int) -> bool:
    if kind <= 0:
        return True
    if affinity is Affinity.TEXT:
        return kind >= 12
    if affinity in (Affinity.INTEGER, Affinity.REAL):
        return kind < 10
    return True


@functools.lru_cache(maxsize=512)
def template(table: Table) -> Template | None:
    """The template of a table; None if it has too many columns."""
    count = len(table.order)
    if not LEAST_COLUMNS <= count <= MOST_COLUMNS:
        return None
    last = min(127, 1 + 5 * count)
    lengths = b"[" + re.escape(bytes([count + 1])) + b"-" + re.escape(bytes([last])) + b"]"
    kind = rb"(?:[\x81-\xff][\x80-\xff]{0,3}[\x00-\x7f]|[\x00-\x09\x0c-\x7f])"
    typed = sum(table.columns[index].affinity not in (Affinity.BLOB, Affinity.NUMERIC) for index in table.order)
    return Template(table, count, typed, re.compile(b"(?=" + lengths + kind + b"{%d})" % count, re.DOTALL))


def free_space(page: bytes, start: int, usable: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The unallocated space and the free blocks of a page: spans (low, high), each within the page.

    Among the spans are those that neither a cell nor a free block of the page takes up.
    """
    usable = min(usable, len(page))
    if usable < start + 8:
        return [], []
    _, first, count, content = struct.unpack_from(">BHHH", page, start)
    content = content or 65_536
    low = start + (12 if page[start] in (TABLE_INNER, INDEX_INNER) else 8) + 2 * count
    spans = [(low, min(content, usable))] if low < min(content, usable) else []
    blocks: list[tuple[int, int]] = []
    at = first
    while low <= at <= usable - 4 and len(blocks) < usable // 4:
        following, size = struct.unpack_from(">HH", page, at)
        if size < 4 or at + size > usable:
            break
        blocks.append((at, at + size))
        if following <= at:
            break
        at = following
    if page[start] in LEAVES:
        taken = sorted([*((each.start, each.end) for each in cells(page, start, usable)), *blocks, (usable, usable)])
        position = max(content, low)
        for at, end in taken:
            if at - position >= SMALLEST:
                spans.append((position, at))
            position = max(position, end)
    return spans, blocks


def carve(
    page: bytes,
    spans: Sequence[tuple[int, int]],
    blocks: Sequence[tuple[int, int]],
    templates: Sequence[Template],
    usable: int,
    encoding: str,
) -> Iterator[tuple[Carved, Template]]:
    """Records in the spans of unallocated space and in the free blocks of a page, in no particular order."""
    for low, high in blocks:
        yield from _stretch(page, low, high, templates, usable, encoding)
    for low, high in spans:
        for chunk in _CHUNK.finditer(page, low, high):
            # A value may end with zeros, and so may what follows it.
            end = min(high, chunk.end() + 16)
            yield from _stretch(page, max(low, chunk.start() - 8), end, templates, usable, encoding)


def _stretch(
    page: bytes, low: int, high: int, templates: Sequence[Template], usable: int, encoding: str
) -> Iterator[tuple[Carved, Template]]:
    """Whole cells first; in what is left between them, cells that were free blocks once."""
    whole = sorted(_whole(page, low, high, templates, usable, encoding), key=lambda each: each[0].start)
    position = low
    for found in whole:
        if found[0].start < position:
            continue
        yield from _once_blocks(page, position, found[0].start, templates, encoding)
        yield found
        position = found[0].end
    yield from _once_blocks(page, position, high, templates, encoding)


def _whole(
    page: bytes, low: int, high: int, templates: Sequence[Template], usable: int, encoding: str
) -> Iterator[tuple[Carved, Template]]:
    for each in templates:
        for match in each.head.finditer(page, low, high):
            carved = _whole_at(page, low, high, match.start(), each, usable, encoding)
            if carved is not None:
                yield carved, each


def _whole_at(page: bytes, low: int, high: int, head: int, each: Template, usable: int, encoding: str) -> Carved | None:
    """The whole cell whose record's header is at `head`."""
    parsed = _kinds(page, head + 1, each.columns)
    if parsed is None or parsed[1] - head != page[head]:
        return None
    kinds, body = parsed
    total = page[head] + sum(map(width, kinds))
    local = local_length(usable, total, INDEX_LEAF if each.table.without_rowid else TABLE_LEAF)
    end = head + local + (4 if local < total else 0)
    if end > high:
        return None
    length = _written(total)
    for size in (0,) if each.table.without_rowid else range(1, 10):
        start = head - size - len(length)
        if start < low:
            return None
        if page[start : start + len(length)] != length:
            continue
        rowid: int | None = None
        if size:
            rowid, behind = varint(page[:head], start + len(length))
            if behind != head or (size > 1 and page[head - size] == 0x80):
                continue
            rowid -= (rowid >> 63) << 64
        if not each.plausible(kinds, page, body, encoding, strict=False):
            return None
        link = int.from_bytes(page[end - 4 : end], "big") if local < total else 0
        return Carved(start, body, tuple(kinds), total, local, link, rowid, True)
    return None


def _once_blocks(
    page: bytes, low: int, high: int, templates: Sequence[Template], encoding: str
) -> Iterator[tuple[Carved, Template]]:
    """Cells in a stretch that begin with the offset and length of a free block."""
    limit = len(page)
    heads = _block_heads(limit >> 8)
    position = low
    while (match := heads.search(page, position, high)) is not None:
        at = match.start()
        position = at + 1
        if at > high - 6:
            return
        following, size = struct.unpack_from(">HH", page, at)
        found = None
        if 6 <= size <= limit - at and (following == 0 or at + size < following <= limit - 4):
            found = _best(page, at, _sizes(page, at, size, high), templates, encoding)
        if found is not None:
            yield found
            position = max(found[0].end, position)


@functools.cache
def _block_heads(most: int) -> re.Pattern[bytes]:
    """Where two numbers of two octets stand whose high octets are at most `most`."""
    high = b"[\\0-" + re.escape(bytes([min(most, 255)])) + b"]"
    return re.compile(b"(?=" + high + b"." + high + b".)", re.DOTALL)


def _sizes(page: bytes, start: int, size: int, high: int) -> list[int]:
    """What the length of the first cell in a block of `size` octets can be, before a whole cell or an end at `high`.

    A block that was joined to one behind it goes up to the same end.
    """
    end = start + size
    sizes = [size] if end <= high else []
    if high < end:
        sizes.append(high - start)
    for at in range(start + 6, min(high, end, start + FARTHEST) - 5):
        if page[at + 2] << 8 | page[at + 3] == end - at:
            sizes.append(at - start)
            if len(sizes) > MOST_SIZES:
                break
    return sizes


def _best(
    page: bytes, start: int, sizes: Sequence[int], templates: Sequence[Template], encoding: str
) -> tuple[Carved, Template] | None:
    """The cell at `start` whose first four octets are lost: of the sizes and templates those that fit best."""
    best: tuple[int, Carved, Template] | None = None
    for each in templates:
        for size in sizes:
            for score, carved in _damaged(page, start, start + size, size, each, encoding):
                if best is None or score > best[0]:
                    best = (score, carved, each)
    return (best[1], best[2]) if best else None


def _damaged(
    page: bytes, start: int, high: int, size: int, each: Template, encoding: str
) -> Iterator[tuple[int, Carved]]:
    """What the cell can have been, each with a score."""
    for lengths in (1, 2, 3):
        for rowids in (0,) if each.table.without_rowid else range(1, 10):
            first = start + lengths + rowids + 1  # the first type, if the header's length has one octet
            lost = max(0, start + 4 - first)
            if first > high:
                break
            if lost >= each.columns:
                continue
            parsed = _kinds(page, first + lost, each.columns - lost)
            if parsed is None or parsed[1] > high:
                continue
            kinds, body = parsed
            header = body - first + 1
            told = first - 1 >= start + 4
            if header > 127 or (told and page[first - 1] != header):
                continue
            known = sum(map(width, kinds))
            missing = size - lengths - rowids - header - known
            if missing < 0:
                continue
            heads = _lost_kinds(each, lost, page[body : body + missing], encoding)
            if heads is None:
                continue
            exact = sum(map(max, map(width, heads), [0] * len(heads))) == missing
            sure = exact or told or each.typed - lost >= 3
            total = header + known + (missing if exact else 0)
            if not sure or len(_written(total)) != lengths:
                continue
            full = (*heads, *kinds)
            if not each.plausible(full, page, body, encoding, strict=True):
                continue
            rowid = None
            if rowids and start + lengths >= start + 4:
                rowid, _ = varint(page, start + lengths)
                rowid -= (rowid >> 63) << 64
            local = total
            carved = Carved(start, body, full, total, local, 0, rowid, False)
            yield 4 * told + 2 * exact - lost, carved


def _lost_kinds(each: Template, lost: int, stored: bytes, encoding: str) -> tuple[int, ...] | None:
    """Types of the lost first columns, whose values are `stored`; `LOST` where it cannot be said."""
    if not lost:
        return ()
    kinds: list[int] = []
    for number in range(lost):
        index = each.table.order[number]
        if index == each.table.alias:
            kinds.append(0)
        elif number < lost - 1:
            return None
        elif not stored:
            kinds.append(LOST)
        else:
            kind = _kind_of(each.table.columns[index].affinity, stored, encoding)
            if kind is None:
                return None
            kinds.append(kind)
    return tuple(kinds)


def _kind_of(affinity: Affinity, stored: bytes, encoding: str) -> int | None:
    """The serial type of a value of a column, by its octets; None if it can have no such value."""
    size = len(stored)
    number = {1: 1, 2: 2, 3: 3, 4: 4, 6: 5, 8: 6}.get(size)
    if affinity is Affinity.TEXT:
        return 13 + 2 * size
    if affinity is Affinity.REAL:
        return 7 if size == 8 else number
    if affinity is Affinity.INTEGER or (affinity is Affinity.NUMERIC and number):
        return number
    try:
        text = not _CONTROLS.search(stored.decode(encoding))
    except UnicodeDecodeError:
        text = False
    return (13 if text else 12) + 2 * size


def _kinds(page: bytes, at: int, count: int) -> tuple[list[int], int] | None:
    """`count` serial types from `at`, and the offset behind them."""
    kinds: list[int] = []
    size = len(page)
    for _ in range(count):
        if at >= size:
            return None
        kind = page[at]
        if kind < 0x80:
            at += 1
        else:
            kind, at = varint(page, at)
            if at < 0 or kind > 1 << 31:
                return None
        if kind in (10, 11):
            return None
        kinds.append(kind)
    return kinds, at


def _written(number: int) -> bytes:
    """A small number as a varint."""
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(0x80 | number & 0x7F)
    return bytes(reversed(out))
