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

from forensics.detectors import _mail
from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.model import Layer, Value

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
    version = 2
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
        if at % _mail.SECTOR and not _BEGINS.search(layer.read(max(0, at - 310), min(310, at))):
            return None
        head = _mail.head_at(layer, at)
        if head.body < 0 or not head.first("date") or b"@" not in head.value("from"):
            return None
        facts: dict[str, Value] = {
            name: _mail.words(head.value(name))[:300] for name in ("from", "to", "date") if head.first(name)
        }
        end, broken = _mail.body_end(layer, at, head.body, _mail.content_of(head).boundary)
        return Carved(end - at, 40, broken, facts=facts)


DETECTOR: Detector = Mail()
