"""Tool tips whose text is evidence: shown as it is written, never as markup.

Qt shows a tool tip that looks like HTML as HTML, and opens the pictures it names: files of this machine, or of another
under Windows (doc.qt.io/qt-6/qtooltip.html, doc.qt.io/qt-6/qt.html#mightBeRichText). A name or a cell may look so.
"""

from __future__ import annotations

from html import escape

LONGEST = 4_000  # characters


def tip(text: str) -> str:
    """The tool tip that shows `text`: itself, or markup that stands for it where Qt might take it for markup."""
    text = text[:LONGEST]
    if "<" not in text and "&" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>'
