"""S-expressions as GnuPG stores keys: canonical `(3:rsa(1:n3:...))` and advanced `(rsa (n #00B7#))`, either mixed.

Facts: Rivest, S-expressions (1997); GnuPG 2.4, agent/keyformat.txt.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from forensics.errors import FormatError

_DEEPEST, _MOST = 12, 2_000
_SPACE = b" \t\r\n"
_TOKEN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./_:*+=")
Expression = list["bytes | Expression"]


class Reader:
    """Reads one expression."""

    def __init__(self, data: bytes) -> None:
        """Read from the beginning of `data`, which is an opening parenthesis."""
        self._data, self.at, self._count = data, 0, 0

    def expression(self, depth: int = 0) -> Expression:
        """The expression at `at`, which is behind it afterwards.

        Raises:
            FormatError: it does not end, or is none.
        """
        self.at += 1
        found: Expression = []
        while True:
            self._count += 1
            if depth > _DEEPEST or self._count > _MOST:
                raise FormatError("nested too deep, or too many parts")
            octet = self._skip()
            if octet == b")":
                self.at += 1
                return found
            found.append(self.expression(depth + 1) if octet == b"(" else self._atom(octet))

    def _skip(self) -> bytes:
        while self.at < len(self._data) and self._data[self.at] in _SPACE:
            self.at += 1
        return self._data[self.at : self.at + 1]

    def _atom(self, octet: bytes) -> bytes:
        start = self.at
        if octet in (b"#", b"|", b'"'):
            end = self._data.find(octet, start + 1)
            if end < 0:
                raise FormatError("a value without its end")
            self.at = end + 1
            held = self._data[start + 1 : end]
            if octet == b'"':
                return held
            held = bytes(each for each in held if each not in _SPACE)
            try:
                return bytes.fromhex(held.decode("ascii")) if octet == b"#" else base64.b64decode(held, validate=True)
            except (ValueError, binascii.Error):
                raise FormatError("a value in neither hex nor base 64") from None
        digits = start
        while digits - start < 6 and self._data[digits : digits + 1].isdigit():
            digits += 1
        if digits > start and self._data[digits : digits + 1] == b":":
            self.at = digits + 1 + int(self._data[start:digits])
            if self.at > len(self._data):
                raise FormatError("a value longer than the data")
            return self._data[digits + 1 : self.at]
        while self.at < len(self._data) and self._data[self.at] in _TOKEN:
            self.at += 1
        if self.at == start:
            raise FormatError("neither value nor list")
        return self._data[start : self.at]


def lists(expression: Expression, name: bytes) -> Iterator[Expression]:
    """The lists in an expression that begin with a name."""
    for each in expression:
        if isinstance(each, list) and each and each[0] == name:
            yield each


def value(expression: Expression, name: bytes) -> bytes:
    """The value behind a name; empty where there is none."""
    held = next(lists(expression, name), [])
    return held[1] if len(held) > 1 and isinstance(held[1], bytes) else b""
