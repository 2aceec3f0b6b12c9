"""Watch-lists through the whole program: entered, used, recorded, taken out of use."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.custody.store import LedgerReader

LIST = "# neutral\nlantern\tlight\tof the shed\nкаштан\ttree\n灯笼\tlight\n".encode()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watch")
    tree = folder / "tree"
    tree.mkdir()
    (tree / "note.txt").write_text("the Lantern, a beaver and 买灯笼了\n")
    (tree / "old.txt").write_bytes("Старый КАШТАН".encode("koi8-r"))
    (tree / "packed.gz").write_bytes(gzip.compress("a lantern here".encode("utf-16-le")))
    (folder / "terms.tsv").write_bytes(LIST)
    (folder / "beavers.tsv").write_text("beaver\n")
    disk, made = folder / "disk.raw", folder / "case"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, disk], check=True, capture_output=True)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    for name in ("terms.tsv", "beavers.tsv"):
        assert main(["watchlist", "add", str(made), str(folder / name), "--name", name.partition(".")[0]]) == 0
    assert main(["watchlist", "remove", str(made), "beavers"]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) == 0
    return made


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_terms_are_found_by_the_lists_in_use(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [each for each in lines(capsys, "findings", str(case)) if each["kind"] == "watch/term"]
    told = {(str(each["path"]), str(each["value"]), str(each["grade"])) for each in found}
    assert told == {
        ("/note.txt", "Lantern", "C1"),
        ("/note.txt", "灯笼", "C0"),
        ("/old.txt", "КАШТАН", "C0"),
        ("/packed.gz", "lantern", "C1"),
    }
    fields = found[0]["fields"]
    assert isinstance(fields, dict)
    assert (fields["list"]["value"], fields["category"]["value"]) == ("terms", "light")


def test_the_ledger_names_the_list_and_its_digest(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = lines(capsys, "watchlist", "list", str(case))
    assert (row["name"], row["terms"], row["sha256"]) == ("terms", 3, hashlib.sha256(LIST).hexdigest())
    with LedgerReader.open(case) as ledger:
        naming = [each.type for each in ledger.entries(0) if str(row["sha256"]) in json.dumps(each.body)]
    assert naming == ["watchlist.add", "scan.begin", "scan.begin"]
    assert main(["case", "rebuild", str(case)]) == 0
    assert main(["ledger", "verify", str(case)]) == 0


@pytest.mark.parametrize(
    ("data", "reason"), [(b"\xff\xfeno", "not UTF-8"), (b"x" * (1 << 20), "characters"), (b"", "no term")]
)
def test_what_is_no_list_changes_nothing(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, reason: str
) -> None:
    bad = tmp_path / "bad.tsv"
    bad.write_bytes(data)
    capsys.readouterr()
    assert main(["watchlist", "add", str(case), str(bad)]) == 2
    assert reason in capsys.readouterr().err
    assert len(lines(capsys, "watchlist", "list", str(case))) == 1
    assert main(["watchlist", "add", str(case), str(tmp_path / "none.tsv")]) == 2
    assert main(["watchlist", "remove", str(case), "none"]) == 2


def test_a_list_that_was_changed_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, disk, terms = tmp_path / "case", tmp_path / "disk.raw", tmp_path / "terms.tsv"
    disk.write_bytes(b"a lantern" + bytes(1 << 20))
    terms.write_bytes(LIST)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    assert main(["watchlist", "add", str(made), str(terms)]) == 0
    (made / "watchlists" / "1.tsv").write_bytes(LIST.replace(b"lantern", b"lanterm"))
    capsys.readouterr()
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) not in (0, 3)
    assert "not the one that the ledger names" in capsys.readouterr().err
