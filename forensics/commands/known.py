"""What this program reads, for `impound formats` and the table in the README.

Detectors, decoders and viewers are found by walking their packages. Containers, volume systems and file systems
are told here: one row each, name and what is read of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forensics.detectors import detectors
from forensics.sweep.decoders import decoders

CONTAINERS: tuple[tuple[str, str], ...] = (
    ("raw", "one file, any name"),
    ("split raw", "all segments, found from the first"),
    ("ewf", "E01, all segments; stored digests compared with computed ones"),
    ("l01", "L01, logical evidence of EnCase 5 to 7: files instead of a medium"),
    ("ex01", "Ex01 of EnCase 7 and later, not encrypted; stored digests compared with computed ones"),
    ("qcow", "QCOW"),
    ("qcow2", "QCOW2 and 3, backing files, compressed clusters"),
    ("vmdk", "VMware disk, sparse, flat, stream-optimised, in several files"),
    ("vhd", "Virtual PC disk, fixed, dynamic, differencing"),
    ("vhdx", "Hyper-V disk, fixed, dynamic, differencing; a log that was not replayed is told"),
    ("vdi", "VirtualBox disk"),
    ("dmg", "Apple disk image"),
    ("aff4", "AFF4, maps and image streams, in one or several files; stored digests of image and chunks compared"),
)
VOLUMES: tuple[tuple[str, str], ...] = (
    ("mbr", "with extended partitions"),
    ("gpt", "GUID partition table, with its copy, and a hybrid MBR before it"),
    ("apple", "Apple partition map"),
    ("bsd", "BSD labels, alone or in a slice of an MBR"),
    ("lvm", "LVM2, linear volumes"),
    ("vss", "shadow copies of NTFS volumes"),
    ("luks", "LUKS 1 and 2, with a passphrase"),
    ("bitlocker", "with a password, a recovery key, or the key that a suspended volume holds in clear"),
    ("filevault", "FileVault 2 (Core Storage), with a password or a recovery key; one logical volume, HFS+"),
    ("veracrypt", "TrueCrypt and VeraCrypt, AES, with a passphrase"),
)
FILE_SYSTEMS: tuple[tuple[str, str], ...] = (
    ("ntfs", "alternate data streams, deleted entries"),
    ("fat12", "deleted entries"),
    ("fat16", "deleted entries"),
    ("fat32", "deleted entries"),
    ("exfat", "deleted entries"),
    ("ext2", "deleted entries"),
    ("ext3", "deleted entries"),
    ("ext4", "deleted entries"),
    ("hfs+", "live entries"),
    ("iso9660", "live entries of Joliet and of Rock Ridge, with what only one of them has"),
    ("ufs1", "live entries"),
    ("ufs2", "live entries"),
    ("yaffs2", "live entries"),
    ("xfs", "live entries"),
    ("btrfs", "live entries of all subvolumes, packed ones too, one device"),
    ("udf", "live and deleted entries, named streams; with ISO 9660 beside it, what only that has, too"),
    ("l01", "files of logical evidence, with the times and digests that it states"),
    ("apfs", "live entries; encrypted volumes with a password or a recovery key"),
)


def tables() -> list[tuple[str, list[tuple[str, str]]]]:
    """Headings and their rows, name and explanation."""
    return [
        ("Containers", list(CONTAINERS)),
        ("Volume systems", list(VOLUMES)),
        ("File systems", list(FILE_SYSTEMS)),
        ("Decoders", [(each.kind, each.title) for each in decoders()]),
        ("Detectors", [(f"{each.kind}@{each.version}", each.title) for each in detectors()]),
    ]


def markdown(more: Iterable[tuple[str, Sequence[tuple[str, str]]]] = ()) -> str:
    """The tables as one table of Markdown; empty ones are left out."""
    lines = ["| what | name | |", "|---|---|---|"]
    for heading, rows in [*tables(), *more]:
        lines += [f"| {heading if not at else ''} | `{name}` | {text} |" for at, (name, text) in enumerate(rows)]
    return "\n".join(lines) + "\n"
