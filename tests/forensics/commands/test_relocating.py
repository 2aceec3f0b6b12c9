"""A moved image is read from its new place only if it is the same, and costs no other exhibit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forensics.case.rebuild import rebuild
from forensics.case.store import Case
from forensics.commands.main import main
from forensics.commands.reader import EvidenceReader
from forensics.custody.store import LedgerReader
from forensics.errors import EvidenceError

FIRST, SECOND = b"write to heron@example.org\n".ljust(8192, b"\0"), b"write to tern@example.org\n".ljust(8192, b"\0")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    (tmp_path / "a.raw").write_bytes(FIRST)
    (tmp_path / "b.raw").write_bytes(SECOND)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(tmp_path / "a.raw")]) == 0
    assert main(["add", str(made), str(tmp_path / "b.raw")]) == 0
    return made


def moved(case: Path) -> Path:
    target = case.parent / "archive" / "first.raw"
    target.parent.mkdir()
    (case.parent / "a.raw").rename(target)
    return target


def facts(case: Case) -> list[object]:
    row = case.exhibit("E1")
    return [row["seq"], *(json.loads(row[key]) for key in ("segments_json", "identity_json", "computed_json"))]


def test_a_missing_image_costs_only_itself(case: Path) -> None:
    with Case.open(case) as opened, EvidenceReader(opened) as reader:
        away = moved(case)
        with pytest.raises(EvidenceError, match="not there"):
            reader.image("E1", 0, 16)
        assert reader.image("E2", 0, 16) == SECOND[:16]
        with pytest.raises(EvidenceError, match="not there"):
            reader.image("E1", 0, 16)
        assert reader.image("E2", 16, 16) == SECOND[16:32]
        away.rename(case.parent / "a.raw")
        assert reader.image("E1", 0, 16) == FIRST[:16]
        assert reader.image("E2", 0, 16) == SECOND[:16]


def test_the_same_file_is_read_from_its_new_place(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = moved(case)
    before = target.stat()
    assert main(["relocate", str(case), "E1", str(target), "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["path"] == str(target)
    with Case.open(case) as opened, EvidenceReader(opened) as reader:
        assert reader.image("E1", 0, 16) == FIRST[:16]
        kept = facts(opened)
    with LedgerReader.open(case) as ledger:
        entry = next(each for each in ledger.entries() if each.seq == said["ledger_entry"])
    assert entry.type == "exhibit.relocate"
    assert isinstance(entry.body, dict)
    assert entry.body["before"] == [str(case.parent / "a.raw")]
    after = target.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    assert main(["ledger", "verify", str(case)]) == 0
    rebuild(case)
    with Case.open(case) as opened:
        assert facts(opened) == kept


@pytest.mark.parametrize(
    ("data", "words"), [(SECOND, "its SHA-256 is"), (FIRST[:-1], "8,191 bytes"), (None, "no such file")]
)
def test_another_file_is_refused_and_changes_nothing(
    case: Path, data: bytes | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = moved(case)
    target.unlink()
    if data is not None:
        target.write_bytes(data)
    assert main(["relocate", str(case), "E1", str(target)]) == 1
    assert words in capsys.readouterr().err
    with Case.open(case) as opened:
        assert json.loads(opened.exhibit("E1")["segments_json"])[0]["path"] == str(case.parent / "a.raw")
    with LedgerReader.open(case) as ledger:
        assert "exhibit.relocate" not in {each.type for each in ledger.entries()}


def test_what_was_not_moved_is_said_to_be_there(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relocate", str(case), "E1", str(case.parent / "a.raw")]) == 2
    assert "already" in capsys.readouterr().err
