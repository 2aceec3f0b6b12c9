"""What becomes of everything else when a parser hangs or dies: through the real program, with broken parsers."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from forensics.commands import examination, verbs_examine
from forensics.commands.main import main
from forensics.confinement.supervisor import Supervisor

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = functools.partial(Supervisor, "faulty_tasks", search=HERE)
    monkeypatch.setattr(examination, "Supervisor", faulty)
    monkeypatch.setattr(verbs_examine, "Options", functools.partial(examination.Options, seconds=1.0))


def volume(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    tree = folder / "tree"
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    image = folder / "disk.raw"
    image.write_bytes(bytes(1 << 20))
    subprocess.run(["mkfs.ext2", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
    return image


def examined(folder: Path, image: Path, capsys: pytest.CaptureFixture[str], *, workers: int = 2, code: int) -> Path:
    assert main(["case", "new", str(folder), "--number", "S-1", "--examiner", "A. Examiner"]) == 0
    assert main(["add", str(folder), str(image)]) == 0
    assert main(["examine", str(folder), "--workers", str(workers), "--progress", "none"]) == code
    capsys.readouterr()
    return folder


def lines(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    assert main([*map(str, arguments), "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def paths(capsys: pytest.CaptureFixture[str], case: Path) -> set[str]:
    return {each["path"] for each in lines(capsys, "tree", case)}


FILES = {
    "a/first.txt": "before\n",
    "b/HANG.txt": f"pay to {ADDRESS}\n",
    "b/last.txt": "behind\n",
    "c/DIE.txt": "killed by the system\n",
    "c/RAISE.txt": "an error of the parser\n",
    "d/end.txt": "end\n",
}


def test_a_walk_leaves_out_what_its_parser_does_not_survive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = volume(tmp_path, FILES)
    told = []
    for workers in (1, 3):
        case = examined(tmp_path / f"case{workers}", image, capsys, workers=workers, code=3)
        assert {f"/{name}" for name in FILES} <= paths(capsys, case)
        listed = lines(capsys, "unexamined", case)
        left_out = [each for each in listed if each.get("reason") == "quarantined"]
        assert [each["path"] for each in left_out] == ["/b/HANG.txt", "/c/DIE.txt", "/c/RAISE.txt"]
        assert left_out[0]["limit"] == "1.00105 s"
        assert "no sign of life" in left_out[0]["detail"]
        assert "a fault of the parser" in left_out[2]["detail"]
        assert all(each["parser"].startswith("The Sleuth Kit 4.") for each in left_out)
        assert all(each["attempts"] >= 2 and "volume 1, inode" in each["place"] for each in left_out)
        assert listed[-1]["examined"] == listed[-1]["total"], "every byte was searched"
        found = lines(capsys, "findings", case)
        assert [each["value"] for each in found if each["kind"].startswith("address/")] == [ADDRESS]
        told.append((left_out, found, lines(capsys, "tree", case)))
    assert told[0] == told[1], "the same with any number of workers"


def packed(name: str, text: str) -> bytes:
    """gzip with a stored name, which is what the broken decoder looks at."""
    out = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=out, mtime=0) as file:
        file.write(text.encode())
    return out.getvalue() + f"\npay to {ADDRESS}\n".encode()


def test_a_unit_leaves_out_the_parser_that_does_not_return(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"{word.lower()}.gz": packed(word, f"inside {ADDRESS} {word}\n") for word in ("FINE", "HANG", "DIE")}
    image = volume(tmp_path, files)
    told = []
    for workers in (1, 3):
        case = examined(tmp_path / f"case{workers}", image, capsys, workers=workers, code=3)
        listed = lines(capsys, "unexamined", case)
        left_out = [each for each in listed if each.get("reason") == "quarantined"]
        assert {each["path"]: each["sha256"] for each in left_out} == {
            f"/{name}": hashlib.sha256(files[name]).hexdigest() for name in ("hang.gz", "die.gz")
        }
        for each in left_out:
            name = each["path"].lstrip("/")
            assert image.read_bytes()[each["offset"] :].startswith(files[name]), "the offset is that of the stream"
            assert each["parser"].startswith("gzip@")
            assert each["attempts"] >= 3
        assert listed[-1]["examined"] == listed[-1]["total"]
        found = [each for each in lines(capsys, "findings", case) if each["kind"].startswith("address/")]
        assert {each["path"] for each in found if "gzip@" in each["locator"]} == {"/fine.gz"}
        plain = {each["path"] for each in found if "gzip@" not in each["locator"]}
        assert plain == {"/fine.gz", "/hang.gz", "/die.gz"}, "the bytes of the others are searched"
        for form in ("html", "csv", "jsonl", "bodyfile"):
            report = tmp_path / f"{workers}.{form}"
            assert main(["report", str(case), "--format", form, "--out", str(report)]) == 0
            beside = report if form == "html" else report.with_name(f"{report.name}.unexamined.csv")
            assert all(each["sha256"] in beside.read_text() for each in left_out)
        capsys.readouterr()
        told.append((left_out, found, lines(capsys, "tree", case)))
    assert told[0] == told[1], "the same with any number of workers"
