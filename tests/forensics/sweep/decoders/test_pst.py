"""Stores of Outlook: what is in their blocks, where it lies, and what is left in free space."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from forensics.detectors import detectors
from forensics.detectors._pst import Places, store_at
from forensics.detectors.base import BytesLayer
from forensics.model import Locator
from forensics.sweep.catalogue import build
from forensics.sweep.decoders.base import Decoded
from forensics.sweep.decoders.pst import DECODER, TABLE
from forensics.sweep.decoding import Budget
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
STORED = bytes(TABLE.index(each) for each in range(256))
Block = tuple[int, int, bytes]  # id, offset, stored bytes


def _page(wide: bool, kind: int, level: int, entries: Sequence[bytes]) -> bytes:
    size = len(entries[0]) if entries else 24
    base = 488 if wide else 496
    told = bytes((len(entries), base // size, size, level))
    trailer = (bytes(4) if wide else b"") + bytes((kind, kind))
    return (b"".join(entries).ljust(base, b"\0") + told + trailer).ljust(512, b"\0")


def _store(blocks: Sequence[Block], wide: bool = True, encoding: int = 1, root: bytes = b"", end: int = 0) -> bytes:
    """A store with one leaf of the block tree at 600, or with `root` there."""
    form = "<QQHHI" if wide else "<IIHH"
    page = root or _page(wide, 0x80, 0, [struct.pack(form, *_entry(each, wide)) for each in blocks])
    head = b"!BDN\0\0\0\0SM" + struct.pack("<H", 23 if wide else 15)
    if wide:
        head = (head.ljust(216, b"\0") + struct.pack("<QQQQ", 0, 0, 0, 600)).ljust(513, b"\0") + bytes((encoding,))
    else:
        head = (head.ljust(184, b"\0") + struct.pack("<IIII", 0, 0, 0, 600)).ljust(461, b"\0") + bytes((encoding,))
    out = bytearray(max(end, 1200, *(at + len(data) for _, at, data in blocks)) if blocks else 1200)
    for at, data in ((0, head), (600, page), *((at, data) for _, at, data in blocks)):
        out[at : at + len(data)] = data
    return bytes(out)


def _entry(block: Block, wide: bool) -> tuple[int, ...]:
    number, at, data = block
    return (number, at, len(data), 2, 0) if wide else (number, at, len(data), 2)


def _decoded(data: bytes, at: int = 0, limit: int = 1 << 22) -> list[Decoded]:
    return list(DECODER.decode(BytesLayer(data), at, limit))


def test_the_table_exchanges_bytes_one_for_one() -> None:
    assert len(TABLE) == 256
    assert sorted(TABLE) == list(range(256))
    assert TABLE[:8].hex() == "47f1b4e60b6a7248"  # MS-PST 5.1, mpbbI
    assert TABLE[0x13] == 0x02


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("at", [0, 777])
def test_an_address_in_a_block_has_its_own_bytes(wide: bool, at: int) -> None:
    text = f"pay to {ADDRESS} now".encode("utf-16-le")
    data = bytes(at) + _store([(4, 1216, text.translate(STORED))], wide)
    layer = BytesLayer(data, Locator("file"))
    chosen = tuple(each for each in detectors() if each.kind.startswith("address/bitcoin"))
    space = Space(build(chosen, "re"), layer, [Segment(0, len(data), 0, 0)], lambda _: layer, budget=Budget())
    space.sweep(0, len(data))
    (held,) = [each for each in space.found if str(each.finding.value) == ADDRESS]
    assert str(held.finding.locator).startswith(f"file > pst@{at}")
    stored = b"".join(data[run.offset : run.end] for run in held.finding.runs)
    assert stored.translate(TABLE).decode("utf-16-le").strip() == ADDRESS


def test_a_text_in_many_blocks_is_one_stream() -> None:
    text = bytes(range(256)) * 100
    parts = [text[low : low + 8_000] for low in range(0, len(text), 8_000)]
    blocks: list[Block] = [(4 * (n + 1), 0x2000 + 0x2400 * n, part.translate(STORED)) for n, part in enumerate(parts)]
    numbers = [number for number, _, _ in blocks]
    inner = struct.pack("<BBHI", 1, 1, 2, 16_000) + struct.pack("<QQ", *numbers[:2])
    other = struct.pack("<BBHI", 1, 1, 2, 9_600) + struct.pack("<QQ", *numbers[2:])
    outer = struct.pack("<BBHIQQ", 1, 2, 2, len(text), 102, 106)
    blocks += [(102, 0x1000, inner), (106, 0x1100, other), (110, 0x1200, outer)]
    streams = _decoded(_store(blocks))
    assert text in [each.data for each in streams]
    whole = next(each for each in streams if each.data == text)
    assert [place[1] for place in whole.places] == [at for _, at, _ in blocks[:4]]


def test_what_was_deleted_is_in_the_stream_of_the_rest() -> None:
    block: Block = (4, 0x4800, b"kept".translate(STORED))
    data = bytearray(_store([block], end=0x5000))
    data[0x4A00:0x4A20] = b"thrown away: order 4475 and more".translate(STORED)
    kept, rest = _decoded(bytes(data))
    assert kept.data == b"kept"
    assert rest.data == b"thrown away: order 4475 and more"
    assert rest.places == ((0, 0x4A00, 32),)


@pytest.mark.parametrize("encoding", [2, 16, 255])
def test_other_encodings_give_nothing(encoding: int) -> None:
    assert not _decoded(_store([(4, 1216, b"kept")], encoding=encoding))


def test_trees_and_lists_that_lead_back_to_themselves_end() -> None:
    circle = _page(True, 0x80, 1, [struct.pack("<QQQ", 0, 0, 600)])
    assert not _decoded(_store([], root=circle))
    listing = struct.pack("<BBHI", 1, 1, 2, 8) + struct.pack("<QQ", 6, 6)
    data = _store([(6, 1216, listing)])
    layer = BytesLayer(data)
    store = store_at(layer, 0)
    assert store is not None
    assert Places(layer, store).of_block(6) == []


@pytest.mark.parametrize("size", [0, 1, 12, 23])
def test_entries_of_a_wrong_length_give_nothing(size: int) -> None:
    page = bytearray(_page(True, 0x80, 0, [struct.pack("<QQHHI", 4, 1216, 4, 2, 0)]))
    page[490] = size
    assert not _decoded(_store([(4, 1216, b"kept")], root=bytes(page)))


def test_lists_of_lists_of_lists_stay_within_the_limit() -> None:
    blocks: list[Block] = [(4, 0x1000, b"x" * 8_192)]
    many = struct.pack("<BBHI", 1, 1, 1_000, 0) + struct.pack("<Q", 4) * 1_000
    blocks += [(2 + 4 * n, 0x4000 + 0x2400 * n, many) for n in range(1, 18)]
    streams = _decoded(_store(blocks), limit=1 << 20)
    assert sum(len(each.data) for each in streams) <= 1 << 20
    assert any(not each.complete for each in streams)
