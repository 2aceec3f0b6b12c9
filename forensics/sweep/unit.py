"""One unit of work in a worker: a range of the image, or entries that must be read logically."""

from __future__ import annotations

import bisect
import functools
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from forensics.digests.digest import PIECE, Digester
from forensics.model import Allocation, ByteRun, Layer, Locator
from forensics.sweep.carved import outermost
from forensics.sweep.catalogue import Catalogue
from forensics.sweep.context import in_context
from forensics.sweep.decoding import Budget
from forensics.sweep.layers import AccompaniedLayer, Readable, RunsLayer, area
from forensics.sweep.masked import MaskedImage
from forensics.sweep.segments import MARGIN, Segment
from forensics.sweep.space import Held, Space
from forensics.sweep.wire import clean, finding_record

BATCH = 200  # findings in one message
WIDE_STEPS = (" > utf-16le", " > utf-16le+1", " > utf-16be", " > utf-16be+1")
ARMOUR = "openpgp/armor"
# Steps of decoders that keep plain text as it is, and of those that also tell where it stands.
ESCAPES = frozenset(("html", "json", "mime", "percent", "quoted-printable", "sqlite-cells"))
TELLING = frozenset(("sqlite-deleted", "sqlite-wal"))
BY_MIME = ("base64@", "quoted-printable@")  # steps of decoders that may decode what `mime` does, without its name
LARGEST_SPAN_DIGEST = 64 << 20
_CODE = " > qr@"
_VALUES = re.compile(r" > sqlite-[a-z]+@")
_DECODING = re.compile(r"([a-z0-9-]+)@[0-9]+(?:/[0-9]+)?")

Record = dict[str, Any]
OpenEntry = Callable[[Mapping[str, Any]], Layer]  # a logical entry's specification to its bytes


@dataclass(frozen=True, slots=True)
class Context:
    """What a unit works with: the image, the detectors, the case's key for secrets, the digests wanted."""

    image: Readable
    image_locator: Locator
    catalogue: Catalogue
    secret_key: bytes
    algorithms: tuple[str, ...] = ("sha256",)
    bad_runs: tuple[ByteRun, ...] = ()
    blank: tuple[tuple[int, int], ...] = ()  # [start, end) of the image that may not be searched, in order

    @property
    def searched(self) -> Readable:
        """The image as what searches sees it."""
        return MaskedImage(self.image, self.blank) if self.blank else self.image


def locate(base: Locator, steps: list[str]) -> Locator:
    """The locator that leads from `base` down `steps`."""
    for step in steps:
        base = Locator(step, base)
    return base


def sweep_range(context: Context, spec: Mapping[str, Any], open_entry: OpenEntry) -> Iterator[Record]:
    """Sweep image bytes (start, end] as planned; yields `digests` and `findings`.

    `open_entry` opens the companions of entries, which may lie anywhere.

    A finding record gains entry, path, volume, allocation, sha256 and `open`, which is true when its
    bytes reach over the unit's edge, so that another unit may have met it too.
    """
    segments = [Segment(*each) for each in spec["segments"]]
    owners: list[Mapping[str, Any]] = spec["owners"]
    layers: dict[int, Layer] = {}
    image = context.searched

    def layer_of(number: int) -> Layer | None:
        segment = segments[number]
        owner = owners[segment.owner]
        if owner["mode"] == "skip":
            return None
        if owner["mode"] == "entry":
            known = layers.get(segment.owner)
            if known is None:
                locator = locate(context.image_locator, owner["steps"])
                runs = [ByteRun(*run) for run in owner["runs"]]
                known = RunsLayer(image, locator, runs, owner["size"])
                known = layers[segment.owner] = _accompanied(known, owner, open_entry)
            return known
        steps = [*owner["steps"], f"{owner['kind']}@{segment.start}"]
        return area(image, locate(context.image_locator, steps), segment.start, segment.end)

    # In an area each segment is a layer of its own, addressed from its beginning.
    placed = [
        segment if owners[segment.owner]["mode"] == "entry" else Segment(segment.start, segment.end, segment.owner, 0)
        for segment in segments
    ]
    space = Space(context.catalogue, image, placed, layer_of, budget=Budget())
    digesters = {number: Digester(context.algorithms) for number, owner in enumerate(owners) if owner.get("digest")}
    cursor = 0

    def on_bytes(position: int, data: memoryview) -> None:
        nonlocal cursor
        stop = position + len(data)
        while cursor < len(segments) and segments[cursor].end <= position:
            cursor += 1
        index = cursor
        while index < len(segments) and segments[index].start < stop:
            segment = segments[index]
            digester = digesters.get(segment.owner)
            if digester is not None:
                digester.update(data[max(segment.start - position, 0) : segment.end - position])
            index += 1

    low, high = spec["start"], spec["end"]
    space.sweep(low, high, on_bytes)
    for number, segment in enumerate(segments):
        if segment.inner == 0 and low <= segment.start < high:
            for index in owners[segment.owner].get("at_zero", ()):
                space.wake(index, number)
    yield {
        "digests": [
            {"entry": owners[number]["entry"], **digester.digests()}
            for number, digester in digesters.items()
            if _within(owners[number], low, high)
        ]
    }

    def inside(runs: list[list[int]]) -> bool:
        return all(low <= offset and offset + length <= high for offset, length in runs)

    beside = _beside(context, owners)
    yield from _records(context, space.found, lambda number: owners[segments[number].owner], inside, beside)
    yield from _refusals(space.refused)


