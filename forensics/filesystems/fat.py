"""FAT and exFAT structures read by ourselves: stored date words, exFAT's offset from UTC, free clusters.

The Sleuth Kit turns dates into Unix seconds with the zone of the examiner's computer, which the medium
never knew. Its numbers of entries map to places: number 3 is the first 32-byte slot of the data area.
Source: Microsoft, FAT: General Overview of On-Disk Format 1.03, and exFAT file system specification.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forensics.errors import FormatError
from forensics.filesystems.times import from_dos, from_exfat
from forensics.model import EntryTime
from forensics.volumes.volume import VolumeLayer

_FIRST = 3  # The Sleuth Kit's number of the first slot; 2 is the root
_SLOT = 32
_LARGEST_TABLE = 1 << 30


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where the parts of a volume lie, in volume bytes.

    `data` is the end of the tables: the root of FAT12/16, else the first cluster. `heap` is cluster 2; `end`
    is the end of the file system.
    """

    table: int
    table_size: int
    data: int
    heap: int
    cluster_size: int
    clusters: int
    end: int

    @classmethod
    def of(cls, volume: VolumeLayer, *, exfat: bool) -> Geometry:
        """Read it from the boot sector.

        Raises:
            FormatError: numbers that cannot be.
        """
        boot = volume.read(0, 512)
        if len(boot) < 512:
            raise FormatError(f"{volume.locator}: no boot sector")
        if exfat:
            table, length, heap, clusters = struct.unpack_from("<IIII", boot, 80)
            shift, per_cluster = boot[108], boot[109]
            if not 9 <= shift <= 12 or per_cluster > 25 - shift:
                raise FormatError(f"{volume.locator}: the exFAT boot sector states sizes that cannot be")
            return cls(
                table << shift,
                length << shift,
                heap << shift,
                heap << shift,
                1 << (shift + per_cluster),
                clusters,
                volume.size,
            )
        sector, per_cluster, reserved, tables, roots, small = struct.unpack_from("<HBHBHH", boot, 11)
        length = struct.unpack_from("<H", boot, 22)[0] or struct.unpack_from("<I", boot, 36)[0]
        total = small or struct.unpack_from("<I", boot, 32)[0]
        if not sector or not per_cluster:
            raise FormatError(f"{volume.locator}: the FAT boot sector states sizes that cannot be")
        data = (reserved + tables * length) * sector
        heap = data + -(-roots * _SLOT // sector) * sector
        clusters = max(total * sector - heap, 0) // (sector * per_cluster)
        end = min(total * sector, volume.size)
        return cls(reserved * sector, length * sector, data, heap, sector * per_cluster, clusters, end)

    def free_clusters(self, volume: VolumeLayer, bits: int) -> npt.NDArray[np.bool_]:
        """For each cluster from number 2 on, whether the first table of `bits`-wide entries calls it free.

        Raises:
            FormatError: the table is too short for its clusters, or absurdly long.
        """
        held = max(volume.size - self.heap, 0) // self.cluster_size
        count = min(self.clusters, held) + 2
        need = -(-count * bits // 8)
        if need > self.table_size or need > _LARGEST_TABLE:
            raise FormatError(f"{volume.locator}: the allocation table does not fit its clusters")
        raw = volume.read(self.table, need + 2)
        raw += bytes(need + 2 - len(raw))
        if bits == 12:  # two entries in three bytes
            pairs = np.frombuffer(raw[: need // 3 * 3], np.uint8).reshape(-1, 3).astype(np.uint16)
            entries = np.empty(len(pairs) * 2, np.uint32)
            entries[0::2] = pairs[:, 0] | (pairs[:, 1] & 0x0F) << 8
            entries[1::2] = pairs[:, 1] >> 4 | pairs[:, 2] << 4
            if len(entries) < count:
                entries = np.append(entries, np.uint32(int.from_bytes(raw[need // 3 * 3 :][:2], "little") & 0xFFF))
        else:
            entries = np.frombuffer(raw, "<u2" if bits == 16 else "<u4", count)
        free: npt.NDArray[np.bool_] = entries[2:count] & np.uint32(0x0FFF_FFFF) == 0
        return free


class SlotReader:
    """Times of directory entries by The Sleuth Kit's number."""

    def __init__(self, volume: VolumeLayer, *, exfat: bool) -> None:
        """Read the geometry from the boot sector."""
        self._volume = volume
        self._exfat = exfat
        geometry = Geometry.of(volume, exfat=exfat)
        self._data = geometry.data
        self._cluster = geometry.cluster_size

    def offset(self, number: int) -> int:
        """The volume offset of the slot."""
        return self._data + (number - _FIRST) * _SLOT

    def guessed(self, number: int, size: int) -> bool:
        """Whether the clusters of a deleted entry are a guess, because their chain is erased.

        One cluster needs no chain, and exFAT can say that a file lies in one piece.
        """
        if size <= self._cluster:
            return False
        stream = self._volume.read(self.offset(number + 1), 2) if self._exfat else b""
        return not (stream[:1] in (b"\xc0", b"\x40") and stream[1] & 2)

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
