"""Files and loose bytes that carry artefacts, and the note of where in them each artefact stands."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from forensics.scenarios.reference_disk import fillers
from forensics.scenarios.reference_disk.draw import Draw
from forensics.scenarios.reference_disk.words import Language, Table, fill
from forensics.scenarios.registry import Decoy, Known

Item = Known | Decoy
Extents = Sequence[tuple[int, int]]
_LABELS = ("", "", "pay to ", "id: ", "see ", "key=", "-> ")
_LONGEST_LABEL = 8
CHUNK = 32 << 10  # of an E01
UNIT = 16 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """An artefact or decoy in some bytes: where it starts and how long it is there."""

    what: Item
    position: int
    length: int
    encoding: str = "ascii"


@dataclass(frozen=True, slots=True)
class Carried:
    """Content with what it carries."""

    data: bytes
    marks: tuple[Mark, ...]


def text_of(item: Item) -> str:
    """The text that shows an item."""
    return item.value if isinstance(item, Decoy) else item.shown[0]


def lead_of(item: Item) -> int:
    """How many characters come before the artefact in its text."""
    return item.lead if isinstance(item, Known) else 0


def room(items: Sequence[Item]) -> int:
    """The least size of a text that carries the items."""
    return 64 + sum(len(text_of(item)) + _LONGEST_LABEL + 40 for item in items)


def lay(data: bytearray, start: int, item: Item, draw: Draw) -> Mark:
    """Write an item over a text, in lines of its own: the artefact's text starts at `start` or a label before it."""
    text = text_of(item)
    alone = item.kind == "seed/bip39" or "\n" in text
    label = "\n" if alone else draw.pick(_LABELS)
    head, body = f"\n{label}".encode(), text.encode()
    first = max(0, start - len(head))
    block = head + body + (b"\n\n" if alone else b"\n")
    if first + len(block) > len(data):
        raise ValueError("an artefact does not fit in its carrier")
    data[first : first + len(block)] = block
    lead = lead_of(item)
    return Mark(item, first + len(head) + lead, len(body) - lead)


def text(table: Table, draw: Draw, size: int, items: Sequence[Item]) -> tuple[bytearray, list[Mark]]:
    """A text of `size` bytes with items spread over it."""
    data = fill(table, draw, size)
    marks = []
    spare = size - room(items)
    at = 32
    for index, item in enumerate(items):
        share = spare // (len(items) - index)
        step = draw.below(share + 1)
        spare -= step
        at += step + _LONGEST_LABEL + 8
        marks.append(lay(data, at, item, draw))
        at += len(text_of(item)) + 32
    return data, marks


def across(table: Table, draw: Draw, size: int, where: Sequence[int], items: Sequence[Item]) -> Carried:
    """A text with the middle of each item at one of the places."""
    data = fill(table, draw, size)
    marks = [lay(data, place - len(text_of(item)) // 2, item, draw) for place, item in zip(where, items, strict=False)]
    return Carried(bytes(data), tuple(marks))


def wide(table: Table, draw: Draw, size: int, items: Sequence[Item]) -> Carried:
    """A text in UTF-16LE with a mark at its start."""
    data, marks = text(table, draw, size, items)
    moved = [Mark(mark.what, 2 + 2 * mark.position, 2 * mark.length, "utf-16le") for mark in marks]
    return Carried(fillers.wide(data), tuple(moved))


def boundary(extents: Extents, size: int, reach: int, step: int) -> int | None:
    """The place in a file of one piece that lies on a multiple of `step` on the image, `reach` from both ends."""
    if len(extents) != 1:
        return None
    start = extents[0][0]
    place = -(-(start + reach) // step) * step - start
    return place if place + reach <= size else None


def packed(ending: str, language: Language, draw: Draw, size: int, items: Sequence[Item]) -> Carried:
    """A gzip file, document or PDF of prose in which each item is a line or paragraph."""
    lines = fillers.sentences(language, draw, size)
    for item in items:
        lines.insert(draw.below(len(lines) + 1), text_of(item))
    return Carried(fillers.packed(ending, lines), tuple(Mark(item, 0, 0, ending) for item in items))


def chat_database(language: Language, draw: Draw, rows: int, items: Sequence[Item]) -> Carried:
    """A SQLite database of messages, some of which are items; what depends on the library's version is fixed."""
    bodies = [fill(language.prose, draw, draw.between(6, 220)).decode().strip() for _ in range(rows)]
    for item in items:
        bodies.insert(draw.below(len(bodies) + 1), text_of(item))
    people = [language.word(draw) for _ in range(6)]
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA auto_vacuum = 0")
        connection.execute("CREATE TABLE messages(id INTEGER PRIMARY KEY, sender TEXT, sent INTEGER, body TEXT)")
        connection.executemany(
            "INSERT INTO messages(sender, sent, body) VALUES(?, ?, ?)",
            [(draw.pick(people), 1_700_000_000_000 + 61_000 * n, body) for n, body in enumerate(bodies)],
        )
        connection.commit()
        data = bytearray(connection.serialize())
    finally:
        connection.close()
    struct.pack_into(">I", data, 24, 1)
    struct.pack_into(">II", data, 92, 1, 3040001)
    marks = []
    for item in items:
        needle = text_of(item).encode()
        at = data.find(needle)
        if at < 0:
            raise ValueError("a message does not stand in one piece")
        marks.append(Mark(item, at, len(needle), "utf-8"))
    return Carried(bytes(data), tuple(marks))
