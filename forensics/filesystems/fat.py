"""FAT and exFAT directory entries read by ourselves: the stored date words, and exFAT's offset from UTC.

The Sleuth Kit turns them into Unix seconds with the zone of the examiner's computer, which the medium
never knew. Its numbers of entries map to places: number 3 is the first 32-byte slot of the data area.
"""

from __future__ import annotations

import struct

from forensics.filesystems.times import from_dos, from_exfat
from forensics.model import EntryTime
from forensics.volumes.volume import VolumeLayer

_FIRST = 3  # The Sleuth Kit's number of the first slot; 2 is the root
_SLOT = 32


class SlotReader:
    """Times of directory entries by The Sleuth Kit's number."""

    def __init__(self, volume: VolumeLayer, *, exfat: bool) -> None:
        """Read the geometry from the boot sector (Microsoft's FAT 1.03 and exFAT specifications)."""
        self._volume = volume
        self._exfat = exfat
        boot = volume.read(0, 512)
        if exfat:
            self._data = struct.unpack_from("<I", boot, 88)[0] << min(boot[108], 12)
        else:
            sector, _, reserved, tables = struct.unpack_from("<HBHB", boot, 11)
            size = struct.unpack_from("<H", boot, 22)[0] or struct.unpack_from("<I", boot, 36)[0]
            self._data = (reserved + tables * size) * sector

    def offset(self, number: int) -> int:
        """The volume offset of the slot."""
        return self._data + (number - _FIRST) * _SLOT

    def times(self, number: int) -> tuple[EntryTime, ...]:
        """Modified, accessed, created; empty where the number names no slot."""
        if number < _FIRST:
            return ()
        slot = self._volume.read(self.offset(number), _SLOT)
        if len(slot) < _SLOT:
            return ()
        if self._exfat:
            if slot[0] & 0x7F != 0x05:  # 0x85 a file, 0x05 a deleted one
                return ()
            created, modified, accessed = struct.unpack_from("<III", slot, 8)
            return (
                from_exfat("modified", modified, slot[21], slot[23]),
                from_exfat("accessed", accessed, None, slot[24]),
                from_exfat("created", created, slot[20], slot[22]),
            )
        tens, time, date, access, _, mtime, mdate = struct.unpack_from("<BHHHHHH", slot, 13)
        return (
            from_dos("modified", mdate, mtime, None),
            from_dos("accessed", access, 0, None, has_time=False),
            from_dos("created", date, time, tens),
        )
