"""Discs that have a UDF, and those that have an ISO 9660 beside it ("bridge" discs): see `forensics.filesystems.beside`.

Windows and Linux show the UDF of such a disc.
"""

from __future__ import annotations

from forensics.errors import FormatError
from forensics.filesystems.base import Listing
from forensics.filesystems.beside import Tree, Trees
from forensics.filesystems.iso9660 import has_iso9660, open_iso9660, trees
from forensics.filesystems.udf import KIND, UdfFileSystem
from forensics.volumes.signatures import recognise
from forensics.volumes.volume import VolumeLayer


def is_udf(volume: VolumeLayer) -> bool:
    """Whether a volume holds a UDF."""
    content = recognise(volume)
    return content is not None and content.name == KIND


def open_udf(volume: VolumeLayer) -> Listing:
    """Open a UDF, with the ISO 9660 beside it, or that alone where the UDF cannot be opened.

    Raises:
        FormatError: neither can be opened, with the reason.
    """
    try:
        udf = UdfFileSystem(volume)
    except FormatError as error:
        if not has_iso9660(volume):
            raise
        alone = open_iso9660(volume)
        alone.caveats += (f"only its ISO 9660 is listed: {error}",)
        return alone
    if not has_iso9660(volume):
        return udf
    try:
        return Trees([Tree("its UDF", udf), *trees(volume)])
    except FormatError as error:
        udf.caveats += (f"the ISO 9660 beside it cannot be opened: {error}",)
        return udf
