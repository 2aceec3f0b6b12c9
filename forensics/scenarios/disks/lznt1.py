"""LZNT1, the compression of NTFS files: chunks of 4096 bytes, each by itself.

| part of a chunk | what |
|---|---|
| header | 16 bits: bits 0-11 bytes of the chunk with its header, less three; 12-14 are 3; bit 15 compressed |
| group | a byte of eight marks, least significant first, then eight tokens |
| token, mark 0 | the byte itself |
| token, mark 1 | 16 bits: distance less one in the high bits, length less three in the low ones |

The border between distance and length moves with the place in the chunk: four bits of distance up to
place 16, one more each time that the place doubles. Source: [MS-XCA] 2.5.
"""

from __future__ import annotations

import struct

CHUNK = 4096
_SHORTEST = 3


def compress(data: bytes) -> bytes:
    """All chunks of `data`; the last one is filled up with zeros."""
    return b"".join(_chunk(data[at : at + CHUNK].ljust(CHUNK, b"\0")) for at in range(0, len(data), CHUNK))


def _chunk(data: bytes) -> bytes:
    out = bytearray()
    seen: dict[bytes, int] = {}
    marks, group = 0, bytearray()
    place = count = 0
    while place < CHUNK:
        distance = length = 0
        split = max(4, (place - 1).bit_length()) if place else 4
        key = data[place : place + _SHORTEST]
        before = seen.get(key, -1) if len(key) == _SHORTEST else -1
        if before >= 0:
            distance = place - before
            length = _SHORTEST
            longest = min((1 << (16 - split)) + 2, CHUNK - place)
            while length < longest and data[before + length] == data[place + length]:
                length += 1
        if length:
            marks |= 1 << count
            group += struct.pack("<H", (distance - 1) << (16 - split) | (length - _SHORTEST))
        else:
            group.append(data[place])
            length = 1
        for step in range(place, place + length):
            seen[data[step : step + _SHORTEST]] = step
        place += length
        count += 1
        if count == 8:
            out.append(marks)
            out += group
            marks, group, count = 0, bytearray(), 0
    if count:
        out.append(marks)
        out += group
    if len(out) >= CHUNK:
        return struct.pack("<H", 0x3FFF) + data
    return struct.pack("<H", 0xB000 | (len(out) - 1)) + bytes(out)
