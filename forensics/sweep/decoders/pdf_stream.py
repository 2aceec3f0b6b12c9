r"""FlateDecode streams of PDF documents (ISO 32000-1, 7.3.8 and 7.4.4), found by their beginnings alone.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 7 or 8 | "stream" and LF, or CR LF |
    | 7, 8   | 2      | zlib header (RFC 1950): method 8, window, check |
    |        |        | DEFLATE data, Adler-32 |

The document's cross-references are not followed, so streams of deleted revisions are decoded as well.
Predictors (columns of cross-reference streams and images) are not undone. Encrypted streams do not look
like this and give nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import CHECKSUM, LEAST, TRUNCATED, drain, inflate_raw
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

# The headers that writers use: window of 32 KiB at four levels, and smaller windows.
_ZLIB = rb"(?:x[\x01\x5e\x9c\xda]|h[\x05\x43\x81\xde]|H[\x0d\x4b\x89\xc7]|X[\x09\x47\x85\xc3])"

_BEGIN, _END = b"7 0 obj\n<</Length 97/Filter/FlateDecode>>\nstream\r\n", b"\r\nendstream\nendobj\n"
_FLATE = zlib.compress(NOTE, 9)


class Pdf:
    """Decodes one stream."""

    kind: ClassVar[str] = "pdf-stream"
    title: ClassVar[str] = "PDF stream"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"stream\r\n" + _ZLIB, at=0, wide=False),
        Trigger(rb"stream\n" + _ZLIB, at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "ISO 32000-1:2008, 7.3.8 and 7.4.4",
        "RFC 1950, ZLIB Compressed Data Format Specification",
    )
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _BEGIN + _FLATE + _END, (NOTE,), "zlib, level 9"),
        EncodedSpecimen("LF alone", _BEGIN.replace(b"\r", b"") + _FLATE + _END, (NOTE,), "zlib, level 9"),
        EncodedSpecimen("the checksum is cut off", _BEGIN + _FLATE[:-4], (NOTE,), "zlib, level 9, cut"),
        EncodedSpecimen("wrong checksum", _BEGIN + flipped(_FLATE, -1) + _END, (NOTE,), "zlib, a bit changed"),
        EncodedSpecimen("a text on streams", b"upstream\nx\x9c is what it begins with.", None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        start = at + (8 if layer.read(at, 8).endswith(b"\r\n") else 7)
        head = layer.read(start, 2)
        if limit <= 0 or len(head) < 2 or int.from_bytes(head, "big") % 31 or head[1] & 0x20:
            return
        done = drain(inflate_raw, layer, start + 2, layer.size, limit)
        if not done.data or (done.damaged and len(done.data) < LEAST):
            return
        caveat, length = done.caveat(limit), 2 + done.used
        if done.ended:
            tail = layer.read(start + length, 4)
            length += len(tail)
            if len(tail) < 4:
                caveat = TRUNCATED
            elif int.from_bytes(tail, "big") != zlib.adler32(done.data):
                caveat = CHECKSUM
        yield Decoded(done.data, ByteRun(start, length), complete=not caveat, caveat=caveat)


DECODER: Decoder = Pdf()
