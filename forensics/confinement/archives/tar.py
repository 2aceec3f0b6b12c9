"""TAR: one header of 512 bytes before each member (POSIX.1-2017 pax and ustar, GNU long names)."""

from __future__ import annotations

import itertools
import tarfile
from collections.abc import Iterator

from forensics.confinement.archives.base import MOST, Archive, LayerFile, Member, utc
from forensics.errors import FormatError
from forensics.model import Layer

MAGIC, AT = b"ustar", 257
_BLOCK = 512


def read(layer: Layer) -> Archive:
    """The members in the order of their headers.

    Raises:
        FormatError: the first header is broken, or a name is too long.
    """
    try:
        with tarfile.open(fileobj=LayerFile(layer), mode="r:") as opened:
            members = tuple(itertools.islice(_members(opened), MOST + 1))
    except (tarfile.TarError, ValueError, OverflowError, OSError, EOFError, RecursionError) as error:
        raise FormatError(f"TAR: {error}") from error
    return Archive("TAR", members[:MOST], len(members) > MOST)


def _members(opened: tarfile.TarFile) -> Iterator[Member]:
    while (info := opened.next()) is not None:
        kind = (
            "folder"
            if info.isdir()
            else "link"
            if info.issym() or info.islnk()
            else "file"
            if info.isreg()
            else "other"
        )
        note = f"leads to {info.linkname[:200]}" if kind == "link" else ""
        yield Member(
            info.name, kind, info.size, info.size, utc(info.mtime), span=(info.offset, _BLOCK), note=note
        )  # fmt: skip
