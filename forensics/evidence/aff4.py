"""Advanced Forensic Format 4: the image of a disk in one or several ZIP volumes.

| segment | content |
|---|---|
| MAP/map | entries of 28 bytes: image offset, length, offset in the target, number of the target |
| MAP/idx | addresses of the targets, one a line |
| STREAM/00000000 … | chunks of a stream, packed one by one, some thousand to a segment |
| STREAM/00000000.index | entries of 12 bytes: offset and length of each chunk; a full length is not packed |
| STREAM/00000000.sha1 … | digests of the unpacked chunks |

Numbers are little-endian. As in *AFF4 Standard v1.0a*, §3, §4, §6. A chunk whose own digest differs counts as lost.
Not read: containers older than the standard, encrypted streams, logical evidence (AFF4-L), block map hashes.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from forensics.errors import EvidenceError
from forensics.evidence.aff4_stream import Aff4Stream
from forensics.evidence.aff4_volume import SCHEMA, Container
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.ranges import merged
from forensics.model import ByteRun

_ENTRY = np.dtype([("offset", "<u8"), ("length", "<u8"), ("target", "<u8"), ("number", "<u4")])
_LARGEST = 1 << 62
_LARGEST_MAP = 32 << 20  # bytes: more than a million entries
_REPEATED = 1 << 20  # repeated words begin anew after so many bytes
_DIGESTS = {SCHEMA + name: name.lower() for name in ("MD5", "SHA1", "SHA256", "SHA512")}
_WORDS = {"UnknownData": b"UNKNOWN", "UnreadableData": b"UNREADABLEDATA"}
_ACQUISITION = {
    "caseName": "case_number",
    "caseDescription": "description",
    "examiner": "examiner",
    "diskMake": "make",
    "diskModel": "model",
    "diskSerial": "serial_number",
    "startTime": "acquired",
}

Target = Callable[[int, int], bytes]  # offset, length; exactly these bytes


class _Piece(NamedTuple):
    """A range of the image and where in which target its bytes are."""

    offset: int
    length: int
    target: int
    number: int


class _Parts(NamedTuple):
    """The map, its targets (None where no entry uses one) and what fills its gaps."""

    size: int
    pieces: tuple[_Piece, ...]
    targets: tuple[Target | Aff4Stream | None, ...]
    words: tuple[str, ...]  # names in the schema of symbolic targets, empty for streams
    gaps: str


def _repeated(unit: bytes) -> Target:
    def read(offset: int, length: int) -> bytes:
        skip = offset % len(unit)
        return (unit * ((skip + length) // len(unit) + 1))[skip : skip + length]

    return read


def _symbolic(name: str) -> Target | None:
    """The endless stream of that name in the schema, or None."""
    if name == "Zero":
        return _repeated(bytes(1 << 16))
    if name.startswith("SymbolicStream") and len(name) == 16:
        try:
            return _repeated(bytes.fromhex(name[14:]) * 4096)
        except ValueError:
            return None
    word = _WORDS.get(name)
    return _repeated((word * (_REPEATED // len(word) + 1))[:_REPEATED]) if word else None


def _parts(container: Container, segments: tuple[SegmentFile, ...], start: str, cache_bytes: int) -> _Parts:
    """What an image, a map or a stream consists of."""
    names: list[str] = []
    pieces: list[_Piece] = []
    gaps = "Zero"
    if container.is_a(start, "Map"):
        size = container.number(start, "size")
        names = container.read(f"{start}/idx").decode("utf-8", "replace").splitlines()
        pieces = _entries(container, container.read(f"{start}/map"), size, len(names))
        gaps = _schema(container.text(start, "mapGapDefaultStream", SCHEMA + "Zero"))
    elif container.is_a(start, "ImageStream"):
        size = container.number(start, "size")
        names, pieces = [start], [_Piece(0, size, 0, 0)]
    else:
        raise EvidenceError(
            container.name, f"{start or 'the image'} is neither a map nor an image stream; not supported"
        )
    if not 0 < size < _LARGEST:
        raise EvidenceError(container.name, f"an image of {size:,} bytes cannot be")
    used = {piece.number for piece in pieces}
    return _Parts(
        size,
        tuple(pieces),
        tuple(
            _target(container, segments, name.strip(), cache_bytes) if number in used else None
            for number, name in enumerate(names)
        ),
        tuple(_schema(name.strip()) for name in names),
        gaps,
    )


def _schema(address: str) -> str:
    """The part behind the schema's address, in either spelling; empty for other addresses."""
    for prefix in (SCHEMA, "aff4:"):
        if address.startswith(prefix) and not address.startswith("aff4://"):
            return address.removeprefix(prefix)
    return ""


