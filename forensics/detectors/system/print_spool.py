"""Print jobs of Windows that wait or were kept: shadow files `spool\\PRINTERS\\<number>.SHD` beside the `.SPL`.

| 32 bits | 64 bits | content                                                                   |
|---------|---------|---------------------------------------------------------------------------|
| 0       | 0       | u32: 4967 (2000, XP), 4968 (2003), 5123 (10, 11)                          |
| 4       | 4       | u32 length of this head                                                   |
| 12, 16  | 12, 16  | u32 number of the job, u32 priority                                       |
| 20, 24  | 24, 32  | offsets of texts: user, whom to tell                                      |
| 28 to 36 | 40 to 56 | document, port, printer                                                 |
| 40, 48, 52 | 64, 80, 88 | driver, processor, type of the data                                |
| 60      | 104     | SYSTEMTIME of the handing-in: eight u16, UTC                              |
| 84, 88  | 128, 132 | u32 length of the `.SPL`, u32 pages                                      |

Offsets lead from the start to UTF-16 text that ends with NUL; 0 is none. Windows deletes both files after printing:
carved ones are found, too. Not recorded: the content, which is in the `.SPL`, and whether it was printed.
Source: C. Lindemann, Windows 2000 SHD Spoolfile Format (2003); C. Katsavounidis, template for Windows 10 (2021).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._told import is_text, shown, text16, u32, u64
from forensics.model import ByteRun, Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

LARGEST = 64 << 10
LONGEST = 520  # characters of a text
_NAME = re.compile(r"[/\\](?:fp)?\d{5}\.shd$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Form:
    """Where a form keeps its texts and its time; `wide` offsets have 64 bits."""

    name: str
    wide: bool
    texts: dict[str, int]
    time: int
    size: int  # of the spool file; then the number of pages


_NARROW = {
    "user": 20,
    "notified": 24,
    "document": 28,
    "port": 32,
    "printer": 36,
    "driver": 40,
    "processor": 48,
    "data_type": 52,
}
_WIDE = {
    "user": 24,
    "notified": 32,
    "document": 40,
    "port": 48,
    "printer": 56,
    "driver": 64,
    "processor": 80,
    "data_type": 88,
}
_FORMS = {
    0x4967: _Form("Windows 2000 or XP", False, _NARROW, 60, 84),
    0x4968: _Form("Windows 2003", False, _NARROW, 60, 84),
    0x5123: _Form("Windows 10 or 11", True, _WIDE, 104, 128),
}
_NEEDED = ("user", "document", "printer")


def _shadow(magic: int, texts: dict[str, str], when: tuple[int, ...] = (2024, 2, 4, 29, 12, 0, 1, 500)) -> bytes:
    form = _FORMS[magic]
    head = bytearray(form.time + 36)
    struct.pack_into("<IIIII", head, 0, magic, len(head), 0, 7, 1)
    struct.pack_into("<8H", head, form.time, *when)
    struct.pack_into("<II", head, form.size, 9_000, 2)
    body = b""
    for name, words in texts.items():
        struct.pack_into("<Q" if form.wide else "<I", head, form.texts[name], len(head) + len(body))
        body += words.encode("utf-16-le") + b"\0\0"
    return bytes(head) + body


_TEXTS = {"user": "v", "document": "label.pdf", "printer": "DYMO 450", "driver": "DYMO", "data_type": "NT EMF 1.008"}
_TEN = _shadow(0x5123, _TEXTS)


class PrintSpool:
    """One finding for each job."""

    kind: ClassVar[str] = "system/print_spool"
    title: ClassVar[str] = "Print job (Windows)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"(?:\x67\x49|\x68\x49|\x23\x51)\x00\x00[\x40-\xff][\x00\x01]\x00\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "C. Lindemann, Windows 2000 SHD Spoolfile Format (2003)",
        "C. Katsavounidis, SHD spool shadow file (2021)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("of Windows 10", _TEN, ("label.pdf",), "by hand, after the published layout"),
        Specimen("of Windows XP", _shadow(0x4967, _TEXTS), ("label.pdf",), "by hand, after the published layout"),
        Specimen("without a printer", _shadow(0x5123, {"user": "v", "document": "x"}), None, "by hand"),
        Specimen("a month that is none", _shadow(0x5123, _TEXTS, (2024, 13, 4, 29, 12, 0, 1, 5)), None, "by hand"),
        Specimen("truncated", _TEN[:120], None, "by hand, cut"),
        Specimen("look-alike: the first words", _TEN[:8].ljust(700, b"\1"), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The shadow file that starts at `at`."""
        head = layer.read(at, 160)
        form = _FORMS.get(u32(head, 0))
        length = u32(head, 4)
        if form is None or not form.time + 32 <= length <= 1_024 or len(head) < form.time + 32:
            return
        stored = head[form.time : form.time + 16]
        when = _moment(stored)
        if when is None:
            return
        texts: dict[str, tuple[str, ByteRun]] = {}
        data = layer.read(at, LARGEST)
        for name, place in form.texts.items():
            offset = u64(data, place) if form.wide else u32(data, place)
            if not offset:
                continue
            words = text16(data[offset : offset + 2 * LONGEST + 2], LONGEST + 1) if length <= offset < len(data) else ""
            end = offset + len(words.encode("utf-16-le", "replace"))
            if len(words) > LONGEST or data[end : end + 2] != b"\0\0" or (words and not is_text(words)):
                return
            texts[name] = (words, ByteRun(at + offset, end - offset))
        if not all(texts.get(name, ("", None))[0] for name in _NEEDED):
            return
        fields = {name: Field(*words) for name, words in texts.items() if words[0]}
        fields |= {
            "form": Field(form.name),
            "job": Field(u32(head, 12), ByteRun(at + 12, 4)),
            "handed_in": Field(shown(when), ByteRun(at + form.time, 16)),
        }
        for name, place in (("spool_size", form.size), ("pages", form.size + 4)):
            if number := u32(head, place):
                fields[name] = Field(number, ByteRun(at + place, 4))
        end = max(place.end for _, place in texts.values()) + 2
        named = at == 0 and _NAME.search(layer.locator.step) is not None
        user, printer = texts["user"][0], texts["printer"][0]
        yield finding(
            self,
            layer,
            at,
            end - at,
            grade=Grade.C3 if named else Grade.C2,
            value=texts["document"][0],
            checks=(
                Check("offsets, texts and time", Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=(Event(when, timedelta(milliseconds=1), "print job handed in", stored.hex(), Clock.DEVICE),),
            links=(Link("BY_ACCOUNT", "account", user.lower()), Link("PRINTED_ON", "printer", printer)),
            sensitivity=Sensitivity.PERSONAL,
        )


def _moment(stored: bytes) -> datetime | None:
    """A SYSTEMTIME as a moment; None where it is none, or where its day of the week is another's."""
    year, month, weekday, day, hour, minute, second, part = struct.unpack("<8H", stored)
    try:
        when = datetime(year, month, day, hour, minute, second, 1_000 * part, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return when if 1995 <= when.year < 2100 and when.isoweekday() % 7 == weekday else None


DETECTOR: Detector = PrintSpool()
