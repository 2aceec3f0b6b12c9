"""Recall and false acceptance of every kind that stands alone as text or bytes, with 95 % intervals.

    python tests/benchmarks/error_rates.py [--count 500] [--seed 7] [--only KIND] [--list]

Needs what `planted.py` needs. Each kind is planted `count` times, between prose and noise, in a text of its
own; then as many decoys, each the same with one character, word or bit changed (or a random body, where
nothing checks it). The whole sweep, all detectors and decoders, looks for them. Intervals are those of
Clopper and Pearson; "expected" is how many of `count` random strings of the form would pass the check.
A decoy is reported where a finding has a value that was not planted, at any grade.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from forensics.sweep.catalogue import Catalogue, catalogue
from tests.benchmarks.intervals import shown
from tests.benchmarks.planted import Kind, kinds
from tests.benchmarks.planting import between, found_in


def measured(kind: Kind, count: int, seed: int, detectors: Catalogue, *, listed: bool) -> str:
    """One line of the table."""
    draw = random.Random(f"{seed} {kind.name}")
    planted = [kind.make(draw) for _ in range(count)]
    wanted = {each.value for each in planted}
    decoys = [kind.spoil(each, draw) for each in planted]
    got = found_in(detectors, between((each.data for each in planted), draw, text=kind.text), kind.kind)
    wrong = found_in(detectors, between(decoys, draw, text=kind.text), kind.kind)
    values = {value for value, _ in got}
    hits = sum(each.value in values for each in planted)
    false = {value: grade for value, grade in wrong if value not in wanted}
    beside = {value: grade for value, grade in got if value not in wanted}
    if listed:
        for value in sorted({each.value for each in planted} - values):
            print(f"    missed {value}", file=sys.stderr)
        for value, grade in (false | beside).items():
            print(f"    reported C{grade} {value}", file=sys.stderr)
    grades = Counter(grade for value, grade in got if value in wanted)
    strong = sum(grade >= 2 for grade in false.values())
    expected = count * 2**-kind.bits
    return (
        " | ".join(
            (
                f"| {kind.name}",
                f"`{kind.kind}`",
                f"{hits} of {count}",
                shown(hits, count),
                " ".join(f"C{grade}" for grade in sorted(grades)),
                str(len(beside)),
                f"{len(false)} ({strong}) of {count}",
                shown(len(false), count),
                shown(hits, hits + len(false) + len(beside)),
                f"{kind.bits:g}: {kind.check}",
                f"{expected:.2g}" if expected >= 0.01 else f"{expected:.0e} |",
            )
        ).removesuffix(" |")
        + " |"
    )


def main() -> None:
    """Plant, sweep, count."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--only", default="", help="kinds whose detector begins so")
    options.add_argument("--list", action="store_true", help="print what was missed and what was wrongly reported")
    given = options.parse_args()
    detectors = catalogue()
    print(
        "| what | detector | found | recall | grades | beside them | decoys reported (C2 and above) | false acceptance "
        "| precision | bits of the check | expected |\n|" + "---|" * 11
    )
    began = time.process_time()
    for kind in kinds(given.count):
        if kind.kind.startswith(given.only):
            print(measured(kind, given.count, given.seed, detectors, listed=given.list), flush=True)
    print(f"{time.process_time() - began:.0f} s of processor", file=sys.stderr)


if __name__ == "__main__":
    main()
