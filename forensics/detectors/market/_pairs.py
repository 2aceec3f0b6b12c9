"""Labels and the values beside them: `dt`/`dd`, `th`/`td`, cells of two columns, `label: value`, blocks of two.

A text that is a label of the dictionary, alone between its tags or before a colon, has as its value the text behind it:
to the end of its line, or the next line where its own has no more, and never past the next label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.detectors.market import _labels, _values
from forensics.primitives.markup import Page, Piece

LONGEST_VALUE = 300
MOST_PAIRS = 5_000
_AMOUNTS = frozenset(("price", "balance", "deposit", "withdraw", "shipping", "sales"))
_CLICKED = frozenset(("a", "button", "option", "title", "select"))
_PART = re.compile(r"(?:^|[|;•\n]|-\|-)[ \t\r]{0,20}([^:|;•\n：]{2,40}?)[ \t]{0,5}[:：][ \t\r\n]{0,40}")
_ALONE = re.compile(r"[\s:/|(),.•»«→\-–]*")


@dataclass(frozen=True, slots=True)
class Pair:
    """A label's concept and its value, with the byte ranges of both and the element of the label."""

    concept: str
    label: str
    value: str
    label_at: tuple[int, int]
    value_at: tuple[int, int]
    piece: int
    node: int


@dataclass(frozen=True, slots=True)
class Header:
    """A row of a table whose cells are labels: the row's element, and the concept of each column."""

    row: int
    table: int
    columns: tuple[str, ...]


def headers(page: Page) -> list[Header]:
    """Rows whose cells are mostly labels, at least two of them."""
    cells: dict[int, list[int]] = {}
    for node in page.nodes:
        if node.tag in ("td", "th") and node.parent >= 0 and page.nodes[node.parent].tag == "tr":
            cells.setdefault(node.parent, []).append(node.number)
    texts = _texts_of(page, frozenset(("td", "th")))
    found = []
    for row, members in cells.items():
        if not 3 <= len(members) <= 20:
            continue
        columns = tuple(_labels.concept(texts.get(each, "")) for each in members)
        if len(set(filter(None, columns))) >= 2 and 2 * sum(map(bool, columns)) >= len(members):
            table = page.inside(row, frozenset(("table",)))
            found.append(Header(row, table.number if table else -1, columns))
    return found


def _texts_of(page: Page, tags: frozenset[str]) -> dict[int, str]:
    """The text of the nearest element of `tags` around each text."""
    found: dict[int, str] = {}
    for piece in page.pieces:
        node = page.inside(piece.node, tags) if piece.node >= 0 else None
        if node is not None and len(found.get(node.number, "")) < 200:
            found[node.number] = f"{found.get(node.number, '')} {piece.text}".strip()
    return found


def texts_of_cells(page: Page) -> dict[int, str]:
    """The text of each cell of a table by its element."""
    return _texts_of(page, frozenset(("td", "th")))


def pairs(page: Page, ignored: frozenset[int]) -> list[Pair]:
    """All pairs in order; `ignored` are rows that are headers of columns."""
    found: list[Pair] = []
    marks = [_marks(page, number, piece, ignored) for number, piece in enumerate(page.pieces)]
    for number, mark in enumerate(marks):
        piece = page.pieces[number]
        for index, (name, label, start, end) in enumerate(mark):
            until = mark[index + 1][2] if index + 1 < len(mark) else len(piece.text)
            value, at = _value(page, marks, number, end, until, index + 1 == len(mark))
            if value and not (name not in _AMOUNTS and _values.PRICE.fullmatch(value)):
                found.append(Pair(name, label, value, page.place(piece, start, end), at, number, piece.node))
        if len(found) >= MOST_PAIRS:
            break
    return found


Mark = tuple[str, str, int, int]  # concept, label, and where it begins and its value may begin


def _marks(page: Page, number: int, piece: Piece, ignored: frozenset[int]) -> list[Mark]:
    """The labels in a text."""
    text = piece.text
    if len(text) > 2_000:
        return []
    name = _labels.concept(text)
    node = page.nodes[piece.node] if piece.node >= 0 else None
    if name:
        around = list(_first(page, piece.node, 6))
        colon = text.rstrip().endswith((":", "：")) or _behind(page, number).startswith((":", "："))
        if not colon and any(each in _CLICKED for each, _ in around):
            return []
        if any(each == "tr" and place in ignored for each, place in around):
            return []
        return [(name, text.strip(), 0, len(text))]
    if node is not None and node.tag == "title":
        return []
    found = []
    for match in _PART.finditer(text):
        name = _labels.concept(match[1])
        if name:
            found.append((name, match[1].strip(), match.start(1), match.end()))
    return found


def _first(page: Page, node: int, most: int) -> Iterator[tuple[str, int]]:
    for depth, each in enumerate(page.ancestors(node)):
        if depth >= most:
            return
        yield each.tag, each.number


def _behind(page: Page, number: int) -> str:
    """The text behind one, on the same line."""
    following = number + 1
    if following < len(page.pieces) and page.pieces[following].block == page.pieces[number].block:
        return page.pieces[following].text.lstrip()
    return ""


def _value(
    page: Page, marks: list[list[Mark]], number: int, start: int, until: int, last: bool
) -> tuple[str, tuple[int, int]]:
    piece = page.pieces[number]
    own = piece.text[start:until]
    parts: list[str] = []
    begin, end = 0, 0
    block = piece.block
    if not _ALONE.fullmatch(own):
        parts.append(own.strip(" \t\r\n|;•"))
        begin, end = page.place(piece, start, until)
        if not last:
            return _cut(parts), (begin, end)
    elif not last:
        return "", (0, 0)
    for place in range(number + 1, min(number + 12, len(page.pieces))):
        other = page.pieces[place]
        if other.block != block and parts:
            break
        if other.block != block and place > number + 2:
            break
        if marks[place]:
            line = other.block == piece.block and ":" in piece.text and not marks[place][0][2] and ":" not in other.text
            if parts or not (line or _beside(page, piece.node, other.node)):
                break
            marks[place] = []  # the value of one label may be the word of another: "Payment | Escrow"
        if not parts and _ALONE.fullmatch(other.text):
            continue
        if not parts and other.block != piece.block and ":" not in piece.text and _crowded(page, piece.node):
            break
        if not parts:
            begin = other.start
            block = other.block
        parts.append(other.text.strip())
        end = other.end
        if sum(map(len, parts)) >= LONGEST_VALUE:
            break
    return _cut(parts), (begin, end)


_CELLS = frozenset(("dt", "dd", "td", "th"))


def _beside(page: Page, label: int, value: int) -> bool:
    """Whether one element is the place of a label and the other that of its value: `dt` and `dd`, a row of two cells."""
    first, second = page.inside(label, _CELLS), page.inside(value, _CELLS)
    if first is None or second is None or first.parent != second.parent or first is second:
        return False
    if first.tag == "dt":
        return second.tag == "dd"
    near = page.nodes[first.parent + 1 : first.parent + 60]
    return first.tag in ("td", "th") and sum(each.parent == first.parent and each.tag in _CELLS for each in near) == 2


def _crowded(page: Page, number: int) -> bool:
    """Whether an element stands in a row of five cells or more, where a cell is not the label of the next."""
    cell = page.inside(number, _CELLS)
    if cell is None or cell.parent < 0 or cell.tag not in ("td", "th"):
        return False
    near = page.nodes[cell.parent + 1 : cell.parent + 60]
    return sum(each.parent == cell.parent and each.tag in _CELLS for each in near) >= 5


def _cut(parts: list[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(parts)).strip(" :：")[:LONGEST_VALUE]
