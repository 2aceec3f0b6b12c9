"""ISO 9660 with all of its trees: The Sleuth Kit lists the Joliet one where there is one, and no names of Rock Ridge.

| place | holds |
|---|---|
| from 32768, each 2048 | descriptors: type at 0 (1 primary, 2 supplementary, 255 the last), `CD001` at 1 |
| at 88 of a supplementary one | escape sequences: `%/@`, `%/C` or `%/E` where it is Joliet |

As in ECMA-119, 8, and the *Joliet Specification*, 1995.
"""

from __future__ import annotations

from forensics.errors import FormatError
from forensics.filesystems.base import Listing
from forensics.filesystems.beside import Tree, Trees
from forensics.filesystems.iso9660_primary import KIND, PrimaryTree
from forensics.filesystems.tsk import open_filesystem
from forensics.volumes.readable import Readable
from forensics.volumes.signatures import recognise
from forensics.volumes.volume import VolumeLayer

_FIRST, _SECTOR, _MOST = 32768, 2048, 64
_SUPPLEMENTARY, _LAST = 2, 255
_JOLIET = (b"%/@", b"%/C", b"%/E")


def has_iso9660(layer: Readable) -> bool:
    """Whether an ISO 9660 is there, whatever else is."""
    return layer.read(_FIRST + 1, 5) == b"CD001"


def is_iso9660(volume: VolumeLayer) -> bool:
    """Whether a volume holds an ISO 9660 and nothing that is listed in its stead."""
    content = recognise(volume)
    return content is not None and content.name == KIND


def open_iso9660(volume: VolumeLayer) -> Listing:
    """All trees of an ISO 9660.

    Raises:
        FormatError: it cannot be opened, with the reason.
    """
    found = trees(volume)
    return found[0].listing if len(found) == 1 else Trees(found)


def trees(volume: VolumeLayer) -> tuple[Tree, ...]:
    """The Joliet tree, where there is one, and the primary one.

    Raises:
        FormatError: neither can be opened, with the reason.
    """
    try:
        primary = PrimaryTree(volume)
    except FormatError as error:
        alone = open_filesystem(volume)
        alone.caveats += (f"its primary tree cannot be opened: {error}",)
        return (Tree("an ISO 9660", alone, whole_names=False),)
    found = (Tree("an ISO 9660", primary, primary.has_rock_ridge),)
    if not _has_joliet(volume):
        return found
    try:
        return (Tree("a Joliet", open_filesystem(volume)), *found)
    except FormatError as error:
        primary.caveats += (f"the Joliet beside it cannot be opened: {error}",)
        return found


def _has_joliet(layer: Readable) -> bool:
    for at in range(_FIRST, _FIRST + _MOST * _SECTOR, _SECTOR):
        raw = layer.read(at, _SECTOR)
        if len(raw) < _SECTOR or raw[1:6] != b"CD001" or raw[0] == _LAST:
            return False
        if raw[0] == _SUPPLEMENTARY and raw[88:91] in _JOLIET:
            return True
    return False
