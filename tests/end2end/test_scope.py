"""The authority through the whole program: what is outside is not searched, not kept, not shown."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.main import main
from forensics.commands.reader import EvidenceReader
from forensics.custody.store import LedgerReader
from forensics.errors import OutsideAuthority

INSIDE, OUTSIDE = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
DELETED = "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"
SENTENCE = "quincunx marmalade of the partner"
ZIPPED = "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX"

DOCUMENT = """
id = "S-1"
authority = "GW 214/26"
issued_by = "Judge A. Example"
[paths]
exclude = ["/home/partner", "*.eml"]
[kinds]
exclude = ["mail/*"]
"""


def tree_in(folder: Path) -> Path:
    tree = folder / "tree"
    for name in ("vendor", "partner/deep"):
        (tree / "home" / name).mkdir(parents=True)
    (tree / "home/vendor/pay.txt").write_text(f"pay to {INSIDE} now\n")
    (tree / "home/partner/diary.txt").write_text(f"{SENTENCE}, {OUTSIDE}\n" * 300)
    (tree / "home/partner/deep/small.txt").write_text(f"{SENTENCE} {ZIPPED}\n")
    os.link(tree / "home/partner/diary.txt", tree / "home/vendor/linked.txt")
    (tree / "home/vendor/letter.eml").write_text(f"From: a@b.example\nTo: c@d.example\n\n{SENTENCE} {OUTSIDE}\n")
    return tree


def disk_in(folder: Path, tree: Path) -> Path:
    disk = folder / "disk.raw"
    disk.write_bytes(bytes(8 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, disk], check=True, capture_output=True)
    return disk


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scope")
    disk = disk_in(folder, tree_in(folder))
    (folder / "scope.toml").write_text(DOCUMENT)
    made = folder / "case"
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    assert main(["scope", "set", str(made), str(folder / "scope.toml")]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) in (0, 3)
    return made


@pytest.fixture
def copy(case: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(case, tmp_path / "case"))


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def stored(case: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(case.rglob("*")) if each.is_file())


def test_what_is_outside_is_nowhere_in_the_case(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = lines(capsys, "findings", str(case))
    assert {(each["path"], each["value"]) for each in found if each["kind"].startswith("address/")} == {
        ("/home/vendor/pay.txt", INSIDE)
    }
    held = stored(case)
    assert INSIDE.encode() in held  # the search for it would find it
    for planted in (OUTSIDE, ZIPPED, SENTENCE, "quincunx"):
        assert planted.encode() not in held
        assert planted.encode("utf-16-le") not in held


def test_names_and_digests_are_recorded(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = {each["path"]: each for each in lines(capsys, "tree", str(case))}
    tree = case.parent / "tree"
    for name in ("home/partner/diary.txt", "home/partner/deep/small.txt", "home/vendor/linked.txt"):
        assert entries[f"/{name}"]["sha256"] == hashlib.sha256((tree / name).read_bytes()).hexdigest()


def test_the_account_closes_and_says_what_the_authority_left_out(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    *rows, sums = lines(capsys, "unexamined", str(case))
    outside = [each for each in rows if each["reason"] == "outside the authority"]
    assert {each["detail"].partition(":")[0] for each in outside} == {
        "paths.exclude /home/partner",
        "paths.exclude *.eml",
    }
    assert all(not each["raw_bytes_searched"] for each in outside)
    assert sums["examined"] + sums["unexamined"] == sums["total"] == 8 << 20
    assert sums["unexamined"] == sum(each["bytes"] for each in outside)
    files = (case.parent / "tree/home/partner/diary.txt").stat().st_size
    assert sums["unexamined"] >= files  # with its slack and its folders


def test_the_ledger_holds_the_document_and_each_scan_names_it(case: Path) -> None:
    with LedgerReader.open(case) as ledger:
        entries = list(ledger.entries(0))
    (entered,) = [each for each in entries if each.type == "case.scope"]
    assert entered.body["scope"]["paths"]["exclude"] == ["/home/partner", "*.eml"]  # type: ignore[index]
    begun = [each.body for each in entries if each.type == "scan.begin"]
    assert [each["parser_set"]["scope"]["version"] for each in begun] == [1, 1]  # type: ignore[index]
    assert main(["ledger", "verify", str(case)]) == 0


def test_a_narrower_authority_sets_findings_aside_and_a_wider_one_wants_a_reason(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow, wide = tmp_path / "narrow.toml", tmp_path / "wide.toml"
    narrow.write_text(DOCUMENT.replace('"mail/*"', '"mail/*", "address"'))
    wide.write_text(DOCUMENT)
    before = lines(capsys, "findings", str(copy))
    assert main(["scope", "set", str(copy), str(narrow)]) == 0
    shown = lines(capsys, "findings", str(copy))
    assert {each["kind"] for each in before} - {each["kind"] for each in shown} == {"address/bitcoin"}
    (told,) = lines(capsys, "scope", "check", str(copy))
    assert told["findings_outside"] == {"kinds.exclude address": 1}
    assert main(["case", "rebuild", str(copy)]) == 0
    assert lines(capsys, "findings", str(copy)) == shown
    assert main(["scope", "set", str(copy), str(wide)]) == 2
    assert "kinds.exclude" in capsys.readouterr().err
    assert main(["scope", "set", str(copy), str(wide), "--reason", "second order of 4 May"]) == 0
    assert lines(capsys, "findings", str(copy)) == before
    (shown_scope,) = lines(capsys, "scope", "show", str(copy))
    assert [each["widens"] for each in shown_scope["versions"]] == [[], [], ["kinds.exclude"]]


def test_an_exhibit_outside_or_a_day_outside_is_not_examined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = disk_in(tmp_path, tree_in(tmp_path))
    made, document = tmp_path / "case", tmp_path / "scope.json"
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    told: dict[str, object] = {"id": "S", "authority": "A", "issued_by": "J", "exhibits": ["E7"]}
    for change, said in (({}, "it names E7"), ({"exhibits": ["E1"], "valid_to": "2020-01-01"}, "not valid today")):
        document.write_text(json.dumps({**told, **change}))
        assert main(["scope", "set", str(made), str(document), "--reason", "correction"]) == 0
        assert main(["examine", str(made), "--progress", "none"]) == 2
        assert said in capsys.readouterr().err


def overrides(case: Path) -> list[dict[str, Any]]:
    with LedgerReader.open(case) as ledger:
        return [dict(each.body) for each in ledger.entries(0) if each.type == "scope.override"]  # type: ignore[call-overload]


def test_what_is_outside_is_opened_for_a_recorded_reason_alone(
    copy: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    place = "E1:/home/partner/deep/small.txt"
    assert main(["cat", str(copy), place]) == 2
    assert main(["cat", str(copy), "E1@0"]) == 2  # its bytes are among those of the image
    assert main(["cat", str(copy), "E1@0", "--length", "1024"]) == 0
    assert main(["cat", str(copy), "E1:/home/vendor/pay.txt"]) == 0
    assert main(["cat", str(copy), place, "--outside"]) == 2
    told = capfdbinary.readouterr()
    assert SENTENCE.encode() not in told.out
    assert told.err.count(b"outside the authority (paths.exclude /home/partner)") == 1
    assert overrides(copy) == []
    assert main(["cat", str(copy), place, "--outside", "--reason", "ordered orally by the court"]) == 0
    assert SENTENCE.encode() in capfdbinary.readouterr().out
    (entered,) = overrides(copy)
    assert entered["reason"] == "ordered orally by the court"
    assert entered["version"] == 1
    assert entered["item"].startswith("entry:")
    assert main(["ledger", "verify", str(copy)]) == 0


def test_findings_that_are_set_aside_are_shown_for_a_reason(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow = tmp_path / "narrow.toml"
    narrow.write_text(DOCUMENT.replace('"mail/*"', '"mail/*", "address"'))
    (known,) = [each for each in lines(capsys, "findings", str(copy)) if each["kind"] == "address/bitcoin"]
    assert main(["scope", "set", str(copy), str(narrow)]) == 0
    capsys.readouterr()
    assert main(["findings", str(copy)]) == 0
    assert "1 outside the authority are not shown" in capsys.readouterr().out
    for verb in ("cat", "reproduce"):
        assert main([verb, str(copy), known["id"]]) == 2
        assert "outside the authority (kinds.exclude address)" in capsys.readouterr().err
    assert main(["findings", str(copy), "--outside"]) == 2
    assert overrides(copy) == []
    assert lines(capsys, "findings", str(copy), "--outside", "--reason", "asked by the defence") == [known]
    assert [each["item"] for each in overrides(copy)] == [known["id"]]


def test_findings_with_counsel_in_them_are_marked_until_the_list_is_another(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def care() -> dict[str, str]:
        return {each["path"]: each["sensitivity"] for each in lines(capsys, "findings", str(copy))}

    before = care()
    document = tmp_path / "counsel.toml"
    document.write_text(f'{DOCUMENT}\n[privilege]\nterms = ["PAY.txt"]\n')
    assert main(["scope", "set", str(copy), str(document)]) == 0
    assert care() == {**before, "/home/vendor/pay.txt": "possibly privileged"}
    assert main(["case", "rebuild", str(copy)]) == 0
    assert care()["/home/vendor/pay.txt"] == "possibly privileged"
    document.write_text(DOCUMENT)
    assert main(["scope", "set", str(copy), str(document), "--reason", "waived"]) == 0
    assert care() == before


def test_the_report_tells_of_the_authority(copy: Path, tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"
    assert main(["report", str(copy), "--format", "pdf", "--out", str(paper)]) == 0
    document = pypdfium2.PdfDocument(paper)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    told = " ".join(text.split())
    assert "GW 214/26; Judge A. Example" in told
    assert "S-1, version 1, ledger entry 2" in told
    assert "/home/partner, *.eml" in told
    assert "0 times, each entered with its reason" in told
    assert "outside the authority" in told


def test_bytes_of_named_runs_are_refused_where_they_are_outside_alone(case: Path) -> None:
    with Case.read(case) as opened, EvidenceReader(opened) as reader:
        (region,) = opened.rows(select(schema.region.c.runs_json).where(schema.region.c.kind == "outside"))
        start, size = json.loads(region["runs_json"])[0]
        runs = [[start - 512, 512 + size]]
        assert len(reader.stored("E1", runs, 0, 512)) == 512
        with pytest.raises(OutsideAuthority, match="E1@ is outside the authority"):
            reader.stored("E1", runs, 0, 513)
        reader.permit("E1@")
        assert len(reader.stored("E1", runs, 0, 513)) == 513
