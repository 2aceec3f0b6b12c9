"""Armour (RFC 9580 §6): finding the edges of a block in a layer, and its octets in whatever is left of it.

    -----BEGIN PGP <type>-----
    Name: value                 headers, if any
                                blank line, often lost
    base64, 64 or 76 to a line
    =XXXX                       CRC-24, may be absent
    -----END PGP <type>-----

Web pages and programs re-wrap blocks: carriage returns, `<br>`, `&nbsp;`, `> ` of quotations, line breaks
written `\\n` in JSON or lost, `=3D` of quoted-printable and non-breaking hyphens are all undone.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from forensics.model import Layer

LARGEST = 8 << 20  # of the text of a block
FIRST_PIECE = 2 << 10  # most blocks end within a few kilobytes; pieces double up to
PIECE = 64 << 10
MOST_HEADERS = 20

_DASH = rb"(?:-|\xe2\x80[\x90\x91\x93]|&#45;)"
_SPACE = rb"(?: |&nbsp;|\xc2\xa0)"
_TYPE = (
    rb"(PUBLIC KEY BLOCK|PRIVATE KEY BLOCK|SECRET KEY BLOCK|MESSAGE(?:, PART \d{1,4}(?:/\d{1,4})?)?"
    rb"|SIGNED MESSAGE|SIGNATURE|ARMORED FILE)"
).replace(b" ", _SPACE)
_HEAD = re.compile(_DASH + rb"{1,5}BEGIN" + _SPACE + rb"PGP" + _SPACE + _TYPE + _DASH + rb"{1,5}")
_EDGE = re.compile(_DASH + rb"{1,5}(?:BEGIN|END)" + _SPACE + rb"PGP" + _SPACE + rb"[A-Z ]{7,30}")
_TAIL = re.compile(_DASH + rb"{1,5}END" + _SPACE + rb"PGP" + _SPACE + _TYPE + _DASH + rb"{0,5}")
_FOREIGN = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")  # no text of any kind
_HEAD_REACH = 96
_EDGE_REACH = 160

_REWRITTEN = re.compile(
    rb"&nbsp;|&gt;|&#(?:10|13|32|43|45|47|61);|&#x(?:0?[aAdD]|20|2[bBdDfF]|3[dD]);|\xc2\xa0"
    rb"|</?[a-zA-Z][a-zA-Z0-9]{0,9}(?:\s[^<>]{0,200})?/?>"
)
_ESCAPED = re.compile(rb"\\(?:r|n|t|/|u002[bBfF]|u003[dD])")
_MEANING = {
    b"&nbsp;": b" ", b"&gt;": b">", b"\xc2\xa0": b" ", b"&#10;": b"\n", b"&#13;": b"\n", b"&#32;": b" ",
    b"&#43;": b"+", b"&#45;": b"-", b"&#47;": b"/", b"&#61;": b"=", b"&#xa;": b"\n", b"&#xd;": b"\n",
    b"&#x0a;": b"\n", b"&#x0d;": b"\n", b"&#x20;": b" ", b"&#x2b;": b"+", b"&#x2d;": b"-", b"&#x2f;": b"/",
    b"&#x3d;": b"=", b"\\r": b"\n", b"\\n": b"\n", b"\\t": b" ", b"\\/": b"/", b"\\u002b": b"+",
    b"\\u002f": b"/", b"\\u003d": b"=",
}  # fmt: skip
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,40}):[ \t]?(.*)", re.DOTALL)
_QUOTED = re.compile(rb"^(?:[ \t]*[>|]){1,8}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}(?:=[A-Za-z0-9+/]{4})?")
_LONG = re.compile(rb"[A-Za-z0-9+/]{48,}")
_WHOLE = re.compile(rb"([A-Za-z0-9+/]*)(={0,2})(?:=([A-Za-z0-9+/]{4}))?")


@dataclass(frozen=True, slots=True)
class Block:
    """A block in a layer; offsets are the layer's, from the first dash to behind the last."""

    type: str
    start: int
    text_start: int
    text_end: int
    end: int
    text: bytes
    ended: bool


@dataclass(frozen=True, slots=True)
class Armour:
    """The octets of a block, its headers, and what its checksum said: None where there is none."""

    octets: bytes
    headers: tuple[tuple[str, str], ...]
    crc: bool | None
    clean: bool


def find_block(layer: Layer, at: int) -> Block | None:
    """The block whose first line a trigger fired in, `at` being behind the match."""
    base = max(0, at - 64)
    window = layer.read(base, at - base + _HEAD_REACH)
    head = None
    for each in _HEAD.finditer(window):
        if each.start() <= at - base <= each.end():
            head = each
    if head is None:
        return None
    kind = re.sub(_SPACE, b" ", head[1]).decode("ascii")
    start, text_start = base + head.start(), base + head.end()
    text, ended, end = _until_edge(layer, text_start, kind == "SIGNED MESSAGE")
    return Block(kind, start, text_start, text_start + len(text), end, text, ended)


