"""Deleted files without a trace in the file system's books: carved, and equal to what was deleted."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from forensics.commands.main import main

MAIL = (
    b"Return-Path: <ann@vendor.example>\r\nFrom: ann@vendor.example\r\nDate: Mon, 3 Jun 2024 10:00:00 +0200\r\n"
    b"Subject: order\r\n\r\n" + b"two parcels, as agreed\r\n" * 900
)


def _files(folder: Path) -> dict[str, bytes]:
    """One file of each kind, several blocks long, by programs of others."""
    noise = Image.effect_noise((300, 200), 90)
    for name in ("a.jpg", "b.png", "c.gif", "d.pdf"):
        noise.save(folder / name)
    (folder / "word").mkdir()
    (folder / "word" / "document.xml").write_text("<w:document>" + "walnut " * 3000 + "</w:document>")
    noise.save(folder / "word" / "photo.jpg", quality=80)
    subprocess.run(["zip", "-q", "-r", "-0", "e.docx", "word"], cwd=folder, check=True)
    base = sqlite3.connect(folder / "f.db")
    base.execute("PRAGMA secure_delete = OFF")  # mkfs would leave holes for pages of zeros
    base.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
    base.executemany("INSERT INTO note (text) VALUES (?)", [(f"note {n} " * 20,) for n in range(400)])
    base.commit()
    base.execute("DELETE FROM note WHERE id > 100")
    base.commit()
    base.close()
    (folder / "g.eml").write_bytes(MAIL)
    (folder / "noise.bin").write_bytes(random.Random(4).randbytes(6 << 20))
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir()) if each.is_file()}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """An ext4 of which everything but a copy of each file in /kept was deleted as a kernel deletes."""
    folder = tmp_path_factory.mktemp("carving")
    tree, image = folder / "tree", folder / "disk.raw"
    (tree / "kept").mkdir(parents=True)
    files = _files(tree / "kept")
    for name, data in files.items():
        (tree / f"gone-{name}").write_bytes(data)
    image.write_bytes(bytes(48 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "4096", "-d", tree, image], check=True, capture_output=True)
    commands = "".join(f"clri /gone-{name}\n" for name in files)
    subprocess.run(["debugfs", "-w", "-f", "-", image], input=commands.encode(), check=True, capture_output=True)
    checked = subprocess.run(["e2fsck", "-f", "-y", image], check=False, capture_output=True)
    assert checked.returncode in (0, 1), checked.stdout
    return image, files


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_deleted_files_are_carved_whole_and_allocated_ones_are_not(
    tmp_path: Path, disk: tuple[Path, dict[str, bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    image, files = disk
    case = tmp_path / "case"
    assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(case), str(image)]) == 0
    assert main(["examine", str(case), "--workers", "2", "--progress", "none"]) == 0
    names = {str(each["path"]) for each in lines(capsys, "tree", str(case)) if each["allocated"]}
    assert {f"/kept/{name}" for name in files} <= names
    assert not any("gone" in name for name in names)
    found = [each for each in lines(capsys, "findings", str(case)) if str(each["kind"]).startswith("file/")]
    assert {each["allocation"] for each in found} == {"unallocated"}
    whole = {str(each["value"]): each for each in found if each["grade"] == "C2"}
    wanted = {hashlib.sha256(data).hexdigest(): name for name, data in files.items() if name != "noise.bin"}
    missing = sorted(wanted[each] for each in wanted.keys() - whole.keys())
    assert not missing
    assert len(found) == len(wanted), [(each["kind"], each["fields"]) for each in found]
    for value, each in whole.items():
        data = b"".join(image.read_bytes()[at : at + size] for at, size in each["runs"])  # type: ignore[attr-defined]
        assert hashlib.sha256(data).hexdigest() == value == each["sha256"]
