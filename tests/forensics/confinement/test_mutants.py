"""Mutated file systems, containers and artefacts in confined workers: each is answered, whatever a parser does.

An answer is a result, or a sentence why there is none. What no answer may be: a detector or decoder that ends with an
error of its own, or an error that is not one of the program's.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.confinement.supervisor import Done, EvidenceFile, Job, Limits, Quarantined, Supervisor
from tests.figures import chance, trials
from tests.forensics.confinement.mutants import Seed, changes, images, mutated, specimens

HERE = Path(__file__).parent
LIMITS = Limits(wall_seconds=2)
SLOTS = 6  # copies of each image, which wait for a worker or are in its hands
PLAIN = re.compile(r"(EvidenceError|FormatError|UnreadableRun): ")


class Slots:
    """Copies of the images, changed in place for one job and mended afterwards."""

    def __init__(self, folder: Path, seeds: list[Seed]) -> None:
        self.files: list[EvidenceFile] = []
        self._paths: dict[str, Path] = {}
        self._free: dict[str, list[str]] = {}
        self._hurt: dict[str, tuple[Seed, list[tuple[int, bytes]]]] = {}
        for seed in {each.name: each for each in seeds}.values():
            self._free[seed.name] = []
            for number in range(SLOTS):
                path = folder / f"{number}-{seed.name}"
                path.write_bytes(seed.data)
                self.files.append(EvidenceFile(path.name, path))
                self._paths[path.name] = path
                self._free[seed.name].append(path.name)

    def hurt(self, seed: Seed, done: list[tuple[int, bytes]]) -> str:
        name = self._free[seed.name].pop()
        self._write(name, done)
        self._hurt[name] = seed, done
        return name

    def mend(self, name: str) -> None:
        seed, done = self._hurt.pop(name)
        self._write(name, [(at, seed.data[at : at + len(new)]) for at, new in done])
        self._free[seed.name].append(name)

    def _write(self, name: str, done: list[tuple[int, bytes]]) -> None:
        with self._paths[name].open("r+b", buffering=0) as file:
            for at, new in done:
                os.pwrite(file.fileno(), new, at)


@pytest.mark.figure
def test_every_mutant_is_answered(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    made, small = images(folder), specimens()
    slots = Slots(tmp_path, made)
    met: Counter[str] = Counter()

    def jobs(numbers: range) -> Iterator[Job]:
        for number in numbers:
            draw = chance("mutants", number)
            if number % 2:
                seed = made[number // 2 % len(made)]
                name = slots.hurt(seed, changes(seed, draw))
                spec = {"exhibit": name, "container": seed.container}
                yield Job(number, "image", spec, seed.name, LIMITS)
            else:
                seed = small[number // 2 % len(small)]
                spec = {"data": mutated(seed, draw), "by_name": seed.by_name, "beside": seed.beside}
                yield Job(number, "bytes", spec, seed.name, LIMITS)

    with Supervisor(
        "mutant_tasks",
        evidence=slots.files,
        workers=2,
        setup={"exhibits": {each.name: [each.name] for each in slots.files}, "secret_key": b"key"},
        search=HERE,
    ) as supervisor:

        def attempt(numbers: range) -> Iterator[str]:
            answered: set[int] = set()
            for answer in supervisor.run(jobs(numbers)):
                answered.add(answer.job.number)
                if answer.job.verb == "image":
                    slots.mend(str(answer.job.spec["exhibit"]))
                yield from (f"{answer.job.number}, {answer.job.label}: {each}" for each in faults(answer, met))
            assert answered == set(numbers)

        trials("mutants", attempt, together=1000)
    print(dict(met))
    assert met["found"] > 0.4 * met["answered"]  # most are still what they were


def faults(answer: Done | Quarantined, met: Counter[str]) -> Iterator[str]:
    if isinstance(answer, Quarantined):
        met[answer.cause] += 1
        if answer.cause == "error" and not PLAIN.match(answer.reason):
            yield answer.reason
        return
    (part,) = answer.parts
    made = part["made"]
    assert isinstance(made, list)
    met["answered"] += 1
    met["found"] += any(each.startswith(("finding", "entries")) for each in made)
    yield from (each for each in made if each.startswith("gave up"))
