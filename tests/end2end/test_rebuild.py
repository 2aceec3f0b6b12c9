"""The case database is only a projection: thrown away, it comes back from the ledger, and a cut-off end is mended."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
WIF = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
VERBS = ("findings", "tree", "timeline", "unexamined")


def impound(*arguments: object, code: int = 0, stdin: str = "") -> str:
    command = [sys.executable, "-P", "-B", "-m", "forensics.commands.main", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False, env=env, input=stdin)
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout + done.stderr


def canonical(case: Path) -> dict[str, str]:
    return {verb: impound(verb, case, "--json") for verb in VERBS}


def tags(case: Path) -> list[dict[str, object]]:
    query = "SELECT finding, name, actor, seq FROM tag ORDER BY finding, name"
    done = subprocess.run(["sqlite3", "-json", case / "case.db", query], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout or "[]"))


@pytest.fixture(scope="module")
def disks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two ext4 images without a table: one with an address and a key, one with an address and an empty file."""
    folder = tmp_path_factory.mktemp("disks")
    made = []
    for number, texts in enumerate(((f"pay {ADDRESS}\n", f"key {WIF} \n"), (f"again {ADDRESS}", "")), 1):
        tree = folder / f"tree{number}"
        (tree / "home").mkdir(parents=True)
        for index, text in enumerate(texts):
            (tree / "home" / f"note{index}.txt").write_text(text)
        (tree / "home" / "filler.bin").write_bytes(hashlib.shake_256(bytes([number])).digest(300_000))
        image = folder / f"disk{number}.raw"
        image.write_bytes(bytes(4 << 20))
        subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
        made.append(image)
    return made


@pytest.fixture(scope="module")
def case(disks: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both images examined; F1 tagged, F2 tagged and untagged."""
    folder = tmp_path_factory.mktemp("case") / "case"
    impound("case", "new", folder, "--number", "T-9", "--examiner", "Test Examiner", "--agency", "Lab")
    for image in disks:
        impound("add", folder, image)
    impound("examine", folder, "--workers", 2)
    requests = [
        {"id": 1, "verb": "tag", "args": {"finding": "F1", "name": "vendor"}},
        {"id": 2, "verb": "tag", "args": {"finding": "F2", "name": "look"}},
        {"id": 3, "verb": "untag", "args": {"finding": "F2", "name": "look"}},
    ]
    impound("session", folder, stdin="".join(json.dumps(each) + "\n" for each in requests))
    assert len(tags(folder)) == 1
    return folder


@pytest.fixture
def copy(case: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(case, tmp_path / "case"))


def test_a_lost_database_comes_back(case: Path, copy: Path) -> None:
    (copy / "case.db").unlink()
    assert "impound case rebuild" in impound("findings", copy, code=4)
    (done,) = [json.loads(line) for line in impound("case", "rebuild", copy, "--json").splitlines()]
    assert done["left_out"] == []
    assert (done["exhibits"], done["tags"], done["set_aside"]) == (2, 1, "")
    assert canonical(copy) == canonical(case)
    assert tags(copy) == tags(case)
    shown, known = (json.loads(impound("case", "show", each, "--json")) for each in (copy, case))
    assert shown == known


def test_a_sample_is_derived_again(copy: Path) -> None:
    told = json.loads(impound("ledger", "verify", copy, "--rerun", 50, "--json"))["rerun"]
    assert told["differs"] == []
    assert told["entries"] == told["of_entries"] > 3
    assert told["findings"] == told["of_findings"] > 1
    subprocess.run(["sqlite3", copy / "case.db", "UPDATE finding SET sha256 = upper(sha256) WHERE id = 1"], check=True)
    told = json.loads(impound("ledger", "verify", copy, "--rerun", 50, "--json", code=1))["rerun"]
    assert [each["what"] for each in told["differs"]] == ["F1"]
    assert json.loads(impound("ledger", "verify", copy, "--json"))["faults"] == []


def test_with_the_ledger_and_nothing_else(case: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(case / "ledger.db", alone)
    assert "fingerprints of secrets" in impound("case", "rebuild", alone)
    assert canonical(alone) == canonical(case)


def test_a_damaged_database_is_set_aside_not_replaced(case: Path, copy: Path) -> None:
    damaged = bytes(4096) + b"not a database"
    (copy / "case.db").write_bytes(damaged)
    assert "impound case rebuild" in impound("findings", copy, code=4)
    impound("case", "rebuild", copy)
    (kept,) = copy.glob("case.db.set-aside-*Z")
    assert kept.read_bytes() == damaged
    assert canonical(copy) == canonical(case)


def test_nothing_is_rebuilt_from_a_ledger_that_does_not_hold(copy: Path) -> None:
    before = (copy / "case.db").read_bytes()
    subprocess.run(
        ["sqlite3", copy / "ledger.db", "DROP TRIGGER entry_keep; UPDATE entry SET actor = 'x' WHERE seq = 2"],
        check=True,
    )
    assert "does not hold" in impound("case", "rebuild", copy, code=4)
    assert (copy / "case.db").read_bytes() == before


def test_what_had_not_ended_is_said_and_can_be_examined_anew(disks: list[Path], case: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    impound("case", "new", other, "--number", "T-9", "--examiner", "Test Examiner", "--agency", "Lab")
    for image in disks:
        impound("add", other, image)
    cut_off(other, "first", "E1")
    (other / "case.db").unlink()
    assert "E1 had not ended" in impound("case", "rebuild", other)
    impound("examine", other)
    assert canonical(other) == canonical(case)


# ── the end of a scan, cut off ─────────────────────────────────────────────────────────────────────────────────

PROGRAM = """
import os, sys
from forensics.case.scan import Scan
from forensics.commands.main import main
from forensics.custody.client import LedgerClient

def dies(owner, name, before, times):
    real, calls = getattr(owner, name), [0]
    def wrapped(*args, **kwargs):
        calls[0] += 1
        if before and calls[0] == times:
            os._exit(70)
        answer = real(*args, **kwargs)
        if not before and calls[0] == times:
            os._exit(70)
        return answer
    setattr(owner, name, wrapped)

dies(*{
    "first": (Scan, "forget_entry_events", False, 1),
    "items": (Scan, "record_entries", True, 1),
    "recorded": (Scan, "record_entries", False, 1),
    "half": (LedgerClient, "close_scan", False, 1),
    "closed": (LedgerClient, "close_scan", False, 2),
}[sys.argv[1]])
raise SystemExit(main(["examine", sys.argv[2], "--exhibit", sys.argv[3], "--progress", "none"]))
"""


def cut_off(case: Path, point: str, exhibit: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", PROGRAM, point, case, exhibit],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 70, done.stderr


@pytest.mark.parametrize("point", ["items", "recorded", "half", "closed"])
def test_an_end_that_was_cut_off_goes_on(disks: list[Path], case: Path, tmp_path: Path, point: str) -> None:
    other = tmp_path / "other"
    impound("case", "new", other, "--number", "T-9", "--examiner", "Test Examiner", "--agency", "Lab")
    for image in disks:
        impound("add", other, image)
    cut_off(other, point, "E1")
    impound("examine", other, "--resume")
    assert canonical(other) == canonical(case)
    result = json.loads(impound("ledger", "verify", other, "--json"))
    assert (result["level"], result["faults"]) == ("L1", [])
    (other / "case.db").unlink()
    impound("case", "rebuild", other)
    assert canonical(other) == canonical(case)
