"""Which ends of rows of words are worth a look: all words of a stretch of bytes looked up at once.

A row of words is common in text, a row of listed words is not. Only the blocks about the ends are looked at. The first eight letters of a word and its length
lead to one place of a table, which says in whose lists such a word may be; one table serves all detectors of
this family. Dropped is only what no detector would accept: ends without a row of words that may be listed. A
word with bytes beyond ASCII counts as listed, and so does one of more than 16 bytes in a text that is not all
ASCII: few are in the rows that wake these detectors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint64]

_SIZE = 18  # bits of a place in the table: 19,000 words fill 7 % of it
_WIDE_SPACE = "\u3000".encode()
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 by the golden ratio (Knuth, The Art of Computer Programming, 6.4)
_LENGTH_MIX = np.uint64(0xC2B2AE3D27D4EB4F)
_KEPT = np.array([(1 << 8 * count) - 1 for count in range(8)] + [(1 << 64) - 1], np.uint64)
_SMALL = np.uint64(0x2020202020202020)
_HIGH = np.uint64(0x8080808080808080)
_PAD = 8
_BLOCK = 1 << 14  # words looked up at a time: they stay in the processor's cache

_LETTERS = bytes(each >= 0x80 or chr(each).isalpha() for each in range(256))
_BREAKS = (b"\n", b"\0")  # among others
_ZONE = 1024  # bytes of a block, and either side of an end that a detector looks at; further back only without a break
_REGISTERED: list[Callable[[], Iterable[bytes]]] = []


def register(words: Callable[[], Iterable[bytes]]) -> int:
    """A bit for a detector's words, in small letters; those beyond ASCII may be left out."""
    _REGISTERED.append(words)
    return 1 << len(_REGISTERED) - 1


@functools.lru_cache(maxsize=1)
def _table(registered: int) -> npt.NDArray[np.uint8]:
    """For each place the bits of those who have a word there."""
    found = np.zeros(1 << _SIZE, np.uint8)
    for number, words in enumerate(_REGISTERED[:registered]):
        listed = [each for each in words() if each.isascii()]
        data = b" ".join(listed) + bytes(_PAD)
        lengths = np.fromiter(map(len, listed), np.int64, len(listed))
        starts = np.cumsum(lengths + 1) - lengths - 1
        kept = _KEPT[np.minimum(lengths, 8)]
        found[_places(_eight(data)[starts] & kept, kept, lengths)] |= np.uint8(1 << number)
    return found


def _eight(data: bytes) -> Numbers:
    """Eight bytes from each offset on, as a number; `data` goes on by `_PAD` bytes."""
    return np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))


def _places(letters: Numbers, kept: Numbers, lengths: Places) -> Numbers:
    """The place in the table of each word, of which the first eight letters are `kept`."""
    mixed = letters | (_SMALL & kept)
    mixed ^= lengths.astype(np.uint64) * _LENGTH_MIX
    mixed *= _MIX
    mixed >>= np.uint64(64 - _SIZE)
    return mixed


def _listed(data: bytes, starts: Places, ends: Places) -> npt.NDArray[np.uint8]:
    """Whose lists may have each word."""
    table, ascii_alone = _table(len(_REGISTERED)), data.isascii()
    eight = _eight(data + bytes(_PAD))
    found = np.empty(len(starts), np.uint8)
    for low in range(0, len(starts), _BLOCK):
        first = starts[low : low + _BLOCK]
        lengths = ends[low : low + _BLOCK] - first
        kept = _KEPT[np.minimum(lengths, 8)]
        letters = eight[first] & kept
        bits = table[_places(letters, kept, lengths)]
        if not ascii_alone:
            bits[(letters & _HIGH) != 0] = 0xFF
            long = np.flatnonzero(lengths > 8)
            last = eight[first[long] + lengths[long] - 8] & _HIGH
            bits[long[(last != 0) | (lengths[long] > 16)]] = 0xFF  # not all of these was looked at
        found[low : low + _BLOCK] = bits
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """The words of `data` near some ends: where they start and end, and whose lists may have them."""

    data: bytes
    starts: Places
    ends: Places
    listed: npt.NDArray[np.uint8]

    def runs(self, bit: int, fewest: int) -> tuple[Places, Places]:
        """First and last word of each row of at least `fewest` words that may be in a list."""
        begins = (self.listed & bit) != 0
        length = 1
        while length < fewest and len(begins):  # where `length` listed words begin
            more = min(length, fewest - length)
            begins = begins[:-more] & begins[more:]
            length += more
        found = np.flatnonzero(begins)
        apart = np.diff(found) > 1
        ends = np.ones(min(1, len(found)), np.bool_)
        return found[np.concatenate((ends, apart))], found[np.concatenate((apart, ends))] + fewest - 1


def _has_wide_space(data: bytes) -> bool:
    if _WIDE_SPACE[:1] not in data:
        return False
    read = np.frombuffer(data, np.uint8)  # sought by one byte: by three takes six times as long
    marks = np.flatnonzero(read[:-2] == _WIDE_SPACE[0])
    return bool(((read[marks + 1] == _WIDE_SPACE[1]) & (read[marks + 2] == _WIDE_SPACE[2])).any())


