"""FAT file systems by mkfs.vfat, filled and emptied here as a driver would: the test knows each cluster's fate.

The tables and entries are those of Microsoft's "FAT32 File System Specification" (2000) and ECMA-107. A driver that
deletes writes E5 over the first byte of the name and zeros over the chain; the bytes stay.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

SIZES = {12: 2, 16: 9, 32: 40}  # MiB
LAST = 0x0FFFFFFF
FOLDER, FILE = 0x10, 0x20


class Fat:
    """A volume under construction."""

    def __init__(self, bits: int, path: Path) -> None:
        self.bits, self.path = bits, path
        path.write_bytes(bytes(SIZES[bits] << 20))
        subprocess.run(["mkfs.vfat", "-F", str(bits), "-s", "1" if bits == 32 else "2", path], check=True, capture_output=True)  # fmt: skip
        self.disk = bytearray(path.read_bytes())
        sector, per_cluster, self._reserved, self._tables, roots = struct.unpack_from("<HBHBH", self.disk, 11)
        self._length = struct.unpack_from("<H", self.disk, 22)[0] or struct.unpack_from("<I", self.disk, 36)[0]
        self._sector, self.unit = sector, sector * per_cluster
        self._slot = (self._reserved + self._tables * self._length) * sector  # of the root
        self._heap = self._slot + roots * 32
        self._free = 3
        if bits == 32:
            self.chain([2, *self.take(2)])
            struct.pack_into("<II", self.disk, sector + 488, 0xFFFFFFFF, 0xFFFFFFFF)  # how many are free: not known

    def take(self, count: int) -> list[int]:
        """The next clusters, in order."""
        self._free += count
        return list(range(self._free - count, self._free))

    def at(self, cluster: int) -> int:
        """The offset of a cluster."""
        return int(self._heap + (cluster - 2) * self.unit)

    def chain(self, clusters: list[int]) -> None:
        """Allocate the clusters to one file."""
        for cluster, following in zip(clusters, [*clusters[1:], LAST], strict=True):
            for table in range(self._tables):
                base = (self._reserved + table * self._length) * self._sector
                if self.bits == 12:
                    at, shift = base + cluster * 3 // 2, cluster % 2 * 4
                    old = int.from_bytes(self.disk[at : at + 2], "little") & ~(0xFFF << shift)
                    self.disk[at : at + 2] = (old | (following & 0xFFF) << shift).to_bytes(2, "little")
                else:
                    width = self.bits // 8
                    at = base + cluster * width
                    self.disk[at : at + width] = (following & (1 << self.bits) - 1).to_bytes(width, "little")

    def write(self, clusters: list[int], content: bytes) -> None:
        """Put bytes into clusters."""
        for number, cluster in enumerate(clusters):
            piece = content[number * self.unit : (number + 1) * self.unit]
            self.disk[self.at(cluster) : self.at(cluster) + len(piece)] = piece

    def entry(self, name: str, first: int, size: int, kind: int = FILE, *, deleted: bool = False) -> bytes:
        """A directory entry; of a deleted one the first letter is lost."""
        short = b".." if name == ".." else b"." if name == "." else name.encode()
        stem, _, suffix = (short, b"", b"") if short.startswith(b".") else short.partition(b".")
        stored = stem.ljust(8) + suffix.ljust(3)
        if deleted:
            stored = b"\xe5" + stored[1:]
        return struct.pack("<11sBBBHHHHHHHI", stored, kind, 0, 57, 0x6C2B, 0x5D78, 0x5D79, first >> 16, 0x1D9C, 0x5D78,
                           first & 0xFFFF, size)  # fmt: skip

    def root(self, name: str, clusters: list[int], size: int, kind: int = FILE, *, deleted: bool = False) -> None:
        """Enter a file into the root; one that is not deleted has its clusters allocated."""
        self.disk[self._slot : self._slot + 32] = self.entry(name, clusters[0] if clusters else 0, size, kind, deleted=deleted)  # fmt: skip
        self._slot += 32
        if clusters and not deleted:
            self.chain(clusters)

    def file(self, name: str, content: bytes, clusters: list[int], *, deleted: bool = False) -> None:
        """A file of the root with its bytes."""
        self.write(clusters, content)
        self.root(name, clusters, len(content), deleted=deleted)

    def done(self) -> None:
        """Write the image; the checker of dosfstools finds nothing wrong with it."""
        self.path.write_bytes(self.disk)
        subprocess.run(["fsck.fat", "-n", self.path], check=True, capture_output=True)
