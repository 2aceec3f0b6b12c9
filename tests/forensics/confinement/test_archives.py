"""Members of archives that zip, tar, gzip and 7z wrote, and of archives made to do harm."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from forensics.confinement.archives import RAR, base, look
from forensics.detectors.base import BytesLayer
from forensics.errors import FormatError

NOTE = b"an invented note\n" * 9
WHEN = 1_762_290_453  # 2025-11-04 21:07:33


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "deep").mkdir(parents=True)
    (made / "deep" / "note.txt").write_bytes(NOTE)
    (made / "empty.txt").write_bytes(b"")
    for each in (made / "deep" / "note.txt", made / "empty.txt", made / "deep"):
        os.utime(each, (WHEN, WHEN))
    return made


def _told(data: bytes) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in look(BytesLayer(data))["members"]}


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_zip_with_utc_times_and_an_encrypted_member(folder: Path) -> None:
    _run(folder, "zip", "-q", "-r", "../a.zip", "deep")
    _run(folder, "zip", "-q", "-P", "invented", "../a.zip", "empty.txt")
    data = (folder.parent / "a.zip").read_bytes()
    note = _told(data)["deep/note.txt"]
    assert (note["size"], note["check"]) == (len(NOTE), f"{zlib.crc32(NOTE):08X}")
    assert (note["when"], note["zone"]) == ("2025-11-04 21:07:33", "UTC")
    assert not note["encrypted"]
    assert _told(data)["deep/"]["kind"] == "folder"
    assert _told(data)["empty.txt"]["encrypted"]
    start = note["span"][0]
    assert data[start : start + 4] == b"PK\3\4"


def test_zip_times_without_a_zone_are_said_so_and_names_are_judged() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("word/document.xml", "../../etc/passwd", "C:\\x", "twice", "plain"):
            archive.writestr(zipfile.ZipInfo(name, (2025, 11, 4, 21, 7, 32)), b"x")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("twice", b"y")
    told = look(BytesLayer(out.getvalue()))
    assert told["form"] == "Word document (OOXML)"
    first = told["members"][0]
    assert (first["when"], first["zone"]) == ("2025-11-04 21:07:32", "zone not stored")
    notes = [each["note"] for each in told["members"]]
    assert ["leads out" in each for each in notes] == [False, True, True, False, False, False]
    assert "more than once" in notes[-1]


def test_tar(folder: Path) -> None:
    (folder / "way").symlink_to("deep/note.txt")
    _run(folder, "tar", "-cf", "../a.tar", "deep", "way")
    told = _told((folder.parent / "a.tar").read_bytes())
    assert told["deep/note.txt"]["size"] == len(NOTE)
    assert told["deep/note.txt"]["when"] == "2025-11-04 21:07:33"
    assert told["way"]["kind"] == "link"
    assert told["way"]["note"] == "leads to deep/note.txt"


def test_gzip(folder: Path) -> None:
    _run(folder / "deep", "gzip", "-k", "note.txt")
    told = _told((folder / "deep" / "note.txt.gz").read_bytes())
    assert told["note.txt"]["size"] == len(NOTE)
    assert told["note.txt"]["when"] == "2025-11-04 21:07:33"
    assert told["note.txt"]["check"] == f"{zlib.crc32(NOTE):08X}"


def test_seven_zip_and_its_encrypted_forms(folder: Path) -> None:
    (folder / "other.txt").write_bytes(NOTE[::-1])
    _run(folder, "7z", "a", "-ms=on", "../a.7z", "deep", "empty.txt", "other.txt")
    told = _told((folder.parent / "a.7z").read_bytes())
    assert told["deep"]["kind"] == "folder"
    assert (told["empty.txt"]["kind"], told["empty.txt"]["size"]) == ("file", 0)
    assert told["deep/note.txt"]["check"] == f"{zlib.crc32(NOTE):08X}"
    assert told["deep/note.txt"]["when"] == "2025-11-04 21:07:33"
    assert told["other.txt"]["note"] == "packed as one with 1 others"
    _run(folder, "7z", "a", "-pinvented", "../b.7z", "other.txt")
    assert _told((folder.parent / "b.7z").read_bytes())["other.txt"]["encrypted"]
    _run(folder, "7z", "a", "-pinvented", "-mhe=on", "../c.7z", "other.txt")
    with pytest.raises(FormatError, match="encrypted"):
        look(BytesLayer((folder.parent / "c.7z").read_bytes()))


def test_what_is_no_archive_is_said() -> None:
    with pytest.raises(FormatError, match="RAR archive"):
        look(BytesLayer(RAR + bytes(600)))
    with pytest.raises(FormatError, match="no ZIP, TAR, gzip or 7z"):
        look(BytesLayer(b"plain text"))


def test_very_many_members_are_cut_and_a_vast_directory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(30):
            archive.addfile(tarfile.TarInfo("n" * 3000 + str(number)))
    monkeypatch.setattr("forensics.confinement.archives.tar.MOST", 20)
    told = look(BytesLayer(out.getvalue()))
    assert (len(told["members"]), told["more"]) == (20, True)
    assert len(told["members"][0]["name"]) == base.LONGEST_NAME + 1
    monkeypatch.setattr(base, "LARGEST_READ", 1000)
    with pytest.raises(FormatError, match="more than 1,000"):
        look(BytesLayer(out.getvalue()))


@pytest.mark.parametrize("form", ["zip", "tar", "7z", "gz"])
def test_cut_and_changed_archives_raise_nothing_else(folder: Path, form: str) -> None:
    if form == "zip":
        _run(folder, "zip", "-q", "-r", "../a.zip", ".")
    elif form == "tar":
        _run(folder, "tar", "-cf", "../a.tar", ".")
    elif form == "gz":
        _run(folder / "deep", "gzip", "-k", "note.txt")
        (folder / "deep" / "note.txt.gz").rename(folder.parent / "a.gz")
    else:
        _run(folder, "7z", "a", "../a.7z", ".")
    data = (folder.parent / f"a.{form}").read_bytes()
    read = 0
    steps = range(0, len(data), max(1, len(data) // 150))
    for changed in [data[:at] for at in steps] + [
        data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :] for at in steps
    ]:
        try:
            read += len(look(BytesLayer(changed))["members"]) > 0
        except FormatError:
            continue
    assert read


def test_a_directory_that_points_before_the_file_is_refused() -> None:
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, 0xFFFFFF00, 5, 0)
    with pytest.raises(FormatError):
        look(BytesLayer(b"PK\3\4" + bytes(100) + end))
