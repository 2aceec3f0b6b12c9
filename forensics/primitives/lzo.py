"""LZO1X, unpacked; written from the description *LZO stream format as understood by Linux's LZO decompressor*."""

from __future__ import annotations


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def take(self, count: int) -> bytes:
        data = self._raw[self._at : self._at + count]
        if len(data) < count:
            raise ValueError("LZO data are cut short")
        self._at += count
        return data

    def byte(self) -> int:
        return self.take(1)[0]

    def length(self, value: int, largest: int) -> int:
        """A length whose bits `value` stand in the instruction; zero says that more bytes follow."""
        if value:
            return value
        value = largest
        while not (more := self.byte()):
            value += 255
        return value + more


def unpack(raw: bytes, limit: int) -> bytes:
    """All bytes of one LZO1X stream.

    Raises:
        ValueError: it is cut short, refers to what is not there, or gives more than `limit` bytes.
    """
    reader, out = _Reader(raw), bytearray()
    state = 0  # literals behind the last copy; 4 for more
    first = reader.byte()
    if first == 17:
        raise ValueError("LZO data of a version that is not known")
    if first > 17:
        out += reader.take(first - 17)
        state = min(first - 17, 4)
        first = reader.byte()
    code = first
    while len(out) <= limit:
        if code < 16 and state == 0:
            out += reader.take(3 + reader.length(code, 15))
            state = 4
            code = reader.byte()
            continue
        if code < 16:
            count, distance = (2, 1) if state < 4 else (3, 2049)
            distance += (reader.byte() << 2) + (code >> 2 & 3)
            state = code & 3
        elif code >= 64:
            count = 5 + (code >> 5 & 3) if code >= 128 else 3 + (code >> 5 & 1)
            distance = (reader.byte() << 3) + (code >> 2 & 7) + 1
            state = code & 3
        else:
            near = code >= 32
            count = 2 + (reader.length(code & 31, 31) if near else reader.length(code & 7, 7))
            word = int.from_bytes(reader.take(2), "little")
            distance = (word >> 2) + 1 if near else 16384 + ((code >> 3 & 1) << 14) + (word >> 2)
            state = word & 3
            if distance == 16384 and not near:
                return bytes(out)
        if distance > len(out) or count > limit:
            raise ValueError("LZO data refer to what is not there")
        _copy(out, distance, count)
        out += reader.take(state)
        code = reader.byte()
    raise ValueError(f"LZO data give more than {limit:,} bytes")


def _copy(out: bytearray, distance: int, count: int) -> None:
    """Append `count` bytes from `distance` before the end; they may reach into what is appended."""
    piece = out[-distance:] if distance >= count else out[-distance:] * (count // distance + 1)
    out += piece[:count]
