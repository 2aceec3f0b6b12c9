"""The reference disk: sound for the checkers of others, repeatable, and true to its own ground truth."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyewf
import pytest

from forensics import scenarios
from forensics.errors import UsageError
from forensics.scenarios.disks import lznt1

SIZE = 56 << 20
PLACES = {
    "allocated", "utf16", "gzip", "docx", "pdf", "sqlite", "compressed", "resident", "ads", "deleted", "slack", "gap",
    "unallocated", "fragmented", "straddle",
}  # fmt: skip
CODECS = {"ascii": "ascii", "utf-8": "utf-8", "utf-16le": "utf-16-le"}


class Reference(NamedTuple):
    path: Path
    media: bytes
    truth: dict[str, Any]


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    path = tmp_path_factory.mktemp("reference") / "disk.raw"
    beside = scenarios.build("reference", 5, path, size=SIZE)
    return Reference(path, path.read_bytes(), json.loads(beside.read_text(encoding="utf-8")))


def volume(disk: Reference, number: int, folder: Path) -> Path:
    each = disk.truth["volumes"][number - 1]
    out = folder / f"volume{number}.img"
    out.write_bytes(disk.media[each["offset"] : each["offset"] + each["size"]])
    return out


def shown(command: Sequence[object]) -> str:
    done = subprocess.run(
        [str(each) for each in command],
        env={"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wrong_sizes_are_refused(tmp_path: Path) -> None:
    for size in (47 << 20, (64 << 20) + 512):
        with pytest.raises(UsageError, match="whole MiB"):
            scenarios.build("reference", 5, tmp_path / "x.raw", size=size)
    with pytest.raises(UsageError, match="one size"):
        scenarios.build("vendor-laptop", 7, tmp_path / "x.raw", size=SIZE)


def test_the_same_seed_gives_the_same_media_as_an_e01_that_libewf_reads(disk: Reference, tmp_path: Path) -> None:
    path = tmp_path / "disk.E01"
    beside = scenarios.build("reference", 5, path, size=SIZE)
    assert json.loads(beside.read_text(encoding="utf-8")) == disk.truth
    handle = pyewf.handle()
    handle.open([str(path)])
    try:
        assert handle.read_buffer(handle.get_media_size()) == disk.media
    finally:
        handle.close()
    shown(["ewfverify", "-q", path])
    assert path.stat().st_size < SIZE / 2


def test_another_seed_gives_other_values(disk: Reference, tmp_path: Path) -> None:
    beside = scenarios.build("reference", 6, tmp_path / "other.raw", size=SIZE)
    other = json.loads(beside.read_text(encoding="utf-8"))
    ours, theirs = ({a["value"] for a in truth["artefacts"] if a["value"]} for truth in (disk.truth, other))
    assert len(ours) > 150
    assert not ours & theirs


def test_checkers_find_no_fault(disk: Reference, tmp_path: Path) -> None:
    shown(["e2fsck", "-fn", volume(disk, 2, tmp_path)])
    ntfs = volume(disk, 1, tmp_path)
    shown(["ntfsfix", "-n", ntfs])
    assert "Volume Version: 3.1" in shown(["ntfsinfo", "-m", ntfs])


@pytest.mark.parametrize("number", [1, 2])
def test_the_sleuth_kit_lists_and_reads_every_file(disk: Reference, number: int, tmp_path: Path) -> None:
    image = volume(disk, number, tmp_path)
    listed = {
        line.split("\t", 1)[1].split(":")[0]: line.split()[1].rstrip(":")
        for line in shown(["fls", "-r", "-p", "-u", "-F", image]).splitlines()
    }
    wanted = [f for f in disk.truth["files"] if f["volume"] == number and not f["deleted"] and f["stream"] is None]
    assert len(wanted) > 500
    assert {file["path"].lstrip("/") for file in wanted} <= set(listed)
    odd = [f for f in wanted if f.get("compressed") or len(f["runs"]) > 1]
    assert len(odd) > 2
    for file in [*wanted[::40], *odd]:
        done = subprocess.run(
            ["icat", str(image), listed[file["path"].lstrip("/")].split("-")[0]], capture_output=True, check=True
        )
        assert hashlib.sha256(done.stdout).hexdigest() == file["sha256"], file["path"]


def test_every_place_is_there_and_the_bytes_are_where_the_truth_says(disk: Reference) -> None:
    artefacts, decoys = disk.truth["artefacts"], disk.truth["decoys"]
    assert hashlib.sha256(disk.media).hexdigest() == disk.truth["image"]["sha256_media"]
    assert {each["place"] for each in artefacts} == PLACES
    checked = 0
    for record in [*artefacts, *decoys]:
        offset, value = record["image_offset"], record["value"]
        assert (offset is None) == (record["place"] in ("gzip", "docx", "pdf", "compressed")), record
        if offset is None or value is None or record["encoding"] == "binary":
            continue
        if "border" in record["note"] or "kept elsewhere" in record["note"]:
            continue
        stored = disk.media[offset : offset + record["length"]].decode(CODECS[record["encoding"]])
        if record["kind"] == "openpgp/armor":
            assert stored.startswith("-----BEGIN PGP PUBLIC"), record
            assert stored.endswith("BLOCK-----"), record
        elif "one a line" in record["note"] or "one word a line" in record["note"]:
            words = [word for word in stored.split() if not word.endswith(".")]
            assert words == value.split(), record
        else:
            assert stored == value, record
        checked += 1
    assert checked > 150


def test_artefacts_cross_what_they_are_meant_to_cross(disk: Reference) -> None:
    crossing = [a for a in disk.truth["artefacts"] if a["place"] == "fragmented" and a["encoding"] != "binary"]
    assert crossing
    for each in crossing:
        assert "border between two pieces" in each["note"]
        file = next(f for f in disk.truth["files"] if f["path"] == each["path"] and f["volume"] == each["volume"])
        content = b"".join(disk.media[at : at + length] for at, length in file["runs"])
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        if each["value"] and each["kind"] != "openpgp/armor" and "line" not in each["note"]:
            assert each["value"].encode() in content
            assert each["value"].encode() not in disk.media
    straddling = [a for a in disk.truth["artefacts"] if a["place"] == "straddle"]
    assert straddling
    for each in straddling:
        first, last = each["image_offset"], each["image_offset"] + each["length"] - 1
        assert first >> 15 != last >> 15, each


def test_decoys_are_no_values(disk: Reference) -> None:
    values = {a["value"] for a in disk.truth["artefacts"]}
    decoys = {d["value"] for d in disk.truth["decoys"]}
    assert len(decoys) > 30
    assert not values & decoys


def test_lznt1_of_what_does_not_shrink() -> None:
    noise = hashlib.shake_256(b"noise").digest(lznt1.CHUNK)
    assert lznt1.compress(noise) == b"\xff\x3f" + noise
    assert len(lznt1.compress(bytes(lznt1.CHUNK))) < 20
