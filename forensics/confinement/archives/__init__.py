"""Archives of the evidence for people: their members as they state them, read in a worker; nothing is unpacked."""

from __future__ import annotations

from typing import Any

from forensics.confinement.archives import gzip, seven_zip, tar, zip
from forensics.confinement.archives.base import MOST, Archive
from forensics.errors import FormatError
from forensics.model import Layer
from forensics.sweep.wire import clean

RAR = b"Rar!\x1a\x07"  # RAR 1.5 to 5; its directory is not read


def look(layer: Layer) -> dict[str, Any]:
    """Form, members and counts of an archive.

    Raises:
        FormatError: it is none that is known, or it is broken.
    """
    archive = _read(layer)
    return {
        "form": archive.form,
        "note": clean(archive.note),
        "more": archive.more,
        "most": MOST,
        "encrypted": sum(each.encrypted for each in archive.members),
        "size": sum(each.size or 0 for each in archive.members),
        "members": [each.told() for each in archive.members],
    }


def _read(layer: Layer) -> Archive:
    head = layer.read(0, 512)
    if head.startswith(zip.MAGICS):
        return zip.read(layer)
    if head.startswith(seven_zip.MAGIC):
        return seven_zip.read(layer)
    if head.startswith(gzip.MAGIC):
        return gzip.read(layer)
    if head[tar.AT : tar.AT + len(tar.MAGIC)] == tar.MAGIC:
        return tar.read(layer)
    if head.startswith(RAR):
        raise FormatError("this is a RAR archive: its members are not read by this program")
    raise FormatError("this is no ZIP, TAR, gzip or 7z archive, or its first bytes are gone")