def _zones(data: bytes, ends: Places) -> Places:
    """The ranges that hold all that detectors look at about these ends, apart from each other, as rows of (low, high).

    A detector goes back from an end as long as it meets no break, and from a break by less than a block more.
    """
    last = (len(data) - 1) // _ZONE
    wanted = np.zeros(last + 1, np.bool_)
    for shift in range(-2, 3):
        wanted[np.clip(ends // _ZONE + shift, 0, last)] = True
    for number in np.flatnonzero(np.diff(wanted, prepend=False) & wanted).tolist():
        at = number
        while at > 0 and not _has_break(data, at * _ZONE):
            at -= 1
        wanted[max(at - 1, 0) : number] = True
    edges = np.flatnonzero(np.diff(wanted, prepend=False, append=False)) * _ZONE
    return np.minimum(edges, len(data)).reshape(-1, 2)


def _has_break(data: bytes, low: int) -> bool:
    return any(data.find(each, low, low + _ZONE) >= 0 for each in _BREAKS)


def words_of(data: bytes, edges: Places, ends: Places) -> Words:
    """The words of `data` about these ends; words also end at `edges`."""
    zones = _zones(data, ends)
    pieces = [data[low:high] for low, high in zones.tolist()]
    firsts = np.cumsum([0, *(len(each) + 1 for each in pieces)])[:-1]
    shifts = zones[:, 0] - firsts
    inner = np.searchsorted(zones[:, 0], edges, "right") - 1
    within = (inner >= 0) & (edges < zones[inner, 1]) if len(zones) else np.zeros(len(edges), np.bool_)
    found = _words(b"\0".join(pieces), edges[within] - shifts[inner[within]])
    moved = np.repeat(shifts, np.diff(np.searchsorted(found.starts, firsts), append=len(found.starts)))
    starts, stops = found.starts + moved, found.ends + moved
    for at in (0, -1):  # cut, it may be
        if len(starts) and (starts[at] == 0 or stops[at] == len(data)):
            found.listed[at] = 0xFF
    return Words(data, starts, stops, found.listed)


def _words(data: bytes, edges: Places) -> Words:
    """All words of `data`, which also end at `edges`."""
    if _has_wide_space(data):
        data = data.replace(_WIDE_SPACE, b"   ")
    size = len(data)
    flags = np.zeros(size + 2, np.bool_)
    flags[1:-1] = np.frombuffer(data.translate(_LETTERS), np.bool_)
    if b"\xc2" in data:  # U+0080 to U+00BF are no letters
        marks = np.flatnonzero(np.frombuffer(data, np.uint8) == 0xC2)
        flags[marks + 1] = False
        flags[np.minimum(marks + 2, size + 1)] = False
    changes = np.flatnonzero(flags[1:] != flags[:-1])
    edges = edges[(edges > 0) & (edges < size)]
    joined = edges[flags[edges] & flags[edges + 1]]
    if len(joined):
        changes = np.insert(changes, np.searchsorted(changes, joined).repeat(2), joined.repeat(2))
    starts, ends = changes[::2], changes[1::2]
    return Words(data, starts, ends, _listed(data, starts, ends))


_held: tuple[bytes, bytes, bytes, int, Words] | None = None


def words(data: bytes, edges: Places, ends: Places) -> Words:
    """As `words_of`, kept for the other detectors of the same ends."""
    global _held  # noqa: PLW0603 - the last one, of each process
    key = (edges.tobytes(), ends.tobytes(), len(_REGISTERED))
    if _held is None or _held[0] is not data or _held[1:-1] != key:
        _held = (data, *key, words_of(data, edges, ends))
    return _held[-1]


def near_a_row(
    found: Words, ends: Places, lows: Places, highs: Places, *, bit: int, fewest: int, reach: int, back: int
) -> Flags:
    """Whether one of the last `back` words before each end is in a row, or what it needs is not all at hand.

    A detector looks at `reach` bytes either side. [lows, highs) is what is at hand of the text about each end;
    beyond the bounds of `found` where the text itself ends.
    """
    kept: Flags = (ends - reach < lows) | (ends + reach > highs)
    first, last = found.runs(bit, fewest)
    if len(first) and len(ends):
        at = np.searchsorted(found.ends, ends + 1, "right") - 1
        row = np.searchsorted(first, at, "right") - 1
        kept |= (row >= 0) & (at - last[row] < back)
    return kept


def behind_a_row(
    found: Words,
    ends: Places,
    lows: Places,
    *,
    bit: int,
    fewest: int,
    reach: int,
    step: int,
    longest: int,
    beyond: int,
) -> Flags:
    """Whether a row stands before each end as far as a detector looks, or that is not all at hand.

    It looks `reach` bytes back, from there on by `step` bytes as long as no break is among them and no more than
    `longest`, and `beyond` bytes ahead.
    """

    def last_to_see(place: int) -> int:
        """An end behind which no look reaches back to `place`."""
        least = place + step - 1
        most = place + longest + step
        breaks = [at for each in _BREAKS if (at := found.data.find(each, least, most)) >= 0]
        return max(min(breaks, default=most) + step, place + reach)

    kept: Flags = np.zeros(len(ends), np.bool_)
    for low in np.unique(lows[lows >= 0]).tolist():
        kept |= (lows == low) & (ends <= last_to_see(low))
    first, last = found.runs(bit, fewest)
    behind = np.searchsorted(ends, found.starts[first] - beyond, "right")
    latest = np.flatnonzero(np.diff(behind, append=len(ends)))  # of the rows before the same end, it is seen longest
    for begin, stop in zip(behind[latest].tolist(), found.ends[last[latest]].tolist(), strict=True):
        kept[begin : np.searchsorted(ends, last_to_see(stop), "right")] = True
    return kept
