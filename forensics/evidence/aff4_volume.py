"""The files of an AFF4 container: ZIP volumes, their segments by address, and the statements about them.

| place | content |
|---|---|
| `container.description`, or the comment of the ZIP | the address of the volume |
| `version.txt` | `major`, `minor`, `tool` |
| `information.turtle` | statements about images, maps, streams, with sizes and digests |
| other members | segments; the name is the address, escaped, or relative to that of the volume |

As in *AFF4 Standard v1.0a*, §1, §2, §5.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from forensics.errors import EvidenceError
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import LARGEST_TABLE
from forensics.evidence.stream import SegmentStream
from forensics.evidence.turtle import TYPE, Graph, Term, parse

SCHEMA = "http://aff4.org/Schema#"
_DESCRIPTION, _VERSION, _STATEMENTS = "container.description", "version.txt", "information.turtle"
_TAIL = 16 << 10
_LARGEST_STATEMENTS = 64 << 20
_REFUSALS = (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, EOFError, struct.error, zlib.error)


def recognised(file: SegmentFile, head: bytes) -> bool:
    """Whether a file is an AFF4 volume: by its first members, or by the end of the table of members and the comment."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    if b"information.turtle" in head or b"container.description" in head:
        return True
    tail = file.pread(max(file.size - _TAIL, 0), _TAIL)
    end = tail.rfind(b"PK\x05\x06")
    return end >= 0 and (b"information.turtle" in tail[:end] or tail[end + 22 :].startswith(b"aff4://"))


class _Volume:
    """One ZIP file."""

    def __init__(self, segment: SegmentFile) -> None:
        self.segment = segment
        try:
            self._zip = zipfile.ZipFile(SegmentStream(segment))
        except _REFUSALS as error:
            raise EvidenceError(segment.name, f"the table of its ZIP members cannot be read: {error}") from error
        self._names = self._zip.NameToInfo
        self.address = self._text(_DESCRIPTION, 4096).strip() or self._zip.comment.decode("utf-8", "replace").strip()
        self.version = {
            name.strip(): value.strip()
            for name, equals, value in (line.partition("=") for line in self._text(_VERSION, 4096).splitlines())
            if equals
        }

    def members(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        """Each member with its whole address."""
        for name, info in self._names.items():
            plain = unquote(name).lstrip("/")
            yield plain if plain.startswith("aff4:") else f"{self.address}/{plain}", info

    def read(self, info: zipfile.ZipInfo, limit: int) -> bytes:
        """The whole content of a member, unpacked, its CRC compared."""
        if info.file_size > limit:
            raise EvidenceError(self.segment.name, f"{info.filename!r} would have {info.file_size:,} bytes")
        try:
            return self._zip.read(info)
        except (*_REFUSALS, RuntimeError) as error:
            raise EvidenceError(self.segment.name, f"{info.filename!r} cannot be read: {error}") from error

    def place(self, info: zipfile.ZipInfo) -> int:
        """Where the bytes of a member that is not packed begin in the file."""
        head = self.segment.pread(info.header_offset, 30)
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise EvidenceError(self.segment.name, f"{info.filename!r} is packed by ZIP itself, which is not supported")
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise EvidenceError(
                self.segment.name, f"no ZIP member where {info.filename!r} should be", info.header_offset
            )
        name, extra = struct.unpack_from("<HH", head, 26)
        return info.header_offset + 30 + int(name) + int(extra)

    def _text(self, name: str, limit: int) -> str:
        info = self._names.get(name)
        return self.read(info, limit).decode("utf-8", "replace") if info else ""

    def graph(self) -> Graph:
        """Its statements."""
        try:
            return parse(self._text(_STATEMENTS, _LARGEST_STATEMENTS))
        except ValueError as error:
            raise EvidenceError(self.segment.name, f"{_STATEMENTS}: {error}") from error


class Container:
    """All files of one AFF4 container: segments by address and the statements of all."""

    def __init__(self, segments: Sequence[SegmentFile]) -> None:
        """Read tables and statements.

        Raises:
            EvidenceError: a file that is no volume of the standard, or cannot be read.
        """
        self.name = segments[0].name
        volumes = [_Volume(segment) for segment in segments]
        self.tool = volumes[0].version.get("tool", "")
        self._members: dict[str, tuple[_Volume, zipfile.ZipInfo]] = {}
        self._graph: Graph = {}
        for volume in volumes:
            if volume.version.get("major") != "1":
                version = volume.version.get("major", "none")
                raise EvidenceError(
                    volume.segment.name, f"AFF4 of a version other than 1 (it states {version}), which is not supported"
                )
            for address, info in volume.members():
                self._members.setdefault(address, (volume, info))
            for subject, said in volume.graph().items():
                known = self._graph.setdefault(subject, {})
                for predicate, terms in said.items():
                    known[predicate] = list(dict.fromkeys([*known.get(predicate, ()), *terms]))

    def subjects(self, kind: str) -> list[str]:
        """Addresses of all that is said to be of a class of AFF4."""
        wanted = Term(SCHEMA + kind)
        return [subject for subject, said in self._graph.items() if wanted in said.get(TYPE, ())]

    def is_a(self, subject: str, kind: str) -> bool:
        """Whether it is said to be of that class."""
        return Term(SCHEMA + kind) in self._graph.get(subject, {}).get(TYPE, ())

    def terms(self, subject: str, name: str) -> list[Term]:
        """What is said of it under a property of AFF4."""
        return self._graph.get(subject, {}).get(SCHEMA + name, [])

    def text(self, subject: str, name: str, default: str = "") -> str:
        """The first value of a property."""
        return next((term.value for term in self.terms(subject, name)), default)

    def number(self, subject: str, name: str, default: int = -1) -> int:
        """The first value of a property as a number.

        Raises:
            EvidenceError: it is none, or is not stated where there is no default.
        """
        value = self.text(subject, name, str(default) if default >= 0 else "")
        if not value.isascii() or not value.isdigit() or len(value) > 19:
            raise EvidenceError(self.name, f"{name} of {subject} is {value!r}, not a number")
        return int(value)

    def everything(self, name: str) -> Iterator[str]:
        """All values of a property, of whatever subject."""
        for said in self._graph.values():
            yield from (term.value for term in said.get(SCHEMA + name, ()))

    def has(self, address: str) -> bool:
        """Whether a segment of that address is there."""
        return address in self._members

    def read(self, address: str) -> bytes:
        """All bytes of a segment, unpacked.

        Raises:
            EvidenceError: it is absent, too long, or its CRC differs.
        """
        if address not in self._members:
            raise EvidenceError(self.name, f"the segment {address} is missing")
        volume, info = self._members[address]
        return volume.read(info, LARGEST_TABLE)

    def place(self, address: str) -> tuple[SegmentFile, int, int] | None:
        """File, first byte and length of a segment that lies plainly in it; None where it is absent.

        Raises:
            EvidenceError: ZIP itself packed it.
        """
        if address not in self._members:
            return None
        volume, info = self._members[address]
        return volume.segment, volume.place(info), info.file_size
