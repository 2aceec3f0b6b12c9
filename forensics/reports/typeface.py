"""The faces of a printed page, and text made fit for them.

Text from evidence passes through :meth:`Typeface.fit` and nowhere else: what `visible` writes out, what none of the
faces has, and piles of combining marks, which could be drawn over the lines around them, all become `\\u{…}`.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from fpdf import FPDF

from forensics.visible import visible

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"
FACES = {  # family, style: file
    ("text", ""): "IBMPlexSans-Regular.woff",
    ("text", "B"): "IBMPlexSans-SemiBold.woff",
    ("code", ""): "IBMPlexMono-Regular.woff",
    ("code", "B"): "IBMPlexMono-SemiBold.woff",
}
OTHERS = {"dejavu": "DejaVuSans.ttf", "droid": "DroidSansFallbackFull.ttf"}  # asked in this order

MOST_MARKS = 3  # combining marks on one letter; no living orthography wants more
MOST_TEXT = 2000
"""Characters of one value that are printed; how many more there are is said."""

_DIRECTED = frozenset(("R", "AL", "AN"))


class Typeface:
    """The faces as one document has them; those for other scripts are read when a text first wants them."""

    def __init__(self, document: FPDF) -> None:
        """Put the faces into ``document``."""
        self._document = document
        for (family, style), name in FACES.items():
            document.add_font(family, style, FOLDER / name)
        self._own = frozenset.intersection(*(self._has(family + style) for family, style in FACES))
        self._more: frozenset[int] | None = None

    def fit(self, text: object, limit: int = MOST_TEXT) -> str:
        """``text`` as it may be printed, cut to ``limit`` characters; line ends and tabs are written out, too."""
        whole = str(text)
        cut = whole if len(whole) <= limit else f"{whole[:limit]} … and {len(whole) - limit:,} characters more"
        shown = visible(cut)
        if shown.isascii():
            return shown
        marks, parts = 0, []
        for each in shown:
            marks = marks + 1 if unicodedata.category(each) in ("Mn", "Me") else 0
            parts.append(each if marks <= MOST_MARKS and self._known(each) else f"\\u{{{ord(each):x}}}")
        return "".join(parts)

    @staticmethod
    def is_directed(text: str) -> bool:
        """Whether a text has letters that run from right to left, and must be shaped."""
        return not text.isascii() and any(unicodedata.bidirectional(each) in _DIRECTED for each in text)

    def _known(self, letter: str) -> bool:
        if ord(letter) in self._own:
            return True
        if self._more is None:
            for family, name in OTHERS.items():
                self._document.add_font(family, "", FOLDER / name)
            self._document.set_fallback_fonts(list(OTHERS), exact_match=False)
            self._more = frozenset.union(*map(self._has, OTHERS))
        return ord(letter) in self._more

    def _has(self, key: str) -> frozenset[int]:
        return frozenset(self._document.fonts[key].cmap)  # type: ignore[union-attr]
