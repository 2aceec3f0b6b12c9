r"""Base64 text (RFC 4648, section 4), in one line, wrapped, or wrapped and escaped inside a JSON string.

    | where | what |
    |-------|------|
    | run   | 64 or more of A-Z a-z 0-9 + /, and up to two = at its end; / may be written \/ |
    | lines | of equal width, 60 to 100, the last may be shorter; ended by LF, CR LF, or \n, \r\n as escapes |
    | group | 4 characters are 3 bytes, 3 are 2, 2 are 1 |

Runs of hexadecimal digits alone, and lines drawn with a few characters, are not taken for Base64. The
alphabet for file names (- and _) is not looked for. Where a run does not begin with the first group
(its beginning is overwritten), its bytes come out wrong. The body of a part of e-mail is left to `mime`.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from forensics.detectors._mail import encoding_before
from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

SHORTEST = 64
SEGMENT = 60  # characters of the trigger
LOOK_BACK = 1 << 20
BUFFER = 1 << 16
WIDEST = 100
FINE = 1 << 20  # up to here each line is a place of its own, behind it each 4 KiB
GRAIN = 1 << 12

_B = rb"[A-Za-z0-9+/]"
# A line that follows a full line of Base64 does not begin a run.
TRIGGER = rb"(?:\A|[^A-Za-z0-9+/\r\n]|(?:\A|[^A-Za-z0-9+/\r])" + _B + rb"{0,58}\r?\n)" + _B + rb"{60}"

_UNIT = rb"(?:\\/|[A-Za-z0-9+/])"
_LINE = re.compile(_UNIT + rb"+={0,2}")
_BREAK = re.compile(rb"\r?\n|(?:\\r)?\\n")
# The same reversed: what may stand before a segment that is not the first of its run.
_TINU = rb"(?:/\\|(?![nr]\\)[A-Za-z0-9+/])"
_BACK = re.compile(_TINU + rb"*(?:(?:n\\(?:r\\)?|\n\r?)" + _TINU + rb"{60,100})*")
_FIRST = re.compile(TRIGGER)
_HEX = re.compile(rb"[0-9a-fA-F]+")

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LETTERS = frozenset(_ALPHABET[at : at + 1] for at in range(64))
_FITS = bytes(each in _ALPHABET for each in range(256))
_IN = np.zeros(256, np.bool_)
_IN[list(_ALPHABET)] = True
STRIDE = 16  # a run of 60 holds three bytes at this distance, and all bytes from the first of them to 44 behind it
_ORDER = (4, 12, 20, 28, 36, 44, 2, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, *range(1, 44, 2))

_TEXT = binascii.b2a_base64(NOTE, newline=False)
_WRAPPED = _TEXT[:76] + b"\r\n" + _TEXT[76:] + b"\r\n"
_MANY = NOTE * 2 + bytes(range(240, 256)) * 2
_ESCAPED = binascii.b2a_base64(_MANY, newline=False)
_LINES = b"\\r\\n".join(_ESCAPED[at : at + 76] for at in range(0, len(_ESCAPED), 76)).replace(b"/", b"\\/")


class Base64:
    """Decodes one run."""

    kind: ClassVar[str] = "base64"
    title: ClassVar[str] = "Base64 text"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(TRIGGER, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("RFC 4648, section 4", "RFC 2045, section 6.8")
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("one line", b'{"note": "' + _TEXT + b'"}', (NOTE,), "binascii"),
        EncodedSpecimen("from the first byte", _TEXT + b"\n", (NOTE,), "binascii"),
        EncodedSpecimen("wrapped", b"Encoding: base64\r\n\r\n" + _WRAPPED + b"\r\n--", (NOTE,), "binascii, as e-mail"),
        EncodedSpecimen("behind a word", b"\nnote\n" + _WRAPPED.replace(b"\r", b""), (NOTE,), "binascii"),
        EncodedSpecimen("in JSON", b'{"note":"' + _LINES + b'"}', (_MANY,), "binascii, escaped as PHP does"),
        EncodedSpecimen("the end is cut off", b" " + _TEXT[:-8], (NOTE[:-5],), "binascii, cut"),
        EncodedSpecimen("a digest", b"sha512 " + b"0123456789abcdef" * 8 + b" file", None, "made by hand"),
        EncodedSpecimen("a drawn line", b"// " + b"/" * 90 + b"\n", None, "made by hand"),
    )

    def ends(self, data: bytes | memoryview) -> list[int]:
        """As `Seeker` says: one byte of eight is looked at, and more where six in a row fit."""
        held = np.frombuffer(data, np.uint8)
        if len(held) < SEGMENT:
            return []
        fits = np.frombuffer(held[:: STRIDE // 2].tobytes().translate(_FITS), np.bool_)
        pairs = fits[:-1] & fits[1:]
        at = np.flatnonzero((pairs[:-4] & pairs[2:-2] & pairs[4:])[::2]) * STRIDE
        at = at[at + 44 < len(held)]
        for distance in _ORDER:
            at = at[_IN[held[at + distance]]]
            if not len(at):
                return []
        found: list[int] = []
        breaks = np.flatnonzero(np.diff(at) != STRIDE)
        firsts, lasts = at[np.append(0, breaks + 1)], at[np.append(breaks, len(at) - 1)]
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            # A run begins less than a stride before the first of its samples that fits, and the next does not fit.
            low = len(bytes(data[max(0, first - STRIDE) : first]).rstrip(_ALPHABET)) + max(0, first - STRIDE)
            behind = bytes(data[last + 45 : last + 45 + STRIDE])
            high = last + 45 + len(behind) - len(behind.lstrip(_ALPHABET))
            if high - low >= SEGMENT and _begins(data, low):
                found.append(low + SEGMENT)
        return found

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        start = _start(layer, at)
        if start is None or limit <= 0 or encoding_before(layer, start) == "base64":  # the decoder of MIME has its name
            return
        data, places, end, characters, limited = _run(layer, start, limit)
        if characters < SHORTEST or not data:
            return
        caveat = cut(limit) if limited else ""
        yield Decoded(data, ByteRun(start, end - start), complete=not caveat, caveat=caveat, places=places)


def _begins(data: bytes | memoryview, low: int) -> bool:
    """Whether the maximal segment at `low` begins a run, as the trigger's first part says."""
    if low == 0:
        return True
    if data[low - 1] not in b"\r\n":
        return True
    if data[low - 1] == 0x0D:
        return False
    at = low - 2
    if at >= 0 and data[at] == 0x0D:
        at -= 1
    count = 0
    while at >= 0 and count < 59 and _IN[data[at]]:
        at -= 1
        count += 1
    return count < 59 and (at < 0 or data[at] != 0x0D)


