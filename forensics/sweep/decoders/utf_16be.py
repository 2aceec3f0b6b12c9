"""UTF-16BE text of ASCII characters (RFC 2781), where it ends.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 2      | of each unit: 00, and U+0009, U+000A, U+000D or U+0020 to U+007E |
    | end    | 1      | not 00 |

Such text followed by a zero byte is at the same time UTF-16LE text one byte on, which the sweep reads by
itself; so is all of this text but its last character.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

SHORTEST = 8
LONGEST = 8 << 20  # bytes looked back

_IN = np.zeros(256, np.bool_)
_IN[[9, 10, 13, *range(0x20, 0x7F)]] = True
_EVEN = np.uint64(0x00FF00FF00FF00FF)
_ODD = np.uint64(0xFF00FF00FF00FF00)

_NOTE = b"to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
_TEXT = _NOTE.decode().encode("utf-16-be")


class Utf16Be:
    """Decodes one run of text."""

    kind: ClassVar[str] = "utf-16be"
    title: ClassVar[str] = "UTF-16BE text"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"(?:\x00[\x09\x0a\x0d\x20-\x7e]){8}[^\x00]", wide=False),)
    references: ClassVar[tuple[str, ...]] = ("RFC 2781, UTF-16, an encoding of ISO 10646",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("text", b"\xfe\xff" + _TEXT + b"\xff", (_NOTE,), "str.encode"),
        EncodedSpecimen("the beginning is cut off", b"\xff" + _TEXT[1:] + b"\x04\x31", (_NOTE[1:],), "str.encode, cut"),
        EncodedSpecimen("too short", b"\xfe\xff" + _TEXT[:14] + b"\xff", None, "str.encode"),
        EncodedSpecimen("UTF-16LE", _NOTE.decode().encode("utf-16-le") + bytes(4), None, "str.encode"),
    )

    def ends(self, data: bytes | memoryview) -> list[int]:
        """As `Seeker` says: an aligned word of 8 bytes inside such a run has four zeros at one parity."""
        if len(data) < 17:
            return []
        held = np.frombuffer(data, np.uint8)
        words = np.frombuffer(data, "<u8", len(data) // 8)
        ends: list[npt.NDArray[np.int64]] = []
        for mask, parity in ((_EVEN, 1), (_ODD, 0)):
            at = np.flatnonzero((words & mask) == 0)
            for unit in range(parity, 8, 2):
                at = at[_IN[held[at * 8 + unit]]]
            if len(at):  # a run ends less than one word behind the last of its whole words
                ends.append((at[np.append(np.diff(at) > 1, True)] + 1) * 8)
        if not ends:
            return []
        found: set[int] = set()
        last = np.concatenate(ends)
        for back in range(8):
            end = last + back
            end = end[(end < len(held)) & (end >= 16)]
            end = end[held[end] != 0]
            for unit in range(SHORTEST):
                end = end[(held[end - 2 * unit - 2] == 0) & _IN[held[end - 2 * unit - 1]]]
            found.update((end + 1).tolist())
        return sorted(found)

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        end = at - 1
        if layer.read(end, 1) in (b"", b"\0"):
            return
        units, size = 0, 256
        while limit > 0:
            low = max(end & 1, end - size)
            raw = layer.read(low, end - low)
            pairs = np.frombuffer(raw, np.uint8, len(raw) & ~1).reshape(-1, 2)
            bad = np.flatnonzero((pairs[:, 0] != 0) | ~_IN[pairs[:, 1]])
            units = len(pairs) - (int(bad[-1]) + 1 if len(bad) else 0)
            if len(bad) or low < 2 or size >= LONGEST:
                break
            size <<= 2
        if units < SHORTEST:
            return
        start = end - 2 * units
        data = layer.read(start, 2 * min(units, limit))[1::2]
        caveat = cut(limit) if units > limit else ""
        source = ByteRun(start, 2 * len(data))
        places = ((0, source.offset, source.length),)
        yield Decoded(data, source, complete=not caveat, caveat=caveat, places=places)


DECODER: Decoder = Utf16Be()
