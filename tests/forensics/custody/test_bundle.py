"""Bundles: what is shown, what is withheld and how that is proven; attacks on one; expungement."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.custody import merkle, salts
from forensics.custody.bundle import withheld_of
from forensics.custody.ledger import Ledger
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.errors import LedgerError
from resources import verify as plain

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def opened(case: Path, run: Run) -> Path:
    run("case", "rebuild", case)
    return case


def scans(case: Path) -> dict[str, str]:
    with LedgerReader.open(case) as reader:
        return {scan.kind: scan.id for scan in reader.scans()}


def policy(case: Path) -> Path:
    return case / "keys" / "policy"


@pytest.fixture
def built(opened: Path, tmp_path: Path, run: Run) -> Path:
    """Items 0 to 9 and 600 whole, then the same with the name withheld for a second recipient."""
    scan = scans(opened)["item"]
    chosen = [f"--item={scan}:{index}" for index in (*range(10), 600)]
    run("bundle", "build", opened, tmp_path / "b.impound", "--recipient", "Defence", "--purpose", "disclosure", *chosen)
    return tmp_path / "b.impound"


def test_what_is_shown_and_what_is_withheld(opened: Path, built: Path, tmp_path: Path, run: Run) -> None:
    checked = run("bundle", "verify", built, "--policy", policy(opened), "--recipient", "Defence")
    assert (checked["level"], checked["faults"]) == ("L2", [])
    assert checked["counts"] == {"disclosed": 11, "partly": 0, "withheld": 592, "total": 603}
    scan = scans(opened)["item"]
    run("bundle", "redact", opened, built, tmp_path / "r.impound", "--recipient", "Embassy", "--purpose", "request",
        "--withhold", "name", "--reason", "privilege", "--drop", f"{scan}:3")  # fmt: skip
    less = run("bundle", "verify", tmp_path / "r.impound", "--policy", policy(opened))
    assert less["counts"] == {"disclosed": 0, "partly": 10, "withheld": 593, "total": 603}
    with zipfile.ZipFile(tmp_path / "r.impound") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Bild 7.jpg" not in everything  # neither in lines nor on the page
    with zipfile.ZipFile(built) as archive:
        assert b"Bild 7.jpg" in archive.read("items.jsonl")
    with LedgerReader.open(opened) as reader:
        exports: Any = [entry.body for entry in reader.entries() if entry.type == "export.bundle"]
    assert [body["recipient"] for body in exports] == ["Defence", "Embassy"]
    assert exports[1]["scans"][0]["withheld"] == 593
    assert verify(opened).faults == []


def test_withholding_needs_a_reason(opened: Path, built: Path, tmp_path: Path, run: Run) -> None:
    run(
        "bundle",
        "redact",
        opened,
        built,
        tmp_path / "r",
        "--recipient",
        "X",
        "--purpose",
        "Y",
        "--withhold",
        "name",
        code=2,
    )


def test_the_same_bundle_for_somebody_else(built: Path, run: Run) -> None:
    checked = run("bundle", "verify", built, "--recipient", "Prosecution", code=1)
    assert [fault["code"] for fault in checked["faults"]] == ["recipient"]


def test_stock_tools_and_plain_python(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder)
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    listed = (folder / "SHA256SUMS.note").read_text().split("sums sha256:")[1][:64]
    assert hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest() == listed
    for place in (built, folder):
        done = subprocess.run(
            [sys.executable, "-I", "-S", plain.__file__, place], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "of 603 items 11 are shown whole, 0 in part, 592 withheld" in done.stdout
    assert (folder / "verify.py").read_bytes() == Path(plain.__file__).read_bytes()


def test_an_anchor_covers_a_bundle(opened: Path, built: Path, tmp_path: Path, run: Run) -> None:
    early = run("bundle", "verify", built, "--policy", policy(opened), "--anchor", opened / "anchor.txt", code=1)
    assert "holds no proof from size" in early["faults"][0]["text"]
    label = run("anchor", "label", opened, "--held-by", "court")
    (tmp_path / "label").write_text(label["note"])
    scan = scans(opened)["finding"]
    run("bundle", "build", opened, tmp_path / "2", "--recipient", "Court", "--purpose", "trial", "--item", f"{scan}:2")
    checked = run("bundle", "verify", tmp_path / "2", "--policy", policy(opened), "--anchor", tmp_path / "label")
    assert (checked["level"], checked["anchored"]) == ("L3", label["size"])


def test_no_flipped_bit_and_no_other_file(built: Path, tmp_path: Path) -> None:
    files = plain.bundle_files(built)
    chance = random.Random(6)
    for name in sorted(files):
        for _ in range(2):
            changed = dict(files)
            data = bytearray(files[name])
            at = chance.randrange(len(data))
            data[at] ^= 1 << chance.randrange(8)
            changed[name] = bytes(data)
            assert list(plain.Bundle(changed, None, (), (), None).run()), (name, at)
        missing = {key: value for key, value in files.items() if key != name}
        assert list(plain.Bundle(missing, None, (), (), None).run()), name
    assert list(plain.Bundle({**files, "extra": b""}, None, (), (), None).run())


def resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The list of sums made right again by somebody without keys."""
    kept = {name: data for name, data in files.items() if name not in ("SHA256SUMS", "SHA256SUMS.note")}
    sums = "".join(f"{hashlib.sha256(kept[name]).hexdigest()}  {name}\n" for name in sorted(kept)).encode()
    old = files["SHA256SUMS.note"].decode()
    digest = old.split("sums sha256:")[1][:64]
    return {
        **kept,
        "SHA256SUMS": sums,
        "SHA256SUMS.note": old.replace(digest, hashlib.sha256(sums).hexdigest()).encode(),
    }


