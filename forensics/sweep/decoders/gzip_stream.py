"""gzip members (RFC 1952). Each member of a file of several begins with a header and wakes the decoder itself.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 2      | 1F 8B |
    | 2      | 1      | method, 8 |
    | 3      | 1      | flags: 1 text, 2 header CRC, 4 extra, 8 name, 16 comment; upper three 0 |
    | 4      | 4      | time |
    | 8      | 1      | 2 best, 4 fastest, else 0 |
    | 9      | 1      | system, 0 to 13 or 255 |
    | 10     |        | extra (u16 length), name, comment (ended by 0), header CRC-16, as the flags say |
    |        |        | DEFLATE data |
    | end-8  | 4      | CRC-32 of the decoded bytes |
    | end-4  | 4      | their length, modulo 2^32 |

Not recorded: the encoded length, so that a member must be decoded to know where it ends.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import CHECKSUM, LEAST, LENGTH, TRUNCATED, drain, inflate_raw
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

LONGEST_HEADER = 1 << 10  # of name and comment together; extra fields beside it

_GZIP = bytes.fromhex(
    "1f8b0808c06a406002036e6f74652e747874000b48ac5428c95730742a73f20d768d2c2e094f2d290c71cb33752c35c93571"
    "774b37aff04af40bf3335248cc4b51c8cfcb012acf482d4ad551c848cc4953c8cb2f074b8039f9790a29a9399965a9459556"
    "60111d24528f0b00827e85686b000000"
)


class Gzip:
    """Decodes one member."""

    kind: ClassVar[str] = "gzip"
    title: ClassVar[str] = "gzip stream"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"\x1f\x8b\x08[\x00-\x1f][\x00-\xff]{4}[\x00\x02\x04][\x00-\x0d\xff]",
            at=0,
            wide=False,
        ),
    )
    references: ClassVar[tuple[str, ...]] = ("RFC 1952, GZIP file format specification version 4.3",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _GZIP, (NOTE,), "gzip -9 1.12"),
        EncodedSpecimen("the length is cut off", _GZIP[:-6], (NOTE,), "gzip -9 1.12, cut"),
        EncodedSpecimen("wrong checksum", flipped(_GZIP, -8), (NOTE,), "gzip -9 1.12, a bit changed"),
        EncodedSpecimen("a header and no stream", _GZIP[:19] + b"\xff" * 40, None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        header = _header(layer, at)
        if header is None or limit <= 0:
            return
        start, name = header
        done = drain(inflate_raw, layer, start, layer.size, limit)
        if not done.data or (done.damaged and len(done.data) < LEAST):
            return
        end, caveat = start + done.used, done.caveat(limit)
        if done.ended:
            tail = layer.read(end, 8)
            end += len(tail)
            if len(tail) < 8:
                caveat = TRUNCATED
            elif int.from_bytes(tail[:4], "little") != zlib.crc32(done.data):
                caveat = CHECKSUM
            elif int.from_bytes(tail[4:], "little") != len(done.data) & 0xFFFFFFFF:
                caveat = LENGTH
        yield Decoded(done.data, ByteRun(at, end - at), name, complete=not caveat, caveat=caveat)


def _header(layer: Layer, at: int) -> tuple[int, str] | None:
    """Where the DEFLATE data starts, and the name; None if this is no header."""
    head = layer.read(at, LONGEST_HEADER)
    if len(head) < 10 or head[:3] != b"\x1f\x8b\x08" or head[3] & 0xE0:
        return None
    flags, position, name = head[3], 10, ""
    if flags & 4:
        if len(head) < 12:
            return None
        position = 12 + int.from_bytes(head[10:12], "little")
        head += layer.read(at + len(head), position)
    for flag in (8, 16):
        if flags & flag:
            stop = head.find(b"\0", position, position + LONGEST_HEADER)
            if stop < 0:
                return None
            if flag == 8:
                name = head[position:stop].decode("latin-1")
            position = stop + 1
    if flags & 2:
        if int.from_bytes(head[position : position + 2], "little") != zlib.crc32(head[:position]) & 0xFFFF:
            return None
        position += 2
    return at + position, name


DECODER: Decoder = Gzip()
