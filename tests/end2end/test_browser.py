"""A browser that was killed: what it had not yet moved from its log is found, wherever the log lies on the disk."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main

TIME = 1_709_201_472_000_000
FAR = 32 << 20  # octets; more than a unit of work


def _profile(folder: Path) -> tuple[Path, Path]:
    """places.sqlite with one visit, and its log with another one."""
    path = folder / "places.sqlite"
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute(
        "CREATE TABLE moz_places(id INTEGER PRIMARY KEY,url LONGVARCHAR,title LONGVARCHAR,last_visit_date INTEGER)"
    )
    base.execute(
        "CREATE TABLE moz_historyvisits(id INTEGER PRIMARY KEY,from_visit INTEGER,place_id INTEGER,visit_date INTEGER,"
        "visit_type INTEGER)"
    )
    for number, word in ((1, "early"), (2, "late")):
        when = TIME + number * 60_000_000
        base.execute("INSERT INTO moz_places VALUES(?,?,?,?)", (number, f"https://shop.example/{word}", word, when))
        base.execute("INSERT INTO moz_historyvisits VALUES(?,?,?,?,1)", (number, number - 1, number, when))
        if word == "early":
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for each in (path, folder / "places.sqlite-wal"):
        (folder / f"copy-{each.name}").write_bytes(each.read_bytes())  # as they are when the program is killed
    base.close()
    return folder / "copy-places.sqlite", folder / "copy-places.sqlite-wal"


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    base, log = _profile(folder)
    noise, image = folder / "noise", folder / "disk.raw"
    noise.write_bytes(random.Random(5).randbytes(40 << 20))
    image.write_bytes(bytes(96 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "4096", image], check=True, capture_output=True)
    commands = f"mkdir p\ncd p\nwrite {base} places.sqlite\nwrite {noise} noise.bin\nwrite {log} places.sqlite-wal\n"
    subprocess.run(["debugfs", "-w", "-f", "-", image], input=commands.encode(), check=True, capture_output=True)
    return image


def _lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_visits_of_the_log_are_told_of_the_logs_own_bytes_with_any_number_of_workers(
    tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for workers in ("1", "2"):
        case = tmp_path / workers
        assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
        assert main(["add", str(case), str(disk)]) == 0
        assert main(["examine", str(case), "--workers", workers, "--progress", "none"]) == 0
        assert not [each for each in _lines(capsys, "unexamined", str(case)) if each.get("reason") == "given up"]
        found = _lines(capsys, "findings", str(case))
        told.append([each for each in found if str(each["kind"]).startswith("browser/")])
    assert told[0] == told[1]
    visits = {str(each["value"]): each for each in told[0] if each["fields"]["what"]["value"] == "visit"}
    early, late = visits["https://shop.example/early"], visits["https://shop.example/late"]
    assert early["path"] == "/p/places.sqlite-wal"  # the page that both visits are on was written again
    assert late["path"] == "/p/places.sqlite-wal"
    assert str(late["locator"]).endswith(" > ext4:/p/places.sqlite-wal")
    assert late["grade"] == "C3"
    whole = next(each for each in told[0] if each["fields"]["what"]["value"] == "database")
    assert whole["path"] == "/p/places.sqlite"
    start = whole["runs"][0][0]
    ((offset, length),) = late["runs"]
    assert abs(offset - start) > FAR
    data = disk.read_bytes()[offset : offset + length]
    assert hashlib.sha256(data).hexdigest() == late["sha256"]
    assert (TIME + 120_000_000).to_bytes(8, "big") in data
