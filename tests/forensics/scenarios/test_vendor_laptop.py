"""The demonstration disk: deterministic, valid for independent tools, and its truth is where it says."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from forensics.scenarios import build


def test_the_same_seed_gives_the_same_bytes_and_an_image_that_libewf_verifies(tmp_path: Path) -> None:
    first, second = tmp_path / "a.E01", tmp_path / "b.E01"
    build("vendor-laptop", 7, first)
    build("vendor-laptop", 7, second)
    assert first.read_bytes() == second.read_bytes()
    done = subprocess.run(["ewfverify", "-q", str(first)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_truth_is_where_it_says(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    truth = json.loads(build("vendor-laptop", 8, disk).read_text())
    media = disk.read_bytes()
    assert hashlib.sha256(media).hexdigest() == truth["image"]["sha256"]
    assert len(truth["artefacts"]) > 20
    assert {each["place"] for each in truth["artefacts"]} >= {
        "allocated", "resident", "ads", "slack", "unallocated", "gap", "deleted",
    }  # fmt: skip
    for each in truth["artefacts"]:
        if each["kind"] in ("openpgp/armor", "seed/bip39"):
            continue
        planted = each["value"].encode(each["encoding"])
        assert media[each["image_offset"] : each["image_offset"] + len(planted)] == planted


def test_other_tools_read_its_file_systems(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    truth = json.loads(build("vendor-laptop", 7, disk).read_text())
    for volume, sector in ((1, 2048), (2, 53248)):
        listing = subprocess.run(
            ["fls", "-r", "-p", "-F", "-o", str(sector), str(disk)], capture_output=True, text=True, check=True
        ).stdout
        for each in truth["files"]:
            if each["volume"] == volume and each["stream"] is None and not each["deleted"]:
                assert each["path"].lstrip("/") in listing
