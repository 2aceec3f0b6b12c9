"""Data of Outlook's stores, PST and OST (MS-PST), whose bytes are exchanged one for one ("compressible encryption").

| where | what |
|-------|------|
| "!BDN" | the header; it says how data blocks are encoded: 0 not, 1 byte for byte by a fixed table, 2 cyclic |
| block tree | id, offset and length of every block; bit 1 of an id: not encoded, it lists other blocks |
| single blocks | of messages, texts and tables: joined in the order of the file to one stream |
| lists of blocks | a long text or an attachment: a stream of its own |
| the rest | free since something was deleted, or never used: one stream more, as if it were encoded |

Each decoded byte has its place. Blocks of cyclic stores, and of OST with pages of 4 KiB, are not decoded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors import _pst
from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

# MS-PST, 5.1: what each stored byte stands for.
TABLE = bytes.fromhex(
    "47f1b4e60b6a7248854e9eebe2f89453e0bba002e85a09abdbe3bac67cc310dd39059630f53760828cc9134a6b1df3fb"
    "8f2697ca911701c4322d6e3195ffd923d1005e79dc443b1a28c5615720903d83b943be67d2464276c06d5b7eb20f1629"
    "3ca903540dda5ddff6b7c762cd8d06d3695c86d614f7a56675acb1e94521700c879f74a4224c6fbf1f56aa2eb3783350"
    "b0a392bccf191ca763cb1e4d3e4b1b9b4fe7f0eead3ab55904ea40552551e57a893868527bfc27aed7bdfa07f4cc8e5f"
    "ef359c842b15d5773449b6120a7f7188fd9d18417d93d8582ccefe24afdeb836c8a180a69998a82f0e816573e4c2a28a"
    "d4e111d0088b2af2ed9a643fc16cf9ec"
)
PLAIN = bytes(range(256))
FIRST = 0x4400  # the first allocation map; before it is the header
MAPS = 0x3E000  # bytes from one map to the next
SEPARATOR = b"\0\0"
PIECE = 1 << 20
MOST_STREAMS = 100_000

_STORED = bytes(TABLE.index(each) for each in range(256))


def _store(encoding: int = 1, listed: bool = False) -> bytes:
    """A store of one block that holds the note, or of two and a list of them; free bytes that hold it too."""
    encode = NOTE.translate(_STORED) if encoding == 1 else NOTE
    blocks = [(4, 1088, encode)] if not listed else [(4, 1088, encode[:50]), (8, 1216, encode[50:])]
    if listed:
        blocks.append((14, 1344, struct.pack("<BBHIQQ", 1, 1, 2, len(NOTE), 4, 8)))
    page = b"".join(struct.pack("<QQHHI", number, at, len(data), 2, 0) for number, at, data in blocks)
    page = page.ljust(488, b"\0") + bytes((len(blocks), 20, 24, 0, 0, 0, 0, 0, 0x80, 0x80)) + bytes(14)
    head = b"!BDN\0\0\0\0SM" + struct.pack("<H", 23)
    head = head.ljust(216, b"\0") + struct.pack("<QQQQ", 0, 0, 0, 564)
    out = bytearray(head.ljust(513, b"\0") + bytes((encoding,)))
    for at, data in ((564, page), *((at, data) for _, at, data in blocks)):
        out = out.ljust(at, b"\0")
        out += data
    return bytes(out)


class Pst:
    """Decodes one store."""

    kind: ClassVar[str] = "pst"
    title: ClassVar[str] = "Outlook store (PST, OST)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"!BDN", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("MS-PST: Outlook Personal Folders (.pst) File Format",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("one block", _store(), (NOTE,), "by hand, after MS-PST"),
        EncodedSpecimen("a list of two", _store(listed=True), (NOTE,), "by hand, after MS-PST"),
        EncodedSpecimen("a list of two, not encoded", _store(0, True), (NOTE,), "by hand, after MS-PST"),
        EncodedSpecimen("the end is cut off", _store()[:-20], (NOTE[:-20],), "by hand, cut"),
        EncodedSpecimen("one block, not encoded", _store(0), None, "by hand, after MS-PST"),
        EncodedSpecimen("another file", b"!BDN" + bytes(600), None, "by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        store = _pst.store_at(layer, at)
        if store is None or store.encoding not in (0, 1) or limit <= 0:
            return
        places = _pst.Places(layer, store)
        table = TABLE if store.encoding else PLAIN
        lists = [places.of_block(number) for number in sorted(places.blocks) if number & 2][:MOST_STREAMS]
        lists = [each for each in lists if each]
        listed = {place for each in lists for place in each}
        single = sorted({place for number, place in places.blocks.items() if not number & 2} - listed)
        index = 0
        jobs: list[tuple[list[tuple[int, int]], bytes]] = []
        if store.encoding:
            jobs.append((single, SEPARATOR))
        jobs += [(each, b"") for each in lists]
        if store.encoding:
            jobs.append((_free(layer, store, places), SEPARATOR))
        for pieces, separator in jobs:
            if not pieces or limit <= 0:
                continue
            made = _joined(layer, at, pieces, separator, table, limit, index)
            index += 1
            if made is not None:
                limit -= len(made.data)
                yield made


def _joined(
    layer: Layer,
    at: int,
    pieces: list[tuple[int, int]],
    separator: bytes,
    table: bytes,
    limit: int,
    index: int,
) -> Decoded | None:
    """Pieces (offset in the file, length) decoded and joined."""
    out = bytearray()
    places: list[tuple[int, int, int]] = []
    for offset, length in pieces:
        data = layer.read(at + offset, length)
        if not data:
            continue
        if out:
            out += separator
        places.append((len(out), at + offset, len(data)))
        out += data.translate(table)
        if len(out) > limit:
            break
    if not out:
        return None
    caveat = cut(limit) if len(out) > limit else ""
    low = min(source for _, source, _ in places)
    high = max(source + length for _, source, length in places)
    return Decoded(
        bytes(out[:limit]),
        ByteRun(low, high - low),
        index=index,
        complete=not caveat,
        caveat=caveat,
        places=tuple(each for each in places if each[0] < limit),
    )


def _free(layer: Layer, store: _pst.Store, places: _pst.Places) -> list[tuple[int, int]]:
    """What no block, page of the trees or map holds, in pieces that are not all zero."""
    used = [(offset, length) for offset, length in places.blocks.values()]
    used += [(page, _pst.PAGE) for page in places.pages]
    end = layer.size - store.at
    used += [(offset, _pst.PAGE) for offset in range(FIRST, end, MAPS)]
    found: list[tuple[int, int]] = []
    position = FIRST
    for offset, length in [*sorted(used), (end, 0)]:
        while position < min(offset, end):
            size = min(PIECE, offset - position)
            data = layer.read(store.at + position, size)
            kept = data.strip(b"\0")
            if len(kept) >= 16:
                low = len(data) - len(data.lstrip(b"\0"))
                found.append((position + low, len(kept)))
            position += size
        position = max(position, offset + length)
    return found


DECODER: Decoder = Pst()
