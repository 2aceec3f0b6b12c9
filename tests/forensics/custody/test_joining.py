"""Two ledgers that hold each other's heads, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from forensics.custody.note import VerifierKey
from forensics.custody.receipt import Receipt
from forensics.custody.store import LedgerReader
from forensics.errors import FormatError, LedgerError
from resources import verify as plain

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def two(tmp_path: Path, run: Run) -> tuple[Path, Path]:
    """The cases of two offices."""
    return opened(tmp_path / "ours", "lab.example", run), opened(tmp_path / "theirs", "other.example", run)


@pytest.fixture
def case(tmp_path: Path, run: Run) -> Path:
    return opened(tmp_path / "case", "lab.example", run)


def opened(folder: Path, domain: str, run: Run) -> Path:
    run("case", "new", folder, "--number", "88", "--examiner", "R. Roe", "--domain", domain)
    return folder


def key_of(case: Path) -> str:
    with LedgerReader.open(case) as reader:
        return str(reader.verifiers()[1])


def head_of(case: Path, run: Run, to: Path) -> Path:
    to.write_text(run("ledger", "checkpoint", case)["checkpoint"])
    return to


def test_each_is_an_anchor_of_the_other(two: tuple[Path, Path], tmp_path: Path, run: Run) -> None:
    ours, theirs = two
    head = head_of(ours, run, tmp_path / "head")
    told = run("ledger", "join", theirs, head, "--key", key_of(ours), "--receipt", tmp_path / "receipt")
    taken = run(
        "ledger", "joined", ours, tmp_path / "receipt", "--key", key_of(theirs), "--held-by", "the other office"
    )
    assert taken["size"] == told["size"]
    with LedgerReader.open(ours) as reader:
        (anchor,) = [each for each in reader.anchors() if each.kind == "join"]
        assert (anchor.size, anchor.held_by) == (told["size"], "the other office")
        assert anchor.data == (tmp_path / "receipt").read_bytes()
    for case in two:
        assert run("ledger", "verify", case)["faults"] == []
        assert plain.verify(case / "ledger.db")["faults"] == []


def test_a_receipt_holds_what_the_entry_says(two: tuple[Path, Path], tmp_path: Path, run: Run) -> None:
    ours, theirs = two
    head = head_of(ours, run, tmp_path / "head")
    told = run("ledger", "join", theirs, head, "--key", key_of(ours), "--receipt", tmp_path / "receipt")
    data = (tmp_path / "receipt").read_bytes()
    key = VerifierKey.parse(key_of(theirs))
    text, body = Receipt.parse(data).check(key)
    assert (text.seq, text.type) == (told["ledger_entry"], "ledger.join")
    assert isinstance(body, dict)
    assert body["note"].encode() == head.read_bytes()
    assert bytes(Receipt.parse(data)) == data
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 1
        if bytes(changed).split(b"\n\n")[5:] != data.split(b"\n\n")[5:]:
            continue  # one of the head's two signatures is enough
        with pytest.raises((FormatError, LedgerError, UnicodeDecodeError)):
            Receipt.parse(bytes(changed)).check(key)


def test_what_is_refused_enters_nothing(
    two: tuple[Path, Path], tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = two
    head = head_of(ours, run, tmp_path / "head")
    run("ledger", "join", theirs, head, "--key", key_of(ours), "--receipt", tmp_path / "receipt")
    foreign = opened(tmp_path / "third", "third.example", run)

    def types(case: Path) -> list[str]:
        with LedgerReader.open(case) as reader:
            return [entry.type for entry in reader.entries() if not entry.type.startswith("session.")]

    before = {case: types(case) for case in (*two, foreign)}
    refused = (
        (["ledger", "join", theirs, head, "--key", key_of(theirs)], "is not signed by the key"),
        (["ledger", "join", ours, head, "--key", key_of(ours)], "head of the same ledger"),
        (
            ["ledger", "joined", foreign, tmp_path / "receipt", "--key", key_of(theirs), "--held-by", "x"],
            "not of this ledger",
        ),
        (
            ["ledger", "joined", ours, tmp_path / "receipt", "--key", key_of(ours), "--held-by", "x"],
            "not signed by the key",
        ),
        (["ledger", "joined", ours, head, "--key", key_of(theirs), "--held-by", "x"], "a receipt holds"),
    )
    for arguments, words in refused:
        assert main([str(each) for each in arguments]) != 0
        assert words in capsys.readouterr().err
    assert {case: types(case) for case in (*two, foreign)} == before


def test_a_check_value_on_paper_is_found_again(case: Path, run: Run) -> None:
    told = run("anchor", "paper", case, "--held-by", "duty book, page 40")
    assert run("ledger", "verify", case, "--fingerprint", told["fingerprint"].lower())["label"] == told["size"]
    with LedgerReader.open(case) as reader:
        assert [(each.kind, each.size) for each in reader.anchors()][-1] == ("paper", told["size"])


def test_a_level_that_is_not_reached_has_its_own_code(case: Path) -> None:
    assert main(["ledger", "verify", str(case), "--level", "L1"]) == 0
    assert main(["ledger", "verify", str(case), "--level", "L2"]) == 3
    assert main(["ledger", "recover", str(case)]) == 0


def test_two_workstations_on_one_case_have_two_ledgers(tmp_path: Path, run: Run) -> None:
    common = ("--number", "88", "--examiner", "R. Roe", "--domain", "Lab.example")
    one = run("case", "new", tmp_path / "one", *common)
    other = run("case", "new", tmp_path / "other", *common, "--ledger-name", "field unit 2")
    assert (one["ledger"], other["ledger"]) == ("lab.example/88/ledger", "lab.example/88/field-unit-2")
