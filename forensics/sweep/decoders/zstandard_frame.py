"""Zstandard frames (RFC 8878). The library checks the XXH64 where one is stored.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 4      | 28 B5 2F FD |
    | 4      | 1      | descriptor: content size flag (2 bits), single segment, unused, reserved 0, checksum, dictionary |
    | 5      | 0 or 1 | window: exponent (5 bits), mantissa (3 bits) |
    |        | 0 to 4 | dictionary |
    |        | 0 to 8 | decoded length |
    |        | 3      | of each block: last (1 bit), type (2 bits), size (21 bits) |
    | end-4  | 4      | lower half of XXH64 |

Frames that need a dictionary, or a window above 128 MiB, give nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._streams import LEAST
from forensics.sweep.decoders._zstandard import drain_zstandard
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

_ZSTD = bytes.fromhex(
    "28b52ffd246bfd0200140550617920746f20314276424d53455973745765747154466e354175346d3447466737784a614e56"
    "4e3220616e64206f6e6c792074686572652c2068616c66206e6f776f6e2064656c69766572793a2c2e0a040029266a5ec26c"
    "20b030cd9cd4c01d"
)


class Zstandard:
    """Decodes one frame."""

    kind: ClassVar[str] = "zstd"
    title: ClassVar[str] = "Zstandard frame"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"\x28\xb5\x2f\xfd[\x00-\x07\x20-\x27\x40-\x47\x60-\x67\x80-\x87\xa0-\xa7\xc0-\xc7\xe0-\xe7]",
            at=0,
            wide=False,
        ),
    )
    references: ClassVar[tuple[str, ...]] = ("RFC 8878, Zstandard Compression and the application/zstd Media Type",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _ZSTD, (NOTE,), "zstd 1.5.4"),
        EncodedSpecimen("the checksum is cut off", _ZSTD[:-4], (NOTE,), "zstd 1.5.4, cut"),
        EncodedSpecimen("wrong checksum", flipped(_ZSTD, -1), (NOTE,), "zstd 1.5.4, a bit changed"),
        EncodedSpecimen("a magic and no block", _ZSTD[:6] + b"\xff" * 60, None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        done = drain_zstandard(layer, at, layer.size, limit) if limit > 0 else None
        if done is None or not done.data or (done.damaged and len(done.data) < LEAST):
            return
        caveat = done.caveat(limit)
        yield Decoded(done.data, ByteRun(at, done.used), complete=not caveat, caveat=caveat)


DECODER: Decoder = Zstandard()
