"""An examination that is ended at any moment goes on, and comes to what one comes to that was left alone."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from tests.end2end.nursery import Nursery, Run
from tests.figures import chance, trials

TOGETHER = 10  # numbers of one attempt
STOPPED = 4  # exit code of an examination that was interrupted from the keyboard


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    loaded = Nursery()
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of one disk that has not been examined."""
    folder = tmp_path_factory.mktemp("fresh")
    tree, image = folder / "tree", folder / "disk.raw"
    tree.mkdir()
    for number in range(40):
        noise = hashlib.shake_256(b"%d" % number).digest(1000 * number)
        (tree / f"{number}.txt").write_bytes(noise + b"\nwrite to person%d@vendor.example soon\n" % number)
    image.write_bytes(bytes(40 << 20))  # two units of the sweep besides those of files
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
    told("case", "new", folder / "case", "--number", "K-1", "--examiner", "A. Examiner")
    told("add", folder / "case", image)
    return folder / "case"


@pytest.fixture(scope="module")
def alone(fresh: Path, nursery: Nursery) -> tuple[Path, tuple[str, ...], float]:
    """The case after an examination in one go, what it came to, and the seconds it took."""
    case = copy(fresh, fresh.with_name("alone"))
    run = nursery.examine(case)
    assert (run.code, run.again) == (0, ())
    return case, come_to(case), run.seconds


def told(*arguments: object, code: int = 0) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main([str(each) for each in arguments]) == code
    return out.getvalue()


def come_to(case: Path) -> tuple[str, ...]:
    """What an examination came to, and how much of it stands in the ledger.

    Scans that were begun there and ended before the case knew of them stay in the ledger, interrupted and empty.
    """
    assert verify(case).faults == []
    with LedgerReader.open(case) as reader:
        scans = [f"{scan.kind} {scan.size} {scan.state}" for scan in reader.scans()]
    sizes = sorted(set(scans) - {"item 0 interrupted", "finding 0 interrupted"})
    assert len([each for each in scans if each.endswith("closed")]) == len(sizes)
    return (*sizes, *(told(verb, case, "--json") for verb in ("findings", "tree", "timeline", "unexamined")))


def copy(fresh: Path, case: Path) -> Path:
    """A copy of a case; the ballast is made again."""
    return shutil.copytree(fresh, case, ignore=shutil.ignore_patterns("ballast"))


def differences(case: Path, wanted: tuple[str, ...]) -> Iterator[str]:
    for one, other in zip(wanted, come_to(case), strict=True):
        if one != other:
            yield f"{one[:200]} and not {other[:200]}"


def interrupted(
    figure: str, fresh: Path, folder: Path, wanted: tuple[str, ...], run: Callable[[Path, int], Run], ended: int
) -> None:
    """Try a figure: examinations that are ended again and again until one comes to its end, all like `wanted`."""

    def attempt(numbers: range) -> Iterator[str]:
        case = copy(fresh, folder / f"case {numbers.start}")
        for number in numbers:
            done = run(case, number)
            assert done.code in (0, ended), f"{number}: ended with {done.code}"
            yield from (f"{number}: unit {unit} was done again" for unit in done.again)
            if not done.code:
                yield from differences(case, wanted)
                shutil.rmtree(case)
                case = copy(fresh, folder / f"case {number} and on")
        done = run(case, -1)
        assert not done.code
        yield from differences(case, wanted)
        shutil.rmtree(case)

    trials(figure, attempt, together=TOGETHER)


@pytest.mark.figure
@pytest.mark.parametrize(("figure", "by", "code"), [("kills", signal.SIGKILL, -9), ("resumes", signal.SIGINT, STOPPED)])
def test_whenever_it_is_ended_it_comes_to_the_same(
    figure: str, by: signal.Signals, code: int, fresh: Path, nursery: Nursery,
    alone: tuple[Path, tuple[str, ...], float], tmp_path: Path,
) -> None:  # fmt: skip
    _, wanted, whole = alone

    def run(case: Path, number: int) -> Run:
        return nursery.examine(case, 100 if number < 0 else chance(figure, number).uniform(0, whole), by)

    interrupted(figure, fresh, tmp_path, wanted, run, code)


def test_at_every_point_where_something_is_committed_it_may_be_killed(
    fresh: Path, nursery: Nursery, alone: tuple[Path, tuple[str, ...], float], tmp_path: Path
) -> None:
    whole, wanted, _ = alone
    points = waiting = nursery.points(whole)
    assert len(points) > 30
    for number in range(len(points)):
        case = copy(fresh, tmp_path / f"points {number}")
        left = len(waiting)
        while (run := nursery.examine(case, points=waiting)).point:
            assert run.again == ()
            waiting = waiting - {run.point}
        assert (run.code, run.again) == (0, ())
        assert list(differences(case, wanted)) == []
        if not waiting:
            return
        assert len(waiting) < left, f"never reached again: {sorted(waiting)}"


def test_a_new_interpreter_is_killed_and_goes_on(
    fresh: Path, alone: tuple[Path, tuple[str, ...], float], tmp_path: Path
) -> None:
    case = copy(fresh, tmp_path / "case")
    program = [sys.executable, "-P", "-B", "-m", "forensics.commands.main"]
    command = [*program, "examine", str(case), "--progress", "json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["stage"] == "sweep":
            break
    process.kill()
    process.wait()
    process.stderr.close()
    began = time.monotonic()
    while subprocess.run([*command, "--resume"], capture_output=True, check=False).returncode:
        assert time.monotonic() < began + 30  # the ledger's writer of the first has not ended yet
    assert list(differences(case, alone[1])) == []
