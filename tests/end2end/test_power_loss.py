"""The power fails at any moment of an examination: what was acknowledged is there, and both databases hold.

An examination runs under strace, which tells every write, truncation and flush of the case's two databases. From the
moment of the loss back to the last flush of a file, each sector of 512 bytes may have reached the disk or not. As a
control the same writes are taken without their flushes, which is what `synchronous=OFF` makes of them.
"""

from __future__ import annotations

import codecs
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.errors import LedgerError
from tests.figures import ROOT, chance, trials

FILES = ("case.db", "case.db-journal", "case.db-wal", "ledger.db", "ledger.db-journal", "acknowledged")
SECTOR = 512
UNFLUSHED = 200  # writes that the control may lose: those of some seconds
DRIVER = """
import os, sys
from forensics.case.scan import Scan
from forensics.commands.main import main

told = os.open(sys.argv[1] + "/acknowledged", os.O_WRONLY | os.O_CREAT)
record = Scan.record

def recorded(self, answers, left_out=()):
    record(self, answers, left_out)
    os.pwrite(told, b"%09d" % (answers.first + len(answers.records)), 0)

Scan.record = recorded
sys.exit(main(["examine", sys.argv[1], "--workers", "1", "--progress", "none"]))
"""
LINE = re.compile(
    r"\d+ +(pwrite64|ftruncate|fdatasync|fsync)\(\d+<((?:\\x..)+)>(?:, \"((?:\\x..)*)\", \d+, (\d+)|, (\d+))?\) += \d+"
)


@dataclass(frozen=True, slots=True)
class Step:
    """A write of `data` at `at`, a truncation to `at` where there is no data, or a flush."""

    file: str
    call: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Trace:
    """The files before, and what was done to them, in order."""

    before: dict[str, bytes]
    steps: list[Step]
    folder: Path


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    folder = tmp_path_factory.mktemp("power")
    tree, image, case = folder / "tree", folder / "disk.raw", folder / "case"
    tree.mkdir()
    for number in range(150):
        (tree / f"{number}.txt").write_text(f"write to person{number}@vendor.example soon, please\n")
    image.write_bytes(bytes(160 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
    assert main(["case", "new", str(case), "--number", "P-1", "--examiner", "A. Examiner"]) == 0
    assert main(["add", str(case), str(image)]) == 0
    (case / "acknowledged").write_bytes(b"%09d" % 0)
    before = {name: (case / name).read_bytes() for name in FILES if (case / name).exists()}
    log = folder / "log"
    paths = [word for name in FILES for word in ("-P", str(case / name))]
    subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "10000000", "-o", log,
         "-e", "trace=pwrite64,write,ftruncate,fdatasync,fsync", *paths,
         sys.executable, "-P", "-B", "-c", DRIVER, case],
        check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=200,
    )  # fmt: skip
    return Trace(before, list(steps_in(log)), case)


def steps_in(log: Path) -> Iterator[Step]:
    for line in log.read_text().splitlines():
        if "+++" in line or "---" in line:
            continue
        found = LINE.fullmatch(line)
        assert found, line[:300]
        call, path, data, at, length = found.groups()
        yield Step(Path(plain(path).decode()).name, call, int(at or length or 0), plain(data or ""))


def plain(text: str) -> bytes:
    return codecs.decode(text.replace("\\x", ""), "hex")


def lost(trace: Trace, moment: int, draw: random.Random, *, flushed: bool) -> dict[str, bytes]:
    """The files as they may be found when the power fails behind `moment` steps."""
    files = {name: bytearray(data) for name, data in trace.before.items()}
    done = trace.steps[:moment]
    safe = dict.fromkeys(FILES, 0 if flushed else max(0, moment - UNFLUSHED))
    if flushed:
        safe |= {step.file: number for number, step in enumerate(done) if step.call in ("fdatasync", "fsync")}
    kept = draw.choice((0.0, 0.5, 0.5, 0.9, 1.0))
    for number, step in enumerate(done):
        data = files.setdefault(step.file, bytearray())
        certain = number < safe[step.file] or step.file == "acknowledged"
        if step.call == "ftruncate" and (certain or draw.random() < kept):
            del data[step.at :]
            data.extend(bytes(step.at - len(data)))
        for start in range(step.at // SECTOR * SECTOR, step.at + len(step.data), SECTOR) if step.data else ():
            if certain or draw.random() < kept:
                low, high = max(start, step.at), min(start + SECTOR, step.at + len(step.data))
                data.extend(bytes(max(0, high - len(data))))
                data[low:high] = step.data[low - step.at : high - step.at]
    return {name: bytes(data) for name, data in files.items()}


def faults(folder: Path, *, thoroughly: bool) -> Iterator[str]:
    """What the next program that opens the case finds wrong."""
    try:
        with closing(sqlite3.connect(folder / "ledger.db")) as ledger:
            yield from (f"ledger: {text}" for (text,) in ledger.execute("PRAGMA integrity_check") if text != "ok")
        with LedgerReader.open(folder) as reader:
            entered = sum(scan.size for scan in reader.scans() if scan.kind == "finding")
        with closing(sqlite3.connect(folder / "case.db")) as case:
            yield from (f"case: {text}" for (text,) in case.execute("PRAGMA integrity_check") if text != "ok")
            ((recorded,),) = case.execute("SELECT count(*) FROM finding")
    except (sqlite3.DatabaseError, LedgerError) as error:
        yield str(error)
        return
    acknowledged = int((folder / "acknowledged").read_bytes())
    if not acknowledged <= recorded <= entered:
        yield f"{acknowledged} acknowledged, {recorded} in the case, {entered} in the ledger"
    if thoroughly:
        yield from (str(fault) for fault in verify(folder).faults)


def tried(trace: Trace, folder: Path, number: int, *, flushed: bool = True) -> list[str]:
    draw = chance("power", number)
    moment = draw.randrange(len(trace.steps) + 1)
    for name, data in lost(trace, moment, draw, flushed=flushed).items():
        (folder / name).write_bytes(data)
    found = [f"{number}, step {moment}: {each}" for each in faults(folder, thoroughly=number % 20 == 0)]
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    return found


@pytest.mark.figure
def test_what_was_acknowledged_is_there_and_both_databases_hold(trace: Trace, tmp_path: Path) -> None:
    shutil.copytree(trace.folder / "keys", tmp_path / "keys")
    flushes = sum(step.call in ("fdatasync", "fsync") for step in trace.steps)
    assert flushes > 20
    assert sum(step.file == "acknowledged" for step in trace.steps) >= 5

    def attempt(numbers: range) -> Iterator[str]:
        for number in numbers:
            yield from tried(trace, tmp_path, number)

    trials("power", attempt, together=200)


def test_without_flushes_it_is_lost(trace: Trace, tmp_path: Path) -> None:
    shutil.copytree(trace.folder / "keys", tmp_path / "keys")
    spoilt = [number for number in range(100) if tried(trace, tmp_path, number, flushed=False)]
    print(f"{len(spoilt)} of 100 states without flushes are spoilt")
    assert len(spoilt) > 20
