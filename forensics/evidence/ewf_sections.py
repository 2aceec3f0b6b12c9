"""The layout of EWF-E01 version 1 files: from segments to a table of chunks.

| section | holds |
|---|---|
| header, header2, xheader | zlib-packed text about the acquisition |
| volume, disk, data | chunk count, sectors per chunk, bytes per sector, sectors, set identifier |
| sectors | the chunks, back to back |
| table, table2 | where each chunk starts; the top bit says that it is compressed |
| error2 | sectors that the acquisition could not read |
| digest, hash | MD5 and SHA-1 of the medium |
| ltree | of logical evidence (L01): the MD5 and length of its text at 0, the text of its files from 48 |
| next, done | end of a segment; end of the image |

Source: Joachim Metz, Expert Witness Compression Format specification (libyal/libewf), chapters 2–4, and
ASR Data's original description. The layout is read with a bound on every length and a guard against
loops, because the file may be made to harm its reader.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from forensics.errors import EvidenceError
from forensics.evidence.ewf_header import read_header
from forensics.evidence.handles import SegmentFile
from forensics.model import ByteRun

SIGNATURE = b"EVF\x09\x0d\x0a\xff\x00"
LOGICAL = b"LVF\x09\x0d\x0a\xff\x00"  # logical evidence: files instead of a medium

_FILE_HEADER = 13
_DESCRIPTOR = 76
_MAX_SECTIONS = 1 << 20  # in one segment; a 2 GiB segment of EnCase has some thousands
_MAX_HEADER = 1 << 20
_MAX_CHUNK = 64 << 20
_MAX_TREE = 512 << 20
_TREE_HEADER = 48
_TREE_START = 4096  # characters of its text in which its size is stated
_MAX_MEDIUM = 1 << 53
_COMPRESSED = 0x8000_0000
_OFFSET = 0x7FFF_FFFF

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its type, and where its content lies in its segment file."""

    kind: str
    start: int  # of the descriptor
    body: int
    body_size: int


@dataclass(slots=True)
class Layout:
    """All that the sections of an image say. Offsets of chunks are in their segment file."""

    size: int = 0
    chunk_size: int = 0
    bytes_per_sector: int = 512
    stated_chunks: int = 0
    segment: npt.NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, np.uint16))
    offset: U64 = field(default_factory=lambda: np.empty(0, np.uint64))
    stored: U32 = field(default_factory=lambda: np.empty(0, np.uint32))
    compressed: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    digests: dict[str, str] = field(default_factory=dict)
    acquisition: dict[str, str] = field(default_factory=dict)
    errors: list[ByteRun] = field(default_factory=list)
    set_identifier: bytes = b""
    tree: bytes = b""  # the text of logical evidence, UTF-16
    complete: bool = False
    caveats: list[str] = field(default_factory=list)

    @property
    def chunks(self) -> int:
        """How many chunks the tables name."""
        return len(self.offset)


@dataclass(slots=True)
class _Table:
    """The chunks of one table: start and stored size of each, and whether its own checksums hold."""

    offset: U64
    stored: U32
    compressed: npt.NDArray[np.bool_]
    sound: bool


def read_layout(segments: Sequence[SegmentFile]) -> Layout:
    """Read every section of every segment.

    Raises:
        EvidenceError: the segments are of different images or in wrong order, or nothing says how
            large the medium is.
        UnreadableRun: the disk that holds them fails in a descriptor or a table.
    """
    layout = Layout()
    parts: list[tuple[int, _Table]] = []
    for index, segment in enumerate(segments):
        _check_file_header(segment, index + 1)
        last = ""
        span: ByteRun | None = None
        tables: list[_Table] = []
        for section in _sections(segment, layout):
            last = section.kind
            if section.kind == "sectors":
                span = ByteRun(section.body, section.body_size)
            elif section.kind in ("table", "table2"):
                table = _table(segment, section, span, layout)
                if section.kind == "table":
                    tables.append(table)
                elif tables and not tables[-1].sound and table.sound:
                    tables[-1] = table
                    layout.caveats.append(f"{segment.name}: a chunk table is damaged; its second copy was used")
                elif not tables:
                    tables.append(table)
            else:
                _other(segment, section, layout)
        unsound = sum(not table.sound for table in tables)
        if unsound:
            layout.caveats.append(f"{segment.name}: {unsound} chunk tables fail their checksum; each chunk has its own")
        parts.extend((index, table) for table in tables)
        _check_end(segment, last, index, segments, layout)
    if not layout.chunk_size:
        raise EvidenceError(segments[0].name, "the container does not say how large the medium is")
    layout.size = max(layout.size, _total(layout.tree))
    _join(parts, layout)
    return layout


def _check_file_header(segment: SegmentFile, number: int) -> None:
    head = segment.pread(0, _FILE_HEADER)
    if len(head) < _FILE_HEADER or not head.startswith((SIGNATURE, LOGICAL)):
        raise EvidenceError(segment.name, "is not a segment of an EWF image", 0)
    stated = int.from_bytes(head[9:11], "little")
    if stated != number:
        raise EvidenceError(segment.name, f"says that it is segment {stated}, but stands as number {number}", 9)


