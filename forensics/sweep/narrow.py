"""UTF-16 text seen as single bytes, without copying the evidence: the narrowed view.

A run of characters U+0009, U+000A, U+000D and U+0020 to U+007E, each followed by a zero byte, reads
as ASCII. Offsets in the view count characters from the even (or odd) beginning of the layer below,
so that they do not depend on where a run was met.

Text in UTF-16BE is the same bytes seen from one byte further on, but for its last character where no
zero byte follows it. For that one there is a view of big-endian characters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from forensics.model import ByteRun, Layer, Locator

SHORTEST = 8  # characters

_WORD = 8
# By parity: the bytes of a word that are zero in wide text, and of those between them the lowest and the highest bits.
_OTHERS = (np.uint64(0xFF00FF00FF00FF00), np.uint64(0x00FF00FF00FF00FF))
_ONES = (np.uint64(0x0001000100010001), np.uint64(0x0100010001000100))
_TOPS = (np.uint64(0x0080008000800080), np.uint64(0x8000800080008000))

Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


def runs_of_wide_text(data: bytes) -> list[tuple[int, int]]:
    """Half-open byte ranges of `data` that hold `SHORTEST` or more such characters, both parities."""
    found: list[tuple[int, int]] = []
    if b"\0" not in data:
        return found
    words = _word_of_each(data)
    for parity in (0, 1):
        near = _near_wide_text(words, parity)
        if not len(near):
            continue
        gathered = words.take(near, mode="clip")
        gathered[near == len(words)] = 0
        runs = _runs_of_units(gathered.view(np.uint8)[parity:]) + parity
        begins, lasts = (near[each // _WORD] * _WORD + each % _WORD for each in (runs[:, 0], runs[:, 1] - 1))
        ends = np.minimum(lasts + 1, parity + (len(data) - parity) // 2 * 2)
        whole = ends - begins >= 2 * SHORTEST
        found += zip(begins[whole].tolist(), ends[whole].tolist(), strict=True)
    return found


def _word_of_each(data: bytes) -> Words:
    """The data by eight bytes, with zeros behind it."""
    whole = len(data) // _WORD
    words = np.frombuffer(data, "<u8", whole)
    rest = data[whole * _WORD :]
    return np.append(words, np.frombuffer(rest.ljust(_WORD, b"\0"), "<u8")) if rest else words


def _near_wide_text(words: Words, parity: int) -> Places:
    """The numbers of the words that runs may lie in; the number behind the last stands for zeros between them.

    Of `SHORTEST` characters at least one word of `_WORD` bytes lies wholly inside: every other byte of it is zero and
    the others are not.
    """
    others = words & _OTHERS[parity]
    wide = np.flatnonzero(others == 0)
    text = words[wide]
    wide = wide[((text - _ONES[parity]) & ~text & _TOPS[parity]) == 0]  # no byte is zero: Hacker's Delight, 6-1
    near = np.zeros(len(words) + 2, np.bool_)
    for shift in range(3):
        near[wide + shift] = True
    held = np.flatnonzero(near[1:-1])
    return np.insert(held, np.flatnonzero(np.diff(held) > 1) + 1, len(words))


def _runs_of_units(data: npt.NDArray[np.uint8]) -> Places:
    """Rows of (begin, end): the bytes of `SHORTEST` or more characters, from the first byte on."""
    units = data[: len(data) // 2 * 2].view("<u2")
    text: npt.NDArray[np.bool_] = (units - np.uint16(0x20)) < np.uint16(0x5F)
    text |= (units == 10) | (units == 13) | (units == 9)
    pairs = text[:-1] & text[1:]
    fours = pairs[:-2] & pairs[2:]
    eights = fours[:-4] & fours[4:]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], eights, [False])).astype(np.int8))).reshape(-1, 2)
    edges[:, 1] += SHORTEST - 1
    return edges * 2


def big_endian_run(data: bytes | memoryview, run: tuple[int, int]) -> tuple[int, int] | None:
    """The same text as big-endian characters, if that goes on by one: the range of their second bytes."""
    begin, stop = run
    if stop >= len(data) or not 0x20 <= data[stop] <= 0x7E:
        return None
    return (begin if begin and data[begin - 1] == 0 else begin + 2), stop + 2


class NarrowLayer:
    """The narrowed view of a layer, at one parity. Bytes that are not such text read as NUL."""

    def __init__(self, below: Layer, parity: int, *, big_endian: bool = False) -> None:
        """View `below` from its byte `parity` (0 or 1) on."""
        self.below = below
        self.parity = parity
        self._units = ">u2" if big_endian else "<u2"
        step = "utf-16be" if big_endian else "utf-16le"
        self._locator = Locator(step if parity == 0 else f"{step}+1", below.locator)

    @property
    def locator(self) -> Locator:
        """One step below the layer that is viewed."""
        return self._locator

    @property
    def size(self) -> int:
        """Characters."""
        return (self.below.size - self.parity) // 2

    def read(self, offset: int, length: int) -> bytes:
        """Characters from `offset`; NUL for those that are not plain text."""
        if offset < 0 or length <= 0:
            return b""
        data = self.below.read(self.parity + 2 * offset, 2 * min(length, self.size - offset))
        units = np.frombuffer(data, self._units, len(data) // 2)
        text = (units - np.uint16(0x20)) < np.uint16(0x5F)
        text |= (units == 10) | (units == 13) | (units == 9)
        return np.where(text, units, 0).astype(np.uint8).tobytes()

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image ranges of the two-byte characters."""
        return self.below.runs(self.parity + 2 * offset, 2 * length)
