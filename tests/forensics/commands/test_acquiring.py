"""Acquisitions by another imager: what is entered, what is flagged, and the comparison with its digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from forensics.custody.store import LedgerReader

Run = Callable[..., dict[str, Any]]
DATA = bytes(range(256)) * 4096


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: object, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == code
        return dict(json.loads(capsys.readouterr().out))

    return command


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "disk.raw").write_bytes(DATA)
    assert main(["case", "new", str(tmp_path / "case"), "--number", "7", "--examiner", "J. Doe"]) == 0
    return tmp_path / "case"


def bodies(case: Path, kind: str) -> list[Any]:
    with LedgerReader.open(case) as reader:
        return [entry.body for entry in reader.entries() if entry.type == kind]


def test_begun_ended_registered_and_read_again(case: Path, run: Run) -> None:
    begun = run(
        "acquire", "begin", case, "--exhibit", "E1", "--device", "Acme SSD 1", "--serial", "X9", "--size", len(DATA)
    )
    run("ledger", "checkpoint", case)  # opened again: it is not taken for aborted
    digests = {name: hashlib.new(name, DATA).hexdigest() for name in ("md5", "sha256")}
    ended = run(
        "acquire", "end", case, "--exhibit", "E1", "--md5", digests["md5"].upper(), "--sha256", digests["sha256"]
    )
    assert ended["flags"] == []
    assert bodies(case, "acquire.end")[0]["begin_seq"] == begun["ledger_entry"]
    assert bodies(case, "acquire.abort") == []
    run("add", case, case.parent / "disk.raw", "--exhibit", "E1")
    told = run("acquire", "verify", case, "--exhibit", "E1")
    assert [(each["digest"], each["with"], each["equal"]) for each in told["compared"]] == [
        ("md5", "registration", True), ("sha1", "registration", True), ("sha256", "registration", True),
        ("md5", "the imager", True), ("sha256", "the imager", True),
    ]  # fmt: skip
    assert bodies(case, "acquire.verify")[0]["compared"] == told["compared"]
    assert run("ledger", "verify", case)["faults"] == []


def test_another_digest_of_the_imager_is_said(case: Path, run: Run) -> None:
    run("acquire", "begin", case, "--exhibit", "E1", "--device", "Acme SSD 1")
    run("acquire", "end", case, "--exhibit", "E1", "--sha1", "0" * 40)
    run("add", case, case.parent / "disk.raw", "--exhibit", "E1")
    told = run("acquire", "verify", case, "--exhibit", "E1", code=1)
    assert [each["with"] for each in told["compared"] if not each["equal"]] == ["the imager"]


def test_what_does_not_fit_is_entered_with_a_flag(case: Path, run: Run) -> None:
    assert run("acquire", "end", case, "--exhibit", "E1", "--md5", "0" * 32)["flags"] != []
    run("acquire", "begin", case, "--exhibit", "E1", "--device", "Acme SSD 1")
    run("acquire", "begin", case, "--exhibit", "E1", "--device", "Acme SSD 1")
    assert "flags" in bodies(case, "acquire.begin")[1]


def test_changed_files_are_not_compared(case: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("add", case, case.parent / "disk.raw", "--exhibit", "E1")
    (case.parent / "disk.raw").write_bytes(DATA[::-1])
    assert main(["acquire", "verify", str(case), "--exhibit", "E1"]) == 1
    assert bodies(case, "acquire.verify") == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["end", "--exhibit", "E1"], "at least one digest"),
        (["end", "--exhibit", "E1", "--md5", "xyz"], "32 hexadecimal digits"),
        (["begin", "--exhibit", "E1"], "say what is read"),
        (["begin", "--exhibit", "../E1", "--device", "x"], "cannot be an exhibit number"),
    ],
)
def test_what_is_refused(case: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert main(["acquire", arguments[0], str(case), *arguments[1:]]) == 2
    assert words in capsys.readouterr().err