def _target(
    container: Container, segments: tuple[SegmentFile, ...], name: str, cache_bytes: int
) -> Target | Aff4Stream:
    symbolic = _symbolic(_schema(name))
    if symbolic is not None:
        return symbolic
    if container.is_a(name, "ImageStream"):
        return Aff4Stream(container, name, segments, cache_bytes)
    raise EvidenceError(
        container.name,
        f"its map needs {name[:200]!r}, which is no stream of the files given; give all files of the image",
    )


def _entries(container: Container, raw: bytes, size: int, targets: int) -> list[_Piece]:
    """The map in order, its entries checked."""
    if len(raw) > _LARGEST_MAP:
        raise EvidenceError(container.name, f"a map of {len(raw) // _ENTRY.itemsize:,} entries is more than is read")
    if len(raw) % _ENTRY.itemsize:
        raise EvidenceError(container.name, f"its map of {len(raw):,} bytes is cut short")
    pieces = sorted(_Piece(*entry) for entry in np.frombuffer(raw, _ENTRY).tolist() if entry[1])
    end = 0
    for piece in pieces:
        if piece.offset < end or piece.offset + piece.length > size:
            raise EvidenceError(container.name, "entries of its map overlap, or lie behind its end", piece.offset)
        if piece.number >= targets or piece.target >= _LARGEST:
            raise EvidenceError(container.name, "an entry of its map points nowhere", piece.offset)
        end = piece.offset + piece.length
    return pieces


def _image(container: Container) -> tuple[str, list[str]]:
    """The address of the image to read, and of others that are not."""
    if container.subjects("EncryptedStream"):
        raise EvidenceError(container.name, "its streams are encrypted (AFF4), which is not supported")
    found: list[str] = []
    for kind in ("DiskImage", "VolumeImage", "MemoryImage", "ContiguousImage", "Image"):
        found += [each for each in container.subjects(kind) if each not in found]
    if container.subjects("FileImage"):
        raise EvidenceError(container.name, "holds files (logical evidence in AFF4-L), which is not supported")
    if not found:
        raise EvidenceError(container.name, "an AFF4 container without an image of a disk")
    return found[0], found[1:]


