"""A one-segment EWF-E01 writer.

| section | content |
|---|---|
| file header | `EVF 09 0D 0A FF 00`, 1, segment number |
| header2 (twice) | zlib of UTF-16LE text with tab-separated values |
| header | the same as zlib of ASCII |
| volume | media kind, chunk count, sectors per chunk, bytes per sector, sectors |
| sectors | chunks of 64 sectors: zlib, or raw followed by Adler-32 when zlib would not shrink them |
| table, table2 | chunk offsets from the sectors section's start, bit 31 = compressed |
| … | sectors, table and table2 again for every 16 375 chunks (511 MiB) |
| digest, hash | MD5 and SHA-1 of the media |
| done | end of the last segment |

Each section starts with 76 bytes: name, offset of the next section, size, padding, Adler-32. Given the
same media and zlib build the bytes are always the same: times and names come from the caller.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

SECTORS_PER_CHUNK = 64
SECTOR_SIZE = 512
CHUNK_SIZE = SECTORS_PER_CHUNK * SECTOR_SIZE
MAXIMUM_CHUNKS = 16375
_DESCRIPTOR_SIZE = 76


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the image says about itself."""

    case_number: str
    evidence_number: str
    description: str
    examiner: str
    notes: str
    acquired: int
    media_set: bytes


def write(out: BinaryIO, media: bytes | bytearray | memoryview, particulars: Particulars, *, level: int = 9) -> None:
    """Write `media`, a whole number of chunks, as one E01 segment; `level` is zlib's."""
    if len(media) % CHUNK_SIZE:
        raise ValueError("an E01 needs whole chunks of 32 KiB")
    chunks = len(media) // CHUNK_SIZE
    writer = _Sections(out)
    text = _header2(particulars)
    writer.section(b"header2", text)
    writer.section(b"header2", text)
    writer.section(b"header", _header(particulars))
    writer.section(b"volume", _volume(chunks, len(media) // SECTOR_SIZE, particulars.media_set, fast=level < 6))
    md5, sha1 = hashlib.md5(), hashlib.sha1()
    view = memoryview(media)
    for first in range(0, chunks, MAXIMUM_CHUNKS):
        part = view[first * CHUNK_SIZE : (first + MAXIMUM_CHUNKS) * CHUNK_SIZE]
        _table(writer, part, level, (md5.update, sha1.update))
    digest = md5.digest() + sha1.digest() + bytes(40)
    writer.section(b"digest", digest + _sum(digest))
    digest = md5.digest() + bytes(16)
    writer.section(b"hash", digest + _sum(digest))
    writer.done()


def _table(writer: _Sections, media: memoryview, level: int, digests: Sequence[Callable[[memoryview], None]]) -> None:
    stored: list[bytes] = []
    entries = bytearray()
    position = _DESCRIPTOR_SIZE
    for start in range(0, len(media), CHUNK_SIZE):
        chunk = media[start : start + CHUNK_SIZE]
        for digest in digests:
            digest(chunk)
        packed = zlib.compress(chunk, level)
        mark = 0x80000000
        if len(packed) >= CHUNK_SIZE:
            packed, mark = bytes(chunk) + struct.pack("<I", zlib.adler32(chunk)), 0
        entries += struct.pack("<I", position | mark)
        stored.append(packed)
        position += len(packed)
    base = writer.section(b"sectors", b"".join(stored))
    head = struct.pack("<I4xQ4x", len(stored), base)
    table = head + _sum(head) + bytes(entries) + _sum(bytes(entries))
    writer.section(b"table", table)
    writer.section(b"table2", table)


def _sum(data: bytes) -> bytes:
    return struct.pack("<I", zlib.adler32(data))


class _Sections:
    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.position = out.write(b"EVF\x09\x0d\x0a\xff\x00\x01" + struct.pack("<HH", 1, 0))

    def section(self, name: bytes, data: bytes) -> int:
        size = _DESCRIPTOR_SIZE + len(data)
        return self._write(name, self.position + size, size, data)

    def done(self) -> None:
        self._write(b"done", self.position, _DESCRIPTOR_SIZE, b"")

    def _write(self, name: bytes, following: int, size: int, data: bytes) -> int:
        at = self.position
        head = struct.pack("<16sQQ40x", name, following, size)
        self.out.write(head + _sum(head))
        self.out.write(data)
        self.position += size
        return at


def _moment(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y %m %d %H %M %S").replace(" 0", " ")


def _header(p: Particulars) -> bytes:
    names = "c\tn\ta\te\tt\tav\tov\tm\tu\tp\tr"
    moment = _moment(p.acquired)
    values = [p.case_number, p.evidence_number, p.description, p.examiner, p.notes]
    values += ["", "Linux", moment, moment, "0", "b"]
    text = f"1\r\nmain\r\n{names}\r\n" + "\t".join(values) + "\r\n\r\n"
    return zlib.compress(text.encode("ascii"), 9)


def _header2(p: Particulars) -> bytes:
    names = "a\tc\tn\te\tt\tav\tov\tm\tu\tp"
    values = [p.description, p.case_number, p.evidence_number, p.examiner, p.notes]
    values += ["", "Linux", str(p.acquired), str(p.acquired), ""]
    text = f"1\nmain\n{names}\n" + "\t".join(values) + "\n\n"
    return zlib.compress(b"\xff\xfe" + text.encode("utf-16-le"), 9)


def _volume(chunks: int, sectors: int, media_set: bytes, *, fast: bool) -> bytes:
    data = bytearray(1048)
    # fixed disk; compression level "fast" or "best"; flags: image of a physical device; error granularity = chunk
    struct.pack_into("<BxxxIIIQ", data, 0, 1, chunks, SECTORS_PER_CHUNK, SECTOR_SIZE, sectors)
    data[36] = 0x03
    data[52] = 1 if fast else 2
    struct.pack_into("<I", data, 56, SECTORS_PER_CHUNK)
    data[64:80] = media_set
    return bytes(data) + _sum(bytes(data))
