"""Custody of things: what fits, what does not and is entered all the same, two signatures, gaps, receipts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.custody.note import Note, VerifierKey
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from resources import verify as plain

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def fresh(tmp_path: Path, run: Run) -> Path:
    run("case", "new", tmp_path / "case", "--number", "7", "--examiner", "J. Doe")
    return tmp_path / "case"


def test_a_hand_over_with_two_signatures(fresh: Path, tmp_path: Path, run: Run) -> None:
    second = run("witness", "key", "lab.example/custodian/roe", tmp_path / "roe.key")["signs"]
    custody = ("--exhibit", "E1")
    run("custody", "seize", fresh, *custody, "--to", "J. Doe", "--place", "Hafenstraße 3", "--seal-after", "S1")
    run("custody", "release", fresh, *custody, "--from", "J. Doe", "--seal-before", "S1")
    taken = run("custody", "accept", fresh, *custody, "--to", "R. Roe", "--key", tmp_path / "roe.key",
                "--receipt", tmp_path / "receipt")  # fmt: skip
    assert taken["flags"] == []
    with LedgerReader.open(fresh) as reader:
        note, _ = reader.raw_entry(taken["ledger_entry"])
        examiner, ledger, _ = reader.verifiers()
    parsed = Note.parse(note)
    assert parsed.signed_by(examiner)
    assert parsed.signed_by(VerifierKey.parse(second))
    assert (tmp_path / "receipt").read_bytes().startswith(note)
    text = (tmp_path / "receipt").read_text()
    proof = text[text.index("c2sp.org/tlog-proof@v1") :]
    head, _, checkpoint = proof.partition("\n\n")
    signed = plain.parse_note(checkpoint.encode())
    assert signed.signed_by(plain.parse_key(str(ledger)))
    _, size, root = plain.parse_checkpoint(signed.text)
    nodes = plain.hashes_of(head.split("\n")[2:])
    assert plain.proves(plain.leaf_hash(note), taken["ledger_entry"], size, nodes) == root
    shown = run("custody", "timeline", fresh)
    assert (shown["state"], shown["custodian"], shown["seal"], shown["flags"]) == ("held", "R. Roe", "S1", [])
    assert [gap["entry"] for gap in shown["gaps"]] == [taken["ledger_entry"]]
    assert verify(fresh).faults == []
    assert plain.verify(fresh / "ledger.db")["faults"] == []


@pytest.mark.parametrize(
    ("events", "flag"),
    [
        ([("accept", ())], "accept does not follow on not seized"),
        ([("seize", ("--to", "A")), ("seize", ("--to", "B"))], "seize does not follow on held"),
        ([("seize", ("--to", "A")), ("release", ("--from", "B"))], "it comes from B, the record has A"),
        ([("seize", ("--seal-after", "S1")), ("store", ("--seal-before", "S2"))], "seal S2 was found"),
        ([("seize", ()), ("destroy", ())], "only one person signed"),
        ([("seize", ()), ("destroy", ()), ("release", ())], "release does not follow on ended"),
    ],
)
def test_what_does_not_fit_is_entered_with_a_flag(
    fresh: Path, run: Run, events: list[tuple[str, tuple[str, ...]]], flag: str
) -> None:
    for kind, options in events:
        said = run("custody", kind, fresh, "--exhibit", "E1", *options)
    assert any(flag in each for each in said["flags"])
    shown = run("custody", "timeline", fresh)
    assert len(shown["events"]) == len(events)
    assert any(flag in each for each in shown["flags"])
    assert verify(fresh).faults == []


def test_nobody_signs_twice_for_two(fresh: Path, run: Run) -> None:
    run("custody", "seize", fresh, "--exhibit", "E1")
    run("custody", "return", fresh, "--exhibit", "E1", "--key", fresh / "keys" / "examiner.key", code=4)


def test_a_release_says_for_whom_and_nobody_holds_it_until_then(fresh: Path, run: Run) -> None:
    custody = ("--exhibit", "E1")
    run("custody", "seize", fresh, *custody, "--to", "J. Doe")
    run("custody", "release", fresh, *custody, "--from", "J. Doe", "--to", "R. Roe")
    shown = run("custody", "timeline", fresh)
    assert (shown["state"], shown["custodian"], shown["flags"]) == ("released", "", [])
    run("custody", "accept", fresh, *custody, "--from", "J. Doe", "--to", "R. Roe")
    shown = run("custody", "timeline", fresh)
    assert (shown["custodian"], shown["flags"]) == ("R. Roe", ["entry 3: only one person signed"])
    assert [each["kind"] for each in shown["events"]] == ["seize", "release", "accept"]
    assert all(each["actor"].endswith("/j-doe") for each in shown["events"])


def test_a_receipt_that_is_there_stops_the_hand_over_before_it_is_entered(
    fresh: Path, tmp_path: Path, run: Run
) -> None:
    run("witness", "key", "lab.example/custodian/roe", tmp_path / "roe.key")
    (tmp_path / "receipt").write_text("another")
    run("custody", "seize", fresh, "--exhibit", "E1", "--to", "J. Doe")
    before = run("ledger", "head", fresh)["size"]
    run("custody", "return", fresh, "--exhibit", "E1", "--key", tmp_path / "roe.key", "--receipt", tmp_path / "receipt",
        code=2)  # fmt: skip
    assert (tmp_path / "receipt").read_text() == "another"
    assert [each["kind"] for each in run("custody", "timeline", fresh)["events"]] == ["seize"]
    assert run("ledger", "head", fresh)["size"] >= before
