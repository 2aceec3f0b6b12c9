"""`reveal` on the demonstration case: every secret that it names is read back, and the record holds none of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from resources import verify as plain

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: object, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == code
        return dict(json.loads(capsys.readouterr().out))

    return command


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--case", str(folder / "case")]) == 0
    return folder / "case"


def test_each_secret_is_what_its_mask_says(
    demonstration: Path, tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Path(shutil.copytree(demonstration, tmp_path / "case"))
    capsys.readouterr()
    main(["findings", str(case), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    secret = [row["id"] for row in rows if row["sensitivity"] == "secret"][::6]
    shown = 0
    for finding in secret:
        for name, masked in run("reveal", case, finding, "--list")["secrets"].items():
            told = run("reveal", case, finding, "--name", name, "--reason", "a test")
            text = " ".join(told["text"].split())
            if "••••••" in masked and len(masked) > 6:
                assert text[:4].lower() == masked[:4].lower(), (finding, name)
            shown += 1
            for file in (case / "ledger.db", case / "case.db"):
                assert told["text"].encode() not in file.read_bytes()
    assert shown >= 5
    with LedgerReader.open(case) as reader:
        assert sum(entry.type == "secret.reveal" for entry in reader.entries()) == shown
    assert run("ledger", "verify", case)["faults"] == []
    assert plain.verify(case / "ledger.db")["faults"] == []


def test_what_is_refused(demonstration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], run: Run) -> None:
    case = Path(shutil.copytree(demonstration, tmp_path / "case"))
    for arguments, words in (
        (["F29"], "for a reason"),
        (["F29", "--reason", "x", "--name", "other"], "has no secret 'other'"),
        (["F7", "--reason", "x"], "it has: none"),
        ([], "name a finding"),
        (["--rule", "two-people"], "say why"),
    ):
        assert main(["reveal", str(case), *arguments]) == 2
        assert words in capsys.readouterr().err
    run("reveal", case, "--rule", "two-people", "--reason", "policy 3")
    assert main(["reveal", str(case), "F29", "--reason", "x"]) == 2
    assert "second person" in capsys.readouterr().err
    assert main(["cat", str(case), "F29"]) == 2
    assert "`impound reveal`" in capsys.readouterr().err
    with LedgerReader.open(case) as reader:
        assert "secret.reveal" not in [entry.type for entry in reader.entries()]
