"""The header of 7z archives, read within bounds (7zFormat.txt of the LZMA SDK).

Numbers are of variable length: the leading ones of the first byte say how many bytes follow, low first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from forensics.errors import FormatError

MOST_FOLDERS = 1 << 16
MOST_STREAMS = 1 << 20
MOST_CODERS = 8

END, HEADER, MAIN_STREAMS, FILES, PACKED, UNPACKED, SUBSTREAMS = 0x00, 0x01, 0x04, 0x05, 0x06, 0x07, 0x08
SIZES, DIGESTS, FOLDERS, UNPACKED_SIZES, COUNTS, NO_STREAM, NO_FOLDER, NAMES, MODIFIED, ENCODED = (
    0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x14, 0x17,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coder:
    """One method: its number as stored bytes, and its properties."""

    method: bytes
    properties: bytes


@dataclass(slots=True)
class Folder:
    """Streams that were encoded together.

    Attributes:
        coders: in the order of decoding; empty where they are not a simple chain.
        sizes: the decoded length behind each of them.
        offset: of the encoded bytes, from the end of the signature header.
        length: of the encoded bytes.
        streams: decoded length and CRC-32, if it is stored, of each file in it.
    """

    coders: list[Coder] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    offset: int = 0
    length: int = 0
    packed: int = 1
    digest: int | None = None
    outs: int = 1
    main: int = 0
    order: list[int] = field(default_factory=list)
    streams: list[tuple[int, int | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class File:
    """A name in the list of files; `stored` ones have a stream. `modified` is in 100 ns since 1601, UTC."""

    name: str
    stored: bool
    folder: bool
    modified: int | None


class Cursor:
    """Reads the header; what is not there is a `FormatError`."""

    def __init__(self, data: bytes) -> None:
        """Start at the first byte."""
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        """The next `length` bytes."""
        if length < 0 or self._at + length > len(self._data):
            raise FormatError("7z header: it ends early")
        self._at += length
        return self._data[self._at - length : self._at]

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """The next number."""
        first = self.byte()
        mask, value = 0x80, 0
        for count in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << 8 * count
            value |= self.byte() << 8 * count
            mask >>= 1
        return value

    def count(self, most: int) -> int:
        """The next number, which counts something."""
        value = self.number()
        if value > most:
            raise FormatError(f"7z header: {value:,} of something, more than {most:,}")
        return value

    def bits(self, count: int) -> list[bool]:
        """`count` bits, the highest of each byte first."""
        data = self.take((count + 7) // 8)
        return [bool(data[each >> 3] >> (7 - (each & 7)) & 1) for each in range(count)]

    def digests(self, count: int) -> list[int | None]:
        """`count` checksums, None where none is stored."""
        known = [True] * count if self.byte() else self.bits(count)
        return [int.from_bytes(self.take(4), "little") if each else None for each in known]

    def expect(self, wanted: int) -> None:
        """The next byte, which must be this."""
        found = self.byte()
        if found != wanted:
            raise FormatError(f"7z header: {found:#04x} where {wanted:#04x} must be")


def streams_of(cursor: Cursor) -> list[Folder]:
    """The folders of a streams information, up to and with its end mark.

    Raises:
        FormatError: it is not what it must be.
    """
    folders: list[Folder] = []
    counts: list[int] | None = None
    position, lengths = 0, list[int]()
    while True:
        kind = cursor.byte()
        if kind == END:
            break
        if kind == PACKED:
            position, lengths = _packed(cursor)
        elif kind == UNPACKED:
            folders = _folders(cursor)
        elif kind == SUBSTREAMS:
            counts = _substreams(cursor, folders)
        else:
            raise FormatError(f"7z header: {kind:#04x} among the streams")
    if counts is None:
        for folder in folders:
            folder.streams = [(folder.sizes[folder.main], folder.digest)]
    _lay(folders, position, lengths)
    return folders


def _packed(cursor: Cursor) -> tuple[int, list[int]]:
    position, count = cursor.number(), cursor.count(MOST_STREAMS)
    lengths: list[int] = []
    while (kind := cursor.byte()) != END:
        if kind == SIZES:
            lengths = [cursor.number() for _ in range(count)]
        elif kind == DIGESTS:
            cursor.digests(count)
        else:
            raise FormatError(f"7z header: {kind:#04x} among the packed streams")
    return position, lengths


def _folders(cursor: Cursor) -> list[Folder]:
    cursor.expect(FOLDERS)
    count = cursor.count(MOST_FOLDERS)
    cursor.expect(0)  # not kept elsewhere
    folders = [_folder(cursor) for _ in range(count)]
    cursor.expect(UNPACKED_SIZES)
    for folder in folders:
        folder.sizes = [cursor.number() for _ in range(folder.outs)]
    kind = cursor.byte()
    if kind == DIGESTS:
        for folder, digest in zip(folders, cursor.digests(count), strict=True):
            folder.digest = digest
        kind = cursor.byte()
    if kind != END:
        raise FormatError(f"7z header: {kind:#04x} among the folders")
    return folders


def _folder(cursor: Cursor) -> Folder:
    coders: list[Coder] = []
    ins = outs = 0
    simple = True
    for _ in range(cursor.count(MOST_CODERS)):
        flags = cursor.byte()
        method = cursor.take(flags & 0x0F)
        if flags & 0x10:
            one, other = cursor.count(MOST_CODERS), cursor.count(MOST_CODERS)
            ins, outs, simple = ins + one, outs + other, simple and one == other == 1
        else:
            ins, outs = ins + 1, outs + 1
        properties = cursor.take(cursor.count(1 << 16)) if flags & 0x20 else b""
        coders.append(Coder(method, properties))
    if not outs:
        raise FormatError("7z header: a folder without coders")
    pairs = [(cursor.number(), cursor.number()) for _ in range(outs - 1)]
    packed = ins - len(pairs)
    if packed < 1:
        raise FormatError("7z header: a folder without packed streams")
    if packed > 1:
        for _ in range(packed):
            cursor.number()
    bound = {out for _, out in pairs}
    main = [each for each in range(outs) if each not in bound]
    if len(main) != 1:
        raise FormatError("7z header: a folder with several results")
    folder = Folder(packed=packed, outs=outs, main=main[0])
    if simple and packed == 1:
        feeds = dict(pairs)  # what goes into a coder -> the coder that it comes from
        order = [main[0]]
        while order[-1] in feeds:
            order.append(feeds[order[-1]])
            if len(order) > len(coders) or order[-1] >= len(coders):
                raise FormatError("7z header: coders in a circle")
        folder.order = order[::-1]
        folder.coders = [coders[each] for each in folder.order]
    return folder


def _substreams(cursor: Cursor, folders: Sequence[Folder]) -> list[int]:
    counts = [1] * len(folders)
    kind = cursor.byte()
    if kind == COUNTS:
        counts = [cursor.count(MOST_STREAMS) for _ in folders]
        if sum(counts) > MOST_STREAMS:
            raise FormatError("7z header: too many streams")
        kind = cursor.byte()
    sized = kind == SIZES
    lengths: list[list[int]] = []
    for folder, count in zip(folders, counts, strict=True):
        if count > 1 and not sized:
            raise FormatError("7z header: streams without sizes")
        sizes = [cursor.number() for _ in range(count - 1)]
        if count:
            rest = folder.sizes[folder.main] - sum(sizes)
            if rest < 0:
                raise FormatError("7z header: streams larger than their folder")
            sizes.append(rest)
        lengths.append(sizes)
    if sized:
        kind = cursor.byte()
    digests: list[int | None] = []
    while kind != END:
        if kind != DIGESTS or digests:
            raise FormatError(f"7z header: {kind:#04x} among the substreams")
        unknown = sum(
            count for folder, count in zip(folders, counts, strict=True) if count != 1 or folder.digest is None
        )
        digests = cursor.digests(unknown)
        kind = cursor.byte()
    left = iter(digests)
    for folder, sizes in zip(folders, lengths, strict=True):
        own = len(sizes) == 1 and folder.digest is not None
        folder.streams = [(size, folder.digest if own else next(left, None)) for size in sizes]
    return counts


def _lay(folders: Sequence[Folder], position: int, lengths: Sequence[int]) -> None:
    """Give each folder its encoded bytes."""
    number = 0
    for folder in folders:
        own = lengths[number : number + folder.packed]
        if len(own) < folder.packed:
            raise FormatError("7z header: a folder without its packed streams")
        folder.offset, folder.length = position, sum(own)
        position += folder.length
        number += folder.packed


def files_of(cursor: Cursor) -> list[File]:
    """The files, in order; those that are stored have the streams of the folders, one after the other.

    Raises:
        FormatError: the list is not what it must be.
    """
    count = cursor.count(MOST_STREAMS)
    names: list[str] = []
    times: list[int | None] = [None] * count
    without, files = [False] * count, list[bool]()
    while (kind := cursor.byte()) != END:
        body = Cursor(data := cursor.take(cursor.number()))
        if kind == NO_STREAM:
            without = body.bits(count)
        elif kind == NO_FOLDER:
            files = body.bits(sum(without))
        elif kind == NAMES and data[:1] == b"\0":
            names = data[1:].decode("utf-16-le", "replace").split("\0")[:count]
        elif kind == MODIFIED:
            known = [True] * count if body.byte() else body.bits(count)
            body.expect(0)  # not kept elsewhere
            times = [int.from_bytes(body.take(8), "little") if each else None for each in known]
    names += [""] * (count - len(names))
    empty = iter(files)
    return [
        File(name, not bare, bare and not next(empty, False), time)
        for name, bare, time in zip(names, without, times, strict=True)
    ]