def _sections(segment: SegmentFile, layout: Layout) -> Iterator[Section]:
    """The sections in order; stops, and says so, at the first that cannot be believed."""
    at = _FILE_HEADER
    for _ in range(_MAX_SECTIONS):
        raw = segment.pread(at, _DESCRIPTOR)
        if len(raw) < _DESCRIPTOR:
            layout.caveats.append(f"{segment.name}: cut short at offset {min(at, segment.size):,}")
            return
        if zlib.adler32(raw[:72]) != int.from_bytes(raw[72:76], "little"):
            layout.caveats.append(f"{segment.name}: the section at offset {at:,} is damaged; what follows was not read")
            return
        kind = raw[:16].split(b"\0", 1)[0].decode("latin-1")
        following, size = struct.unpack_from("<QQ", raw, 16)
        if kind in ("next", "done"):
            yield Section(kind, at, at + _DESCRIPTOR, 0)
            return
        end = following if following > at else at + size
        body_size = min(end, segment.size) - at - _DESCRIPTOR
        if following <= at or body_size < 0:
            layout.caveats.append(
                f"{segment.name}: the section at offset {at:,} points back; what follows was not read"
            )
            return
        yield Section(kind, at, at + _DESCRIPTOR, body_size)
        at = following
    layout.caveats.append(f"{segment.name}: more than {_MAX_SECTIONS:,} sections; the rest was not read")


def _check_end(segment: SegmentFile, last: str, index: int, segments: Sequence[SegmentFile], layout: Layout) -> None:
    final = index == len(segments) - 1
    if last == "done":
        if not final:
            raise EvidenceError(segments[index + 1].name, f"{segment.name} already ends the image")
        layout.complete = True
    elif last == "next" and final:
        layout.caveats.append(f"segment {index + 2} is missing: {segment.name} says that another one follows")
    elif last != "next":
        layout.caveats.append(
            f"{segment.name}: its closing section is missing, so the acquisition or the copy stopped early"
        )


def _other(segment: SegmentFile, section: Section, layout: Layout) -> None:
    """Sections that are not chunk tables."""
    if section.kind in ("volume", "disk", "data"):
        _volume(segment, section, layout)
    elif section.kind in ("header", "header2", "xheader"):
        packed = segment.pread(section.body, min(section.body_size, _MAX_HEADER))
        for key, value in read_header(section.kind, packed).items():
            if section.kind != "header" or key not in layout.acquisition:
                layout.acquisition[key] = value
    elif section.kind == "ltree":
        _tree(segment, section, layout)
    elif section.kind == "error2":
        _errors(segment, section, layout)
    elif section.kind == "digest":
        raw = segment.pread(section.body, 80)
        if len(raw) == 80 and zlib.adler32(raw[:76]) == int.from_bytes(raw[76:80], "little"):
            _digest(layout, "md5", raw[:16])
            _digest(layout, "sha1", raw[16:36])
    elif section.kind == "hash":
        raw = segment.pread(section.body, 36)
        if len(raw) == 36 and zlib.adler32(raw[:32]) == int.from_bytes(raw[32:36], "little"):
            _digest(layout, "md5", raw[:16])
        else:
            layout.caveats.append(f"{segment.name}: the section with the stored MD5 is damaged")


def _tree(segment: SegmentFile, section: Section, layout: Layout) -> None:
    """The text that names the files of logical evidence."""
    head = segment.pread(section.body, _TREE_HEADER)
    stated = int.from_bytes(head[16:24], "little")
    size = min(stated, section.body_size - _TREE_HEADER, _MAX_TREE)
    if len(head) < _TREE_HEADER or size < stated:
        layout.caveats.append(f"{segment.name}: the tree of its files is cut short")
    layout.tree = segment.pread(section.body + _TREE_HEADER, max(size, 0))
    if hashlib.md5(layout.tree, usedforsecurity=False).digest() != head[:16]:
        layout.caveats.append(f"{segment.name}: the tree of its files fails its MD5")


