"""ZIP, and what is built on it (OOXML, ODF, APK, JAR, EPUB): its central directory (APPNOTE 6.3.10).

Members that the directory does not name are not told here; an examination reads those from their own headers.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from forensics.confinement.archives.base import LARGEST_READ, MOST, NO_ZONE, Archive, LayerFile, Member, utc
from forensics.errors import FormatError
from forensics.model import Layer

MAGICS = (b"PK\3\4", b"PK\5\6")
ENCRYPTED = 0x0001
_LOCAL = 30
_FORMS = (
    ("word/document.xml", "Word document (OOXML)"),
    ("xl/workbook.xml", "Excel workbook (OOXML)"),
    ("ppt/presentation.xml", "PowerPoint presentation (OOXML)"),
    ("AndroidManifest.xml", "Android package"),
    ("META-INF/MANIFEST.MF", "Java archive"),
    ("META-INF/container.xml", "EPUB book"),
    ("META-INF/manifest.xml", "OpenDocument"),
)


def read(layer: Layer) -> Archive:
    """The members that the directory names.

    Raises:
        FormatError: there is no directory, or it is broken or too large.
    """
    try:
        with zipfile.ZipFile(LayerFile(layer)) as opened:
            infos, comment = opened.infolist(), opened.comment
    except (
        zipfile.BadZipFile,
        struct.error,
        ValueError,
        NotImplementedError,
        OverflowError,
        OSError,
        EOFError,
    ) as error:
        raise FormatError(
            f"ZIP: no directory that can be read ({error}); at most {LARGEST_READ:,} bytes of it"
        ) from error
    names = {each.filename for each in infos[:MOST]}
    form = next((words for name, words in _FORMS if name in names), "ZIP")
    note = f"comment: {comment[:200].decode('utf-8', 'replace')}" if comment else ""
    return Archive(form, tuple(_members(infos[:MOST])), len(infos) > MOST, note)


def _members(infos: list[zipfile.ZipInfo]) -> Iterator[Member]:
    seen: set[str] = set()
    for info in infos:
        when, zone = utc_of(info.extra), "UTC"
        if not when and info.date_time[1]:
            day, clock = info.date_time[:3], info.date_time[3:]
            when, zone = "{:04}-{:02}-{:02} ".format(*day) + "{:02}:{:02}:{:02}".format(*clock), NO_ZONE
        link = info.external_attr >> 16 & 0o170000 == 0o120000
        yield Member(
            info.orig_filename,
            "folder" if info.is_dir() else "link" if link else "file",
            info.file_size,
            info.compress_size,
            when,
            zone,
            bool(info.flag_bits & ENCRYPTED),
            "" if info.is_dir() else f"{info.CRC:08X}",
            (info.header_offset, _LOCAL),
            "this name is there more than once" if info.filename in seen else "",
        )
        seen.add(info.filename)


def utc_of(extra: bytes) -> str:
    """The time of the extra field 5455 (Info-ZIP): flags, then u32 seconds since 1970 of the last change."""
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + length]
        if number == 0x5455 and len(body) >= 5 and body[0] & 1:
            return utc(int.from_bytes(body[1:5], "little", signed=True))
        at += 4 + length
    return ""
