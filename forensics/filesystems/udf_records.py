"""Records of UDF as they lie in a block: tags, file entries, file identifiers, allocation descriptors, names.

| record | tag | content |
|---|---|---|
| tag | | kind, version, checksum of its other 15 bytes, serial, CRC and its length, block; 16 bytes |
| file entry | 261 | tag of the ICB at 16, links at 48, size at 56, times from 72, EA and AD lengths at 168, EA from 176 |
| extended file entry | 266 | as before; times from 80 with the creation, streams at 152, lengths at 208, EA from 216 |
| file identifier | 257 | traits at 18, length of the name, ICB at 20, length of the implementation's use at 36; both follow |

Source: ECMA-167, 3/7.2 and part 4; OSTA, *UDF 2.60*, 2.1.1 (names) and 2.3. Numbers are little-endian.
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Iterator
from typing import NamedTuple

from forensics.errors import FormatError
from forensics.filesystems.times import from_udf
from forensics.model import EntryTime

TAG = 16
FILE_SET, IDENTIFIER, ALLOCATION, INDIRECT, FILE, BITMAP, EXTENDED = 256, 257, 258, 259, 261, 264, 266
RECORDED, ALLOCATED, ABSENT, CONTINUED = 0, 1, 2, 3  # what the upper two bits of an extent's length say
SHORT, LONG, LONGER, INLINE = 0, 1, 2, 3  # forms of allocation descriptors
DIRECTORY, REGULAR, LINK, STREAMS, VAT, REALTIME, METADATA, MIRROR = 4, 5, 12, 13, 248, 249, 250, 251
_FORMATS = {SHORT: ("<II", 8), LONG: ("<IIH6x", 16), LONGER: ("<I8xIH2x", 20)}
_TIMES = {
    FILE: (("accessed", 72), ("modified", 84), ("changed", 96)),
    EXTENDED: (("accessed", 80), ("modified", 92), ("created", 104), ("changed", 116)),
}
_EA_HEADER, _FILE_TIMES = 24, 5


class Place(NamedTuple):
    """A block of a partition, by the number of the partition map."""

    partition: int
    block: int


class Extent(NamedTuple):
    """A piece of a file: its state, its bytes, and where it begins."""

    state: int
    length: int
    place: Place


class Record(NamedTuple):
    """A file entry. `allocation` are its descriptors or, inline, its content, which lies at `at` in its block."""

    place: Place
    kind: int
    strategy: int
    form: int
    links: int
    size: int
    unique: int
    times: tuple[EntryTime, ...]
    streams: Extent | None
    allocation: bytes
    at: int
    whole: bool  # its CRC holds


class Name(NamedTuple):
    """A file identifier; `raw` is the stored name with the byte that says how it is stored."""

    raw: bytes
    hidden: bool
    directory: bool
    deleted: bool
    parent: bool
    icb: Extent
    unique: int


def tagged(raw: bytes, location: int | None = None) -> int | None:
    """The kind of a record by its tag, None where its checksum does not hold or it belongs to another block."""
    if len(raw) < TAG or not any(raw[:TAG]) or (sum(raw[:TAG]) - raw[4]) & 0xFF != raw[4]:
        return None
    if location is not None and int.from_bytes(raw[12:16], "little") != location:
        return None
    return int.from_bytes(raw[:2], "little")


def whole(raw: bytes) -> bool:
    """Whether the CRC of a record holds."""
    crc, length = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    return TAG + length <= len(raw) and binascii.crc_hqx(raw[TAG : TAG + length], 0) == crc


def long_extent(raw: bytes, at: int) -> Extent:
    """A long allocation descriptor."""
    length, block, partition = struct.unpack_from("<IIH", raw, at)
    return Extent(length >> 30, length & 0x3FFFFFFF, Place(partition, block))


def extents(form: int, raw: bytes, partition: int) -> Iterator[Extent]:
    """Allocation descriptors up to the one without length; a short one stays within `partition`.

    Raises:
        FormatError: a form that is not known.
    """
    if form not in _FORMATS:
        raise FormatError(f"allocation descriptors of form {form}, which is not known")
    layout, size = _FORMATS[form]
    for at in range(0, len(raw) - size + 1, size):
        length, block, *others = struct.unpack_from(layout, raw, at)
        if not length & 0x3FFFFFFF:
            return
        yield Extent(length >> 30, length & 0x3FFFFFFF, Place(others[0] if others else partition, block))


def record(raw: bytes, place: Place) -> Record:
    """Read a file entry from its block.

    Raises:
        FormatError: it is none, or its lengths cannot be.
    """
    kind = tagged(raw)
    if kind not in (FILE, EXTENDED):
        raise FormatError(f"block {place.block:,} of partition {place.partition} has no file entry")
    lengths = 168 if kind == FILE else 208
    if len(raw) < lengths + 8:
        raise FormatError(f"the file entry in block {place.block:,} is cut off")
    attributes, allocation = struct.unpack_from("<II", raw, lengths)
    first = lengths + 8
    at = first + attributes
    if at + allocation > len(raw):
        raise FormatError(f"the file entry in block {place.block:,} is longer than a block")
    strategy, flags = struct.unpack_from("<H", raw, 20)[0], struct.unpack_from("<H", raw, 34)[0]
    times = [from_udf(field, raw[start : start + 12]) for field, start in _TIMES[kind]]
    times += _attribute_times(raw[first:at]) if kind == FILE else []
    streams = long_extent(raw, 152) if kind == EXTENDED else None
    return Record(
        place,
        raw[27],
        strategy,
        flags & 7,
        int.from_bytes(raw[48:50], "little"),
        int.from_bytes(raw[56:64], "little"),
        int.from_bytes(raw[lengths - 8 : lengths], "little"),
        tuple(each for each in times if each is not None),
        streams if streams is not None and streams.length else None,
        raw[at : at + allocation],
        at,
        whole(raw),
    )


def _attribute_times(raw: bytes) -> list[EntryTime | None]:
    """The creation from the extended attribute of times, which a plain file entry has no field for."""
    at = _EA_HEADER
    while at + 20 <= len(raw):
        kind, length, _, exist = struct.unpack_from("<I4xIII", raw, at)
        if kind == _FILE_TIMES and exist & 1:
            return [from_udf("created", raw[at + 20 : at + 32])]
        if length < 12:
            break
        at += length
    return []


def names(raw: bytes) -> Iterator[Name | int]:
    """The file identifiers of a folder in order; an offset is where one is damaged and the next is looked for."""
    at = 0
    while at + 38 <= len(raw):
        size, used = raw[at + 19], int.from_bytes(raw[at + 36 : at + 38], "little")
        end = at + 38 + used + size
        if tagged(raw[at : at + TAG]) != IDENTIFIER or end > len(raw):
            if any(raw[at : at + 38]):
                yield at
            at = _next(raw, at + 4)
            continue
        after = (end + 3) & ~3  # the CRC may count the bytes that fill it up
        if not whole(raw[at:after]):
            yield at
        traits = raw[at + 18]
        unique = int.from_bytes(raw[at + 32 : at + 36], "little")
        yield Name(
            raw[end - size : end],
            bool(traits & 1),
            bool(traits & 2),
            bool(traits & 4),
            bool(traits & 8),
            long_extent(raw, at + 20),
            unique,
        )
        at = after


def _next(raw: bytes, at: int) -> int:
    """Where the next file identifier begins, at a multiple of four bytes; the end where there is none."""
    while True:
        at = raw.find(b"\x01\x01", at)
        if at < 0:
            return len(raw)
        if at % 4 == 0 and tagged(raw[at : at + TAG]) == IDENTIFIER:
            return at
        at += 1


def text_of(raw: bytes) -> tuple[str, bytes | None]:
    """The text of a stored name, and the bytes again where they are not such text or hold a slash."""
    width = {8: 1, 254: 1, 16: 2, 255: 2}.get(raw[0] if raw else 0, 0)
    content = raw[1:]
    if width == 1 and content:
        text, odd = content.decode("latin-1"), b"/" in content
    elif width == 2 and content:
        text = content.decode("utf-16-be", "backslashreplace")
        odd = text.encode("utf-16-be", "replace") != content or "/" in text
    else:
        text, odd = "".join(f"\\x{each:02x}" for each in raw), True
    return text.replace("/", "\\x2f"), raw if odd else None