class Aff4Image(Image):
    """The image that an AFF4 container holds; the first one, should it hold several."""

    format = "aff4"

    def __init__(self, segments: Sequence[SegmentFile], cache_bytes: int = DEFAULT_BYTES) -> None:
        """Read statements, map and streams; `segments` are all files of the container.

        Raises:
            EvidenceError: statements or a map that cannot be, streams that are not there, or what is not supported.
        """
        super().__init__(segments)
        container = Container(segments)
        address, others = _image(container)
        start = container.text(address, "dataStream", address)
        parts = _parts(container, self.segments, start, cache_bytes)
        self._size, self._pieces, self._targets = parts.size, parts.pieces, parts.targets
        self._starts = [piece.offset for piece in parts.pieces]
        gap = _symbolic(parts.gaps)
        if gap is None:
            raise EvidenceError(container.name, f"gaps of its map filled from {parts.gaps!r}, which is not known")
        self._gap = gap
        self.chunk_size = max((each.chunk_size for each in self._targets if isinstance(each, Aff4Stream)), default=512)
        self.stored_digests = {
            _DIGESTS[term.type]: term.value.lower()
            for subject in (start, address)
            for term in container.terms(subject, "hash")
            if term.type in _DIGESTS
        }
        self.acquisition = {
            name: value
            for key, name in _ACQUISITION.items()
            if (value := next(container.everything(key), "").partition("^^")[0])
        }
        self.acquisition["container"] = f"AFF4, {len(self.segments)} {'file' if len(self.segments) == 1 else 'files'}"
        if container.tool:
            self.acquisition["tool_version"] = container.tool
        self._note(parts, container, start, address, others)

    def _note(self, parts: _Parts, container: Container, start: str, address: str, others: Sequence[str]) -> None:
        """What the examiner must know of it."""
        filled: list[ByteRun] = []
        for word, words in (
            ("UnreadableData", "the acquisition could not read {:,} bytes; {!r} stands there"),
            ("UnknownData", "{:,} bytes were not acquired; {!r} stands there"),
        ):
            runs = [ByteRun(*each[:2]) for each in parts.pieces if parts.words[each.number] == word]
            if parts.gaps == word:
                runs += self._gaps()
            if runs:
                self.caveats += (words.format(sum(run.length for run in runs), _WORDS[word].decode()),)
            filled += runs
        self.acquisition_errors = merged(filled)
        if others:
            self.caveats += (
                f"holds {len(others) + 1:,} images; only {address} is examined, not {', '.join(others[:8])}",
            )
        for name, segment in (("mapIdxHash", "idx"), ("mapPointHash", "map")):
            for term in container.terms(start, name):
                algorithm = _DIGESTS.get(term.type)
                if (
                    algorithm
                    and hashlib.new(algorithm, container.read(f"{start}/{segment}")).hexdigest() != term.value.lower()
                ):
                    self.caveats += (f"its {segment} is not the one whose {algorithm} it states",)
        if not self.stored_digests and any(container.terms(each, "blockMapHash") for each in (start, address)):
            self.caveats += (
                "states only a block map hash, which is not compared; digests of chunks are, where stored",
            )

    def _gaps(self) -> list[ByteRun]:
        """Ranges that no entry of the map covers."""
        out: list[ByteRun] = []
        at = 0
        for piece in (*self._pieces, _Piece(self._size, 0, 0, 0)):
            if piece.offset > at:
                out.append(ByteRun(at, piece.offset - at))
            at = piece.offset + piece.length
        return out

    @property
    def size(self) -> int:
        """Bytes of the medium."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; shorter only at the end, zeros where nothing can be had."""
        length = min(length, self._size - offset)
        if offset < 0 or length <= 0:
            return b""
        parts = [self._part(*each) for each in self._divided(offset, length)]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _divided(self, offset: int, length: int) -> Iterator[tuple[int, int, _Piece | None]]:
        """The range in ranges that each lie in one entry of the map, or in none."""
        end = offset + length
        number = max(bisect_right(self._starts, offset) - 1, 0)
        while offset < end:
            piece = self._pieces[number] if number < len(self._pieces) else None
            if piece is not None and piece.offset + piece.length <= offset:
                number += 1
                continue
            if piece is None or piece.offset > offset:
                stop = end if piece is None else min(end, piece.offset)
                yield offset, stop - offset, None
            else:
                stop = min(end, piece.offset + piece.length)
                yield offset, stop - offset, piece
            offset = stop

    def _part(self, offset: int, length: int, piece: _Piece | None) -> bytes:
        if piece is None:
            return self._gap(offset, length)
        target = self._targets[piece.number]
        at = piece.target + offset - piece.offset
        if target is None:
            return bytes(length)
        if not isinstance(target, Aff4Stream):
            return target(at, length)
        data = target.read(at, length)
        if len(data) < length:
            self._bad.add(offset + len(data), length - len(data))
        for run in target.bad_within(at, length):
            self._bad.add(offset + run.offset - at, run.length)
        return data if len(data) == length else data + bytes(length - len(data))