def _start(layer: Layer, at: int) -> int | None:
    """Where the run begins, None if this is not its first place or it is no Base64."""
    start = at - SEGMENT
    if start < 0:
        return None
    near = max(0, start - 2 * SEGMENT)
    data = layer.read(near, at - near)
    segment, before = data[start - near :], data[: start - near]
    if len(segment) < SEGMENT or len(set(segment)) < 10 or _HEX.fullmatch(segment):
        return None
    if before.endswith(b"\\"):
        if segment[:1] in (b"n", b"r"):
            start += 1  # the letter of an escape
        elif segment[:1] == b"/":
            start -= 1  # its backslash
    elif not before.endswith(b"\n") or before.rstrip(b"\r\n")[-1:] not in _LETTERS:
        return start
    size = 1 << 10
    while True:
        low = max(0, start - size)
        window = layer.read(low, start - low)
        back = _BACK.match(window[::-1])
        length = back.end() if back else 0
        begin = start - length
        # Another place of the same run comes first if the trigger fits before this one.
        lead = max(0, begin - 2 * SEGMENT)
        for match in _FIRST.finditer(layer.read(lead, at - lead)):
            if lead + match.end() - SEGMENT >= begin and lead + match.end() < at:
                return None
        # A line that the window cuts is not matched, so the run may go on behind it.
        if length + 2 * WIDEST + 4 < len(window) or low == 0 or size >= LOOK_BACK:
            return begin
        size <<= 2


def _run(layer: Layer, start: int, limit: int) -> tuple[bytes, tuple[tuple[int, int, int], ...], int, int, bool]:
    """Decoded bytes, places, the end of the run, its characters, and whether the limit ended it."""
    out = bytearray()
    places: list[tuple[int, int, int]] = []
    carry, carried_from = b"", start
    position, end, characters, width = start, start, 0, 0
    base, buffer = start, layer.read(start, BUFFER)
    while len(out) <= limit:
        if position - base + (BUFFER >> 1) > len(buffer) and base + len(buffer) < layer.size:
            base, buffer = position, layer.read(position, BUFFER)
        match = _LINE.match(buffer, position - base)
        if match is None:
            break
        whole = match.end() + 4 < len(buffer) or base + len(buffer) >= layer.size
        text = match.group().replace(b"\\", b"")
        padded = text.endswith(b"=")
        length = len(text)
        characters += length
        text = carry + text.rstrip(b"=")
        usable = len(text) if padded else len(text) & ~3
        piece = text[:usable]
        source = carried_from if carry else position
        _place(places, len(out), source, base + match.end() - source)
        out += binascii.a2b_base64(_filled(piece))
        carry = text[usable:]
        end = position = base + match.end()
        if carry:
            carried_from = end - len(carry)
        if padded:
            break
        if not whole:
            continue
        gap = _BREAK.match(buffer, position - base)
        if gap is None or (width and length != width) or not SEGMENT <= length <= WIDEST:
            break
        width = length
        following = _LINE.match(buffer, gap.end())
        if following is None or len(following.group().replace(b"\\", b"")) > width:
            break
        position = base + gap.end()
    if len(carry) > 1 and len(out) <= limit:
        out += binascii.a2b_base64(_filled(carry))
    limited = len(out) > limit
    data = bytes(out[:limit])
    return data, tuple(place for place in places if place[0] < len(data)), end, characters, limited


def _filled(text: bytes) -> bytes:
    """Text with the padding that its length wants; a single last character is no byte and is left out."""
    over = len(text) % 4
    return text[:-1] if over == 1 else text + b"=" * (-len(text) % 4)


def _place(places: list[tuple[int, int, int]], decoded: int, source: int, length: int) -> None:
    """Add a place; far into a long stream several lines share one."""
    if places and (places[-1][0] == decoded or (decoded > FINE and decoded - places[-1][0] < GRAIN)):
        first, begin, _ = places[-1]
        places[-1] = (first, begin, source + length - begin)
    else:
        places.append((decoded, source, length))


DECODER: Decoder = Base64()
