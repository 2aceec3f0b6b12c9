"""What the first bytes of a volume say that it holds: enough to name it, never to trust it.

Magic numbers and offsets are those of the systems' own headers as documented in the Linux kernel
(`include/uapi/linux/magic.h` and each file system's superblock), Apple's APFS reference, Microsoft's
exFAT specification and `[MS-…]` notes, and cryptsetup's LUKS documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from forensics.volumes.labels import described
from forensics.volumes.readable import Readable


class Holds(StrEnum):
    """Whether this program can list what a volume holds."""

    FILE_SYSTEM = "file system"  # one that can be opened
    CONTAINER = "container"  # its volumes are listed in its stead
    UNSUPPORTED = "unsupported"  # a file system or container that cannot be opened yet
    ENCRYPTED = "encrypted"
    SWAP = "swap"


@dataclass(frozen=True, slots=True)
class Content:
    """What a volume looks like: a short name such as `ntfs` or `luks`, and its class."""

    name: str
    holds: Holds
    detail: str = ""  # label, identifier and size, of what is named but not opened


# name, class, offset, magic; the first that holds is taken, so wrappers stand before what they imitate.
_MAGIC: tuple[tuple[str, Holds, int, bytes], ...] = (
    ("luks", Holds.ENCRYPTED, 0, b"LUKS\xba\xbe"),
    ("bitlocker", Holds.ENCRYPTED, 3, b"-FVE-FS-"),
    # BitLocker To Go stands behind a small FAT of its own; its header has this identifier.
    ("bitlocker", Holds.ENCRYPTED, 424, bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")),
    ("md raid", Holds.UNSUPPORTED, 4096, b"\xfc\x4e\x2b\xa9"),
    ("lvm", Holds.UNSUPPORTED, 512 + 24, b"LVM2 001"),
    ("lvm", Holds.UNSUPPORTED, 24, b"LVM2 001"),
    ("lvm", Holds.UNSUPPORTED, 1024 + 24, b"LVM2 001"),
    ("bcache", Holds.UNSUPPORTED, 4096 + 24, bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")),
    ("exfat", Holds.FILE_SYSTEM, 3, b"EXFAT   "),
    ("ntfs", Holds.FILE_SYSTEM, 3, b"NTFS    "),
    ("refs", Holds.UNSUPPORTED, 3, b"ReFS\x00\x00\x00\x00"),
    ("xfs", Holds.FILE_SYSTEM, 0, b"XFSB"),
    ("apfs", Holds.FILE_SYSTEM, 32, b"NXSB"),
    ("btrfs", Holds.FILE_SYSTEM, 65536 + 64, b"_BHRfS_M"),
    ("f2fs", Holds.UNSUPPORTED, 1024, b"\x10\x20\xf5\xf2"),
    ("erofs", Holds.UNSUPPORTED, 1024, b"\xe2\xe1\xf5\xe0"),
    ("squashfs", Holds.UNSUPPORTED, 0, b"hsqs"),
    ("cramfs", Holds.UNSUPPORTED, 0, b"\x45\x3d\xcd\x28"),
    ("jfs", Holds.UNSUPPORTED, 32768, b"JFS1"),
    ("reiserfs", Holds.UNSUPPORTED, 65536 + 52, b"ReIs"),
    ("vmfs", Holds.UNSUPPORTED, 1 << 20, b"\x0d\xd0\x01\xc0"),
    ("zfs", Holds.UNSUPPORTED, 135168, b"\x0c\xb1\xba\x00\x00\x00\x00\x00"),
    ("hfs+", Holds.FILE_SYSTEM, 1024, b"H+\x00"),
    ("hfs+", Holds.FILE_SYSTEM, 1024, b"HX\x00"),
    ("hfs", Holds.UNSUPPORTED, 1024, b"BD"),
    ("ufs2", Holds.FILE_SYSTEM, 65536 + 1372, b"\x19\x01\x54\x19"),
    ("ufs1", Holds.FILE_SYSTEM, 8192 + 1372, b"\x54\x19\x01\x00"),
    ("iso9660", Holds.FILE_SYSTEM, 32768 + 1, b"CD001"),
    ("udf", Holds.FILE_SYSTEM, 32768 + 1, b"BEA01"),
    ("befs", Holds.UNSUPPORTED, 512 + 32, b"1SFB"),
    ("minix", Holds.UNSUPPORTED, 1024 + 16, b"\x8f\x13"),
    ("minix", Holds.UNSUPPORTED, 1024 + 16, b"\x7f\x13"),
)
_MOST_MARKS = 64  # of a volume recognition sequence
_BLOCK_SIZES = (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
_PAGE_SIZES = (4096, 8192, 16384, 32768, 65536)


def recognise(layer: Readable) -> Content | None:
    """Name what a volume holds by its magic numbers, or None. Reads at most some kilobytes."""
    head = layer.read(0, 8192)
    for name, holds, offset, magic in _MAGIC:
        raw = head[offset : offset + len(magic)] if offset + len(magic) <= len(head) else layer.read(offset, len(magic))
        if raw == magic:
            if name == "iso9660" and _bridge(layer):
                name = "udf"  # noqa: PLW2901
            return Content(name, holds, described(layer, name))
    for judge in (_core_storage, _ext, _fat, _swap):
        content = judge(layer, head)
        if content:
            return content
    return None


def _bridge(layer: Readable) -> bool:
    """Whether a UDF stands beside an ISO 9660: its mark follows the descriptors of the latter (ECMA-167, 2/8.3)."""
    marks = layer.read(32768, _MOST_MARKS * 2048)
    for at in range(0, len(marks) - 2047, 2048):
        mark = marks[at + 1 : at + 6]
        if mark in (b"NSR02", b"NSR03"):
            return True
        if mark not in (b"CD001", b"BEA01", b"BOOT2", b"CDW02"):
            break
    return False


def _core_storage(layer: Readable, head: bytes) -> Content | None:
    """The header of a physical volume: version 1, `CS`, a checksum of a known kind, and how it encrypts."""
    if head[88:90] != b"CS" or head[8:10] != b"\1\0" or int.from_bytes(head[90:94], "little") > 2:
        return None
    if int.from_bytes(head[96:100], "little") not in _BLOCK_SIZES:
        return None
    name = "filevault" if int.from_bytes(head[172:176], "little") else "core storage"
    holds = Holds.ENCRYPTED if name == "filevault" else Holds.UNSUPPORTED
    return Content(name, holds, described(layer, name))


def _ext(_: Readable, head: bytes) -> Content | None:
    """ext2, ext3 and ext4 share a magic; the journal and the extent features tell them apart."""
    if len(head) < 2048 or head[1024 + 56 : 1024 + 58] != b"\x53\xef":
        return None
    if int.from_bytes(head[1024 + 24 : 1024 + 28], "little") > 6:  # log2(block size) - 10
        return None
    compatible = int.from_bytes(head[1024 + 92 : 1024 + 96], "little")
    incompatible = int.from_bytes(head[1024 + 96 : 1024 + 100], "little")
    if incompatible & 0x0008:
        return Content("ext journal", Holds.UNSUPPORTED)
    if incompatible & 0x02C0:  # extents, 64-bit, flexible groups
        return Content("ext4", Holds.FILE_SYSTEM)
    return Content("ext3" if compatible & 0x0004 else "ext2", Holds.FILE_SYSTEM)


def _fat(_: Readable, head: bytes) -> Content | None:
    """A FAT boot sector has no magic of its own; its numbers must agree with each other."""
    if len(head) < 512 or head[510:512] != b"\x55\xaa":
        return None
    sector = int.from_bytes(head[11:13], "little")
    cluster = head[13]
    reserved = int.from_bytes(head[14:16], "little")
    tables = head[16]
    roots = int.from_bytes(head[17:19], "little")
    sectors = int.from_bytes(head[19:21], "little") or int.from_bytes(head[32:36], "little")
    media = head[21]
    table = int.from_bytes(head[22:24], "little")
    wide = int.from_bytes(head[36:40], "little")
    if sector not in (512, 1024, 2048, 4096) or cluster not in (1, 2, 4, 8, 16, 32, 64, 128):
        return None
    if not reserved or tables not in (1, 2, 3, 4) or (media < 0xF8 and media != 0xF0) or not sectors:
        return None
    if not table and not wide:
        return None
    root_sectors = -(-roots * 32 // sector)
    data = sectors - reserved - tables * (table or wide) - root_sectors
    if data <= 0:
        return None
    clusters = data // cluster
    if not table:
        return Content("fat32", Holds.FILE_SYSTEM)
    return Content("fat12" if clusters < 4085 else "fat16", Holds.FILE_SYSTEM)


def _swap(layer: Readable, head: bytes) -> Content | None:
    for size in _PAGE_SIZES:
        raw = head[size - 10 : size] if size <= len(head) else layer.read(size - 10, 10)
        if raw in (b"SWAPSPACE2", b"SWAP-SPACE"):
            return Content("swap", Holds.SWAP)
    return None


Judge = Callable[[Readable, bytes], Content | None]
