"""EWF2-Ex01 images, as EnCase 7 and later write them: every chunk checked, every damaged one named.

| place | content |
|---|---|
| 0 | `EVF2`, version, method of packing, number of the segment, identifier of the set |
| sections | data, then a descriptor of 64 bytes: kind, flags, place of the one before, length, Adler-32 |
| 1, 2 | device and case: UTF-16 text, packed |
| 3, 4 | chunks; table: first chunk, then 16 bytes each: place or pattern, stored length, flags |
| 5, 8, 9 | sectors that were not read; MD5; SHA-1 |
| 13, 15 | end of a segment; end of the image |

Source: Joachim Metz, *Expert Witness Compression Format version 2 specification* (libyal/libewf). Numbers are
little-endian. Not read: encrypted images (their method is not published), chunks packed by bzip2, Lx01.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forensics.errors import EvidenceError
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import LARGEST_CHUNK, LOST, MappedImage, Packed, Place, inflate, table
from forensics.evidence.ranges import merged
from forensics.model import ByteRun

SIGNATURE = b"EVF2\x0d\x0a\x81\x00"
_DESCRIPTOR = 64
_DEVICE, _CASE, _TABLE, _ERRORS, _MD5, _SHA1, _KEYS, _DONE = 1, 2, 4, 5, 8, 9, 11, 15
_ENCRYPTED = 2  # flag of a section
_PACKED, _PATTERN = 1, 4  # flags of a chunk
_ENTRY = np.dtype([("place", "<u8"), ("stored", "<u4"), ("flags", "<u4")])
_MOST_SECTIONS = 1 << 20
_LARGEST_TEXT = 4 << 20
_LARGEST_MEDIUM = 1 << 53
_CODES = {
    "nm": "description",
    "cn": "case_number",
    "en": "evidence_number",
    "ex": "examiner",
    "nt": "notes",
    "av": "tool_version",
    "os": "platform",
    "tt": "acquired",
    "at": "system_date",
    "md": "model",
    "sn": "serial_number",
    "lb": "device_label",
}


class _Section(NamedTuple):
    kind: int
    flags: int
    start: int  # of its data
    length: int


class _Table(NamedTuple):
    first: int  # number of its first chunk
    segment: SegmentFile
    entries: npt.NDArray[np.void]


class Ex01Image(MappedImage):
    """An Ex01 image over all its segments."""

    format = "ex01"

    def __init__(self, segments: Sequence[SegmentFile], cache_bytes: int = DEFAULT_BYTES) -> None:
        """Read the sections of all segments.

        Raises:
            EvidenceError: segments of different images, encryption, bzip2, or sections that cannot be.
        """
        self._texts: dict[str, str] = {}
        tables: list[_Table] = []
        digests: dict[str, str] = {}
        errors: list[tuple[int, int]] = []
        caveats: list[str] = []
        last = 0
        for number, segment in enumerate(segments, 1):
            _check_head(segment, segments[0], number)
            kinds = list(_sections(segment))
            last = kinds[0].kind
            for each in kinds:
                if each.flags & _ENCRYPTED or each.kind == _KEYS:
                    raise EvidenceError(segment.name, "an encrypted Ex01; its method is not published", each.start)
                if each.kind in (_DEVICE, _CASE):
                    self._texts = _text(segment, each) | self._texts
                elif each.kind == _TABLE:
                    tables.append(_table(segment, each, caveats))
                elif each.kind == _ERRORS:
                    errors += _errors(segment, each)
                elif each.kind in (_MD5, _SHA1):
                    name, size = ("md5", 16) if each.kind == _MD5 else ("sha1", 20)
                    raw = segment.pread(each.start, size + 4)
                    if zlib.adler32(raw[:size]) == int.from_bytes(raw[size:], "little"):
                        digests[name] = raw[:size].hex()
                    else:
                        caveats.append(f"the stored {name} is damaged")
        sector = self._number("bp", 512)
        self.chunk_size = self._number("sb", 64) * sector
        size = self._number("ts", 0) * sector
        if not 512 <= self.chunk_size <= LARGEST_CHUNK or not 0 < size < _LARGEST_MEDIUM:
            raise EvidenceError(segments[0].name, f"{size:,} bytes in chunks of {self.chunk_size:,} cannot be")
        super().__init__(segments, size, None, cache_bytes)
        self._tables = sorted(tables, key=lambda each: each.first)
        self._firsts = [each.first for each in self._tables]
        self.chunk_count = -(-size // self.chunk_size)
        self.stored_digests = digests
        self.acquisition = {name: self._texts[code] for code, name in _CODES.items() if self._texts.get(code)}
        self.acquisition_errors = merged([ByteRun(first * sector, count * sector) for first, count in errors if count])
        if last != _DONE:
            caveats.append("its closing section is missing: segments are absent, or it was not finished")
        if errors:
            lost = sum(run.length for run in self.acquisition_errors)
            caveats.append(f"the acquisition met read errors over {lost:,} bytes; its tool filled them")
        self.caveats += tuple(caveats)

    def _number(self, code: str, default: int) -> int:
        value = self._texts.get(code, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else default

    def _place(self, offset: int) -> tuple[Place, int]:
        number, inside = divmod(offset, self.chunk_size)
        want = min(self.chunk_size, self._size - number * self.chunk_size)
        index = bisect_right(self._firsts, number) - 1
        if index < 0 or number - self._firsts[index] >= len(self._tables[index].entries):
            return LOST, want - inside
        _, segment, entries = self._tables[index]
        place, stored, flags = (int(each) for each in entries[number - self._firsts[index]])
        if stored > 2 * self.chunk_size:
            return LOST, want - inside
        if flags & _PACKED and flags & _PATTERN:
            unit = place.to_bytes(8, "little")
            return Packed(
                segment, 0, 0, number * self.chunk_size, want, lambda _, size: unit * (size // 8)
            ), want - inside
        unpack = self._inflated if flags & _PACKED else self._checked
        return Packed(segment, place, stored, number * self.chunk_size, want, unpack), want - inside

    def _inflated(self, raw: bytes, size: int) -> bytes:
        """A packed chunk; zlib's own checksum is the check."""
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(raw, self.chunk_size + 1)
        return content[:size] if unpacker.eof and len(content) in (size, self.chunk_size) else b""

    def _checked(self, raw: bytes, size: int) -> bytes:
        """A chunk that is not packed, with its checksum behind it."""
        for length in (self.chunk_size, size):
            content, tail = raw[:length], raw[length : length + 4]
            if len(tail) == 4 and zlib.adler32(content) == int.from_bytes(tail, "little"):
                return content[:size]
        return b""


