"""Where a ledger breaks: an entry exchanged for one that its keys signed on another history, a body, a signature."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.commands.opening import writing
from forensics.custody.both_lines import first_break


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    assert main(["case", "new", str(folder), "--number", "7", "--examiner", "T"]) == 0
    with writing(folder) as (_, ledger):
        for number in range(3):
            ledger.append("item.view", {"finding": f"F{number}"})
    return folder


def change(case: Path, *statements: str) -> None:
    with closing(sqlite3.connect(case / "ledger.db")) as connection, connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {name}")
        for each in statements:
            connection.execute(each)


def test_a_whole_record_has_no_break(case: Path) -> None:
    assert first_break(case) is None


def test_an_altered_entry_and_the_one_that_was_signed_on_it(case: Path) -> None:
    altered_note = "cast(replace(cast(note as text), 'item.view', 'item.vien') as blob)"
    change(case, f"update entry set note = {altered_note} where seq = 3")
    found = first_break(case)
    assert found is not None
    assert found.seq == 3
    before, altered = found.lines
    assert (before.seq, before.fits, altered.signed) == (2, True, False)
    assert altered.history_said == altered.history


def test_an_entry_signed_on_another_history(case: Path) -> None:
    change(
        case,
        "update entry set note = (select note from entry e where e.seq = 2) where seq = 3",
    )
    found = first_break(case)
    assert found is not None
    assert found.lines[1].history_said != found.lines[1].history
    assert found.lines[1].fault == "it was signed as number 2"


def test_an_altered_body(case: Path) -> None:
    change(case, "update body set line = cast(replace(cast(line as text), 'finding', 'fondant') as blob) where seq = 3")
    found = first_break(case)
    assert found is not None
    line = next(each for each in found.lines if each.seq == found.seq)
    assert line.signed
    assert line.body_said != line.body
