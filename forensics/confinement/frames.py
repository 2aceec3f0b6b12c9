"""Frames between the supervisor and its workers: u32 length, little endian, then one msgpack map.

A worker may have been taken over, so whatever it sends is judged before it is believed: the length,
the number and length of everything inside, the depth, and that the outermost value is a map with text
keys. Pickle is never used: it would run code of the worker's choosing in the supervisor.

msgpack: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping

import msgpack

from forensics.errors import WorkerError

MAX_FRAME = 8 << 20
"""Bytes of one frame without its length."""
MAX_ITEMS = 1 << 16
"""Items of one array or map: the decoder makes room for all of them before it has seen the first."""
MAX_CONTAINERS = 1 << 18
"""Arrays and maps in one frame: each costs one byte to send and some sixty to hold."""
MAX_DEPTH = 32

_LENGTH = struct.Struct("<I")
# The first bytes of arrays and maps: fixmap 80–8f, fixarray 90–9f, array 16/32 dc dd, map 16/32 de df.
_CONTAINER_HEADS = bytes([*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF])


class FrameError(WorkerError):
    """Bytes that are not a frame, or a frame that is larger than frames may be."""


def encode(message: Mapping[str, object]) -> bytes:
    """The frame of a message.

    Raises:
        FrameError: the message is too large, or holds what msgpack cannot say (an integer beyond
            64 bits, a lone surrogate, an object).
    """
    try:
        body: bytes = msgpack.packb(message, use_bin_type=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise FrameError(f"the message cannot be written as msgpack: {error}") from error
    if len(body) > MAX_FRAME:
        raise FrameError(f"the message takes {len(body):,} bytes; a frame holds {MAX_FRAME:,}")
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes) -> dict[str, object]:
    """The message in the body of a frame.

    Raises:
        FrameError: it is not one, or exceeds a cap.
    """
    if len(body) > MAX_FRAME:
        raise FrameError(f"a frame of {len(body):,} bytes; at most {MAX_FRAME:,} are allowed")
    hooks = {}
    if len(body) - len(body.translate(None, _CONTAINER_HEADS)) > MAX_CONTAINERS:
        # Mostly the bytes of pictures; only a count while decoding can tell.
        census = _Census()
        hooks = {"list_hook": census, "object_hook": census}
    items = min(MAX_ITEMS, len(body))
    try:
        message = msgpack.unpackb(
            body,
            raw=False,
            use_list=True,
            strict_map_key=True,
            ext_hook=_refuse_extension,
            max_str_len=len(body),
            max_bin_len=len(body),
            max_array_len=items,
            max_map_len=items,
            max_ext_len=0,
            **hooks,
        )
    except FrameError:
        raise
    except (ValueError, TypeError, OverflowError, MemoryError, msgpack.UnpackException) as error:
        raise FrameError(f"a frame that is not msgpack: {error}") from error
    if type(message) is not dict:
        raise FrameError("a frame that is not a map")
    _judge(message)
    return message


class Decoder:
    """Frames out of a stream that arrives in pieces."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the stream."""
        self._buffer += piece

    def messages(self) -> Iterator[tuple[dict[str, object], int]]:
        """The whole frames so far, each with the bytes that it took.

        Raises:
            FrameError: the stream is not made of frames; nothing after this point can be trusted.
        """
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_FRAME:
                raise FrameError(f"a frame of {length:,} bytes; at most {MAX_FRAME:,} are allowed")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(memoryview(self._buffer)[_LENGTH.size : end])
            del self._buffer[:end]
            yield decode(body), end


def read_message(descriptor: int) -> dict[str, object] | None:
    """Wait for one frame; `None` at the end of the stream."""
    head = _read_exactly(descriptor, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise FrameError(f"a frame of {length:,} bytes; at most {MAX_FRAME:,} are allowed")
    body = _read_exactly(descriptor, length)
    if body is None:
        raise FrameError("the stream ends inside a frame")
    return decode(body)


def write_bytes(descriptor: int, data: bytes | bytearray) -> None:
    """Write everything, however small the pipe."""
    with memoryview(data) as view:
        written = 0
        while written < len(view):
            written += os.write(descriptor, view[written:])


def _read_exactly(descriptor: int, length: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < length:
        piece = os.read(descriptor, length - len(pieces))
        if not piece:
            if pieces:
                raise FrameError("the stream ends inside a frame")
            return None
        pieces += piece
    return bytes(pieces)


class _Census:
    """Counts arrays and maps while they are decoded, and stops at the cap."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, container: object) -> object:
        self._count += 1
        if self._count > MAX_CONTAINERS:
            raise FrameError(f"a frame with more than {MAX_CONTAINERS:,} arrays and maps")
        return container


def _refuse_extension(code: int, data: bytes) -> object:
    raise FrameError(f"a frame with extension type {code}")


def _judge(message: dict[str, object]) -> None:
    """Refuse keys that are not text, and more levels than allowed."""
    level: list[object] = [message]
    for _ in range(MAX_DEPTH):
        deeper: list[object] = []
        for container in level:
            if type(container) is dict:
                for key, value in container.items():
                    if type(key) is not str:
                        raise FrameError("a map with a key that is not text")
                    if type(value) is dict or type(value) is list:
                        deeper.append(value)
            else:
                assert type(container) is list
                for value in container:
                    if type(value) is dict or type(value) is list:
                        deeper.append(value)
        if not deeper:
            return
        level = deeper
    raise FrameError(f"a frame deeper than {MAX_DEPTH} levels")
