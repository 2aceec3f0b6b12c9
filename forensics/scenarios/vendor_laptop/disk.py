"""The disk of the story: three volumes with gaps, put together and described."""

from __future__ import annotations

from collections.abc import Callable

from forensics.scenarios.chance import Chance
from forensics.scenarios.disk import Disk, Volume
from forensics.scenarios.disks import ext4, fat32, mbr, ntfs
from forensics.scenarios.disks.ewf import Particulars
from forensics.scenarios.plan import seconds
from forensics.scenarios.registry import Registry
from forensics.scenarios.vendor_laptop import leftovers, linux, stick, windows
from forensics.scenarios.vendor_laptop.cast import Cast

MIB = 1 << 20
SIZE = 84 * MIB
NTFS_AT, NTFS_SIZE = 1 * MIB, 28 * MIB
EXT4_AT, EXT4_SIZE = 30 * MIB, 16 * MIB
FAT_AT, FAT_SIZE = 47 * MIB, 36 * MIB
GAPS = (NTFS_AT + NTFS_SIZE + 64 * 1024, EXT4_AT + EXT4_SIZE + 300 * 512)


def make(seed: int, progress: Callable[[str], None]) -> Disk:
    """The whole disk for a seed."""
    registry = Registry()
    cast = Cast(seed, registry)
    chance = Chance(seed, "vendor-laptop/disk")
    made = seconds("2024-01-07 19:00")
    image = bytearray(SIZE)
    progress("making the Windows volume (NTFS)")
    files, loose = windows.files(cast), leftovers.in_windows(cast)
    serial = int.from_bytes(chance.octets("ntfs", 8), "little")
    written = ntfs.write(NTFS_SIZE, "MARLOW", serial, NTFS_AT // 512, made, files, loose)
    volumes = [Volume(1, "ntfs", "MARLOW", NTFS_AT, NTFS_SIZE, tuple(files), tuple(loose), written)]
    progress("making the Linux volume (ext4)")
    files, loose = linux.files(cast), leftovers.in_linux(cast)
    written = ext4.write(EXT4_SIZE, "home", chance.octets("ext4", 16), made, files, loose)
    volumes.append(Volume(2, "ext4", "home", EXT4_AT, EXT4_SIZE, tuple(files), tuple(loose), written))
    progress("making the stick's volume (FAT32)")
    files, loose = stick.files(cast), leftovers.in_stick(cast)
    serial = int.from_bytes(chance.octets("fat", 4), "little")
    written = fat32.write(FAT_SIZE, "TILES", serial, FAT_AT // 512, made, files, loose)
    volumes.append(Volume(3, "fat32", "TILES", FAT_AT, FAT_SIZE, tuple(files), tuple(loose), written))
    signature = int.from_bytes(chance.octets("disk", 4), "little")
    kinds = (mbr.TYPE_NTFS, mbr.TYPE_LINUX, mbr.TYPE_FAT32_LBA)
    table = [(kind, v.offset, v.size) for kind, v in zip(kinds, volumes, strict=True)]
    image[:512] = mbr.boot_record(signature, table)
    for volume in volumes:
        image[volume.offset : volume.offset + volume.size] = volume.written.image
    gaps = []
    for offset, item in zip(GAPS, leftovers.in_gaps(cast), strict=True):
        image[offset : offset + len(item.data)] = item.data
        gaps.append((offset, item))
    particulars = Particulars(
        case_number="SYNTHETIC-" + str(seed),
        evidence_number="E1",
        description="Synthetic laptop disk of a vendor",
        examiner="Impound scenario builder",
        notes=f"Made by the scenario vendor-laptop with seed {seed}. No real data.",
        acquired=seconds("2024-06-03 09:30"),
        media_set=chance.octets("media set", 16),
    )
    return Disk(image, tuple(volumes), tuple(gaps), registry, particulars)