def _check_head(segment: SegmentFile, first: SegmentFile, number: int) -> None:
    head = segment.pread(0, 32)
    if len(head) < 32 or head[:8] != SIGNATURE:
        raise EvidenceError(segment.name, "is no segment of an Ex01 image")
    method, stated = struct.unpack_from("<HI", head, 10)
    if head[16:] != first.pread(16, 16):
        raise EvidenceError(segment.name, f"belongs to another image than {first.name}")
    if stated != number:
        raise EvidenceError(segment.name, f"is segment {stated} of its image, given as segment {number}")
    if method not in (0, 1):
        name = "bzip2" if method == 2 else f"method {method}"
        raise EvidenceError(segment.name, f"an Ex01 packed by {name}, which is not supported")


def _sections(segment: SegmentFile) -> Iterator[_Section]:
    """The sections from the last to the first."""
    at = segment.size - _DESCRIPTOR
    for _ in range(_MOST_SECTIONS):
        raw = segment.pread(at, _DESCRIPTOR)
        if len(raw) < _DESCRIPTOR or zlib.adler32(raw[:60]) != int.from_bytes(raw[60:], "little"):
            raise EvidenceError(segment.name, "a section cannot be read; the file is damaged or was cut short", at)
        kind, flags, before, length = struct.unpack_from("<IIQQ", raw)
        if length > at or (before and before + _DESCRIPTOR > at - length):
            raise EvidenceError(segment.name, f"a section of {length:,} bytes cannot be", at)
        yield _Section(kind, flags, at - length, length)
        if not before:
            return
        at = before
    raise EvidenceError(segment.name, f"more than {_MOST_SECTIONS:,} sections")


def _text(segment: SegmentFile, section: _Section) -> dict[str, str]:
    """Codes and values of a device or case section."""
    raw = table(segment, section.start, min(section.length, _LARGEST_TEXT), "a text section")
    try:
        plain = inflate(raw, _LARGEST_TEXT)
    except zlib.error as error:
        raise EvidenceError(segment.name, f"a text section cannot be unpacked: {error}", section.start) from error
    lines = plain.decode("utf-16", "replace").split("\n")
    if len(lines) < 4:
        return {}
    return {
        code.strip(): value.strip()
        for code, value in zip(lines[2].split("\t"), lines[3].split("\t"), strict=False)
        if value.strip()
    }


def _table(segment: SegmentFile, section: _Section, caveats: list[str]) -> _Table:
    raw = table(segment, section.start, section.length, "a chunk table")
    if len(raw) < 36:
        raise EvidenceError(segment.name, "a chunk table is cut short", section.start)
    first, count = struct.unpack_from("<QI", raw)
    if 32 + count * 16 + 4 > len(raw) or first >= 1 << 48:
        raise EvidenceError(segment.name, f"a table of {count:,} chunks in {len(raw):,} bytes cannot be", section.start)
    body = raw[32 : 32 + count * 16]
    sums = ((raw[:16], raw[16:20]), (body, raw[32 + count * 16 : 36 + count * 16]))
    if any(zlib.adler32(content) != int.from_bytes(stated, "little") for content, stated in sums):
        caveats.append(f"{segment.name}: a chunk table at offset {section.start:,} is damaged")
    return _Table(first, segment, np.frombuffer(body, _ENTRY))


def _errors(segment: SegmentFile, section: _Section) -> list[tuple[int, int]]:
    """First sector and number of sectors of each range that could not be read."""
    raw = table(segment, section.start, section.length, "the table of read errors")
    count = min(int.from_bytes(raw[:4], "little"), max(len(raw) - 36, 0) // 16)
    return [struct.unpack_from("<QI", raw, 32 + at * 16) for at in range(count)]
