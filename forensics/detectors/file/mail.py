"""Messages of e-mail as text (RFC 5322, RFC 2046), single or in a mailbox (RFC 4155).

| part   | content                                                                                  |
|--------|------------------------------------------------------------------------------------------|
| header | lines "Name: value", further lines of a value begin with a blank; From and Date among them |
| blank line |                                                                                      |
| body   | to the closing boundary "--…--" where the header names one; otherwise as far as text goes  |

A message begins where a header field stands at the beginning of an area or sector, behind a zero byte, an empty line
or the line "From …" of a mailbox. It ends with its last boundary, before the next "From …" line, or before
the first zero byte; only the first is an end of its own, after which blank lines may belong to it or not and
are left out.

Not recorded: the length; a message without a boundary is as long as the text that is left of it.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.model import Layer, Value

LARGEST_HEADER = 64 << 10
LARGEST_BODY = 32 << 20
SECTOR = 512  # a file's first byte stands at a multiple of this, whatever is before it
PIECE = 1 << 16

_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]?([^\r\n\0]{0,2000}(?:\r?\n[ \t][^\r\n\0]{0,2000})*)\r?\n")
_BOUNDARY = re.compile(rb"(?i)multipart/[a-z-]+(?:;[^;]*)*?;\s*boundary=(?:\"([^\"\r\n]{1,70})\"|([^\s;\"]{1,70}))")
_BEGINS = re.compile(rb"(?:\A|\0|(?:\A|\n)\r?\n|(?:\A|[\n\0])From [^\n]{1,300}\n)\Z")

_PLAIN = (
    b"Return-Path: <ann@vendor.example>\r\nFrom: Ann <ann@vendor.example>\r\nTo: bob@buyer.example\r\n"
    b"Date: Mon, 3 Jun 2024 10:00:00 +0200\r\nSubject: parcel\r\n\r\nsent today\r\n"
)
_MIXED = (
    b"From: ann@vendor.example\nDate: Mon, 3 Jun 2024 10:00:00 +0200\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed;\n boundary="=_part1"\n\n--=_part1\nContent-Type: text/plain\n\nseen\n\n--=_part1--\n'
)


class Mail(FileDetector):
    """Reads a header, then looks for the end of the body."""

    kind = "file/mail"
    title = "E-mail message, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"Return-Path: <", at=0, wide=False),
        Trigger(rb"Delivered-To: ", at=0, wide=False),
        Trigger(rb"Received: ", at=0, wide=False),
        Trigger(rb"X-Mozilla-Status: ", at=0, wide=False),
        Trigger(rb"Message-ID: <", at=0, wide=False),
        Trigger(rb"MIME-Version: 1", at=0, wide=False),
        Trigger(rb"\nFrom: ", at=-1, wide=False),
        Trigger(rb"\x00From: ", at=-1, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("RFC 5322 section 2", "RFC 2046 section 5.1", "RFC 4155")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain", _PLAIN, known(_PLAIN), "made by hand"),
        Specimen("with parts", b"From ann Mon Jun  3 10:00:00 2024\n" + _MIXED, known(_MIXED), "made by hand"),
        Specimen(
            "two in a mailbox",
            _PLAIN + b"\r\nFrom bob Mon Jun  3 11:00:00 2024\r\n" + _PLAIN,
            known(_PLAIN, _PLAIN),
            "made by hand",
        ),
        Specimen("truncated", _PLAIN[:60], None, "made by hand"),
        Specimen("no date", _PLAIN.replace(b"Date:", b"Dote:"), None, "made by hand"),
        Specimen("look-alike: a log", b"Received: 12 items\nReceived: 9 items\n\n", None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        if at % SECTOR and not _BEGINS.search(layer.read(max(0, at - 310), min(310, at))):
            return None
        stored = layer.read(at, LARGEST_HEADER)
        fields, position = dict[bytes, bytes](), 0
        while match := _FIELD.match(stored, position):
            fields.setdefault(match.group(1).lower(), match.group(2))
            position = match.end()
        blank = re.compile(rb"\r?\n").match(stored, position)
        if not blank or b"from" not in fields or b"date" not in fields or b"@" not in fields[b"from"]:
            return None
        facts: dict[str, Value] = {
            name: fields[name.encode()][:300].decode("utf-8", "replace")
            for name in ("from", "to", "date")
            if name.encode() in fields
        }
        boundary = _BOUNDARY.search(fields.get(b"content-type", b""))
        mark = b"\n--" + (boundary.group(1) or boundary.group(2)) + b"--" if boundary else b""
        return _body(layer, at, at + blank.end(), mark, facts)


def _body(layer: Layer, at: int, start: int, mark: bytes, facts: dict[str, Value]) -> Carved:
    """The end of a body that begins at `start`; `mark` closes it, where not empty."""
    stops = re.compile(
        rb"\0|\n\r?\nFrom [^ \r\n]{1,200} [^\r\n]{10,80}\r?\n" + (b"|" + re.escape(mark) if mark else b"")
    )
    position = max(at, start - 2)
    while position < min(layer.size, start + LARGEST_BODY):
        data = layer.read(position, PIECE + 512)
        match = stops.search(data)
        if match and (match.start() < PIECE or len(data) < PIECE + 512):
            if mark and match.group() == mark:
                end = position + match.end()
                behind = layer.read(end, 2)
                end += 2 if behind == b"\r\n" else 1 if behind[:1] == b"\n" else 0
                return Carved(end - at, 40, facts=facts)
            end = position + match.start() + match.group().startswith(b"\n")
            return _trimmed(layer, at, end, "the closing boundary is missing" if mark else "", facts)
        position += PIECE
    end = min(layer.size, start + LARGEST_BODY)
    broken = "the closing boundary is missing" if mark else "" if end == layer.size else "more than 32 MiB of text"
    return _trimmed(layer, at, end, broken, facts)


def _trimmed(layer: Layer, at: int, end: int, broken: str, facts: dict[str, Value]) -> Carved:
    """Up to the end of the last line that has text."""
    low = max(at, end - PIECE)
    tail = layer.read(low, end - low)
    kept = len(tail.rstrip(b"\r\n\t "))
    kept += 2 if tail[kept : kept + 2] == b"\r\n" else 1 if tail[kept : kept + 1] == b"\n" else 0
    return Carved(low + kept - at, 40, broken, facts=facts)


DETECTOR: Detector = Mail()
