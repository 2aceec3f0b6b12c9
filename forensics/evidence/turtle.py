"""The statements of a Turtle document, as far as forensic containers write it: no blank nodes, no collections.

Grammar as in *RDF 1.1 Turtle* (W3C, 2014), §6.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_MOST = 2_000_000  # statements
_TOKEN = re.compile(
    r"""
        <(?P<iri>[^<>"{}|^`\\\x00-\x20]{0,4096})>
      | (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<mark>\^\^|[;,.])
      | @(?P<word>[A-Za-z][A-Za-z0-9-]*)
      | (?P<name>[^\s<>"'^;,@()\[\]#]*[^\s<>"'^;,@()\[\]#.])
    """,
    re.VERBOSE | re.DOTALL,
)
_SKIPPED = re.compile(r"(?:\s|#[^\n]*+)*+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Term(NamedTuple):
    """An object: an address, or a text with the address of its type ("" for plain text and numbers)."""

    value: str
    type: str = ""
    literal: bool = False


Graph = dict[str, dict[str, list[Term]]]  # subject, predicate, objects in the order of the document
_Token = tuple[str, str]  # sort and text
_END: _Token = ("end", "")


def parse(text: str) -> Graph:
    """All statements.

    Raises:
        ValueError: something that is not read here, with the place, or far too many statements.
    """
    return _Parser(text).graph()


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while (at := _past(text, at)) < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ValueError(f"cannot be read at character {at:,}: {text[at : at + 20]!r}")
        at = match.end()
        yield match.lastgroup, match[match.lastgroup]
    yield _END


def _past(text: str, at: int) -> int:
    """Where the next token begins, behind white space and comments."""
    match = _SKIPPED.match(text, at)
    return match.end() if match else at


def _unescaped(quoted: str) -> str:
    mark = 3 if quoted.startswith('"""') else 1

    def plain(match: re.Match[str]) -> str:
        if match[3]:
            return _PLAIN.get(match[3], match[3])
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0x110000 else "\ufffd"

    return _ESCAPE.sub(plain, quoted[mark:-mark])


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._now = next(self._tokens)
        self._prefixes: dict[str, str] = {}
        self._graph: defaultdict[str, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._count = 0

    def graph(self) -> Graph:
        while self._now != _END:
            sort, text = self._now
            if (sort, text) == ("word", "prefix") or (sort == "name" and text.upper() == "PREFIX"):
                self._prefix(dotted=sort == "word")
            elif (sort, text) == ("word", "base"):
                raise ValueError("@base is not read here")
            else:
                self._statements()
        return {subject: dict(each) for subject, each in self._graph.items()}

    def _take(self, *sorts: str) -> _Token:
        token = self._now
        if token[0] not in sorts:
            raise ValueError(f"{' or '.join(sorts)} expected, not {token[1][:40]!r}")
        self._now = next(self._tokens)
        return token

    def _prefix(self, *, dotted: bool) -> None:
        self._take("word", "name")
        name = self._take("name")[1]
        self._prefixes[name.removesuffix(":")] = self._take("iri")[1]
        if dotted:
            self._end()

    def _end(self) -> None:
        if self._take("mark")[1] != ".":
            raise ValueError("a statement does not end")

    def _address(self) -> str:
        sort, text = self._take("iri", "name")
        if sort == "iri":
            return text
        prefix, colon, rest = text.partition(":")
        if not colon or prefix not in self._prefixes:
            raise ValueError(f"the name {text[:60]!r} has no prefix that is known")
        return self._prefixes[prefix] + re.sub(r"\\(.)", r"\1", rest)

    def _statements(self) -> None:
        subject = self._address()
        while self._now != ("mark", "."):
            if self._now == ("name", "a"):
                self._take("name")
                predicate = TYPE
            else:
                predicate = self._address()
            while True:
                self._graph[subject][predicate].append(self._object())
                self._count += 1
                if self._count > _MOST:
                    raise ValueError(f"more than {_MOST:,} statements")
                if self._now != ("mark", ","):
                    break
                self._take("mark")
            while self._now == ("mark", ";"):
                self._take("mark")
        self._end()

    def _object(self) -> Term:
        sort, text = self._now
        if sort == "number" or (sort == "name" and text in ("true", "false")):
            self._take(sort)
            return Term(text, literal=True)
        if sort != "text":
            return Term(self._address())
        self._take(sort)
        kind = ""
        if self._now == ("mark", "^^"):
            self._take("mark")
            kind = self._address()
        elif self._now[0] == "word":
            self._take("word")
        return Term(_unescaped(text), kind, literal=True)
