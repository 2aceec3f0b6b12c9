"""Stores of secrets on a disk, opened through the door of wallets: a key file, and logins beside their keys."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.detectors.browser import _nss_specimens as nss
from tests.forensics.detectors.store import made_kdbx as kdbx


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stores")
    profile = folder / "tree" / "profile"
    profile.mkdir(parents=True)
    (folder / "tree" / "shop.kdbx").write_bytes(kdbx.BOTH)
    keys = profile / "key4.db"
    keys.write_bytes(nss.LOCKED)
    with sqlite3.connect(keys) as base:
        base.execute("PRAGMA page_size=4096")
        base.execute("VACUUM")  # pages with zeros in them, which mkfs leaves out
    base.close()
    stored = {"id": 1, "hostname": "https://market.example", "encryptedUsername": nss.LOCKED_LOGIN[0]}
    stored |= {"encryptedPassword": nss.LOCKED_LOGIN[1], "guid": "{a}", "encType": 1, "timeCreated": 1709201472000}
    (profile / "logins.json").write_text(json.dumps({"logins": [stored]}, separators=(",", ":")))
    disk, made = folder / "disk.raw", folder / "case"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", folder / "tree", disk], check=True, capture_output=True)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) == 0
    return made


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def named(case: Path, capsys: pytest.CaptureFixture[str], kind: str) -> str:
    return next(str(each["id"]) for each in lines(capsys, "findings", str(case)) if each["kind"] == kind)


def test_a_database_opens_with_password_and_key_file(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = named(case, capsys, "store/keepass")
    word, key = tmp_path / "word", tmp_path / "key"
    word.write_bytes(kdbx.PASSWORD + b"\n")
    key.write_bytes(kdbx.KEY)
    door = ("open-wallet", str(case), name, "--secret", f"@{word}")
    assert main([*door]) == 1
    (told,) = lines(capsys, *door, "--key-file", str(key))
    assert told["opened"]
    assert [each["user"] for each in told["fields"]["entries"]] == ["wick", "wick", "wick@post.example"]  # type: ignore[index]
    assert ["LOGIN_AT", "host", "market.example"] in told["links"]  # type: ignore[operator]
    entries = [path.read_bytes() for path in case.rglob("*") if path.is_file()]
    assert not any(b"second-word-2" in each or b"4471-8820" in each for each in entries)
    links = [each for each in lines(capsys, "graph", str(case)) if each["type"] == "link"]
    assert any(each["rule"] == "ACCOUNT_OF" and each["to"] == "account:wick" for each in links)


def test_logins_beside_their_keys_are_read_though_the_file_is_sparse(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = (each for each in lines(capsys, "findings", str(case)) if each["kind"] == "browser/firefox_keys")
    runs, span = row["runs"], row["span"]
    assert isinstance(runs, list)
    assert isinstance(span, list)
    assert sum(size for _, size in runs) < span[1]
    word = tmp_path / "word"
    word.write_bytes(nss.PASSWORD)
    door = ("open-wallet", str(case), str(row["id"]), "--secret", f"@{word}")
    assert main([*door, "--key-file", str(word)]) == 2
    (told,) = lines(capsys, *door)
    assert told["opened"]
    assert [each["user"] for each in told["fields"]["entries"]] == ["wick"]  # type: ignore[index]
    assert "first-word-1" not in json.dumps(told)
    assert main(["ledger", "verify", str(case)]) == 0
