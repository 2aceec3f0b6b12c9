"""An examination that is killed at any moment goes on, and comes to what one comes to that was left alone."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.custody.lock import CaseLock
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.errors import CaseLocked
from tests.figures import ROOT, chance, trials

KILLS = 10  # of one case at most, so that it comes to its end


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("disk")
    tree, image = folder / "tree", folder / "disk.raw"
    tree.mkdir()
    for number in range(80):
        noise = hashlib.shake_256(b"%d" % number).digest(100 * number)
        (tree / f"{number}.txt").write_bytes(noise + b"\nwrite to person%d@vendor.example soon\n" % number)
    image.write_bytes(bytes(40 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
    return image


def told(*arguments: object, code: int = 0) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main([str(each) for each in arguments]) == code
    return out.getvalue()


def new_case(case: Path, image: Path) -> Path:
    told("case", "new", case, "--number", "K-1", "--examiner", "A. Examiner")
    told("add", case, image)
    return case


def come_to(case: Path) -> tuple[str, ...]:
    """What an examination came to, and how much of it stands in the ledger."""
    assert verify(case).faults == []
    with LedgerReader.open(case) as reader:
        sizes = sorted(f"{scan.kind} {scan.size} {scan.state}" for scan in reader.scans())
    return (*sizes, *(told(verb, case, "--json") for verb in ("findings", "tree", "timeline", "unexamined")))


def killed(case: Path, seconds: float) -> bool:
    """Whether an examination, begun or taken up, was still at work after so long; it is killed then."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-B", "-m", "forensics.commands.main", "examine", case, "--progress", "none", "--resume"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        _let_go(case)
        return True
    return False


def _let_go(case: Path) -> None:
    """Wait until the ledger's writer has seen its pipe end."""
    for _ in range(100):
        with contextlib.suppress(CaseLocked):
            CaseLock(case).release()
            return
        time.sleep(0.05)
    raise AssertionError("the ledger's writer did not end with the program")


@pytest.mark.figure
def test_whenever_it_is_killed_it_comes_to_the_same(disk: Path, tmp_path: Path) -> None:
    alone = new_case(tmp_path / "alone", disk)
    began = time.monotonic()
    assert not killed(alone, 200)
    whole = time.monotonic() - began
    print(f"alone: {whole:.1f} s")
    wanted = come_to(alone)

    def attempt(numbers: range) -> Iterator[str]:
        case = new_case(tmp_path / f"case {numbers.start}", disk)
        for number in numbers:
            if not killed(case, chance("kills", number).uniform(0.1, whole)):  # it came to its end this time
                yield from differences(case, numbers)
                case = new_case(tmp_path / f"case {number + 1}", disk)
        told("examine", case, "--progress", "none", "--resume")
        yield from differences(case, numbers)

    def differences(case: Path, numbers: range) -> Iterator[str]:
        for one, other in zip(wanted, come_to(case), strict=True):
            if one != other:
                yield f"{numbers}: {one[:200]} and not {other[:200]}"

    trials("kills", attempt, together=KILLS)
