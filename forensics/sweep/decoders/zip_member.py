"""Members of ZIP archives, each by its local header (APPNOTE 6.3.10), so that a lost directory costs nothing.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 4      | "PK" 03 04 |
    | 4      | 2      | version needed, and system |
    | 6      | 2      | flags: 0001 encrypted, 0008 sizes behind the data, 0800 name in UTF-8 |
    | 8      | 2      | method: 0 stored, 8 DEFLATE, 12 bzip2, 14 LZMA, 20 and 93 Zstandard, 95 xz |
    | 10     | 4      | time, date |
    | 14     | 4      | CRC-32 of the decoded bytes |
    | 18     | 8      | encoded length, decoded length; both FFFFFFFF: in the extra field 0001 as u64 |
    | 26     | 4      | length of the name, of the extra fields |
    | 30     |        | name, extra fields, data |
    |        |        | descriptor: "PK" 07 08 (may lack), CRC-32, lengths (u32, or u64) |

Stored members are in the layer below already. Encrypted members and other methods give nothing here.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import (
    CHECKSUM,
    LEAST,
    LENGTH,
    TRUNCATED,
    Drained,
    Plain,
    Step,
    drain,
    inflate_raw,
)
from forensics.sweep.decoders._zstandard import drain_zstandard
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

HEADER = struct.Struct("<4s5H3I2H")
NOT_HERE = 0xFFFFFFFF
LONGEST_NAME = 4096
LARGEST_DICTIONARY = 64 << 20
BEHIND = 0x0008  # the lengths stand behind the data
ENDS_ITSELF = frozenset((8, 12, 20, 93, 95))

_ZIP = bytes.fromhex(
    "504b0304140000000800c4286452827e8568590000006b000000080000006e6f74652e7478740b48ac5428c95730742a73f2"
    "0d768d2c2e094f2d290c71cb33752c35c93571774b37aff04af40bf3335248cc4b51c8cfcb012acf482d4ad551c848cc4953"
    "c8cb2f074b8039f9790a29a9399965a945955660111d24528f0b00"
)
_STREAMED = bytes.fromhex(
    "504b0304140008000800c428645200000000000000006b000000080000006e6f74652e7478740b48ac5428c95730742a73f2"
    "0d768d2c2e094f2d290c71cb33752c35c93571774b37aff04af40bf3335248cc4b51c8cfcb012acf482d4ad551c848cc4953"
    "c8cb2f074b8039f9790a29a9399965a945955660111d24528f0b00504b0708827e8568590000006b000000"
)
_LOCKED = bytes.fromhex(
    "504b0304140009000800c4286452827e8568650000006b000000080000006e6f74652e747874b01e8ee36e5cc432b9206a6d"
    "797faa26e82e36dd2352ce354ec4948693b26d9da813b164b6b89e530db98b1b325b5f146dae53dd604d3a58dc50408dba8d"
    "927ce8d791ed648c24cca91bfe947b6890f28c63c91f272470495bb7330bcbe989d9deef83746f504b0708827e8568650000"
    "006b000000"
)


@dataclass(frozen=True, slots=True)
class Member:
    """A local header: what it says of the data that starts at `start`."""

    name: str
    flags: int
    method: int
    crc: int
    encoded: int
    decoded: int
    start: int


class Zip:
    """Decodes the member of one local header."""

    kind: ClassVar[str] = "zip"
    title: ClassVar[str] = "ZIP member"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"PK\x03\x04[\x00-\x3f][\x00-\x13][\x00-\xff][\x00-\x3f][\x08\x0c\x0e\x14\x5d\x5f]\x00", at=0, wide=False
        ),
    )
    references: ClassVar[tuple[str, ...]] = (".ZIP File Format Specification, version 6.3.10 (APPNOTE.TXT)",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _ZIP, (NOTE,), "Info-ZIP zip 3.0, without the directory"),
        EncodedSpecimen("lengths behind the data", _STREAMED, (NOTE,), "Info-ZIP zip 3.0 into a pipe"),
        EncodedSpecimen("the end is cut off", _ZIP[:-15], (NOTE[:81],), "Info-ZIP zip 3.0, cut"),
        EncodedSpecimen("wrong checksum", flipped(_ZIP, 14), (NOTE,), "Info-ZIP zip 3.0, a bit changed"),
        EncodedSpecimen("encrypted", _LOCKED, None, "Info-ZIP zip 3.0 -P"),
        EncodedSpecimen("a header and no stream", _ZIP[:38] + b"\xff" * 90, None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        member = _member(layer, at)
        if member is None or limit <= 0:
            return
        sized = not member.flags & BEHIND
        if not sized and member.method not in ENDS_ITSELF:
            return
        end = min(layer.size, member.start + member.encoded) if sized else layer.size
        done = _decode(member, layer, end, limit)
        if done is None or not done.data or (done.damaged and len(done.data) < LEAST):
            return
        caveat = done.caveat(limit)
        if done.ended:
            expected = (member.crc, member.decoded) if sized else _descriptor(layer, member.start + done.used)
            if expected is None:
                caveat = TRUNCATED
            elif expected[0] != zlib.crc32(done.data):
                caveat = CHECKSUM
            elif expected[1] & 0xFFFFFFFF != len(done.data) & 0xFFFFFFFF:
                caveat = LENGTH
        yield Decoded(done.data, ByteRun(member.start, done.used), member.name, complete=not caveat, caveat=caveat)


def _member(layer: Layer, at: int) -> Member | None:
    """The local header at `at`, if it is one of a member that can be decoded."""
    head = layer.read(at, HEADER.size)
    if len(head) < HEADER.size:
        return None
    magic, _needed, flags, method, _time, _date, crc, encoded, decoded, named, extra = HEADER.unpack(head)
    if magic != b"PK\3\4" or flags & 0x2041 or not 0 < named <= LONGEST_NAME:
        return None
    raw = layer.read(at + HEADER.size, named)
    if len(raw) < named:
        return None
    name = raw.decode("utf-8", "replace") if flags & 0x0800 else raw.decode("cp437")
    if NOT_HERE in (encoded, decoded):
        encoded, decoded = _long_lengths(layer.read(at + HEADER.size + named, extra), encoded, decoded)
    start = at + HEADER.size + named + extra
    return Member(name, flags, method, crc, encoded, decoded, start)


def _long_lengths(extra: bytes, encoded: int, decoded: int) -> tuple[int, int]:
    """The lengths with those of the extra field 0001 in the place of FFFFFFFF."""
    position = 0
    while position + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, position)
        body = extra[position + 4 : position + 4 + length]
        if number == 1:
            if decoded == NOT_HERE and len(body) >= 8:
                decoded, body = int.from_bytes(body[:8], "little"), body[8:]
            if encoded == NOT_HERE and len(body) >= 8:
                encoded = int.from_bytes(body[:8], "little")
        position += 4 + length
    return encoded, decoded


def _decode(member: Member, layer: Layer, end: int, limit: int) -> Drained | None:
    if member.method == 14:
        return _lzma(member, layer, end, limit)
    if member.method in (20, 93):
        return drain_zstandard(layer, member.start, end, limit)
    makers: dict[int, Callable[[bool], Step]] = {
        8: inflate_raw,
        12: lambda _: Plain(bz2.BZ2Decompressor()),
        95: lambda _: Plain(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=4 * LARGEST_DICTIONARY)),
    }
    return drain(makers[member.method], layer, member.start, end, limit) if member.method in makers else None


def _lzma(member: Member, layer: Layer, end: int, limit: int) -> Drained | None:
    """Method 14: u16 version, u16 length of the properties (5), properties, LZMA data."""
    head = layer.read(member.start, 9)
    if len(head) < 9 or head[2:4] != b"\5\0" or head[4] >= 225:
        return None
    rest, lc = divmod(head[4], 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        return None
    stated = int.from_bytes(head[5:9], "little")
    # A dictionary need not be larger than the member.
    size = max(4096, min(stated, LARGEST_DICTIONARY, member.decoded))
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}]
    done = drain(
        lambda _: Plain(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)),
        layer,
        member.start + 9,
        end,
        min(limit, member.decoded),
    )
    whole = len(done.data) == member.decoded and not done.damaged
    ended = whole or done.ended  # without an end mark the stated length is the end
    return Drained(done.data, done.used + 9, ended, done.limited and not whole, done.damaged)


def _descriptor(layer: Layer, at: int) -> tuple[int, int] | None:
    """CRC-32 and decoded length from behind the data; None if they are not there."""
    tail = layer.read(at, 24)
    if tail[:4] == b"PK\7\x08":
        tail = tail[4:]
    if len(tail) < 12:
        return None
    crc, _, short = struct.unpack_from("<3I", tail)
    if len(tail) >= 20 and tail[8:12] == bytes(4):
        return crc, int.from_bytes(tail[12:20], "little")
    return crc, short


DECODER: Decoder = Zip()
