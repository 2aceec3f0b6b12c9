"""Objects of JSON, and dictionaries of Python, around a place in a layer: where they start and what they say.

A file of its own starts with its brace; in unallocated space the brace is looked for backwards, within
bounds, by counting braces. Text is taken as Latin-1 first, so that an offset in it is an offset in the layer.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from forensics.model import ByteRun, Layer

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

BACK = 16 << 20
LARGEST = 16 << 20
LARGEST_LITERAL = 2 << 20  # the parser of Python takes about a hundred times that
_SIZES = (64 << 10, 1 << 20, LARGEST)
_CANDIDATES = 3
_OLD_LONG = re.compile(r"(?<=[0-9])L(?=[,\]})\s])")


@dataclass(frozen=True, slots=True)
class Object:
    """A parsed object: its keys, and where it stands in the layer. `text` is what was read from `start` on."""

    value: dict[str, Json]
    start: int
    end: int
    text: str
    python: bool

    def span_of(self, word: str, after: int = 0) -> ByteRun | None:
        """Where a string value stands, without its quotes; None where it is written with escapes."""
        quote = "'" if self.python else '"'
        place = self.text.find(f"{quote}{word}{quote}", after, self.end - self.start)
        return ByteRun(self.start + place + 1, len(word)) if word and place >= 0 else None


def enclosing(layer: Layer, at: int, marker: bytes, accept: Callable[[dict[str, Json]], bool]) -> Object | None:
    """The innermost object around the key `marker`, which ends at `at`, that `accept` takes; None without one.

    The way back ends where the same key stands again outside of a closed object: it would be another one's.
    """
    for start in _starts(layer, at - len(marker) - 2, marker):
        found = parse(layer, start)
        if found is not None and found.end >= at and accept(found.value):
            return found
    return None


def _starts(layer: Layer, at: int, marker: bytes) -> Iterator[int]:
    """Offsets of braces that may open the object around `at`, the nearest first, then a file's own."""
    token = re.compile(rb"[{}]|[\"']" + re.escape(marker) + rb"[\"']")
    end, depth, given, size = at, 0, 0, 4 << 10
    floor = max(0, at - BACK)
    while end > floor and given < _CANDIDATES:
        base = max(floor, end - size)
        for each in reversed(list(token.finditer(layer.read(base, end - base)))):
            if each[0] == b"}":
                depth += 1
            elif each[0] == b"{":
                if depth:
                    depth -= 1
                    continue
                given += 1
                yield base + each.start()
                if given >= _CANDIDATES:
                    break
            elif not depth:
                end = base
                given = _CANDIDATES
                break
        end, size = base, min(2 * size, 1 << 20)
    if 0 < at <= BACK and layer.read(0, 1) == b"{":
        yield 0


def parse(layer: Layer, start: int) -> Object | None:
    """The object that opens at `start`, in JSON or as a dictionary of Python."""
    if layer.read(start, 2)[:1] != b"{":
        return None
    if re.match(rb"\{\s*u?'", layer.read(start, 16)):
        return _literal(layer, start)
    for size in _SIZES:
        data = layer.read(start, size)
        text = data.decode("latin-1")
        try:
            value, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError as error:
            near = error.pos > len(text) - 64 or error.msg.startswith("Unterminated")
            if len(data) == size and near:
                continue
            return None
        except (RecursionError, ValueError, MemoryError):
            return None
        return Object(value, start, start + end, text, False) if isinstance(value, dict) else None
    return None


def _literal(layer: Layer, start: int) -> Object | None:
    text = layer.read(start, LARGEST_LITERAL).decode("latin-1")
    end = _closing(text)
    if not end:
        return None
    source = text[:end]
    try:
        value = ast.literal_eval(_OLD_LONG.sub("", source) if "L" in source else source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    return Object({str(key): each for key, each in value.items()}, start, start + end, text, True)


def _closing(text: str) -> int:
    """The offset behind the brace that closes the first one; 0 where none does."""
    depth = 0
    for each in re.finditer(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[{}]", text):
        if each[0] == "{":
            depth += 1
        elif each[0] == "}":
            depth -= 1
            if not depth:
                return each.end()
    return 0


def proper(text: str) -> str:
    """A string of such an object as it was meant: UTF-8 where its Latin-1 octets are that."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def mapping(value: Json) -> dict[str, Json]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def string(value: Json, longest: int = 4_096) -> str:
    """`value` if it is text, cut to `longest`, else empty."""
    return proper(value[:longest]) if isinstance(value, str) else ""
