"""Hash sets from the terminal to the findings: marks, notable files, the ledger, the way back from it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main

TEXTS = {"known.txt": b"a licence\n" * 300, "deal.txt": b"two parcels\n" * 300, "other.txt": b"none of both\n" * 300}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with a registered ext4 of three files, and two sets beside it: `nsrl.db` and `wanted.txt`."""
    tree, image, folder = tmp_path / "tree", tmp_path / "disk.raw", tmp_path / "case"
    tree.mkdir()
    for name, data in TEXTS.items():
        (tree / name).write_bytes(data)
    image.write_bytes(bytes(3 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
    known = hashlib.sha256(TEXTS["known.txt"]).hexdigest().upper()
    script = f"CREATE TABLE FILE (sha256, sha1, md5, file_name); INSERT INTO FILE VALUES ('{known}', '', '', 'x');"
    subprocess.run(["sqlite3", tmp_path / "nsrl.db"], input=script.encode(), check=True)
    told = subprocess.run(["sha256sum", "deal.txt"], cwd=tree, check=True, capture_output=True).stdout
    (tmp_path / "wanted.txt").write_bytes(told)
    assert main(["case", "new", str(folder), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(folder), str(image)]) == 0
    return folder


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def marked(capsys: pytest.CaptureFixture[str], case: Path) -> dict[object, object]:
    return {each["path"]: each["hash_set"] for each in lines(capsys, "tree", str(case)) if "hash_set" in each}


def test_sets_before_an_examination_mark_and_find(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = case.parent
    assert main(["hashset", "add", str(case), str(here / "nsrl.db"), "--known"]) == 0
    (added,) = lines(capsys, "hashset", "add", str(case), str(here / "wanted.txt"), "--notable", "--name", "wanted")
    assert added["count"] == 1
    assert added["source_sha256"] == hashlib.sha256((here / "wanted.txt").read_bytes()).hexdigest()
    assert main(["examine", str(case), "--workers", "1", "--progress", "none"]) == 0
    expected = {
        "/known.txt": [{"name": "nsrl.db", "purpose": "known"}],
        "/deal.txt": [{"name": "wanted", "purpose": "notable"}],
    }
    assert marked(capsys, case) == expected
    (found,) = lines(capsys, "findings", str(case), "--kind", "hashset/*")
    assert (found["grade"], found["path"]) == ("C4", "/deal.txt")
    assert found["value"] == found["sha256"] == hashlib.sha256(TEXTS["deal.txt"]).hexdigest()
    assert found["locator"] == "raw:disk.raw > partition:1 > ext4:/deal.txt"
    assert [each["entries"] for each in lines(capsys, "hashset", "list", str(case))] == [1, 1]
    assert main(["reproduce", str(case), str(found["id"])]) == 0
    script = capsys.readouterr().out
    done = subprocess.run(["sh"], input=script.encode(), cwd=case.parent, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert main(["ledger", "verify", str(case)]) == 0
    before = lines(capsys, "findings", str(case))
    assert main(["case", "rebuild", str(case)]) == 0
    assert lines(capsys, "findings", str(case)) == before
    assert marked(capsys, case) == expected


def test_a_set_behind_an_examination_marks_and_can_be_removed(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["examine", str(case), "--workers", "1", "--progress", "none"]) == 0
    assert not marked(capsys, case)
    wanted = str(case.parent / "wanted.txt")
    (added,) = lines(capsys, "hashset", "add", str(case), wanted, "--notable")
    assert added["entries"] == 1
    assert set(marked(capsys, case)) == {"/deal.txt"}
    assert not lines(capsys, "findings", str(case), "--kind", "hashset/*")
    assert main(["hashset", "add", str(case), wanted, "--known"]) == 2
    assert main(["hashset", "remove", str(case), "wanted.txt"]) == 0
    assert not marked(capsys, case)
    assert not list((case / "hashsets").iterdir())
    assert main(["hashset", "remove", str(case), "wanted.txt"]) == 2
    assert main(["case", "rebuild", str(case)]) == 0
    assert not marked(capsys, case)
    assert main(["ledger", "verify", str(case)]) == 0


def test_a_changed_set_is_not_used(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hashset", "add", str(case), str(case.parent / "wanted.txt"), "--notable"]) == 0
    (kept,) = (case / "hashsets").iterdir()
    kept.write_bytes(hashlib.sha256(TEXTS["other.txt"]).digest())
    assert main(["examine", str(case), "--workers", "1", "--progress", "none"]) == 4
    assert "not the one that was added" in capsys.readouterr().err
