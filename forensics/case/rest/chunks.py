"""A stream of bytes encrypted in chunks, so that no chunk can be changed, moved, left out or added unseen.

Every chunk but the last holds `CHUNK` bytes; it is AES-256-GCM under a key that serves one stream only, and its nonce is
its number and whether it is the last:

| offset | length | nonce |
|--------|--------|-------|
| 0      | 11     | number of the chunk, from 0, big-endian |
| 11     | 1      | 1 for the last chunk, else 0 |

The last chunk is never empty, but where the whole stream is. A stream that ends behind another chunk was cut.
(The construction is STREAM: Hoang, Reyhanitabar, Rogaway and Vizár 2015; age-encryption.org/v1 has the same.)
"""

from __future__ import annotations

from types import TracebackType
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forensics.errors import CaseError

CHUNK = 1 << 20
TAG = 16


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


class Encrypting:
    """A file to write into; what is written goes on, encrypted, to `target`. `close` writes the last chunk."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        """Begin a stream under a key of 32 bytes that was never used before."""
        self._target, self._cipher = target, AESGCM(key)
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1

    def __enter__(self) -> Encrypting:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        """A stream that was broken off gets no last chunk."""
        if kind is None:
            self._put(bytes(self._waiting), last=True)


class Decrypting:
    """A file to read from: what `source` holds from its present place to its end."""

    def __init__(self, source: BinaryIO, key: bytes, name: str) -> None:
        """`name` is what errors call it."""
        self._source, self._cipher, self._name = source, AESGCM(key), name
        self._number = 0
        self._ahead = source.read(CHUNK + TAG)
        self._ready = bytearray()
        self._ended = False

    def read(self, size: int) -> bytes:
        """As many bytes as asked for, fewer only at the end.

        Raises:
            CaseError: the stream was changed or cut, or the key is another's.
        """
        while len(self._ready) < size and not self._ended:
            self._next()
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def _next(self) -> None:
        chunk, self._ahead = self._ahead, self._source.read(CHUNK + TAG)
        self._ended = not self._ahead
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=self._ended), chunk, None)
        except (InvalidTag, ValueError) as error:
            offset = self._number * CHUNK
            raise CaseError(
                f"{self._name} was cut or changed; what stands from offset {offset:,} of the case on cannot be read"
            ) from error
        if self._ended and not plain and self._number:
            raise CaseError(f"{self._name} ends with an empty chunk")
        self._ready += plain
        self._number += 1
