"""A forgiving reader of HTML that keeps the place of every tag and text (HTML standard, 13.2, simplified).

The parser of the standard library gives lines and columns and copies its text; libraries that build trees drop the
places. What is kept here: elements with their attributes, parent and byte range, texts with theirs, comments.
Scripts and styles are passed over. Depth, counts and lengths are bounded; what is beyond a bound is not read, and
`faults` says so.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

DEEPEST = 200
MOST_NODES = 60_000
MOST_PIECES = 60_000
LONGEST_TAG = 1 << 20
LONGEST_ATTRIBUTES = 8_192
LONGEST_TEXT = 200_000

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "keygen",
        "basefont",
        "bgsound",
    ]
)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "blink",
        "button",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_RAW = frozenset(("script", "style", "template", "svg", "iframe", "noembed"))
_CLOSES = {
    "li": frozenset(("li",)),
    "td": frozenset(("td", "th")),
    "th": frozenset(("td", "th")),
    "tr": frozenset(("tr", "td", "th")),
    "tbody": frozenset(("tbody", "thead", "tr", "td", "th")),
    "dt": frozenset(("dt", "dd")),
    "dd": frozenset(("dt", "dd")),
    "option": frozenset(("option",)),
}
_BARRIER = frozenset(("table", "ul", "ol", "dl", "select", "body", "html"))
_OPEN = re.compile(rb"<(?:(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})|!--|[!?])")
_ATTRIBUTE = re.compile(
    rb"([a-zA-Z_:][a-zA-Z0-9_:.-]{0,60})(?:\s{0,20}=\s{0,20}(?:\"([^\"]{0,8000})\"|'([^']{0,8000})'|([^\s\"'>]{1,2000})))?"
)
_QUOTE = re.compile(rb"[\"'>]")
_CHARSET = re.compile(rb"(?i)charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-z0-9_.:-]{2,30})")
_KNOWN_CHARSET = re.compile(
    r"utf-?8|iso-?8859-?\d{1,2}|windows-?\d{3,4}|cp\d{3,5}|koi8-[ru]|gbk|gb-?2312|gb18030|big5(?:-hkscs)?"
    r"|euc-?(?:jp|kr)|shift[-_]jis"
)


@dataclass(slots=True)
class Node:
    """An element: its place among the others, its byte range, its attributes by lower-case name."""

    number: int
    tag: str
    parent: int
    start: int
    end: int
    attributes: dict[str, str]

    @property
    def classes(self) -> str:
        """Its class attribute, or its id where it has none."""
        return self.attributes.get("class", "") or self.attributes.get("id", "")


@dataclass(slots=True)
class Piece:
    """A text between two tags: decoded, with its byte range, the element it stands in and its line of text."""

    text: str
    start: int
    end: int
    node: int
    block: int
    raw: bytes


@dataclass(slots=True)
class Page:
    """Elements, texts and comments of a page, in order. Offsets count from the start of the page's bytes."""

    charset: str
    nodes: list[Node] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    end: int = 0

    def ancestors(self, number: int) -> Iterator[Node]:
        """The element and those around it, inside out."""
        while number >= 0:
            yield self.nodes[number]
            number = self.nodes[number].parent

    def inside(self, number: int, tags: frozenset[str]) -> Node | None:
        """The nearest element of one of `tags` around an element, or itself."""
        return next((each for each in self.ancestors(number) if each.tag in tags), None)

    def place(self, piece: Piece, start: int, end: int) -> tuple[int, int]:
        """The byte range of the letters `start` to `end` of a text; of the whole text where references stand in it."""
        if b"&" in piece.raw:
            return piece.start, piece.end
        first = len(piece.text[:start].encode(self.charset, "replace"))
        length = len(piece.text[start:end].encode(self.charset, "replace"))
        if first + length > piece.end - piece.start:
            return piece.start, piece.end
        return piece.start + first, piece.start + first + length


