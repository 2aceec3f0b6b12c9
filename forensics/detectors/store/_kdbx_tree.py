"""The plain text of a KeePass 2 database: groups, entries, their histories.

    KeePassFile > Meta (Generator, DatabaseName) | Root > Group (Name) > Entry > String (Key, Value), Times, Binary
    Entry > History > Entry: earlier states

A value with `Protected="True"` is base64 of octets that the inner stream hides; the stream runs through the values in
the order of the document. Times are text before version 4, then base64 of seconds since the year 1.

Source: KeePass, KDBX file format specification; KeePassXC, src/format/KdbxXmlReader.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

from forensics.errors import FormatError

MOST_ENTRIES = 20_000  # of a database, histories and all
_DEEPEST = 64
_LONGEST = 1 << 20  # of one text
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class StoredEntry:
    """One state of an entry. `hidden` are the strings that were protected, `group` names joined by a slash."""

    group: str
    historic: bool
    strings: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    times: dict[str, str] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """What the document says."""

    name: str = ""
    generator: str = ""
    entries: list[StoredEntry] = field(default_factory=list)
    more: bool = False  # there are entries beyond the bound


def tree(document: bytes, reveal: Callable[[bytes], bytes]) -> Tree:
    """The document read; `reveal` takes each protected value, in order, and gives its plain octets.

    Raises:
        FormatError: no such document, or one that declares entities.
    """
    reader = _Reader(reveal)
    try:
        reader.parser.Parse(document, True)
    except expat.ExpatError as error:
        raise FormatError(f"the plain text is no XML, {error}") from error
    return reader.tree


class _Reader:
    """Handlers of a parser that keep the path of elements."""

    def __init__(self, reveal: Callable[[bytes], bytes]) -> None:
        self.tree = Tree()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._reveal = reveal
        self._path: list[str] = []
        self._protected: list[bool] = []
        self._text: list[str] = []
        self._groups: list[str] = []
        self._entries: list[StoredEntry] = []
        self._key = self._value = ""
        self._hidden = False

    def _doctype(self, *_: object) -> None:
        raise FormatError("the plain text declares entities, as no such database does")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            raise FormatError("the plain text is nested deeper than allowed")
        if name == "Group":
            self._groups.append("")
        elif name == "Entry":
            self._entries.append(StoredEntry("/".join(self._groups), historic=bool(self._entries)))
        elif name in ("String", "Binary"):
            self._key, self._value, self._hidden = "", "", False
        self._path.append(name)
        self._protected.append(attributes.get("Protected", "").lower() == "true")
        self._text.clear()

    def _characters(self, text: str) -> None:
        self._text.append(text)

    def _end(self, name: str) -> None:
        text = "".join(self._text)
        self._text.clear()
        self._path.pop()
        protected = self._protected.pop()
        if protected:
            try:
                text = self._reveal(base64.b64decode(text)).decode("utf-8", "replace")
            except binascii.Error as error:
                raise FormatError("a protected value is no base64") from error
        self._take(name, self._path[-1] if self._path else "", text[:_LONGEST], protected)

    def _take(self, name: str, within: str, text: str, protected: bool) -> None:
        entry = self._entries[-1] if self._entries else None
        if within == "Meta" and name == "Generator":
            self.tree.generator = text
        elif within == "Meta" and name == "DatabaseName":
            self.tree.name = text
        elif within == "Group" and name == "Name" and entry is None:
            self._groups[-1] = text
        elif name == "Group":
            self._groups.pop()
        elif entry is None:
            return
        elif within in ("String", "Binary") and name == "Key":
            self._key = text
        elif within == "String" and name == "Value":
            self._value, self._hidden = text, protected
        elif name == "String":
            entry.strings[self._key] = self._value
            if self._hidden:
                entry.hidden.add(self._key)
        elif name == "Binary":
            entry.attachments.append(self._key)
        elif within == "Times":
            entry.times[name] = moment(text)
        elif name == "Entry":
            self._entries.pop()
            if len(self.tree.entries) < MOST_ENTRIES:
                self.tree.entries.append(entry)
            else:
                self.tree.more = True


def moment(text: str) -> str:
    """A time as ISO 8601 in UTC; as it stands where it is none, empty where it is not stated."""
    if len(text) == 12 and text.endswith("="):
        try:
            seconds = int.from_bytes(base64.b64decode(text, validate=True), "little")
            return (_YEAR_ONE + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (binascii.Error, OverflowError, ValueError):
            return text
    return text[:40]
