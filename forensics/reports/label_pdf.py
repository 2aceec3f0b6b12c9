"""The label to print and stick on an exhibit: QR code, fingerprint, case, exhibit, time, at their true size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from forensics.custody.entry import time_text
from forensics.custody.label import BORDER, MODULE, fingerprint, qr_rows
from forensics.custody.note import Checkpoint, Note
from forensics.reports.typeface import Typeface

WIDTH, HEIGHT = 100.0, 50.0
"""Of the label in mm; it grows with a code of more than 57 modules."""

_MARGIN, _RULER = 4.0, 10.0
_MOST = 200  # characters of one text
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def label_pdf(note: bytes, *, number: str, exhibit: str, time_us: int) -> bytes:
    """One page with a label's note, see :func:`forensics.custody.label.label_note`.

    ``time_us`` is the claimed time of the last entry under the head. Black on white, a module of the code is 0.4 mm, so
    a code of 57 modules with its border is 26 mm wide. A bar of 10 mm shows whether the printer kept the size.
    """
    head = Checkpoint.parse(Note.parse(note).text)
    rows = qr_rows(note)
    side = (len(rows) + 2 * BORDER) * MODULE
    width, height = max(WIDTH, side + WIDTH - 26), max(HEIGHT, side + HEIGHT - 26)
    pdf = FPDF(unit="mm", format=(width, height), orientation="P")
    pdf.str_alias_nb_pages = ""
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_auto_page_break(auto=False)
    pdf.set_creation_date(_EPOCH + timedelta(microseconds=time_us))
    face = Typeface(pdf)
    pdf.add_page()
    for row_number, row in enumerate(rows, BORDER):
        for x, length in _runs(row):
            pdf.rect(_MARGIN + (x + BORDER) * MODULE, _MARGIN + row_number * MODULE, length * MODULE, MODULE, style="F")
    left, y = _MARGIN + side + 3, _MARGIN + 1
    for text, style, size, most in (
        (f"Case {number}", "B", 10.0, 2),
        (f"Exhibit {exhibit}" if exhibit else "", "B", 10.0, 1),
        (f"{head.size:,} entries, the last of {time_text(time_us)}", "", 7.0, 1),
        (str(head.origin), "", 7.0, 1),
    ):
        pdf.set_font("text", style, size)
        lines = _lines(pdf, face.fit(text, _MOST), width - left - _MARGIN - 3)
        for at, line in enumerate(lines[:most], 1):
            pdf.set_xy(left, y)
            pdf.cell(0, size * 0.45, line if at < most or len(lines) <= most else f"{line} …")
            y += size * 0.45
    pdf.set_text_shaping(use_shaping_engine=False)
    marks = fingerprint(str(head)).split(" ")
    pdf.set_font("code", "B", 11.0)
    for second, part in enumerate((marks[:3], marks[3:])):
        pdf.set_xy(left, max(_MARGIN + side - 9.5, y + 0.5) + 4.7 * second)
        pdf.cell(0, 4.7, " ".join(part))
    pdf.set_font("text", "", 6.0)
    pdf.set_xy(_MARGIN, height - 13)
    pdf.cell(0, 3, "put on by, date")
    pdf.line(left, height - 10.5, width - _MARGIN, height - 10.5)
    pdf.line(_MARGIN, height - 4, _MARGIN + _RULER, height - 4)
    for end in (_MARGIN, _MARGIN + _RULER):
        pdf.line(end, height - 4.8, end, height - 3.2)
    pdf.set_xy(_MARGIN + _RULER + 2, height - 5.5)
    pdf.cell(0, 3, "10 mm: print at 100 %. Code and letters fix the records that the ledger held.")
    return bytes(pdf.output())


def _lines(pdf: FPDF, text: str, width: float) -> list[str]:
    pdf.set_text_shaping(use_shaping_engine=Typeface.is_directed(text), direction="ltr")
    found = pdf.multi_cell(width, 1, text, align="L", dry_run=True, output=MethodReturnValue.LINES) if text else []
    return list(found) if isinstance(found, list) else []


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules: drawn whole, a printer leaves no seams in them."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