def _total(tree: bytes) -> int:
    """How many bytes the files of logical evidence have together, as its text states it; 0 where it does not."""
    lines = tree[: 2 * _TREE_START].decode("utf-16-le", "replace").replace("\r", "").split("\n")
    if "rec" not in lines[:-2]:
        return 0
    at = lines.index("rec")
    value = dict(zip(lines[at + 1].split("\t"), lines[at + 2].split("\t"), strict=False)).get("tb", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def _digest(layout: Layout, name: str, value: bytes) -> None:
    if any(value):
        layout.digests[name] = value.hex()


def _volume(segment: SegmentFile, section: Section, layout: Layout) -> None:
    """The geometry; `data` repeats it in later segments, with the identifier of the set."""
    raw = segment.pread(section.body, min(section.body_size, 1052))
    if len(raw) < 94:
        return
    smart = len(raw) < 1052  # ASR Data's own form: 94 bytes, 32-bit sector count
    sound = zlib.adler32(raw[:-4]) == int.from_bytes(raw[-4:], "little")
    chunks, per_chunk, sector = struct.unpack_from("<III", raw, 4)
    sectors = struct.unpack_from("<I" if smart else "<Q", raw, 16)[0]
    identifier = b"" if smart else raw[64:80]
    if layout.chunk_size:
        known = layout.set_identifier
        if sound and any(identifier) and any(known) and identifier != known:
            raise EvidenceError(segment.name, "belongs to another image: its set identifier differs", section.body)
        if sound and (per_chunk * sector, sectors * sector) != (layout.chunk_size, layout.size):
            layout.caveats.append(f"{segment.name}: states another size of the medium than the first segment")
        return
    if not sound:
        layout.caveats.append(f"{segment.name}: the section with the size of the medium fails its checksum")
    if not 0 < sector <= 1 << 16 or not 0 < per_chunk * sector <= _MAX_CHUNK or sectors * sector > _MAX_MEDIUM:
        raise EvidenceError(segment.name, "states a chunk or medium size that cannot be", section.body)
    layout.bytes_per_sector = sector
    layout.chunk_size = per_chunk * sector
    layout.size = sectors * sector
    layout.stated_chunks = chunks
    layout.set_identifier = identifier


def _errors(segment: SegmentFile, section: Section, layout: Layout) -> None:
    """Sectors that could not be read from the medium; the container holds zeros for them."""
    head = segment.pread(section.body, 520)
    if len(head) < 520:
        return
    count = min(int.from_bytes(head[:4], "little"), (section.body_size - 520) // 8, 1 << 20)
    entries = segment.pread(section.body + 520, max(count, 0) * 8)
    for first, number in struct.iter_unpack("<II", entries[: len(entries) // 8 * 8]):
        layout.errors.append(ByteRun(first * layout.bytes_per_sector, number * layout.bytes_per_sector))


def _table(segment: SegmentFile, section: Section, span: ByteRun | None, layout: Layout) -> _Table:
    """The chunks that a table names. `span` is the sectors section before it, None in ASR Data's form."""
    head = segment.pread(section.body, 24)
    empty = _Table(np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty(0, np.bool_), False)
    if len(head) < 24:
        return empty
    sound = zlib.adler32(head[:20]) == int.from_bytes(head[20:24], "little")
    stated = int.from_bytes(head[:4], "little")
    base = int.from_bytes(head[8:16], "little")
    count = min(stated, (section.body_size - 24) // 4)
    if count <= 0:
        return empty
    raw = segment.pread(section.body + 24, count * 4 + 4)
    count = min(count, len(raw) // 4)
    if not count:
        return empty
    entries = np.frombuffer(raw, "<u4", count)
    if span is not None:  # ASR Data's form has no checksum of the entries
        tail = raw[count * 4 : count * 4 + 4]
        sound = sound and count == stated and zlib.adler32(raw[: count * 4]) == int.from_bytes(tail, "little")
        end = span.end
    else:
        end = section.body + section.body_size
    compressed = (entries & _COMPRESSED) != 0
    offset = (entries & _OFFSET).astype(np.uint64)
    turns = np.flatnonzero(offset[1:] < offset[:-1])
    if turns.size and not base:
        # Past 2 GiB EnCase 6 uses all 32 bits for the offset and stores the chunks uncompressed.
        first = int(turns[0]) + 1
        offset[first:] = entries[first:]
        compressed[first:] = False
    offset += np.uint64(base)
    ends = np.empty(count, np.uint64)
    ends[:-1] = offset[1:]
    ends[-1] = max(end, 0)
    sizes = np.where(ends > offset, ends - offset, 0)
    # A chunk never needs more than its content, a checksum, and deflate's stored-block overhead.
    limit = (layout.chunk_size or _MAX_CHUNK) * 2 + 1024
    return _Table(offset, np.minimum(sizes, limit).astype(np.uint32), compressed, sound)


def _join(parts: Sequence[tuple[int, _Table]], layout: Layout) -> None:
    """Put the tables of all segments into one, and reconcile it with the stated size."""
    if parts:
        layout.segment = np.concatenate([np.full(len(table.offset), index, np.uint16) for index, table in parts])
        layout.offset = np.concatenate([table.offset for _, table in parts])
        layout.stored = np.concatenate([table.stored for _, table in parts])
        layout.compressed = np.concatenate([table.compressed for _, table in parts])
    named = layout.chunks * layout.chunk_size
    if not layout.size:
        layout.size = named
        layout.caveats.append("the container states no size; it is taken from the chunks present")
    expected = -(-layout.size // layout.chunk_size)
    if layout.chunks > expected:
        layout.caveats.append(f"{layout.chunks - expected:,} chunks lie beyond the stated size and were left out")
        for name in ("segment", "offset", "stored", "compressed"):
            setattr(layout, name, getattr(layout, name)[:expected])
    elif layout.chunks < expected:
        layout.complete = False
        layout.caveats.append(f"incomplete: chunks for {layout.size - named:,} of {layout.size:,} bytes are absent")