def charset_of(data: bytes) -> str:
    """The encoding that a page is in: UTF-8 where its bytes are that, else what it says, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    if data.decode("utf-8", "replace").count("\ufffd") * 200 < sum(each > 127 for each in data[:100_000]):
        return "utf-8"
    said = _CHARSET.search(data[:4_096])
    name = said[1].decode("ascii").lower() if said else ""
    if name not in ("utf-8", "utf8", "") and _KNOWN_CHARSET.fullmatch(name):
        try:
            return codecs.lookup(name).name
        except LookupError:
            pass
    return "cp1252"


def read(data: bytes) -> Page:
    """The page in `data`, from its first byte to its end tag or the end of the bytes."""
    reader = _Reader(data)
    reader.run()
    return reader.page


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.low = data.lower()
        self.page = Page(charset_of(data))
        self.stack: list[int] = []
        self.block = 0
        self.no_more: set[bytes] = set()

    def run(self) -> None:
        at, size = 0, len(self.data)
        page = self.page
        while at < size:
            match = _OPEN.search(self.data, at)
            until = match.start() if match else size
            if until > at:
                self._text(at, until)
            if match is None:
                at = size
                break
            if match[2] is None:
                at = self._other(match)
                continue
            tag = match[2].decode("ascii").lower()
            behind = self._behind(match.end())
            if match[1]:
                self._close(tag, match.start(), behind)
                if tag == "html":
                    at = behind
                    break
            else:
                self._open(tag, match.start(), match.end(), behind)
                if tag in _RAW:
                    behind = self._raw(tag, behind)
            at = behind
            if len(page.nodes) >= MOST_NODES or len(page.pieces) >= MOST_PIECES:
                page.faults.add("more elements than are read")
                at = size
                break
        page.end = at
        while self.stack:
            page.nodes[self.stack.pop()].end = at

    def _other(self, match: re.Match[bytes]) -> int:
        """Behind a comment, a declaration or an instruction."""
        start = match.start()
        if match[0] == b"<!--":
            close = self._find(b"-->", match.end())
            end = close if close >= 0 else len(self.data)
            if len(self.page.comments) < 1_000:
                text = self.data[match.end() : min(end, match.end() + 2_000)].decode(self.page.charset, "replace")
                self.page.comments.append((start, min(end + 3, len(self.data)), text))
            return min(end + 3, len(self.data))
        close = self._find(b">", match.end())
        return close + 1 if close >= 0 else len(self.data)

    def _find(self, what: bytes, at: int) -> int:
        if what in self.no_more:
            return -1
        found = self.low.find(what, at)
        if found < 0:
            self.no_more.add(what)  # so that many open ends do not read the page many times
        return found

    def _behind(self, at: int) -> int:
        """The offset behind the `>` that ends a tag; quoted ones do not."""
        limit = min(len(self.data), at + LONGEST_TAG)
        while at < limit:
            match = _QUOTE.search(self.data, at, limit)
            if match is None:
                return limit
            if match[0] == b">":
                return match.end()
            close = self._find(match[0], match.end())
            if close < 0 or close >= limit:
                plain = self._find(b">", match.end())
                return plain + 1 if plain >= 0 else limit
            at = close + 1
        return limit

    def _raw(self, tag: str, at: int) -> int:
        """Behind the end tag of an element whose content is no text of the page."""
        close = self._find(b"</" + tag.encode(), at)
        if close < 0:
            return len(self.data) if tag in ("script", "style") else at
        self._close(tag, close, close)
        return self._behind(close + 2)

    def _open(self, tag: str, start: int, name_end: int, behind: int) -> None:
        page = self.page
        if tag not in INLINE:
            self.block += 1
        closes = _CLOSES.get(tag)
        if closes:
            for depth in range(len(self.stack) - 1, max(-1, len(self.stack) - 40), -1):
                name = page.nodes[self.stack[depth]].tag
                if name in _BARRIER:
                    break
                if name in closes:
                    self._pop(depth, start)
        elif tag not in INLINE and self.stack and page.nodes[self.stack[-1]].tag == "p":
            self._pop(len(self.stack) - 1, start)
        parent = self.stack[-1] if self.stack else -1
        attributes = self._attributes(self.data[name_end : min(behind, name_end + LONGEST_ATTRIBUTES)])
        page.nodes.append(Node(len(page.nodes), tag, parent, start, behind, attributes))
        if tag not in VOID and self.data[behind - 2 : behind] != b"/>":
            if len(self.stack) < DEEPEST:
                self.stack.append(len(page.nodes) - 1)
            else:
                page.faults.add("deeper than is read")

    def _close(self, tag: str, start: int, behind: int) -> None:
        if tag not in INLINE:
            self.block += 1
        for depth in range(len(self.stack) - 1, max(-1, len(self.stack) - 60), -1):
            name = self.page.nodes[self.stack[depth]].tag
            if name == tag:
                self._pop(depth + 1, start)
                self.page.nodes[self.stack.pop()].end = behind
                return
            if name == "table" and tag not in ("table", "body", "html"):
                return

    def _pop(self, depth: int, at: int) -> None:
        while len(self.stack) > depth:
            self.page.nodes[self.stack.pop()].end = at

    def _attributes(self, raw: bytes) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(raw):
            if len(found) >= 40:
                break
            value = match[2] or match[3] or match[4] or b""
            name = match[1].decode("ascii").lower()
            found.setdefault(name, html.unescape(value.decode(self.page.charset, "replace")) if value else "")
        return found

    def _text(self, start: int, end: int) -> None:
        raw = self.data[start : min(end, start + LONGEST_TEXT)]
        stripped = raw.strip()
        if not stripped:
            return
        start += raw.index(stripped[:1])
        text = stripped.decode(self.page.charset, "replace")
        if b"&" in stripped:
            text = html.unescape(text)
        if not text.strip():
            return
        node = self.stack[-1] if self.stack else -1
        self.page.pieces.append(Piece(text, start, start + len(stripped), node, self.block, stripped))
