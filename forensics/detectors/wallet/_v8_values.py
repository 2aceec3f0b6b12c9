"""Values as V8 serialises them: what Chromium's IndexedDB holds behind its keys.

| octet | value |
|-------|-------|
| `FF n` | version; Blink's stands before V8's |
| `o` … `{` count | object: keys and values in turn |
| `A` n … `$` count n, `a` n … `@` count n | array, dense or with holes |
| `"` n, `c` n, `S` n | text in Latin-1, UTF-16, UTF-8 |
| `I`, `U`, `N`, `D` | number: zigzag, plain, double, date in milliseconds |
| `T`, `F`, `0`, `_`, `^` n | true, false, null, undefined, what was told before |

Facts: V8 `src/objects/value-serializer.cc`. Maps, sets, buffers and host objects are not read.
"""

from __future__ import annotations

import struct

from forensics.detectors.wallet._objects import Json
from forensics.errors import FormatError

_DEEPEST, _MOST = 32, 100_000
_ENCODINGS = {0x22: "latin-1", 0x63: "utf-16-le", 0x53: "utf-8"}
_CONSTANTS: dict[int, bool | None] = {0x54: True, 0x46: False, 0x30: None, 0x5F: None, 0x2D: None}


class Reader:
    """One serialised value."""

    def __init__(self, data: bytes) -> None:
        """Read from the beginning of `data`, behind all versions."""
        self._data, self.at, self._count = data, 0, 0

    def value(self, depth: int = 0) -> Json:
        """The next value; `at` is then behind it.

        Raises:
            FormatError: the data end, or hold what is not read here.
        """
        self._count += 1
        if depth > _DEEPEST or self._count > _MOST:
            raise FormatError("values are nested too deep, or too many")
        tag = self._octets(1)[0]
        while tag == 0:
            tag = self._octets(1)[0]
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag in _ENCODINGS:
            return self._octets(self._number()).decode(_ENCODINGS[tag], "replace")
        match chr(tag):
            case "I":
                number = self._number()
                return number >> 1 ^ -(number & 1)
            case "U":
                return self._number()
            case "N" | "D":
                double: float = struct.unpack("<d", self._octets(8))[0]
                return int(double) if double.is_integer() else double
            case "^":
                return f"^{self._number()}"
            case "o":
                return dict(self._pairs(ord("{"), depth))
            case "A":
                found = [self.value(depth + 1) for _ in range(min(self._number(), _MOST))]
                self._pairs(ord("$"), depth)
                self._number()
                return list(found)
            case "a":
                self._number()
                held = self._pairs(ord("@"), depth)
                self._number()
                return [each for _, each in held]
        raise FormatError(f"a value of kind {tag:#04x}")

    def _pairs(self, closing: int, depth: int) -> list[tuple[str, Json]]:
        found: list[tuple[str, Json]] = []
        while self._octets(1)[0] != closing:
            self.at -= 1
            key = self.value(depth + 1)
            found.append((str(key), self.value(depth + 1)))
        self._number()
        return found

    def _octets(self, size: int) -> bytes:
        part = self._data[self.at : self.at + size]
        if len(part) != size:
            raise FormatError("the value is cut off")
        self.at += size
        return part

    def _number(self) -> int:
        value = shift = 0
        while shift < 63:
            octet = self._octets(1)[0]
            value |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                return value
        raise FormatError("a number without an end")
