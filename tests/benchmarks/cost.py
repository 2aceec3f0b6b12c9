"""What each detector, decoder and engine costs over the sweep of an image: processor seconds in one process.

    python tests/benchmarks/cost.py IMAGE [--every N] [--records FILE] [--triggers] [--top N]

The image is walked, planned and swept as an examination does it, without workers, ledger and case. Time is told
apart by a clock that is handed over: what a detector reads counts as reading, what a stream holds counts for
whom it wakes, and the clock itself costs about a microsecond a call. `--records` writes every finding as a line
of JSON, in order: two versions of the program agree if their files do. `--triggers` times the engine over a
sample of the image without each detector's triggers, and what that saves. Asserts nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from forensics.case.scan import place_of  # noqa: E402
from forensics.confinement import tasks  # noqa: E402
from forensics.confinement.handles import OpenEvidence  # noqa: E402
from forensics.confinement.sealing import unseal  # noqa: E402
from forensics.digests.digest import Digester  # noqa: E402
from forensics.guard import Step  # noqa: E402
from forensics.model import ByteRun, Entry, EntryKind, Storage  # noqa: E402
from forensics.sweep import space, unit  # noqa: E402
from forensics.sweep.catalogue import Catalogue, catalogue  # noqa: E402
from forensics.sweep.names import globs_of, named_by  # noqa: E402
from forensics.sweep.patterns import engine_for  # noqa: E402
from forensics.sweep.plan import Plan, PlannedEntry, PlannedVolume, make_plan  # noqa: E402

EXHIBIT = "E-1"
SAMPLE = 48  # windows
ROUNDS = 5


class Clock:
    """Processor seconds by name; while one runs the others stand."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._stack = ["the rest of the sweep"]
        self._since = time.process_time()

    def enter(self, name: str) -> None:
        """Hand the clock to `name`."""
        now = time.process_time()
        self.seconds[self._stack[-1]] += now - self._since
        self._stack.append(name)
        self._since = now

    def leave(self) -> None:
        """Hand it back."""
        now = time.process_time()
        self.seconds[self._stack.pop()] += now - self._since
        self._since = now

    def call(self, name: str, wrapped: Callable[..., Any]) -> Callable[..., Any]:
        """`wrapped`, timed under `name`."""

        def timed(*arguments: Any, **named: Any) -> Any:
            self.calls[name] += 1
            self.enter(name)
            try:
                return wrapped(*arguments, **named)
            finally:
                self.leave()

        return timed

    def steps(self, name: str, wrapped: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """The iterator that `wrapped` makes, timed under `name` while it works."""

        def timed(*arguments: Any, **named: Any) -> Iterator[Any]:
            self.calls[name] += 1
            self.enter(name)
            try:
                working = iter(wrapped(*arguments, **named))
            finally:
                self.leave()
            while True:
                self.enter(name)
                try:
                    each = next(working)
                except StopIteration:
                    return
                finally:
                    self.leave()
                yield each

        return timed


@dataclass
class Exhibit:
    """One image as a worker has it open: the context of `forensics.confinement.tasks`."""

    evidence: tuple[OpenEvidence, ...]
    setup: Mapping[str, Any] = field(
        default_factory=lambda: {"exhibits": {}, "secret_key": b"cost", "digests": ["sha256"]}
    )
    cache: dict[Any, Any] = field(default_factory=dict)

    def tell(self, step: Step) -> None:
        """Nobody asks."""


def opened(image: Path) -> Exhibit:
    """The image, and the further segments beside it that have its name."""
    files = [image]
    if image.suffix.lower() in (".e01", ".001"):
        files = sorted(each for each in image.parent.glob(f"{image.stem}.*") if each.suffix[1:2].lower() in "e0")
        files = [each for each in files if each.suffix.lower() != ".raw" and len(each.suffix) == len(image.suffix)]
    evidence = tuple(OpenEvidence(each.name, os.open(each, os.O_RDONLY), each.stat().st_size) for each in files)
    exhibit = Exhibit(evidence)
    exhibit.setup["exhibits"][EXHIBIT] = [each.name for each in files]
    return exhibit


def planned(exhibit: Exhibit) -> tuple[Plan, dict[int, dict[str, Any]]]:
    """The plan of the pass over all volumes that can be walked, and their places by number."""
    (table,) = tasks.handle("divide", {"exhibit": EXHIBIT}, exhibit)
    volumes: list[PlannedVolume] = []
    entries: list[PlannedEntry] = []
    places: dict[int, dict[str, Any]] = {}
    size = tasks._image(EXHIBIT, exhibit).size
    for volume in table["volumes"]:  # type: ignore[attr-defined]
        layout = volume["layout"]
        place = places[volume["number"]] = place_of(volume, layout)
        facts: Mapping[str, Any] = {"file_system": "", "unallocated": ()}
        if not volume["reason"] and not volume["container"]:
            for part in tasks.handle("walk", {"exhibit": EXHIBIT, "volume": place}, exhibit):
                for each in unseal(part["sealed"]) if "sealed" in part else ():
                    entries.append(PlannedEntry(len(entries) + 1, _entry(each)))
                facts = part if "file_system" in part else facts
        volumes.append(
            PlannedVolume(
                volume["number"],
                volume["offset"],
                volume["size"],
                facts["file_system"],
                tuple(ByteRun(*run) for run in facts["unallocated"]),
                tuple(ByteRun(*run) for run in layout.get("covers", ())),
                tuple(layout.get("steps", ())),
            )
        )
    return make_plan(size, volumes, entries, named_by(globs_of(catalogue().detectors))), places


def _entry(part: Mapping[str, Any]) -> Entry:
    return Entry(
        volume=part["volume"],
        address=part["address"],
        path=part["path"],
        stream=part["stream"],
        kind=EntryKind(part["kind"]),
        allocated=part["allocated"],
        size=part["size"],
        storage=Storage(part["storage"]),
        runs=tuple(ByteRun(*run) for run in part["runs"]),
        slack=tuple(ByteRun(*run) for run in part["slack"]),
    )


def watched(clock: Clock, everything: Catalogue, ends: Counter[str]) -> None:
    """Have the clock run for every detector, decoder, engine and for what lies around them."""
    for detector in everything.detectors:
        for method in ("examine", "examine_many", "words", "found", "screen"):
            bound = getattr(detector, method, None)
            if bound is not None:
                timing = clock.call if method in ("found", "screen") else clock.steps
                setattr(detector, method, timing(detector.kind, bound))
    for decoder in everything.decoders:
        setattr(decoder, "decode", clock.steps(f"decoder {decoder.kind}", decoder.decode))  # noqa: B010
        if hasattr(decoder, "ends"):
            setattr(decoder, "ends", clock.call(f"decoder {decoder.kind}: seeking", decoder.ends))  # noqa: B010

    def counted(engine: Any, patterns: Any, suffix: str) -> Callable[..., dict[int, list[int]]]:
        inner = clock.call(f"engine{suffix}", engine.ends)

        def found(data: bytes | memoryview) -> dict[int, list[int]]:
            told: dict[int, list[int]] = inner(data)
            for number, places in told.items():
                ends[f"{_owner(everything, patterns[number].detector)}{suffix}"] += len(places)
            return told

        return found

    everything.engine.ends = counted(everything.engine, everything.patterns, "")  # type: ignore[method-assign]
    everything.wide.ends = counted(everything.wide, everything.wide_patterns, ", wide")  # type: ignore[method-assign]
    _watch(clock.call, "wide text: seeking", space, "runs_of_wide_text")
    _watch(clock.call, "words where owners touch", space.Space, "_edges")
    _watch(clock.call, "findings as plain data", unit, "finding_record")
    _watch(clock.call, "digests of findings' bytes", unit, "_digest_runs")
    _watch(clock.steps, "findings told once", unit, "_once")
    _watch(clock.call, "digests of entries", Digester, "update")


def _watch(timing: Callable[..., Any], name: str, where: Any, attribute: str) -> None:
    setattr(where, attribute, timing(name, getattr(where, attribute)))


def _owner(everything: Catalogue, number: int) -> str:
    if number < len(everything.detectors):
        return everything.detectors[number].kind
    return f"decoder {everything.decoders[number - len(everything.detectors)].kind}"


def sweep(exhibit: Exhibit, plan: Plan, places: Mapping[int, Any], every: int, records: Path | None) -> str:
    """Sweep every `every`-th unit; the digest of all findings."""
    digest = hashlib.sha256()
    file = records.open("w", encoding="utf-8") if records else None
    chosen = list(plan.units())[::every]
    for number, each in enumerate(chosen):
        spec = {"exhibit": EXHIBIT, **each.spec}
        if each.verb == "logical":
            spec["place"] = places[each.spec["volume"]]
        print(f"\r{number + 1} of {len(chosen)}", end="", file=sys.stderr, flush=True)
        answer: Iterator[Mapping[str, Any]] = tasks.handle(each.verb, spec, exhibit)
        for part in answer:
            for record in (*part.get("findings", ()), *([part["failed"]] if "failed" in part else [])):
                line = json.dumps(record, sort_keys=False, default=str)
                digest.update(line.encode())
                if file:
                    file.write(line + "\n")
    print(file=sys.stderr)
    if file:
        file.close()
    return digest.hexdigest()


def triggers(exhibit: Exhibit, everything: Catalogue) -> list[tuple[float, str]]:
    """Seconds for a GB of the engine, and what the triggers of each detector and decoder add to them."""
    image = tasks._image(EXHIBIT, exhibit)
    step = max(1, image.size // SAMPLE)
    windows = [image.read(offset, min(step, 1 << 20)) for offset in range(0, image.size, step)]
    total = sum(map(len, windows))
    compiled = everything.patterns[: len(everything.patterns) - len(everything.seekers)]

    def seconds(left_out: int | None) -> float:
        engine = engine_for([each.expression for each in compiled if each.detector != left_out], everything.engine.name)
        best = float("inf")
        for _ in range(ROUNDS):
            began = time.process_time()
            for window in windows:
                engine.ends(window)
            best = min(best, time.process_time() - began)
        return best * 1e9 / total

    whole = seconds(None)
    numbers = sorted({each.detector for each in compiled})
    return [(whole, "all"), *sorted(((whole - seconds(n), _owner(everything, n)) for n in numbers), reverse=True)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="sweep every N-th unit of work")
    parser.add_argument("--records", type=Path, metavar="FILE", help="write the findings, one a line")
    parser.add_argument("--triggers", action="store_true", help="what the triggers of each cost the engine")
    parser.add_argument("--plain", action="store_true", help="without the clock: the seconds of the whole alone")
    parser.add_argument("--top", type=int, default=60)
    options = parser.parse_args()
    tasks.preload()
    everything = catalogue()
    exhibit = opened(options.image)
    if options.triggers:
        for seconds, name in triggers(exhibit, everything)[: options.top]:
            print(f"{seconds:>8.3f}  {name}")
        return
    began = time.process_time()
    plan, places = planned(exhibit)
    print(f"walk and plan: {time.process_time() - began:.2f} s, {sum(1 for _ in plan.units()):,} units of work")
    clock, ends = Clock(), Counter[str]()
    if not options.plain:
        watched(clock, everything, ends)
        image = tasks._image(EXHIBIT, exhibit)
        exhibit.cache[f"image {EXHIBIT}"] = _Reading(image, clock)
    began = time.process_time()
    digest = sweep(exhibit, plan, places, options.every, options.records)
    total = time.process_time() - began
    print(f"sweep: {total:.2f} s; findings {digest[:16]}")
    if options.plain:
        return
    clock.enter("")
    print(f"\n{'':<40}{'CPU s':>8}{'calls':>12}{'matches':>12}")
    for name, seconds in sorted(clock.seconds.items(), key=lambda each: -each[1])[: options.top]:
        print(f"{name:<40}{seconds:>8.2f}{clock.calls[name]:>12,}{ends[name] + ends[f'{name}, wide']:>12,}")


class _Reading:
    """An image whose reads are timed."""

    def __init__(self, image: Any, clock: Clock) -> None:
        self._inner = image
        self.read = clock.call("reading the image", image.read)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


if __name__ == "__main__":
    main()