def _accompanied(layer: Layer, owner: Mapping[str, Any], open_entry: OpenEntry) -> Layer:
    companions = owner.get("companions")
    return AccompaniedLayer(layer, companions, open_entry) if companions else layer


def _beside(context: Context, owners: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The companions of entries, by locator: a finding made of one's bytes is in that entry."""
    return {
        str(locate(context.image_locator, each["steps"])): each
        for owner in owners
        for each in owner.get("companions", {}).values()
    }


def _refusals(refused: Mapping[str, str]) -> Iterator[Record]:
    for place, reason in sorted(refused.items()):
        yield {"failed": {"entry": None, "path": clean(place), "reason": clean(reason), "kind": "given up"}}


def _within(owner: Mapping[str, Any], low: int, high: int) -> bool:
    return all(low <= offset and offset + length <= high for offset, length in owner["runs"])


def read_logically(context: Context, spec: Mapping[str, Any], open_entry: OpenEntry) -> Iterator[Record]:
    """Digest and sweep entries that are not stored plainly in order; yields as `sweep_range` does.

    An entry that cannot be read yields `{"failed": {"entry", "path", "reason"}}` and costs nothing else.
    """
    for owner in spec["entries"]:
        try:
            yield from _read_entry(context, owner, open_entry)
        except (OSError, ValueError) as error:
            yield {"failed": {"entry": owner["entry"], "path": owner["path"], "reason": clean(str(error))}}


def _read_entry(context: Context, owner: Mapping[str, Any], open_entry: OpenEntry) -> Iterator[Record]:
    mode = owner["mode"]
    if mode in ("whole", "unsearched"):
        layer = _accompanied(open_entry(owner), owner, open_entry)
    else:
        locator = locate(context.image_locator, owner["steps"])
        image = context.searched if mode == "joints" else context.image
        layer = RunsLayer(image, locator, [ByteRun(*run) for run in owner["runs"]], owner["size"])
    budget = Budget() if mode == "whole" else None
    space = Space(context.catalogue, layer, [Segment(0, layer.size, 0, 0)], lambda _: layer, budget=budget)
    if mode == "joints":
        position = 0
        joints = []
        for _, length in owner["runs"]:
            position += length
            joints.append(position)
        for joint in joints[:-1]:
            space.sweep(max(0, joint - MARGIN), min(layer.size, joint + MARGIN))
        crossing = [
            held
            for held in space.found
            if any(held.finding.span.offset < joint < held.finding.span.end for joint in joints[:-1])
        ]
        yield from _records(context, crossing, lambda _: owner, lambda _: False)
        yield from _refusals(space.refused)
        return
    digester = Digester(context.algorithms)
    if mode == "whole":
        space.sweep(0, layer.size, lambda _, data: digester.update(data))
        for index in owner["at_zero"]:
            space.wake(index, 0)
    else:
        for offset in range(0, layer.size, PIECE):
            digester.update(layer.read(offset, PIECE))
    yield {"digests": [{"entry": owner["entry"], **digester.digests()}]}
    yield from _records(context, space.found, lambda _: owner, lambda _: True, _beside(context, [owner]))
    yield from _refusals(space.refused)


def _records(
    context: Context,
    found: list[Held],
    owner_of: Callable[[int], Mapping[str, Any]],
    inside: Callable[[list[list[int]]], bool],
    beside: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Iterator[Record]:
    titles = {each.kind: each.title for each in context.catalogue.detectors}
    batch: list[Record] = []
    digest_of = functools.lru_cache(maxsize=1)(lambda runs: _digest_runs(context.image, runs))
    for held in sorted(_once(list(outermost(found))), key=_order):
        owner = beside.get(str(held.finding.locator)) or owner_of(held.segment)
        file = None if owner["allocation"] == Allocation.SLACK.value else owner.get("path")
        finding = in_context(held.finding, file, held.inside)
        record = finding_record(finding, titles[finding.kind], context.secret_key)
        steps = str(finding.locator)
        if steps.endswith(WIDE_STEPS):
            _widen(record, 1 if steps.endswith("+1") else 0)
        if held.inside:
            names = [clean(name) for name in held.inside]
            record["fields"]["inside"] = {"span": None, "value": names if len(names) > 1 else names[0]}
        record["entry"] = owner.get("entry")
        record["path"] = clean(owner["path"]) if owner.get("path") else None
        record["volume"] = owner["volume"]
        record["allocation"] = owner["allocation"]
        record["sha256"] = digest_of(finding.runs)
        record["open"] = not inside(record["runs"])
        if _CODE in steps:
            record["caveats"].append("Read from a code in a picture: the bytes named are those of the whole picture.")
        if owner["allocation"] == Allocation.NAME_DELETED.value:
            record["caveats"].append("The entry's name is deleted; its bytes may have been reused since.")
        if any(
            bad.offset < offset + length and offset < bad.end
            for bad in context.bad_runs
            for offset, length in record["runs"]
        ):
            record["caveats"].append("Partly unreadable: some of these bytes read as zeros.")
        batch.append(record)
        if len(batch) >= BATCH:
            yield {"findings": batch}
            batch = []
    if batch:
        yield {"findings": batch}


def _once(found: list[Held]) -> Iterator[Held]:
    """Without what a decoded stream shows of an artefact that is a finding already in the layer below it.

    Of a stream of `TELLING` it is the other way round: it says more of the artefact than the layer below. And
    what takes up more than the value of a row that holds the artefact took its neighbours for a part of it.

    That is plain text among the escapes of a stream, with all that is decoded of it there, what `mime` decodes
    with the name of its part, and the packets within an armoured block.
    """
    fewest: dict[tuple[str, str, tuple[ByteRun, ...], tuple[str, ...]], tuple[bool, int]] = {}
    blocks: dict[int, list[tuple[int, int]]] = {}
    parts: dict[tuple[str, str], list[tuple[int, int]]] = {}
    apart: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for held in found:
        finding = held.finding
        way, escapes = _way(finding.locator)
        if finding.runs and " > mime@" in str(finding.locator):
            reach = (finding.runs[0].offset, finding.runs[-1].end)
            parts.setdefault((finding.kind, str(finding.value)), []).append(reach)
        if len(finding.runs) == 1 and _VALUES.search(str(finding.locator)):
            run = finding.runs[0]
            apart.setdefault((finding.kind, held.segment), []).append((run.offset, run.end))
        key = (finding.kind, str(finding.value), finding.runs, way)
        fewest[key] = min(fewest.get(key, escapes), escapes)
        if finding.kind == ARMOUR:
            blocks.setdefault(held.segment, []).extend((run.offset, run.end) for run in finding.runs)
    for values in apart.values():
        values.sort()
    for held in found:
        finding = held.finding
        way, escapes = _way(finding.locator)
        if len(finding.runs) == 1 and escapes == (True, 0):
            run = finding.runs[0]
            values = apart.get((finding.kind, held.segment), [])
            first = bisect.bisect_left(values, (run.offset, 0))
            if first < len(values) and values[first][1] <= run.end and values[first] != (run.offset, run.end):
                continue
        if escapes > fewest[finding.kind, str(finding.value), finding.runs, way]:
            continue
        if finding.runs and finding.locator.step.startswith(BY_MIME):
            told = parts.get((finding.kind, str(finding.value)), ())
            if any(low < finding.runs[-1].end and finding.runs[0].offset < high for low, high in told):
                continue
        if finding.kind.startswith("openpgp/") and finding.kind != ARMOUR:
            at = finding.runs[0].offset if finding.runs else -1
            if any(low <= at < high for low, high in blocks.get(held.segment, ())):
                continue
        yield held


@functools.lru_cache(maxsize=1 << 14)
def _way(locator: Locator) -> tuple[tuple[str, ...], tuple[bool, int]]:
    """The steps to a layer without places and without those that are passed over, and how little these tell."""
    steps: list[str] = []
    escapes = 0
    told = False
    at: Locator | None = locator
    while at is not None:
        match = _DECODING.fullmatch(at.step)
        if match and match[1] in ESCAPES:
            escapes += 1
        elif match and match[1] in TELLING:
            told = True
        else:
            steps.append(match[1] if match else at.step.removesuffix("+1"))
        at = at.within
    return tuple(steps), (not told, escapes)


def _order(held: Held) -> tuple[int, int, str, str, str, int]:
    finding = held.finding
    return (
        finding.runs[0].offset if finding.runs else 0,
        finding.span.length,
        finding.kind,
        str(finding.locator),
        str(finding.value),
        finding.span.offset,
    )


def _widen(record: Record, parity: int) -> None:
    """Spans of a narrowed view, said in the bytes of the layer below it."""
    record["span"] = [parity + 2 * record["span"][0], 2 * record["span"][1]]
    for field in record["fields"].values():
        if field["span"]:
            field["span"] = [parity + 2 * field["span"][0], 2 * field["span"][1]]


def _digest_runs(image: Readable, runs: tuple[ByteRun, ...]) -> str:
    """SHA-256 of the image bytes of the runs, as stored."""
    state = hashlib.sha256()
    for run in runs:
        for at in range(run.offset, run.offset + min(run.length, LARGEST_SPAN_DIGEST), PIECE):
            state.update(image.read(at, min(PIECE, run.end - at)))
    return state.hexdigest()
