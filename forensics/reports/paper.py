"""A report on paper: A4 pages with headings, facts, tables and remarks.

The same content gives the same bytes: the date in the file is that of the case's state, not of the printing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from forensics.reports.typeface import MOST_TEXT, Typeface

MARGIN, WIDTH, HEIGHT = 16.0, 210.0, 297.0  # mm
BODY = WIDTH - 2 * MARGIN
"""Width of the text, in mm."""

_FOOT = 14.0
_PAD, _GUTTER = 1.2, 3.0
_INKS = {"text": (21, 32, 43), "quiet": (68, 82, 95), "danger": (179, 38, 30)}  # resources/look/tokens.json, light
_RULE = (211, 218, 225)
_STYLES = {  # family, style, size in points, line height in mm
    "plain": ("text", "", 9.0, 4.2),
    "bold": ("text", "B", 9.0, 4.2),
    "small": ("text", "", 8.0, 3.7),
    "code": ("code", "", 7.5, 3.7),
    "value": ("code", "B", 7.5, 4.0),
    "heading": ("text", "B", 13.0, 6.2),
    "title": ("text", "B", 19.0, 9.0),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph: text as it came, a style, an ink, and the most characters of it that are printed."""

    text: object
    style: str = "plain"
    ink: str = "text"
    limit: int = MOST_TEXT


Cell = str | int | Words | Sequence[Words]
Line = tuple[str, str, str]  # text that fits the column, style, ink


