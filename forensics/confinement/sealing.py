"""Lists of records as one bytes object: a walk of millions of entries is held small until it is complete.

Held as objects, the records of one entry take some 8 kB; sealed, 30 to 100 bytes. What a worker seals is judged
like a frame when it is opened.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgpack

from forensics.confinement.frames import MAX_FRAME, FrameError, decode


def seal(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Pack and compress records.

    Raises:
        ValueError, OverflowError: msgpack cannot say them.
    """
    return zlib.compress(msgpack.packb({"records": records}, use_bin_type=True), 1)


def unseal(sealed: object) -> list[dict[str, Any]]:
    """The records again.

    Raises:
        FrameError: these are not sealed records, or more than a frame could hold.
    """
    inflate = zlib.decompressobj()
    try:
        body = inflate.decompress(sealed if isinstance(sealed, bytes) else b"", MAX_FRAME + 1)
    except zlib.error as error:
        raise FrameError(f"records that cannot be unpacked: {error}") from error
    if len(body) > MAX_FRAME or not inflate.eof:
        raise FrameError(f"records of more than {MAX_FRAME:,} bytes, or cut short")
    records = decode(body).get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise FrameError("records that are none")
    return records
