"""The auditor's file: what it tells, what it must not tell, and how far strangers can check it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.custody import audit
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.store import LedgerReader
from forensics.errors import FormatError
from resources import verify as plain

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def opened(case: Path, run: Run) -> Path:
    with Ledger.open(case) as ledger:
        ledger.append(Draft("search.run", {"query": "Silberstein <b>\u202e"}))
        ledger.append(Draft("scope.override", {"reason": "beside Bild 7.jpg", "item": 7}, "E1"))
        with LedgerReader.open(case) as reader:
            scan = next(scan for scan in reader.scans() if scan.kind == "item")
        ledger.expunge(scan.id, 5, "order 9/26")
        ledger.append(Draft("config.change", {"path": "/Nutzer/Jörg"}))
    run("case", "rebuild", case)
    return case


def everything(path: Path) -> bytes:
    """All files of the archive but the verifier, which is the product's own."""
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist() if name != "verify.py")


def test_counts_and_what_is_watched(opened: Path, tmp_path: Path, run: Run) -> None:
    told = run("audit", "export", opened, tmp_path / "a.impound", "--no-bodies")
    with LedgerReader.open(opened) as reader:
        entries = list(reader.entries())
        checkpoints = [size for size, _ in reader.checkpoints()]
    assert told["entries"] == len(entries) == sum(told["types"].values()) == sum(told["actors"].values())
    assert (told["first"], told["last"]) == (entries[0].time, entries[-1].time)
    assert told["types"]["item.view"] == 5
    assert [each["entry"] for each in told["watched"]["scope.override"]] == [
        entry.seq for entry in entries if entry.type == "scope.override"
    ]
    assert len(told["watched"]["redact.expunge"]) == 1
    assert told["checkpoints"] == checkpoints
    assert {(each["kind"], each["size"]) for each in told["scans"]} == {("item", 603), ("finding", 5)}
    with zipfile.ZipFile(tmp_path / "a.impound") as archive:
        notes = [archive.read(f"entries/{entry.seq}.note") for entry in entries]
        kept = {name for name in archive.namelist() if name.endswith(".body")}
        assert json.loads(archive.read("audit.json"))["entries"] == len(entries)
    assert notes == [entry.note for entry in entries]
    kinds = {entries[int(name.split("/")[1].split(".")[0])].type for name in kept}
    assert kinds == {"case.open", "session.open", "scan.begin", "scan.batch", "export.bundle"}


def test_no_content_of_evidence(opened: Path, tmp_path: Path, run: Run) -> None:
    run("audit", "export", opened, tmp_path / "a.impound", "--no-bodies")
    data = everything(tmp_path / "a.impound")
    words = (
        "Bild",
        "Nutzer",
        "Jörg",
        "J\\u00f6rg",
        "1Boat",
        "electrum:",
        "E1/2/w",
        "Hafenstra",
        "Silberstein",
        "image/jpeg",
    )
    assert [word for word in words if word.encode() in data] == []
    assert not any(f"{index:064x}".encode() in data for index in range(1, 603))
    run("audit", "export", opened, tmp_path / "b.impound")
    whole = everything(tmp_path / "b.impound")
    assert b"Silberstein" in whole
    assert "Hafenstraße".encode() in whole


def test_the_level_that_is_reached(opened: Path, tmp_path: Path, run: Run) -> None:
    policy = opened / "keys" / "policy"
    label = run("anchor", "label", opened, "--held-by", "ombudsman")
    (tmp_path / "label").write_text(label["note"])
    told = run("audit", "export", opened, tmp_path / "a.impound", "--no-bodies", "--recipient", "Ombudsman")
    assert (told["level"], told["faults"]) == ("L1", [])
    told = run("bundle", "verify", tmp_path / "a.impound", "--policy", policy, "--recipient", "Ombudsman")
    assert (told["level"], told["counts"]["withheld"]) == ("L2", 608)
    done = subprocess.run(
        [sys.executable, "-I", "-S", plain.__file__, tmp_path / "a.impound", "--policy", policy, "--anchor",
         tmp_path / "label", "--json"], capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert (found["level"], found["faults"], found["anchored"]) == ("L3", [], label["size"])
    with LedgerReader.open(opened) as reader:
        assert found["entries"] == reader.size()


def test_every_checkpoint_of_before_is_continued(opened: Path, tmp_path: Path, run: Run) -> None:
    """An auditor who kept any earlier checkpoint can hold it against the file; one of a rewritten ledger does not fit."""
    run("audit", "export", opened, tmp_path / "a.impound", "--no-bodies")
    with LedgerReader.open(opened) as reader:
        kept = [note for _, note in reader.checkpoints()]
    checked = plain.verify_bundle(tmp_path / "a.impound", None, kept)
    assert (checked["anchors"], checked["faults"]) == (len(kept), [])
    size = plain.parse_checkpoint(plain.parse_note(kept[1]).text)[1]
    files = plain.bundle_files(tmp_path / "a.impound")
    proof = files[f"anchors/{size}.consistency"]
    files[f"anchors/{size}.consistency"] = proof.replace(proof[:4], b"AAAA" if proof[:4] != b"AAAA" else b"BBBB")
    assert "anchor" in {fault["code"] for fault in plain.Bundle(files, None, (), (), None).run()}


@pytest.mark.parametrize("part", ["note", "tlog-proof", "body"])
def test_a_changed_or_missing_part_is_a_fault(opened: Path, tmp_path: Path, run: Run, part: str) -> None:
    run("audit", "export", opened, tmp_path / "a.impound", "--no-bodies")
    files = plain.bundle_files(tmp_path / "a.impound")
    name = f"entries/2.{part}" if f"entries/2.{part}" in files else f"entries/0.{part}"
    assert list(plain.Bundle({**files, name: files[name][:-9] + b"x" + files[name][-8:]}, None, (), (), None).run())
    assert list(plain.Bundle({k: v for k, v in files.items() if k != name}, None, (), (), None).run())


def test_nothing_is_replaced(opened: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    with LedgerReader.open(opened) as reader:
        before = reader.size()
    run("audit", "export", opened, tmp_path / "a", "--no-bodies", code=2)
    with LedgerReader.open(opened) as reader:
        assert reader.size() == before
    assert (tmp_path / "a").read_bytes() == b"mine"


def test_counts_are_of_the_entries_whatever_the_file_says_of_them(opened: Path, tmp_path: Path, run: Run) -> None:
    told = run("audit", "export", opened, tmp_path / "a.impound", "--no-bodies")
    files = plain.bundle_files(tmp_path / "a.impound")
    found = audit.recounted(files)
    assert found is not None
    assert found["told"] is True
    assert {key: found[key] for key in ("entries", "types", "actors", "watched")} == {
        key: told[key] for key in ("entries", "types", "actors", "watched")
    }
    assert [each["entry"] for each in found["heads"]] == list(range(told["entries"]))
    said = json.loads(files["audit.json"])
    said["types"]["scope.override"] = 0
    changed = audit.recounted({**files, "audit.json": json.dumps(said).encode()})
    assert changed is not None
    assert changed["told"] is False
    assert changed["types"] == told["types"]
    assert audit.recounted({"bundle.json": b"{}"}) is None
    with pytest.raises(FormatError):
        audit.recounted({"audit.json": b"{}", "entries/0.note": b"no note"})
    assert run("bundle", "verify", tmp_path / "a.impound")["audit"]["told"] is True
