"""Packed extents of Btrfs: zlib, Zstandard, and LZO in segments.

An LZO extent begins with its length; then each segment, of one block when unpacked, has its length before it. No
such length lies across the end of a block: where fewer than 4 bytes are left, the next block goes on.

Source: Linux `fs/btrfs/lzo.c`, the comment on the format; btrfs-progs, *On-disk Format*.
"""

from __future__ import annotations

import zlib

import zstandard

from forensics.primitives import lzo

LARGEST = 1 << 20  # an unpacked extent has at most 128 KiB
METHODS = {1: "zlib", 2: "LZO", 3: "Zstandard"}


def unpacked(raw: bytes, method: int, size: int, block: int) -> bytes:
    """Up to `size` bytes of a packed extent.

    Raises:
        ValueError: it cannot be unpacked, or the method is not known.
    """
    try:
        if method == 1:
            return zlib.decompressobj().decompress(raw, size)
        if method == 2:
            return _lzo(raw, size, block)
        if method == 3:
            return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw).read(size)
    except (zlib.error, zstandard.ZstdError) as error:
        raise ValueError(str(error)) from error
    raise ValueError(f"packed by method {method}, which is not known")


def _lzo(raw: bytes, size: int, block: int) -> bytes:
    end, at, out = min(int.from_bytes(raw[:4], "little"), len(raw)), 4, bytearray()
    while at < end and len(out) < size:
        if block - at % block < 4:
            at += block - at % block
        length = int.from_bytes(raw[at : at + 4], "little")
        if not 0 < length <= end - at - 4:
            raise ValueError("a segment of an LZO extent cannot be")
        out += lzo.unpack(raw[at + 4 : at + 4 + length], block)
        at += 4 + length
    return bytes(out[:size])
