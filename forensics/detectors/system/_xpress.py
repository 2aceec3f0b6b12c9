"""LZ77 with Huffman codes, as Windows packs prefetch files (MS-XCA 2.2).

Each block of 64 KiB starts with 256 octets: the lengths of 512 codes, 4 bits each, the low half first. Codes stand in
16-bit little-endian words, their first bit on top. Symbols below 256 are octets; above, the low 4 bits are the length
of a match less 3 (15: an octet follows; 255: a u16 follows; 0: a u32 follows), the next 4 bits the number of bits of
its distance.
"""

from __future__ import annotations

import struct

BLOCK = 65_536
_TABLE = 256
_LONGEST = 15  # bits of a code


class XpressError(ValueError):
    """The packed bytes do not follow the format: offset and reason."""


def unpack(packed: bytes, size: int) -> tuple[bytes, int]:
    """The `size` octets that were packed, fewer where the packed bytes end before, and how many bytes they took.

    Raises:
        XpressError: the codes of a block cannot be, or a match leads before the start.
    """
    out = bytearray()
    at = 0
    while len(out) < size and at + _TABLE < len(packed):
        at = _block(packed, at, out, min(size, len(out) + BLOCK))
    return bytes(out[:size]), min(at, len(packed))


def _codes(table: bytes, at: int) -> list[int]:
    """For each 15 bits: the symbol times 16 and the length of its code."""
    lengths = [each for octet in table for each in (octet & 15, octet >> 4)]
    listed: list[int] = []
    for length in range(1, _LONGEST + 1):
        for symbol, each in enumerate(lengths):
            if each == length:
                listed += [symbol << 4 | length] * (1 << _LONGEST - length)
        if len(listed) > 1 << _LONGEST:
            raise XpressError(f"at {at}: more codes than there can be")
    if len(listed) != 1 << _LONGEST:
        raise XpressError(f"at {at}: codes are missing")
    return listed


def _block(packed: bytes, at: int, out: bytearray, until: int) -> int:
    """Unpack one block into `out`; the offset behind it."""
    codes = _codes(packed[at : at + _TABLE], at)
    at += _TABLE
    padded = packed[at : at + 4].ljust(4, b"\0")
    first, second = struct.unpack("<HH", padded)
    bits, left = first << 16 | second, 16  # 32 bits ahead; `left` of them beyond the first 16
    at += 4
    end = len(packed)
    while len(out) < until:
        if at > end + 4:
            raise XpressError(f"at {end}: the packed bytes end within a block")
        entry = codes[bits >> 32 - _LONGEST]
        symbol, length = entry >> 4, entry & 15
        bits = bits << length & 0xFFFFFFFF
        left -= length
        if left < 0:
            bits |= int.from_bytes(packed[at : at + 2], "little") << -left
            left += 16
            at += 2
        if symbol < 256:
            out.append(symbol)
            continue
        count, width = symbol & 15, symbol >> 4 & 15
        if count == 15:
            more = packed[at] if at < end else 0
            at += 1
            if more == 255:
                count = int.from_bytes(packed[at : at + 2], "little")
                at += 2
                if count == 0:
                    count = int.from_bytes(packed[at : at + 4], "little")
                    at += 4
                if count < 15:
                    raise XpressError(f"at {at}: a long match that is short")
            else:
                count += more
        count += 3
        distance = (1 << width) + (bits >> 32 - width if width else 0)
        bits = bits << width & 0xFFFFFFFF
        left -= width
        if left < 0:
            bits |= int.from_bytes(packed[at : at + 2], "little") << -left
            left += 16
            at += 2
        start = len(out) - distance
        if start < 0:
            raise XpressError(f"at {at}: a match before the start")
        count = min(count, until - len(out))
        piece = out[start : start + count]
        out += (piece * (count // len(piece) + 1))[:count]
    return at
