"""Boxes of the ISO base media format (ISO/IEC 14496-12 §4.2), walked at the top level.

u32 length (1: u64 behind the type; 0: to the end of the file), type of four characters, data
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.model import Layer

MOST_BOXES = 20_000
TOP = frozenset(
    b"ftyp moov mdat free skip wide meta moof mfra sidx ssix styp uuid pnot PICT udta pdin prft emsg idat junk".split()
)


@dataclass(frozen=True, slots=True)
class Walk:
    """Types of the boxes that hold together, the bytes that they take, and what follows instead of another."""

    types: tuple[bytes, ...]
    length: int
    broken: str


def brand(layer: Layer, at: int) -> bytes:
    """The major brand, and the others behind it, of the ftyp box at `at`; empty where it is not one."""
    head = layer.read(at, 8)
    length = int.from_bytes(head[:4], "big")
    if head[4:] != b"ftyp" or not 16 <= length <= 512 or length % 4:
        return b""
    body = layer.read(at + 8, length - 8)
    if len(body) < length - 8 or not all(0x20 <= each < 0x7F or not each for each in body[:4] + body[8:]):
        return b""
    return body[:4] + body[8:]


def walk(layer: Layer, at: int) -> Walk:
    """Boxes from `at` until something else follows; that is the end only if the file needs nothing more."""
    position, types = at, list[bytes]()
    for _ in range(MOST_BOXES):
        head = layer.read(position, 16)
        length, name, least = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1 and len(head) == 16:
            length, least = int.from_bytes(head[8:], "big"), 16
        if len(head) < 8 or name not in TOP or (name == b"ftyp" and types):
            return Walk(tuple(types), position - at, "")
        if length == 0:
            return Walk(tuple(types), position - at, "a box that says no length")
        if length < least:
            return Walk(tuple(types), position - at, "")
        if position + length > layer.size:
            return Walk((*types, name), layer.size - at, "the area ends")
        types.append(name)
        position += length
    return Walk(tuple(types), position - at, "too many boxes")


def box(name: bytes, data: bytes) -> bytes:
    """A box, for specimens."""
    return (8 + len(data)).to_bytes(4, "big") + name + data
