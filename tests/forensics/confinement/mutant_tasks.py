"""The tasks of the program, chained so that one job does all that is done with a small exhibit, or with some bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forensics.confinement import tasks
from forensics.confinement.sealing import unseal
from forensics.confinement.worker import Context
from forensics.detectors.base import BytesLayer
from forensics.errors import EvidenceError
from forensics.model import Layer, Locator
from forensics.sweep.catalogue import catalogue
from forensics.sweep.decoding import Budget
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space
from forensics.sweep.wire import finding_record

READ_AT_MOST = 12  # streams of one volume that are read by the file system's library
Part = Mapping[str, Any]
preload = tasks.preload


def handle(verb: str, spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    context.cache.clear()
    yield {"made": sorted(set(_image(spec, context) if verb == "image" else _bytes(spec)))}


def _image(spec: Mapping[str, Any], context: Context) -> Iterator[str]:
    number = spec["exhibit"]
    if spec["container"]:
        (checked,) = tasks.handle("check", {"exhibit": number}, context)
        yield f"verdict {checked['verdict']}"
    (table,) = tasks.handle("divide", {"exhibit": number}, context)
    assert isinstance(table["volumes"], list)
    for volume in table["volumes"]:
        if volume["reason"]:
            continue
        yield from _walked(number, volume, context)


def _walked(number: str, volume: Mapping[str, Any], context: Context) -> Iterator[str]:
    *batches, facts = tasks.handle("walk", {"exhibit": number, "volume": volume}, context)
    if "unopened" in facts:
        yield "no file system"
        return
    yield f"file system {facts['file_system']}"
    entries = [entry for batch in batches for entry in unseal(batch["sealed"])]
    yield "entries" if len(entries) > 1 else "no entry"
    for entry in [each for each in entries if each["kind"] == "file" and each["size"]][:READ_AT_MOST]:
        asked = {"exhibit": number, "place": volume, "owner": {**entry, "steps": []}, "offset": 0, "length": 1 << 16}
        try:
            list(tasks.handle("entry", asked, context))
        except EvidenceError:
            yield "a stream that cannot be read"


def _bytes(spec: Mapping[str, Any]) -> Iterator[str]:
    """All detectors and decoders over the bytes; `by_name` wakes the detector of a file of that name."""
    everything = catalogue()
    chosen = {each.kind: each for each in everything.detectors}.get(spec["by_name"])
    step = getattr(chosen, "places", ("mutant",))[0]
    beside: dict[str, Layer] = {
        suffix: BytesLayer(data, Locator(f"{step}{suffix}"), number << 30)
        for number, (suffix, data) in enumerate(spec["beside"], 1)
    }
    layer = BytesLayer(spec["data"], Locator(step), companions=beside)
    space = Space(everything, layer, [Segment(0, layer.size, 0, 0)], {0: layer}.get, budget=Budget())
    space.sweep(0, layer.size)
    if chosen is not None and any(trigger.name for trigger in chosen.triggers):
        space.wake(everything.detectors.index(chosen), 0)
    for held in space.found:
        yield f"finding {finding_record(held.finding, '', b'key')['kind']}"
    for place, reason in space.refused.items():
        if " gave up: " in reason:
            yield f"gave up {place}: {reason}"