def changed_item(files: dict[str, bytes], change: Callable[[list[dict[str, Any]]], None]) -> dict[str, bytes]:
    rows = [json.loads(line) for line in files["items.jsonl"].splitlines()]
    change(rows)
    lines = [
        json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for row in rows
    ]
    return resealed({**files, "items.jsonl": b"".join(lines)})


def test_changes_by_somebody_who_makes_the_sums_right(built: Path) -> None:
    files = plain.bundle_files(built)

    def codes(changed: dict[str, bytes]) -> set[str]:
        return {fault["code"] for fault in plain.Bundle(changed, None, (), (), None).run()}

    def line(rows: list[dict[str, Any]]) -> None:
        rows[4]["lines"]["name"] = rows[4]["lines"]["name"].replace("Bild 4", "Bild 5")

    def drop(rows: list[dict[str, Any]]) -> None:
        del rows[2]

    def hide(rows: list[dict[str, Any]]) -> None:
        del rows[2]["lines"]["name"]

    def twice(rows: list[dict[str, Any]]) -> None:
        rows.append(rows[0])

    assert {"item", "signature"} <= codes(changed_item(files, line))
    assert {"item", "count", "signature"} <= codes(changed_item(files, drop))
    assert {"item", "count"} <= codes(changed_item(files, hide))
    assert {"item"} <= codes(changed_item(files, twice))
    told = json.loads(files["bundle.json"])
    told["scans"][0]["withheld"] = 0
    lied = json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert {"manifest", "count"} <= codes(resealed({**files, "bundle.json": lied}))
    told = json.loads(files["bundle.json"])
    told["recipient"] = "Somebody else"
    lied = json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert {"manifest"} <= codes(resealed({**files, "bundle.json": lied}))


def test_a_proof_of_one_entry(opened: Path, tmp_path: Path, run: Run) -> None:
    made = run("prove", opened, 3, tmp_path / "p")
    head, _, checkpoint = (tmp_path / "p").read_text().partition("\n\n")
    lines = head.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    _, size, root = plain.parse_checkpoint(plain.parse_note(checkpoint.encode()).text)
    with LedgerReader.open(opened) as reader:
        note, _ = reader.raw_entry(3)
    assert plain.proves(plain.leaf_hash(note), 3, size, plain.hashes_of(lines[2:])) == root
    assert made["bytes"] < 5000


def test_a_proof_of_one_item_is_a_bundle_of_it_alone(opened: Path, tmp_path: Path, run: Run) -> None:
    scan = scans(opened)["item"]
    run("prove", opened, f"{scan}:7", tmp_path / "seven.impound")
    told = run("bundle", "verify", tmp_path / "seven.impound")
    assert told["faults"] == []
    assert told["counts"]["disclosed"] == 1
    with zipfile.ZipFile(tmp_path / "seven.impound") as archive:
        (line,) = archive.read("items.jsonl").splitlines()
    assert json.loads(line)["index"] == 7


