"""ZIP archives whose bytes depend on no library: DEFLATE with the fixed codes, literals only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime


def deflate(data: bytes) -> bytes:
    """A DEFLATE stream of one block with fixed codes (RFC 1951 §3.2.6)."""
    bits = count = 0
    out = bytearray()

    def put(value: int, width: int) -> None:
        nonlocal bits, count
        bits |= value << count
        count += width
        while count >= 8:
            out.append(bits & 0xFF)
            bits >>= 8
            count -= 8

    def code(value: int, width: int) -> None:
        put(int(f"{value:0{width}b}"[::-1], 2), width)

    put(0b011, 3)  # last block, fixed codes
    for octet in data:
        if octet < 144:
            code(0x30 + octet, 8)
        else:
            code(0x190 + octet - 144, 9)
    code(0, 7)
    put(0, 7)
    return bytes(out)


def zlib_stream(data: bytes) -> bytes:
    """A zlib stream (RFC 1950) around `deflate`."""
    return b"\x78\x9c" + deflate(data) + struct.pack(">I", zlib.adler32(data))


def zipped(members: Mapping[str, bytes], when: int) -> bytes:
    """A ZIP archive of deflated members, all of one time."""
    moment = datetime.fromtimestamp(when, UTC)
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    out = bytearray()
    directory = bytearray()
    for name, data in members.items():
        packed = deflate(data)
        label = name.encode()
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0, 8, time, date, zlib.crc32(data), len(packed), len(data), len(label), 0
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0x20, len(out)) + label
        out += b"PK\x03\x04" + common + label + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\x05\x06" + end)
