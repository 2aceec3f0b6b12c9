"""How long it may take to digest a medium: as long as its size asks for, and no longer in silence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from forensics.commands import register
from forensics.commands.main import main


def test_a_medium_has_time_by_its_own_size() -> None:
    small, sparse = register._limits(10**6, 10**6), register._limits(10**6, 4 * 10**12)
    assert sparse.silent_seconds == small.silent_seconds == 601
    assert sparse.wall_seconds > 4 * 10**12 / 100e6  # what three digests of zeros take on a slow machine
    assert register._limits(1, 1 << 62).wall_seconds < 2 * 365 * 86400


def test_a_sparse_disk_takes_longer_than_its_file_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    disk, case = tmp_path / "sparse.qcow2", tmp_path / "case"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", disk, "512M"], check=True)
    assert disk.stat().st_size < 1 << 20
    monkeypatch.setattr(register, "SECONDS", 1.0)
    assert main(["case", "new", str(case), "--number", "S-1", "--examiner", "A. Examiner"]) == 0
    capsys.readouterr()
    assert main(["add", str(case), str(disk), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["size"], told["verdict"]) == (512 << 20, "no digest stored")
    assert told["computed"]["sha256"] == "9acca8e8c22201155389f65abbf6bc9723edc7384ead80503839f49dcc56d767"