# ── expungement ────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_item_is_deleted_and_everything_else_holds(opened: Path, tmp_path: Path, run: Run) -> None:
    scan = scans(opened)["item"]
    with LedgerReader.open(opened) as reader:
        before = reader.head()
        root = merkle.range_root(0, 603, reader.tile_reader(1))
    marker = b"Bild 300.jpg"
    run("bundle", "build", opened, tmp_path / "b", "--recipient", "D", "--purpose", "p", "--item", f"{scan}:300")
    run("expunge", opened, f"{scan}:300", "--order", "AG Hamburg 12/26", "--certificate", tmp_path / "certificate")
    report = verify(opened)
    assert (report.level, report.faults) == ("L1", [])
    assert plain.verify(opened / "ledger.db")["faults"] == []
    with LedgerReader.open(opened) as reader:
        assert merkle.range_root(0, 603, reader.tile_reader(1)) == root
        assert merkle.range_root(0, before.size, reader.tile_reader(0)) == before.root
        items = {each.index: each.groups for each in reader.items(scan)}
        ((seed,),) = reader.rows("SELECT seed FROM scan WHERE tree = 1")
        bundle = reader.bundle(1, 1)
    assert items[300] == {}
    assert len(items[301]) == 4
    assert marker not in bundle
    assert isinstance(seed, bytes)
    with pytest.raises(ValueError, match="expunged"):
        salts.Punctured.load(seed).item(300)
    for path in opened.rglob("*"):
        assert not path.is_file() or marker not in path.read_bytes(), path
    certificate = (tmp_path / "certificate").read_text()
    assert "type redact.expunge" in certificate
    assert "AG Hamburg 12/26" in certificate
    # a second one from the same scan, and never the same again
    with Ledger.open(opened) as ledger:
        ledger.expunge(scan, 5, "another order")
        with pytest.raises(LedgerError, match="already"):
            ledger.expunge(scan, 300, "again")
    assert verify(opened).faults == []
    # the bundle made before still proves what it showed; a new one shows that the item is gone
    assert run("bundle", "verify", tmp_path / "b")["level"] == "L1"
    run("bundle", "build", opened, tmp_path / "n", "--recipient", "D", "--purpose", "p", "--item", f"{scan}:300")
    assert run("bundle", "verify", tmp_path / "n")["counts"]["partly"] == 1


def test_lines_cannot_be_replaced_by_commitments_without_an_order(case: Path, attack: sqlite3.Connection) -> None:
    import zlib

    (z,) = attack.execute("SELECT z FROM ibundle WHERE tree = 1 AND idx = 0").fetchone()
    lines = zlib.decompress(z).split(b"\n")
    lines[:4] = [b"sha256:" + hashlib.sha256(line).hexdigest().encode() for line in lines[:4]]
    attack.execute("UPDATE ibundle SET z = ? WHERE tree = 1 AND idx = 0", (zlib.compress(b"\n".join(lines)),))
    attack.close()
    assert [fault.code for fault in verify(case).faults] == ["item"]
    assert [fault["code"] for fault in plain.verify(case / "ledger.db")["faults"]] == ["item"]


def test_punctured_seeds_give_every_other_item() -> None:
    seed = bytes(range(32))
    kept = salts.Punctured.load(seed).without(777).without(776).without(0).without(2**32 - 1)
    kept = salts.Punctured.load(kept.dump())
    for index in (1, 2, 775, 778, 4096, 2**31, 2**32 - 2):
        assert kept.item(index) == salts.item_seed(seed, index)
    for index in (0, 776, 777, 2**32 - 1):
        with pytest.raises(ValueError, match="expunged"):
            kept.item(index)
    one = salts.Punctured.load(seed).without(777)
    assert {node for _, _, node in one.nodes} == set(salts.puncture(seed, 777))


@pytest.mark.parametrize(
    ("kind", "wanted", "withheld"),
    [
        ("item", {"name"}, {"name"}),
        ("finding", {"name"}, {"locus"}),
        ("finding", {"name", "fields", "meta"}, {"locus", "fields"}),
        ("finding", {"content"}, set()),
        ("item", {"locus", "claim"}, {"locus"}),
    ],
)
def test_a_name_is_withheld_where_it_stands(kind: str, wanted: set[str], withheld: set[str]) -> None:
    """The path of a finding is in its locus."""
    assert withheld_of(kind, frozenset(wanted)) == withheld
