"""The sweep of one address space: windows, candidates, findings.

An address space is the image, or one entry read logically. It is divided into segments, each with
one owner; a detector sees the owner's bytes through a layer and nothing beyond, so that text at the
end of a file is not spoilt by what lies in its slack.

Every match end lies in exactly one window and is passed on once. What a detector then yields depends
only on the bytes around that place, so the division into windows, units and workers leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from forensics.detectors.base import Detector
from forensics.detectors.word import WORD, WordDetector
from forensics.model import Finding, Layer
from forensics.sweep.catalogue import Catalogue
from forensics.sweep.decoders.base import Decoded, Decoder
from forensics.sweep.decoding import Budget, streams
from forensics.sweep.layers import Readable
from forensics.sweep.narrow import NarrowLayer, big_endian_run, runs_of_wide_text
from forensics.sweep.patterns import Pattern
from forensics.sweep.segments import MARGIN, Segment

WINDOW = 4 << 20
FAR = 1 << 62


class Batched(Protocol):
    """A detector that takes all match ends of a layer at once."""

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many ends in ascending order."""
        ...


class Screening(Protocol):
    """A detector that says of many match ends at once which it wants to be woken at."""

    def screen(
        self,
        data: bytes,
        ends: npt.NDArray[np.int64],
        edges: npt.NDArray[np.int64],
        lows: npt.NDArray[np.int64],
        highs: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.bool_]:
        """For each end in `data`, whether anything may be found there.

        Owners change at `edges`. [lows, highs) is what `data` holds of the text about each end, with bounds far
        off where the text ends.
        """
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A finding, the number of the segment in whose layer it was made, and the names of the streams it is in."""

    finding: Finding
    segment: int
    inside: tuple[str, ...] = ()


Key = tuple[str, str, int, int, str]


class Space:
    """Sweeps [start, end) of an address space.

    Attributes:
        found: findings in the order in which they were made, each once.
        refused: places that a detector or decoder gave up with an error of its own, or that the budget
            did not cover, and why.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        readable: Readable,
        segments: Sequence[Segment],
        layer_of: Callable[[int], Layer | None],
        *,
        budget: Budget | None = None,
        depth: int = 0,
    ) -> None:
        """Prepare to sweep `readable`, whose `segments` cover it in order.

        `layer_of` gives the layer of a segment by its number, or None where nothing is to be examined.
        Without a `budget` nothing is decoded; `depth` says how many streams this space is inside of.
        """
        self._budget = budget
        self.refused: dict[str, str] = {} if budget is None else budget.refused
        self._depth = depth
        self._decoded: set[tuple[str, int, int]] = set()
        self._catalogue = catalogue
        self._readable = readable
        self._segments = segments
        self._layer_of = layer_of
        self._starts = np.fromiter((each.start for each in segments), np.int64, len(segments))
        self._layers: dict[int, Layer | None] = {}
        self._narrow: dict[tuple[int, int, bool], NarrowLayer] = {}
        self._at_hand: tuple[npt.NDArray[np.int64], tuple[npt.NDArray[np.int64], ...]] | None = None
        self._seen: set[Key] = set()
        self._carved: dict[tuple[str, int], int] = {}  # detector and segment -> where its last file there ends
        self.found: list[Held] = []

    def sweep(self, start: int, end: int, on_bytes: Callable[[int, memoryview], None] | None = None) -> None:
        """Sweep the match ends in (start, end]; `on_bytes` gets each byte of the range once, in order."""
        position = start
        while position < end:
            stop = min(end, position + WINDOW)
            base = max(0, position - MARGIN)
            data = self._readable.read(base, stop + MARGIN - base)
            if on_bytes is not None:
                on_bytes(position, memoryview(data)[position - base : stop - base])
            self._window(data, base, position, stop)
            position = stop

    # --- one window

    def _window(self, data: bytes, base: int, low: int, high: int) -> None:
        view = memoryview(data)[: high + 1 - base]
        known: dict[int, npt.NDArray[np.int64]] = {}  # patterns of one expression share one list of ends
        for number, ends in sorted(self._catalogue.ends(view).items()):
            places = known.get(id(ends))
            if places is None:
                places = np.asarray(ends, np.int64) + base
                places = known[id(ends)] = places[(places > low) & (places <= high)]
            if len(places):
                self._candidates(self._catalogue.patterns[number], places, data, base)
        self._wide(data, base, low, high)
        self._edges(data, base, low, high)

    def _candidates(self, pattern: Pattern, places: npt.NDArray[np.int64], data: bytes, base: int) -> None:
        if pattern.detector < len(self._catalogue.detectors) and pattern.back is None:
            places = self._screened(self._catalogue.detectors[pattern.detector], places, data, base)
        owners = np.searchsorted(self._starts, places - 1, "right") - 1
        if pattern.detector >= len(self._catalogue.detectors):
            self._decode(pattern, places.tolist(), owners.tolist())
            return
        detector = self._catalogue.detectors[pattern.detector]
        if pattern.back is not None:
            self._starts_of(detector, pattern, places.tolist(), owners.tolist())
            return
        if isinstance(detector, WordDetector):
            self._words(detector, places, owners, data, base)
            return
        for number in np.unique(owners).tolist():
            layer = self._layer(number)
            if layer is not None:
                segment = self._segments[number]
                shift = segment.inner - segment.start
                self._examine_ends(detector, layer, (places[owners == number] + shift).tolist(), number)

    def _screened(
        self, detector: Detector, places: npt.NDArray[np.int64], data: bytes, base: int
    ) -> npt.NDArray[np.int64]:
        """The places that a detector wants to be woken at, where it judges many at once."""
        if not hasattr(detector, "screen"):
            return places
        if self._at_hand is None or self._at_hand[0] is not places:
            self._at_hand = (places, self._bounds(places, base, base + len(data)))
        edges, lows, highs = self._at_hand[1]
        return places[cast("Screening", detector).screen(data, places - base, edges, lows, highs)]

    def _bounds(self, places: npt.NDArray[np.int64], base: int, stop: int) -> tuple[npt.NDArray[np.int64], ...]:
        """Of the window [base, stop): where owners change, and what it holds of the text about each place."""
        owners = np.searchsorted(self._starts, places - 1, "right") - 1
        lows, highs = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
        numbers, first, counts = np.unique(owners, return_index=True, return_counts=True)
        for number, at, count in zip(numbers.tolist(), first.tolist(), counts.tolist(), strict=True):
            layer, segment = self._layer(number), self._segments[number]
            if layer is None:
                continue
            opens = segment.inner == 0 and segment.start >= base  # the text itself begins here
            closes = segment.inner + segment.end - segment.start >= layer.size and segment.end <= stop
            lows[at : at + count] = -FAR if opens else max(segment.start - base, 0)
            highs[at : at + count] = FAR if closes else min(segment.end, stop) - base
        low, high = np.searchsorted(self._starts, (base, stop))
        return self._starts[low:high] - base, lows, highs

    def _examine_ends(self, detector: Detector, layer: Layer, ends: list[int], number: int) -> None:
        if hasattr(detector, "examine_many"):
            many = cast("Batched", detector).examine_many(layer, ends)
            self._keep(many, number, detector.kind, ends[0])
        else:
            for end in ends:
                self._keep(detector.examine(layer, end), number, detector.kind, end)

    def _starts_of(self, detector: Detector, pattern: Pattern, places: list[int], owners: list[int]) -> None:
        back = pattern.back or 0
        where: tuple[str, ...] = getattr(detector, "places", ())
        for place, number in zip(places, owners, strict=True):
            layer = self._layer(number)
            if layer is None or (where and layer.locator.step.partition("@")[0] not in where):
                continue
            segment = self._segments[number]
            at = segment.inner + place - segment.start - back
            if at < 0 or (pattern.trigger.anchored and at != 0):
                continue
            if where and at < self._carved.get((detector.kind, number), 0):
                continue  # within a file of the same format
            before = len(self.found)
            self._keep(detector.examine(layer, at), number, detector.kind, at)
            if where and len(self.found) > before:
                self._carved[detector.kind, number] = self.found[-1].finding.span.end

    def _words(
        self,
        detector: WordDetector,
        places: npt.NDArray[np.int64],
        owners: npt.NDArray[np.int64],
        data: bytes,
        base: int,
    ) -> None:
        reach = detector.longest + 2
        fast: list[int] = []
        for place, number in zip(places.tolist(), owners.tolist(), strict=True):
            segment = self._segments[number]
            if segment.start <= place - reach and place + reach <= segment.end:
                if self._layer(number) is not None:
                    fast.append(place - base)
                continue
            layer = self._layer(number)
            if layer is not None:
                at = segment.inner + place - segment.start
                self._keep(detector.examine(layer, at), number, detector.kind, at)
        try:
            told = list(detector.words(data, fast))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - one of these words; each alone shows which
            told = []
            for at in fast:
                number = int(np.searchsorted(self._starts, base + at - 1, "right")) - 1
                layer, segment = self._layer(number), self._segments[number]
                if layer is not None:
                    inner = segment.inner + base + at - segment.start
                    self._keep(detector.examine(layer, inner), number, detector.kind, inner)
        for offset, verdict, length in told:
            number = int(np.searchsorted(self._starts, base + offset, "right")) - 1
            layer = self._layer(number)
            if layer is None:
                continue
            segment = self._segments[number]
            inner = segment.inner + base + offset - segment.start
            self._hold(detector.found(layer, inner, length, verdict), number, ())

    # --- streams within

    def _decode(self, pattern: Pattern, places: list[int], owners: list[int]) -> None:
        if self._budget is None:
            return
        decoder = self._catalogue.decoders[pattern.detector - len(self._catalogue.detectors)]
        for place, number in zip(places, owners, strict=True):
            layer = self._layer(number)
            if layer is None:
                continue
            segment = self._segments[number]
            at = segment.inner + place - segment.start - (pattern.back or 0)
            if at >= 0 and (at == 0 or not pattern.trigger.anchored):
                self._unfold(decoder, layer, number, at)

    def _unfold(self, decoder: Decoder, layer: Layer, number: int, at: int) -> None:
        """Sweep the streams that a decoder makes of one place, once."""
        key = (decoder.kind, number, at)
        if self._budget is None or key in self._decoded:
            return
        self._decoded.add(key)
        try:
            for decoded, stream in streams(decoder, layer, at, self._depth, self._budget):
                self._within(decoded, stream, number)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - as for detectors
            self._give_up(decoder.kind, number, at, error)

    def _within(self, decoded: Decoded, stream: Layer, number: int) -> None:
        """Sweep a decoded stream as a space of its own; what it finds belongs to the segment that holds it."""
        inner = Space(
            self._catalogue,
            stream,
            [Segment(0, stream.size, 0, 0)],
            lambda _: stream,
            budget=self._budget,
            depth=self._depth + 1,
        )
        inner.sweep(0, stream.size)
        if decoded.name:
            for index in self._catalogue.named(f"/{decoded.name}"):
                inner.wake(index, 0)
        for held in inner.found:
            finding = held.finding
            if decoded.caveat:
                finding = replace(finding, caveats=(*finding.caveats, decoded.caveat))
            self._hold(finding, number, (decoded.name, *held.inside) if decoded.name else held.inside)

    # --- UTF-16

    def _wide(self, data: bytes, base: int, low: int, high: int) -> None:
        runs = list(self._cut(runs_of_wide_text(data), base))
        if not runs:
            return
        self._narrow_text([(data[begin:stop:2], base + begin) for begin, stop in runs], low, high, big_endian=False)
        turned = [other for run in runs if (other := big_endian_run(data, run)) is not None]
        big = [(data[begin:stop:2], base + begin - 1) for begin, stop in turned]
        if big:
            self._narrow_text(big, low, high, big_endian=True)

    def _narrow_text(self, texts: list[tuple[bytes, int]], low: int, high: int, *, big_endian: bool) -> None:
        """Sweep pieces of narrowed text, each with the offset of its first character; big-endian ones for their end."""
        pieces = [text for text, _ in texts]
        origins: list[tuple[int, int]] = []  # (position in the joined text, offset of its first character)
        position = 0
        for text, origin in texts:
            origins.append((position, origin))
            position += len(text) + 1
        joined = b"\0".join(pieces)
        firsts = np.fromiter((each[0] for each in origins), np.int64, len(origins))
        stops = firsts + np.fromiter(map(len, pieces), np.int64, len(pieces))
        offsets = np.fromiter((each[1] for each in origins), np.int64, len(origins))
        for pattern_number, ends in sorted(self._catalogue.wide.ends(joined).items()):
            pattern = self._catalogue.wide_patterns[pattern_number]
            detector = self._catalogue.detectors[pattern.detector]
            at = np.asarray(ends, np.int64)
            if big_endian:
                at = at[np.isin(at, firsts - 1) | (at == position - 1)]
            run = np.searchsorted(firsts, at - 1, "right") - 1
            at = np.minimum(at, stops[run])  # a match may take in the byte between two pieces
            places = offsets[run] + 2 * (at - firsts[run])
            places = places[(places > low) & (places <= high)]
            numbers = np.searchsorted(self._starts, places - 1, "right") - 1
            grouped: dict[tuple[int, int], list[int]] = {}
            for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
                segment = self._segments[number]
                inner = segment.inner + place - segment.start
                grouped.setdefault((number, inner & 1), []).append(inner >> 1)
            for (number, parity), inner_ends in sorted(grouped.items()):
                narrow = self._narrowed(number, parity, big_endian=big_endian)
                if narrow is None:
                    continue
                if pattern.back is None:
                    self._examine_ends(detector, narrow, sorted(set(inner_ends)), number)
                else:
                    for end in inner_ends:
                        if end - pattern.back >= 0 and not pattern.trigger.anchored:
                            start = end - pattern.back
                            self._keep(detector.examine(narrow, start), number, detector.kind, start)

    def _cut(self, runs: list[tuple[int, int]], base: int) -> Iterator[tuple[int, int]]:
        """Runs cut where the owner changes, as far as owners are known."""
        known = self._segments[-1].end - base if self._segments else 0
        for begin, end in sorted(runs):
            position, stop = begin, min(end, known)
            while position < stop:
                number = int(np.searchsorted(self._starts, base + position, "right")) - 1
                edge = min(stop, self._segments[number].end - base)
                if (edge - position) & 1:
                    yield position, edge - 1
                    position = edge + 1
                else:
                    yield position, edge
                    position = edge

    def _narrowed(self, number: int, parity: int, *, big_endian: bool) -> NarrowLayer | None:
        layer = self._layer(number)
        if layer is None:
            return None
        key = (number, parity, big_endian)
        narrow = self._narrow.get(key)
        if narrow is None:
            narrow = self._narrow[key] = NarrowLayer(layer, parity, big_endian=big_endian)
        return narrow

    # --- where two owners' words touch

    def _edges(self, data: bytes, base: int, low: int, high: int) -> None:
        """Look again where a segment ends with a word character.

        The sweep saw one long word there if another follows; each owner has its own. And a match that ends
        with the first byte behind the text, as rows of words do, was given to the next owner. What ends behind
        the window is the next one's, which looks at the edges shortly before it for that.
        """
        first = int(np.searchsorted(self._starts, base, "right"))
        last = int(np.searchsorted(self._starts, high, "right"))
        for number in range(max(1, first), last):
            edge = self._segments[number].start
            at = edge - base
            if not 0 < at < len(data) or data[at - 1] not in WORD:
                continue
            before, behind = self._segments[number - 1], self._segments[number]
            if edge > low:
                tail = max(base, edge - MARGIN, before.start)
                self._again(number - 1, data[tail - base : at], tail, edge, edge)
            if edge == high or data[at] not in WORD:
                continue
            head = min(base + len(data), edge + MARGIN, behind.end)
            self._again(number, data[at : head - base], edge, max(edge, low) + 1, high)

    def _again(self, number: int, data: bytes, base: int, first: int, last: int) -> None:
        """Wake the detectors of words where a match in `data`, which stands at `base`, ends in [first, last]."""
        layer = self._layer(number)
        if layer is None:
            return
        segment = self._segments[number]
        for pattern_number, ends in sorted(self._catalogue.engine.ends(data).items()):
            pattern = self._catalogue.patterns[pattern_number]
            if pattern.back is not None or pattern.detector >= len(self._catalogue.detectors):
                continue
            detector = self._catalogue.detectors[pattern.detector]
            inner = [segment.inner + base + end - segment.start for end in ends if first <= base + end <= last]
            if inner:
                self._examine_ends(detector, layer, inner, number)

    # --- what is kept

    def wake(self, index: int, number: int) -> None:
        """Wake a detector or decoder, by its number, at the beginning of a segment's layer, as its name trigger asks."""
        layer = self._layer(number)
        if layer is None:
            return
        detectors = self._catalogue.detectors
        if index < len(detectors):
            self._keep(detectors[index].examine(layer, 0), number, detectors[index].kind, 0)
        else:
            self._unfold(self._catalogue.decoders[index - len(detectors)], layer, number, 0)

    def _layer(self, number: int) -> Layer | None:
        if number not in self._layers:
            self._layers[number] = self._layer_of(number)
        return self._layers[number]

    def _keep(self, findings: Iterator[Finding], number: int, kind: str, at: int) -> None:
        try:
            for finding in findings:
                if not self._is_anothers(finding, number):
                    self._hold(finding, number, ())
        except MemoryError:  # the limit of the whole worker: the supervisor's to judge
            raise
        except Exception as error:  # noqa: BLE001 - evidence is hostile, and each of them is a parser
            self._give_up(kind, number, at, error)

    def _is_anothers(self, finding: Finding, number: int) -> bool:
        """Whether all of a finding lies before the segment that woke it, in bytes that another owner holds.

        The layer of a file of metadata reaches over the small files that stand in it.
        """
        segment = self._segments[number]
        if not finding.runs or finding.span.end > segment.inner:
            return False
        last = finding.runs[-1].end - 1
        holder = self._segments[int(np.searchsorted(self._starts, last, "right")) - 1]
        return holder.start <= last < holder.end and holder.owner != segment.owner

    def _give_up(self, kind: str, number: int, at: int, error: Exception) -> None:
        """An error of one detector or decoder at one place is listed and costs nothing else."""
        layer = self._layer(number)
        place = f"{layer.locator if layer else ''} > {kind}@{at}"
        self.refused[place] = f"{kind} gave up: {type(error).__name__}: {error}"

    def _hold(self, finding: Finding, number: int, inside: tuple[str, ...]) -> None:
        if not finding.runs and finding.span.length:
            return  # cannot name its bytes
        key = (
            finding.kind,
            str(finding.locator),
            finding.span.offset,
            finding.span.length,
            repr(finding.value),
        )
        if key not in self._seen:
            self._seen.add(key)
            self.found.append(Held(finding, number, inside))
