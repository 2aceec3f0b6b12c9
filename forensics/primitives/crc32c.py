"""CRC-32C (Castagnoli; RFC 3720, appendix B.4) of many blocks at once, as no library here has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def _table() -> npt.NDArray[np.uint32]:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, (values >> 1) ^ np.uint32(0x82F63B78), values >> 1)
    return values.astype(np.uint32)


_TABLE = _table()
_LIST: list[int] = _TABLE.tolist()
FEW = 32  # blocks for which a column each is worth it
LONG = 1 << 14


def crc32c(blocks: Sequence[bytes]) -> list[int]:
    """The checksum of each block; quick where they are many and of like length."""
    result = [0] * len(blocks)
    order = sorted((each for each in range(len(blocks)) if blocks[each]), key=lambda each: -len(blocks[each]))
    while order and (len(order) < FEW or len(blocks[order[0]]) > LONG):
        first = order.pop(0)
        result[first] = _alone(blocks[first])
    if not order:
        return result
    lengths = [len(blocks[each]) for each in order]
    held = np.zeros((lengths[0], len(order)), np.uint8)
    for column, each in enumerate(order):
        held[: lengths[column], column] = np.frombuffer(blocks[each], np.uint8)
    states = np.full(len(order), 0xFFFFFFFF, np.uint32)
    active = len(order)
    for row in range(lengths[0]):
        while lengths[active - 1] <= row:
            active -= 1
        now = states[:active]
        states[:active] = _TABLE[(now & 0xFF) ^ held[row, :active]] ^ (now >> 8)
    for column, each in enumerate(order):
        result[each] = int(states[column]) ^ 0xFFFFFFFF
    return result


def _alone(block: bytes) -> int:
    table, state = _LIST, 0xFFFFFFFF
    for byte in block:
        state = table[(state ^ byte) & 0xFF] ^ (state >> 8)
    return state ^ 0xFFFFFFFF
