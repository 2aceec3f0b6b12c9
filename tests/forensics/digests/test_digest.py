"""Digests of layers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from forensics.digests.digest import PIECE, digest
from forensics.errors import UnreadableRun
from forensics.model import ByteRun, Locator


class Bytes:
    """A layer over bytes that may refuse."""

    locator = Locator("test")

    def __init__(self, content: bytes, hole: int = -1) -> None:
        self._content = content
        self._hole = hole
        self.size = len(content)

    def read(self, offset: int, length: int) -> bytes:
        if offset <= self._hole < offset + length:
            raise UnreadableRun("test", "hole", self._hole)
        return self._content[offset : offset + length]

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        yield ByteRun(offset, length)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, 2 * PIECE + 5])
def test_equals_hashlib(size: int) -> None:
    content = bytes(index * 7 % 256 for index in range(min(size, 4096))) * (size // 4096 + 1)
    content = content[:size]
    expected = {name: hashlib.new(name, content).hexdigest() for name in ("md5", "sha1", "sha256")}
    assert digest(Bytes(content), ("md5", "sha1", "sha256")) == expected


def test_does_not_digest_around_a_hole() -> None:
    with pytest.raises(UnreadableRun):
        digest(Bytes(bytes(5000), hole=4000))
