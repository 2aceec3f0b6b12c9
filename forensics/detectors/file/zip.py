"""ZIP archives with their directory, and what is one inside: office documents, books, Java and Android programs.

| from the end | length | content                                                               |
|--------------|--------|-----------------------------------------------------------------------|
| directory    | 46 + … | "PK" 01 02 …: for each member its name and the offset of its local header |
| 76 + …       | 56     | "PK" 06 06: the same numbers as u64, where they do not fit; then 20 bytes "PK" 06 07 |
| 22 + comment | 22     | "PK" 05 06, disks, members (u16 twice), u32 length and u32 offset of the directory, u16 length of the comment |

An archive is looked for by its end: the directory's length and offset lead to the beginning, and each name of
the directory must stand in its local header too. Archives without their end are not reported as such; their
members are decoded one by one wherever they lie.

Not recorded: that the members' data are whole; their checksums are looked at when they are decoded.
"""

from __future__ import annotations

import struct
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.detectors.file._specimens import ZIP
from forensics.model import Layer

MOST_MEMBERS = 65_536
LARGEST_DIRECTORY = 32 << 20
_END = struct.Struct("<4s4H2IH")
_MEMBER = struct.Struct("<4s6H3I5H2I")

_WHAT = (
    ("word/document.xml", "Word document"),
    ("xl/workbook.xml", "Excel workbook"),
    ("ppt/presentation.xml", "PowerPoint presentation"),
    ("AndroidManifest.xml", "Android program"),
    ("META-INF/container.xml", "EPUB book"),
    ("META-INF/manifest.xml", "OpenDocument file"),
    ("META-INF/MANIFEST.MF", "Java archive"),
)


class Zip(FileDetector):
    """Follows the end of the directory to the beginning of the archive."""

    kind = "file/zip"
    title = "ZIP archive or document, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"PK\x05\x06\x00\x00\x00\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (".ZIP File Format Specification, version 6.3.10 (APPNOTE.TXT)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("two members", ZIP, known(ZIP), "Info-ZIP zip 3.0"),
        Specimen("behind other bytes", b"PK\3\4" * 3 + ZIP, known(ZIP), "Info-ZIP zip 3.0"),
        Specimen("truncated at the beginning", ZIP[40:], None, "Info-ZIP zip 3.0, cut"),
        Specimen("truncated at the end", ZIP[:-30], None, "Info-ZIP zip 3.0, cut"),
        Specimen("a local header that is not there", ZIP[:2] + b"\0" + ZIP[3:], None, "Info-ZIP zip 3.0, changed"),
        Specimen("look-alike: the end alone", b"PK\5\6" + bytes(18), None, "an empty archive"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        stored = layer.read(at, _END.size)
        if len(stored) < _END.size:
            return None
        _, _, _, here, members, length, offset, comment = _END.unpack(stored)
        directory_end = at
        if 0xFFFF in (here, members) or 0xFFFFFFFF in (length, offset):
            tail = layer.read(at - 76, 76) if at >= 76 else b""
            if tail[:4] == b"PK\6\6" and tail[56:60] == b"PK\6\7":
                here, members, length, offset = struct.unpack("<4Q", tail[24:56])
                directory_end = at - 76
        start = directory_end - length - offset
        if here != members or not 0 < members <= MOST_MEMBERS or start < 0 or length > LARGEST_DIRECTORY:
            return None
        names = _agreed(layer, start, start + offset, length, members)
        if names is None:
            return None
        facts = {"members": members, "content": _content(names)}
        return Carved(at + _END.size + comment - start, min(64, 32 * members), start=start, facts=facts)


def _agreed(layer: Layer, start: int, directory: int, length: int, members: int) -> set[str] | None:
    """The members' names, if the directory is whole and every local header has the same."""
    stored, names, position = layer.read(directory, length), set[str](), 0
    for _ in range(members):
        if position + _MEMBER.size > len(stored):
            return None
        fields = _MEMBER.unpack_from(stored, position)
        named, extra, remark, offset = fields[10], fields[11], fields[12], fields[16]
        name = stored[position + _MEMBER.size : position + _MEMBER.size + named]
        if fields[0] != b"PK\1\2" or not name:
            return None
        if offset != 0xFFFFFFFF:
            local = layer.read(start + offset, 30 + named)
            if offset >= directory - start or local[:4] != b"PK\3\4" or local[30:] != name:
                return None
        names.add(name.decode("utf-8", "replace"))
        position += _MEMBER.size + named + extra + remark
    return names if position == length else None


def _content(names: set[str]) -> str:
    return next((what for name, what in _WHAT if name in names), "archive")


DETECTOR: Detector = Zip()
