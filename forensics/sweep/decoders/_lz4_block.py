"""LZ4 blocks (LZ4 Block Format Description) that are cut off, or whose end is not known: the library wants them whole."""

from __future__ import annotations

from forensics.sweep.decoders._streams import DAMAGED, TRUNCATED


def block(encoded: bytes, size: int, before: bytes = b"") -> tuple[bytes, int, str]:
    """At most `size` bytes of a block whose end is not known; how many bytes it used; a caveat or empty.

    `before` are the decoded bytes that stand before the block, where its matches may reach into them.
    """
    out = bytearray(before)
    size += len(before)
    position, end = 0, len(encoded)

    def more(length: int) -> int:
        nonlocal position
        if length == 15:
            while position < end:
                extra = encoded[position]
                position += 1
                length += extra
                if extra != 255:
                    break
        return length

    while position < end and len(out) < size:
        token = encoded[position]
        position += 1
        literals = min(more(token >> 4), size - len(out))
        out += encoded[position : position + literals]
        position += literals
        if position > end:
            return bytes(out[len(before) :]), end, TRUNCATED
        if len(out) >= size:
            break
        distance = int.from_bytes(encoded[position : position + 2], "little")
        position += 2
        if position > end:
            return bytes(out[len(before) :]), end, TRUNCATED
        if not 0 < distance <= len(out):
            return bytes(out[len(before) :]), position, DAMAGED
        length = min(more(token & 15) + 4, size - len(out))
        pattern = out[-distance:][:length]
        out += (pattern * (length // len(pattern) + 1))[:length]
    return bytes(out[len(before) :]), min(position, end), "" if len(out) >= size else TRUNCATED
