"""7z: the list of files in its header (7zFormat.txt of the LZMA SDK). Only a packed header is unpacked."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.confinement.archives.base import MOST, Archive, Member, utc
from forensics.errors import FormatError
from forensics.model import Layer
from forensics.sweep.decoders._seven_zip_header import File, Folder
from forensics.sweep.decoders.seven_zip import AES, MAGIC, SIGNATURE, directory, header_of

__all__ = ["MAGIC", "read"]


def read(layer: Layer) -> Archive:
    """The files of the list.

    Raises:
        FormatError: the header is cut off, broken or encrypted.
    """
    header = header_of(layer, 0)
    if header is None:
        raise FormatError("7z: its header is cut off or its checksum does not hold; it stands at the end of the file")
    folders, files = directory(layer, 0, header[1])
    return Archive("7z", tuple(_members(folders, files[:MOST])), len(files) > MOST)


def _members(folders: list[Folder], files: list[File]) -> Iterator[Member]:
    streams = ((folder, size, digest) for folder in folders for size, digest in folder.streams)
    for file in files:
        when = "" if file.modified is None else utc(file.modified / 10_000_000, 1601)
        if not file.stored:
            yield Member(file.name, "folder" if file.folder else "file", 0, when=when)
            continue
        folder, size, digest = next(streams, (None, None, None))
        if folder is None:
            yield Member(file.name, "file", None, when=when, note="the archive has no stream for it")
            continue
        alone = len(folder.streams) == 1
        yield Member(
            file.name,
            "file",
            size,
            folder.length if alone else None,
            when,
            encrypted=any(each.method == AES for each in folder.coders),
            check="" if digest is None else f"{digest:08X}",
            span=(SIGNATURE + folder.offset, folder.length),
            note="" if alone else f"packed as one with {len(folder.streams) - 1:,} others",
        )
