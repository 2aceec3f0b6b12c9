"""VirtualBox disks (VDI), fixed and dynamic.

| place | content |
|---|---|
| 64 | 0xBEDA107F, version, header size, kind (1 dynamic, 2 fixed, 4 differencing) |
| 340 | place of the block table and of the data |
| 368 | size, block size, bytes before each block, number of blocks |
| block table | number of each block in the data; all ones: not stored, one less: zeros |

As in VirtualBox's `VDICore.h`. Numbers are little-endian. Not recorded: any digest, the parent's name.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from forensics.errors import EvidenceError
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.handles import SegmentFile
from forensics.evidence.mapped import HOLE, LOST, MappedImage, Place, Stored, table

SIGNATURE = b"\x7f\x10\xda\xbe"  # at offset 64
_DYNAMIC, _FIXED = 1, 2
_FREE, _ZERO = 0xFFFFFFFF, 0xFFFFFFFE


class VdiImage(MappedImage):
    """A VDI disk that stands alone."""

    format = "vdi"

    def __init__(self, segments: Sequence[SegmentFile], cache_bytes: int = DEFAULT_BYTES) -> None:
        """Read the header and the block table.

        Raises:
            EvidenceError: a header or a table that cannot be, or a differencing disk.
        """
        file = segments[0]
        head = table(file, 0, 400, "the VDI header")
        version, _, kind = struct.unpack_from("<III", head, 68)
        blocks_at, self._data = struct.unpack_from("<II", head, 340)
        size, self._block, self._extra, count = struct.unpack_from("<QIII", head, 368)
        if version >> 16 != 1:
            raise EvidenceError(file.name, f"VDI version {version >> 16}.{version & 0xFFFF} is not known")
        if kind not in (_DYNAMIC, _FIXED):
            raise EvidenceError(file.name, "a differencing VDI: its parent is named by a number only; not supported")
        if not 512 <= self._block <= 1 << 30 or self._block % 512 or not 0 < size < 1 << 60:
            raise EvidenceError(file.name, f"{size:,} bytes in blocks of {self._block:,} cannot be")
        super().__init__(segments, size, None, cache_bytes)
        self.chunk_size = self._block
        count = min(count, -(-size // self._block))
        self._table = np.frombuffer(table(file, blocks_at, count * 4, "the block table"), "<u4")
        self.acquisition = {"container": f"VDI, {'fixed' if kind == _FIXED else 'dynamic'}"}

    def _place(self, offset: int) -> tuple[Place, int]:
        number, inside = divmod(offset, self._block)
        reach = self._block - inside
        if number >= len(self._table):
            return LOST, reach
        block = int(self._table[number])
        if block in (_FREE, _ZERO):
            return HOLE, reach
        position = self._data + block * (self._block + self._extra) + self._extra + inside
        file = self.segments[0]
        return (Stored(file, position) if position < file.size else LOST), reach