def _until_edge(layer: Layer, start: int, signed: bool) -> tuple[bytes, bool, int]:
    """Text up to the next edge of a block, whether that edge was an end, and the offset behind it."""
    held = bytearray()
    searched, size = 0, FIRST_PIECE
    while len(held) < LARGEST:
        piece = layer.read(start + len(held), size)
        held += piece
        foreign = _FOREIGN.search(held, searched)
        limit = foreign.start() if foreign else len(held)
        position = max(0, searched - _EDGE_REACH)
        while edge := _EDGE.search(held, position, limit):
            if signed and held[max(0, edge.start() - 2) : edge.start()] == b"- ":
                position = edge.end()  # dash-escaped: part of the signed text
                continue
            if edge.end() > len(held) - _EDGE_REACH and len(piece) == size:
                held += layer.read(start + len(held), _EDGE_REACH)
            tail = _TAIL.match(held, edge.start())
            text = bytes(held[: edge.start()])
            return text, tail is not None, start + (tail.end() if tail else edge.start())
        if foreign or len(piece) < size:
            return bytes(held[:limit]), False, start + limit
        searched, size = len(held), min(2 * size, PIECE)
    return bytes(held[:LARGEST]), False, start + min(len(held), LARGEST)


def inside_signed_message(layer: Layer, start: int) -> bool:
    """Whether the last edge of a block before `start`, within reach, opens a clear-signed message."""
    end, size = start, FIRST_PIECE
    floor = max(0, start - LARGEST)
    while end > floor:
        base = max(floor, end - size)
        window = layer.read(base, min(start, end + _EDGE_REACH) - base)
        edges = [
            each
            for each in _EDGE.finditer(window)
            if each.start() < end - base and window[max(0, each.start() - 2) : each.start()] != b"- "
        ]
        if edges:
            head = _HEAD.match(window, edges[-1].start())
            return head is not None and b"SIGNED" in head[1]
        if _FOREIGN.search(window):
            return False
        end, size = base, min(2 * size, PIECE)
    return False


def decode(text: bytes) -> Armour | None:
    """The octets in the text between the edges of a block; None when there are none."""
    if b"\n" not in text.strip() and b"\\n" in text:
        text = _ESCAPED.sub(lambda each: _MEANING[each[0].lower()], text)
    plain = _REWRITTEN.sub(lambda each: _MEANING.get(each[0].lower(), b"\n"), text)
    headers: list[tuple[str, str]] = []
    pieces: list[bytes] = []
    clean = True
    for line in re.split(rb"[\r\n\x0b\x0c]+", plain):
        bare = _QUOTED.sub(b"", line).strip() if line[:3].strip()[:1] in (b">", b"|") else line.strip()
        if not bare or bare == b"-":  # a lone dash: the escape before the end of a nested block
            continue
        header = _HEADER.fullmatch(bare) if not pieces and b":" in bare else None
        if header and not _LONG.search(header[2]):
            if len(headers) < MOST_HEADERS:
                headers.append((header[1].decode("ascii"), header[2][:500].decode("utf-8", "replace")))
            continue
        run = b"".join(bare.split())
        if _BASE64.fullmatch(run):
            pieces.append(run)
            continue
        if not pieces and (long := _LONG.search(bare)):
            if header and long.start() > header.start(2):
                name = header[1].decode("ascii")
                headers.append((name, bare[header.start(2) : long.start()].decode("utf-8", "replace").strip()))
            run = b"".join(bare[long.start() :].split())
        clean = False
        matched = _WHOLE.match(run)
        pieces.append(matched[0] if matched else b"")
        if pieces[-1] or len(pieces) > 1:
            break
        pieces.clear()
    return _octets(b"".join(pieces), tuple(headers), clean)


def _octets(joined: bytes, headers: tuple[tuple[str, str], ...], clean: bool) -> Armour | None:
    whole = _WHOLE.fullmatch(joined)
    if (whole is None or whole[3] is None) and b"=3D" in joined[-24:]:
        joined = joined[:-24] + joined[-24:].replace(b"=3D", b"=")
        whole = _WHOLE.fullmatch(joined)
    if whole is None:
        whole = _WHOLE.match(joined)
        clean = False
    if whole is None or len(whole[1]) < 8:
        return None
    data = whole[1]
    rest = len(data) % 4
    octets = base64.b64decode(data[: len(data) - rest])
    if rest > 1:
        octets += base64.b64decode(data[-rest:] + b"A" * (4 - rest))[: rest - 1]
    crc = None if whole[3] is None else crc24(octets) == int.from_bytes(base64.b64decode(whole[3]), "big")
    return Armour(octets, headers, crc, clean and rest != 1)


def _table() -> tuple[int, ...]:
    table = []
    for octet in range(256):
        value = octet << 16
        for _ in range(8):
            value = (value << 1) ^ (0x864CFB if value & 0x800000 else 0)
        table.append(value & 0xFFFFFF)
    return tuple(table)


_CRC24 = _table()  # generator 0x864CFB, start 0xB704CE (RFC 9580 §6.1)


def crc24(data: bytes) -> int:
    """The checksum of armour."""
    value = 0xB704CE
    table = _CRC24
    for octet in data:
        value = ((value << 8) & 0xFFFFFF) ^ table[(value >> 16) ^ octet]
    return value
