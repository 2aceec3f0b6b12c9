"""A least-recently-used store of decoded chunks, bounded in bytes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

DEFAULT_BYTES = 128 << 20  # under this a walk over a compressed image inflates the same chunks again and again


class ChunkCache:
    """Chunks by number; the least recently used ones go first. Safe between threads."""

    def __init__(self, capacity: int = DEFAULT_BYTES) -> None:
        """Hold at most `capacity` bytes of chunk content."""
        self._capacity = capacity
        self._held = 0
        self._chunks: OrderedDict[int, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, number: int) -> bytes | None:
        """The chunk, now the most recently used one, or None."""
        with self._lock:
            chunk = self._chunks.get(number)
            if chunk is not None:
                self._chunks.move_to_end(number)
            return chunk

    def put(self, number: int, chunk: bytes) -> None:
        """Keep a chunk and let go of old ones as needed."""
        with self._lock:
            old = self._chunks.pop(number, None)
            self._held += len(chunk) - (len(old) if old is not None else 0)
            self._chunks[number] = chunk
            while self._held > self._capacity and self._chunks:
                _, gone = self._chunks.popitem(last=False)
                self._held -= len(gone)