class Paper:
    """One document under way; :meth:`save` ends it."""

    def __init__(self, foot: str, time_us: int) -> None:
        """``foot`` stands at the foot of each page; ``time_us`` is the date of the file, microseconds since 1970."""
        self._pdf = FPDF(unit="mm", format="A4")
        self._pdf.str_alias_nb_pages = ""  # a text of the evidence could spell it
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_creation_date(_EPOCH + timedelta(microseconds=time_us))
        self._pdf.set_producer(f"Impound {metadata.version('impound')}")
        self.face = Typeface(self._pdf)
        self._foot = self.face.fit(foot, 90)
        self._pdf.set_title(self._foot)
        self._pdf.set_lang("en")
        self._y = HEIGHT
        self._room(1)

    # --- content

    def title(self, text: str) -> None:
        """The first line."""
        self._paragraph(Words(text, "title"), after=3)

    def heading(self, text: str) -> None:
        """A part begins; it is not left alone at the foot of a page."""
        self._room(30)
        self._y += 4
        self._paragraph(Words(text, "heading"), after=1.5)
        self._pdf.start_section(self.face.fit(text, 120))

    def remark(self, text: object, style: str = "plain", ink: str = "text") -> None:
        """A paragraph."""
        self._paragraph(Words(text, style, ink), after=1.8)

    def facts(self, rows: Iterable[tuple[str, Cell]]) -> None:
        """Names and values; a row without a value is left out."""
        self.table(
            (("", 38), ("", BODY - 38)), ((Words(name, "plain", "quiet"), value) for name, value in rows if value)
        )

    def table(self, columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[Cell]]) -> None:
        """A table: heads and widths in mm, then rows, which go on over the page where they must."""
        widths = [width for _, width in columns]
        heads = [_words(Words(head, "bold", "quiet")) for head, _ in columns]
        head = self._broken(heads, widths) if any(head for head, _ in columns) else []
        self._room(20)
        self._row(head, widths, [])
        for cells in rows:
            self._row(self._broken([_words(cell) for cell in cells], widths), widths, head)
        self._y += 2

    def tick(self, text: str) -> None:
        """A statement with a box to tick by hand."""
        (lines,) = self._broken([[Words(text)]], [BODY - 8])
        self._room(len(lines) * 4.2 + 2)
        self._pdf.set_draw_color(*_INKS["quiet"])
        self._pdf.rect(MARGIN, self._y + 0.4, 3.4, 3.4)
        for line, style, ink in lines:
            self._text(MARGIN + 8, self._y, line, style, ink)
            self._y += _STYLES[style][3]
        self._y += 2

    def blank(self, label: str) -> None:
        """A line to write on by hand."""
        self._room(14)
        self._y += 8
        self._pdf.set_draw_color(*_INKS["quiet"])
        self._pdf.line(MARGIN + 60, self._y, WIDTH - MARGIN, self._y)
        self._text(MARGIN, self._y - 4.2, label, "plain", "text")
        self._y += 3

    def save(self, path: Path) -> None:
        """Number the pages and write the file."""
        pages = self._pdf.page
        for number in range(1, pages + 1):
            self._pdf.page = number
            for style in ("plain", "small"):  # the second change of face writes it into the page's own stream
                self._pdf.set_font(*_STYLES[style][:3])
            self._text(MARGIN, HEIGHT - 11, self._foot, "small", "quiet")
            count = f"page {number} of {pages}"
            self._text(WIDTH - MARGIN - self._pdf.get_string_width(count), HEIGHT - 11, count, "small", "quiet")
        path.write_bytes(bytes(self._pdf.output()))

    # --- drawing

    def _room(self, height: float) -> bool:
        """Begin a page where so many mm do not fit; returns whether it did."""
        if self._y + height <= HEIGHT - MARGIN - _FOOT + 8:
            return False
        self._pdf.add_page()
        self._y = MARGIN
        return True

    def _paragraph(self, words: Words, after: float) -> None:
        (lines,) = self._broken([[words]], [BODY])
        for line, style, ink in lines:
            self._room(_STYLES[style][3])
            self._text(MARGIN, self._y, line, style, ink)
            self._y += _STYLES[style][3]
        self._y += after

    def _broken(self, cells: Sequence[Sequence[Words]], widths: Sequence[float]) -> list[list[Line]]:
        return [
            [(line, each.style, each.ink) for each in cell for line in self._lines(each, width - _GUTTER)]
            for cell, width in zip(cells, widths, strict=True)
        ]

    def _lines(self, words: Words, width: float) -> list[str]:
        text = self.face.fit(words.text, words.limit)
        self._set(text, words.style, words.ink)
        found = self._pdf.multi_cell(
            width, 1, text, align="L", dry_run=True, output=MethodReturnValue.LINES, markdown=False
        )
        return list(found) if isinstance(found, list) else [text]

    def _row(self, cells: Sequence[Sequence[Line]], widths: Sequence[float], head: Sequence[Sequence[Line]]) -> None:
        """The lines of a row side by side; ``head`` is drawn again on each new page."""
        if not cells:
            return
        self._room(min(40, max(sum(_STYLES[style][3] for _, style, _ in cell) for cell in cells) + 2 * _PAD))
        if self._y == MARGIN and head:
            self._row(head, widths, [])
        self._y += _PAD
        for lines in itertools.zip_longest(*cells):
            height = max(_STYLES[line[1]][3] for line in lines if line)
            if self._room(height) and head:
                self._row(head, widths, [])
                self._y += _PAD
            x = MARGIN
            for line, width in zip(lines, widths, strict=True):
                if line:
                    self._text(x, self._y, *line)
                x += width
            self._y += height
        self._y += _PAD
        self._pdf.set_draw_color(*_RULE)
        self._pdf.line(MARGIN, self._y, WIDTH - MARGIN, self._y)

    def _set(self, text: str, style: str, ink: str) -> None:
        family, face, size, _ = _STYLES[style]
        self._pdf.set_font(family, face, size)
        self._pdf.set_text_color(*_INKS[ink])
        self._pdf.set_text_shaping(use_shaping_engine=self.face.is_directed(text), direction="ltr")

    def _text(self, x: float, y: float, text: str, style: str, ink: str) -> None:
        self._set(text, style, ink)
        self._pdf.set_xy(x, y)
        self._pdf.cell(0, _STYLES[style][3], text, align="L")


def _words(cell: Cell) -> Sequence[Words]:
    if isinstance(cell, Words):
        return [cell]
    return [Words(cell)] if isinstance(cell, str | int) else cell
