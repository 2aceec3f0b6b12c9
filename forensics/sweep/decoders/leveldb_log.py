"""Values that LevelDB divided at the borders of the blocks of its log (.log), joined again.

    | offset | length | what of a fragment                                                   |
    |--------|--------|----------------------------------------------------------------------|
    | 0      | 4      | CRC-32C of type and data, masked                                     |
    | 4      | 2      | length of the data                                                   |
    | 6      | 1      | 1 whole, 2 first, 3 middle, 4 last                                   |
    | 7      |        | data: of a batch its number and count (12 octets), then its entries  |

Blocks have 32 KiB, and a fragment does not cross their ends, so a middle one fills a block: F9 7F 03. A log is known
by its name; pieces of one in deleted space by a middle fragment. What is whole is plain in the layer below.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.primitives.crc32c import crc32c
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

BLOCK = 32_768
HEADER = 7
FIRST, MIDDLE, LAST = 2, 3, 4
_NAME = "*/[0-9][0-9][0-9][0-9][0-9][0-9].log"
_LARGEST = 32 << 20  # octets of one batch
_MOST_CANDIDATES = 8

Fragment = tuple[int, int, bytes]  # offset of the data, type, data


def masked(kind: int, data: bytes) -> int:
    """The checksum of a fragment as it is stored."""
    (checksum,) = crc32c([bytes((kind,)) + data])
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _fragments(data: bytes, start: int) -> bytes:
    """A log that holds one batch, from `start` within a block on."""
    out, position, first = bytearray(), 0, True
    while first or position < len(data):
        room = BLOCK - (start + len(out)) % BLOCK - HEADER
        piece = data[position : position + room]
        position += len(piece)
        kind = (1 if first else LAST) if position == len(data) else FIRST if first else MIDDLE
        out += masked(kind, piece).to_bytes(4, "little") + len(piece).to_bytes(2, "little") + bytes((kind,)) + piece
        first = False
    return bytes(out)


_BATCH = (7).to_bytes(8, "little") + b"\1\0\0\0\1\5vault\xf0\xa2\4" + b"salt and data of a vault " * 2_800
_LOG = _fragments(_BATCH, 20_000)
_HAND = "by hand, in the form of LevelDB's doc/log_format.md"


class LevelDbLog:
    """Joins the fragments of each divided batch."""

    kind: ClassVar[str] = "leveldb-log"
    title: ClassVar[str] = "Log of LevelDB"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(name=_NAME), Trigger(rb"\xf9\x7f\x03", wide=False))
    references: ClassVar[tuple[str, ...]] = ("LevelDB 1.23, doc/log_format.md",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("over three blocks", _LOG, (_BATCH,), _HAND),
        EncodedSpecimen("the end is cut off", _LOG[:-40], None, _HAND + ", cut"),
        EncodedSpecimen("the first is gone", _LOG[300:], None, _HAND + ", cut"),
        EncodedSpecimen("a middle fragment's head alone", bytes(4) + b"\xf9\x7f\x03" + bytes(60), None, "by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        if limit <= 0:
            return
        is_log = fnmatch.fnmatch(layer.locator.step.lower(), _NAME)
        if at == 0:
            borders: Iterator[int] = iter(range(BLOCK, layer.size, BLOCK)) if is_log else iter(())
        else:
            borders = iter(()) if is_log or at <= HEADER else iter((at - HEADER,))
        behind = index = 0
        for border in borders:
            if border < behind or layer.read(border + 6, 1) not in (b"\3", b"\4"):
                continue
            first = _first(layer, border)
            parts = [first, *_rest(layer, border)] if first else []
            if len(parts) < 2 or parts[-1][1] != LAST:
                continue
            behind = parts[-1][0] + len(parts[-1][2])
            data, places = bytearray(), []
            for place, _, piece in parts:
                places.append((len(data), place, len(piece)))
                data += piece
            caveat = cut(limit) if len(data) > limit else ""
            held = tuple(each for each in places if each[0] < limit)
            source = ByteRun(places[0][1], behind - places[0][1])
            yield Decoded(bytes(data[:limit]), source, "", index, not caveat, caveat, held)
            index += 1
            limit -= len(data)
            if limit <= 0:
                return


def _first(layer: Layer, border: int) -> Fragment | None:
    """The first fragment of a batch, which ends at `border`."""
    low = max(0, border - BLOCK)
    block = layer.read(low, border - low)
    at, tried = block.find(b"\2", 6), 0
    while at >= 0 and tried < _MOST_CANDIDATES:
        length = len(block) - at - 1
        if int.from_bytes(block[at - 2 : at], "little") == length:
            tried += 1
            if int.from_bytes(block[at - 6 : at - 2], "little") == masked(FIRST, block[at + 1 :]):
                return low + at + 1, FIRST, block[at + 1 :]
        at = block.find(b"\2", at + 1)
    return None


def _rest(layer: Layer, border: int) -> Iterator[Fragment]:
    """The fragments behind, up to the last; nothing behind one whose checksum does not hold."""
    for at in range(border, min(layer.size, border + _LARGEST), BLOCK):
        head = layer.read(at, HEADER)
        if len(head) < HEADER or head[6] not in (MIDDLE, LAST):
            return
        length = int.from_bytes(head[4:6], "little")
        data = layer.read(at + HEADER, min(length, BLOCK - HEADER))
        if len(data) < length or int.from_bytes(head[:4], "little") != masked(head[6], data):
            return
        yield at + HEADER, head[6], data
        if head[6] == LAST:
            return


DECODER: Decoder = LevelDbLog()
