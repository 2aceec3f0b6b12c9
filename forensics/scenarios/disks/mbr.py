"""A master boot record with up to four primary partitions.

| offset | size | what |
|---|---|---|
| 440 | 4 | disk signature |
| 446 | 4 x 16 | entries: status, CHS first, type, CHS last, first sector, sectors |
| 510 | 2 | 55 AA |
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR_SIZE = 512
TYPE_NTFS = 0x07
TYPE_FAT32_LBA = 0x0C
TYPE_LINUX = 0x83
_CHS_BEYOND = bytes((0xFE, 0xFF, 0xFF))


def boot_record(signature: int, partitions: Sequence[tuple[int, int, int]]) -> bytes:
    """The first sector, from (type, first byte, bytes) of each partition."""
    record = bytearray(SECTOR_SIZE)
    struct.pack_into("<I", record, 440, signature)
    for index, (kind, first, size) in enumerate(partitions):
        struct.pack_into(
            "<B3sB3sII",
            record,
            446 + 16 * index,
            0,
            _CHS_BEYOND,
            kind,
            _CHS_BEYOND,
            first // SECTOR_SIZE,
            size // SECTOR_SIZE,
        )
    record[510:512] = b"\x55\xaa"
    return bytes(record)
