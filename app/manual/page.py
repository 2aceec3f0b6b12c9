"""One page of the manual, drawn from its blocks. The document loads nothing; a link leads to another page."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from PySide6.QtCore import QRegularExpression, QUrl, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from forensics.manual.markdown import Block, plain, spans
from forensics.manual.pages import Page
from resources.languages import tr
from viewers.look import Look

TALL = "line-height: 130%;"
HEADINGS = {"1": "page_title", "2": "panel_title", "3": "card_title"}


class PageView(QTextBrowser):
    """The text of a page; Tab goes from link to link, Enter follows one."""

    page_wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._page: Page | None = None
        self._words: list[str] = []
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(tr("Page of the manual"))
        self.document().setDocumentMargin(look.px(24))
        self.anchorClicked.connect(lambda url: self.page_wanted.emit(url.path()))
        look.changed.connect(self._draw)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing is ever loaded."""
        return None

    def show_page(self, page: Page, heading: str = "", words: list[str] | None = None) -> None:
        """Show a page from its top or from a heading, with every word that begins as one of `words` marked."""
        self._page, self._words = page, words or []
        self.setAccessibleDescription(page.title)
        self._draw()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if heading and heading != page.title:
            self.scrollToAnchor(quote(heading))

    def marked(self) -> list[str]:
        """The words that are marked."""
        return [each.cursor.selectedText() for each in self.extraSelections()]

    def _draw(self) -> None:
        if self._page is not None:
            self.setHtml("".join(_html(self._look, self._page.blocks)))
            self._mark()

    def _mark(self) -> None:
        found = []
        for word in self._words:
            expression = QRegularExpression(
                rf"\b{QRegularExpression.escape(word)}\w*",
                QRegularExpression.PatternOption.CaseInsensitiveOption
                | QRegularExpression.PatternOption.UseUnicodePropertiesOption,
            )
            cursor = QTextCursor(self.document())
            while not (cursor := self.document().find(expression, cursor, QTextDocument.FindFlag(0))).isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = cursor
                mark.format.setBackground(self._look.colour("run"))
                mark.format.setForeground(self._look.colour("text"))
                found.append(mark)
        self.setExtraSelections(found)


def _html(look: Look, blocks: tuple[Block, ...]) -> list[str]:
    made: list[str] = []
    inside = ""
    for block in blocks:
        wanted = {"item": "ul", "step": "ol"}.get(block.kind, "")
        if wanted != inside:
            made.append((f"</{inside}>" if inside else "") + (f'<{wanted} style="{_list(look)}">' if wanted else ""))
            inside = wanted
        made.append(_block(look, block))
    if inside:
        made.append(f"</{inside}>")
    return made


def _block(look: Look, block: Block) -> str:
    if block.kind in HEADINGS:
        role = HEADINGS[block.kind]
        above = look.px(0 if block.kind == "1" else 18)
        style = (
            f"{_font(look, role)} margin-top: {above}px; margin-bottom: {look.px(6)}px; color: {_ink(look, 'text')};"
        )
        return f'<a name="{quote(plain(block.text))}"></a><p style="{style}">{escape(plain(block.text))}</p>'
    if block.kind in ("item", "step"):
        style = f"{_font(look, 'body')} {TALL} margin-bottom: {look.px(3)}px;"
        return f'<li style="{style}">{_inline(look, block.text)}</li>'
    if block.kind == "code":
        style = f"{_font(look, 'digest')} background-color: {_ink(look, 'raised')}; color: {_ink(look, 'text')};"
        return f'<pre style="{style} margin-top: {look.px(6)}px;">{escape(block.text)}</pre>'
    if block.kind == "table":
        return _table(look, block)
    style = f"{_font(look, 'body')} {TALL} margin-top: 0; margin-bottom: {look.px(8)}px;"
    return f'<p style="{style}">{_inline(look, block.text)}</p>'


def _table(look: Look, block: Block) -> str:
    rows = []
    line = f"border-bottom: 1px solid {_ink(look, 'line')};"
    for number, row in enumerate(block.rows):
        tag, ground = ("th", "raised") if number == 0 else ("td", "surface")
        style = f"{_font(look, 'body', 600 if number == 0 else 400)} background-color: {_ink(look, ground)}; {line}"
        cells = "".join(f'<{tag} align="left" style="{style}">{_inline(look, cell)}</{tag}>' for cell in row)
        rows.append(f"<tr>{cells}</tr>")
    frame = f"border-collapse: collapse; margin-top: {look.px(6)}px; margin-bottom: {look.px(10)}px;"
    return f'<table width="100%" cellpadding="{look.px(5)}" style="{frame}">{"".join(rows)}</table>'


def _inline(look: Look, text: str) -> str:
    made = []
    for span in spans(text):
        words = escape(span.text)
        if span.to:
            made.append(f'<a href="{escape(span.to)}" style="color: {_ink(look, "accent")};">{words}</a>')
        elif span.style == "code":
            made.append(f'<span style="{_font(look, "digest")}">{words}</span>')
        else:
            made.append(f"<b>{words}</b>" if span.style == "bold" else words)
    return "".join(made)


def _font(look: Look, role: str, weight: int = 0) -> str:
    font = look.font(role, weight)
    return f"font-family: '{font.family()}'; font-size: {font.pixelSize()}px; font-weight: {int(font.weight())};"


def _list(look: Look) -> str:
    return f"margin-top: 0; margin-bottom: {look.px(8)}px;"


def _ink(look: Look, token: str) -> str:
    return look.colour(token).name()
