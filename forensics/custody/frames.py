"""Messages between the program and its ledger writer: four bytes of length (little-endian), then MJ1.

Nothing is ever unpickled, and a frame longer than the cap is refused on both sides.
"""

from __future__ import annotations

import struct
from typing import IO

import orjson

from forensics.custody import mj1
from forensics.errors import FormatError

CAP = 64 * 1024 * 1024
"""Longest frame, in bytes without its length."""

_LENGTH = struct.Struct("<I")


def pack(message: dict[str, object], *, checked: bool = True) -> bytes:
    """A frame holding ``message``; :class:`FormatError` when it is outside MJ1 or longer than the cap.

    Without ``checked`` the reader is left to refuse what is outside MJ1: for items, which it writes anew.
    """
    try:
        data = mj1.dumps(message) if checked else orjson.dumps(message)
    except TypeError as error:
        raise FormatError(f"a message that is no JSON: {error}") from error
    if len(data) > CAP:
        raise FormatError(f"a message of {len(data):,} bytes is more than the ledger writer takes at once")
    return _LENGTH.pack(len(data)) + data


def read(stream: IO[bytes]) -> dict[str, object] | None:
    """The next message, or None at the end of the stream; :class:`FormatError` for a broken one."""
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise FormatError("the stream ended inside a length")
    (length,) = _LENGTH.unpack(head)
    if length > CAP:
        raise FormatError(f"a frame announces {length:,} bytes")
    data = stream.read(length)
    if len(data) < length:
        raise FormatError("the stream ended inside a frame")
    try:
        message = orjson.loads(data)
    except ValueError as error:
        raise FormatError(f"a frame does not hold JSON: {error}") from error
    if not isinstance(message, dict):
        raise FormatError("a frame does not hold an object")
    return message
