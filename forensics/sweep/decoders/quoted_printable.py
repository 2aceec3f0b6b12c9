"""Quoted-printable text (RFC 2045, section 6.7), woken by its soft line breaks.

    | where | what |
    |-------|------|
    | line  | at most 76 characters: tab, space to ~ but =, and escapes |
    | escape | =, two hexadecimal digits: one byte |
    | soft break | = at the end of a line: the line goes on |

The text is the lines around the break that keep to these rules; one of its soft breaks must end a line of 40
or more characters. Texts without any soft break are not looked for.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._escapes import CELL
from forensics.sweep.decoders._note import NOTE
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

TRIGGER = rb"[\x20-\x7e]=\r?\n[\x20-\x7e]"
LONGEST_LINE = 80  # with its end
LONG_LINE = 40

_TRIGGER = re.compile(TRIGGER)
_ESCAPE = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]*(?:\r?\n|\Z))")
_LINE = re.compile(rb"(?:[\t\x20-\x3c\x3e-\x7e]|=[0-9A-Fa-f]{2}){0,76}(=?)(?:\r?\n|\Z)")

_TEXT = "Sch\u00f6ne Gr\u00fc\u00dfe! ".encode() + NOTE
_QP = binascii.b2a_qp(_TEXT).replace(b"\n", b"\r\n")


class QuotedPrintable:
    """Decodes one text."""

    kind: ClassVar[str] = "quoted-printable"
    title: ClassVar[str] = "Quoted-printable text"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(TRIGGER, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("RFC 2045, section 6.7",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", b"X: a=b, c\xff\r\n" + _QP, (_TEXT.replace(b"\n", b"\r\n"),), "binascii"),
        EncodedSpecimen("LF alone", b"\xff\n" + _QP.replace(b"\r", b""), (_TEXT,), "binascii"),
        EncodedSpecimen("the end is cut off", b"\xff\n" + _QP[:-40], (_TEXT[:-39],), "binascii, cut"),
        EncodedSpecimen("settings", b"NAME=\nVALUE=1\nOTHER=\nA=\n", None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        start = _first(layer, at)
        if start is None or limit <= 0:
            return
        edge = (at - 1) // CELL * CELL + CELL
        text = layer.read(start, edge + LONGEST_LINE - start)
        out = bytearray()
        places: list[tuple[int, int, int]] = []
        position = longest = 0
        while position < min(len(text), edge - start) and len(out) <= limit:
            match = _LINE.match(text, position)
            if match is None or match.end() == position:
                break
            line = match.group()
            unescape(out, places, line, start + position)
            if match[1]:
                longest = max(longest, len(line.rstrip(b"\r\n")))
            position = match.end()
        if not out or longest < LONG_LINE:
            return
        caveat = cut(limit) if len(out) > limit else ""
        kept = tuple(place for place in places if place[0] < limit)
        yield Decoded(bytes(out[:limit]), ByteRun(start, position), complete=not caveat, caveat=caveat, places=kept)


def unescape(out: bytearray, places: list[tuple[int, int, int]], line: bytes, at: int) -> None:
    """Decode a line that lies at `at` onto `out`; plain text keeps its bytes, so that it maps to them and no more."""
    position = 0
    for match in _ESCAPE.finditer(line):
        _keep(out, places, line[position : match.start()], at + position, match.start() - position)
        byte = bytes((int(match[1], 16),)) if match[1] else b""
        _keep(out, places, byte, at + match.start(), match.end() - match.start())
        position = match.end()
    _keep(out, places, line[position:], at + position, len(line) - position)


def _keep(out: bytearray, places: list[tuple[int, int, int]], data: bytes, source: int, length: int) -> None:
    """Add a piece; plain text that goes on is one piece."""
    if not data:
        return
    if places and len(data) == length:
        start, stored, size = places[-1]
        if stored + size == source and len(out) - start == size:
            places[-1] = (start, stored, size + length)
            out += data
            return
    places.append((len(out), source, length))
    out += data


def _first(layer: Layer, at: int) -> int | None:
    """Where the text begins in its cell; None if an earlier soft break of it wakes the decoder."""
    cell = (at - 1) // CELL * CELL
    size = 1 << 9
    while True:
        low = max(cell, at - size)
        window = layer.read(low, at - low)
        if len(window) < at - low or not window:
            return None
        begin = _valid_from(window)
        for match in _TRIGGER.finditer(window, begin):
            if match.end() < len(window):
                return None
        if begin > LONGEST_LINE or low == cell:
            return low + begin
        size <<= 2


def _valid_from(window: bytes) -> int:
    """Where the lines begin that keep to the rules up to the window's end; its last line is not whole."""
    begin = window.rfind(b"\n") + 1
    while begin > 0:
        before = window.rfind(b"\n", 0, begin - 1) + 1
        match = _LINE.match(window, before)
        if match is None or match.end() != begin:
            break
        begin = before
    return begin


DECODER: Decoder = QuotedPrintable()
