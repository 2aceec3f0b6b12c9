"""Findings in decoded streams, read back from the evidence: gzip and zip written by other tools."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from forensics.case.store import Case
from forensics.commands.main import main
from forensics.commands.reader import EvidenceReader
from forensics.commands.verbs_inspect import find
from forensics.confinement.jobs import JobFailed
from forensics.errors import UsageError
from forensics.sweep.steps import Step, area_of, decodings

FIRST = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"  # of the genesis block
SECOND = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"  # an example of Bitcoin's wiki
THIRD = "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"  # … and of BIP 16
NOISE = "".join(f"line {number} of a ledger that is not here\n" for number in range(400))


def zipped(name: str, data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.txt", NOISE)
        archive.writestr(name, data)
    return made.getvalue()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ext4 with encoded files, and a gzip member in the unused space behind it."""
    folder = tmp_path_factory.mktemp("streams")
    tree = folder / "tree"
    tree.mkdir()
    (tree / "a.txt.gz").write_bytes(gzip.compress(f"{NOISE}pay {FIRST} now\n{NOISE}".encode(), mtime=0))
    inner = bz2.compress(f"{NOISE}pay {SECOND} now\n".encode())
    (tree / "backup > gzip@3.zip").write_bytes(zipped("deep/keys.bz2", gzip.compress(inner, mtime=0)))
    disk = folder / "disk.raw"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, disk, "3M"], check=True, capture_output=True)
    data = bytearray(disk.read_bytes())
    carved = gzip.compress(f"{NOISE}pay {THIRD} now\n".encode(), mtime=0)
    at = (3 << 20) + 4096 + 77
    data[at : at + len(carved)] = carved
    disk.write_bytes(data)
    made = folder / "case"
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    main(["examine", str(made), "--workers", "1", "--progress", "none"])
    return made


def number_of(case: Path, value: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    main(["findings", str(case), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (row,) = [each for each in rows if each["value"] == value]
    return str(row["id"])


@pytest.mark.parametrize("value", [FIRST, SECOND, THIRD])
def test_cat_shows_the_decoded_bytes(case: Path, value: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["findings", str(case), "--json"])
    rows = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    found = [each for each in rows if each["value"] == value]  # more than one where deflate stored what it held
    assert found
    for row in found:
        assert main(["cat", str(case), str(row["id"])]) == 0
        assert capfdbinary.readouterr().out == value.encode()
        assert main(["cat", str(case), str(row["id"]), "--encoded"]) == 0
        encoded = capfdbinary.readouterr().out
        assert len(encoded) == sum(length for _, length in row["runs"])
        assert value.encode() not in encoded
    if value == SECOND:
        assert any(" > zip@" in row["locator"] and row["locator"].count("@") >= 4 for row in found)


def test_the_whole_stream_can_be_read(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = number_of(case, FIRST, capsys)
    whole = f"{NOISE}pay {FIRST} now\n{NOISE}".encode()
    with Case.open(case) as opened, EvidenceReader(opened) as reader:
        row = find(opened, number)
        data, size = reader.stream(row, 0, 1 << 20)
        assert (data, size) == (whole, len(whole))
        assert reader.stream(row, row["span_offset"], 4)[0] == FIRST[:4].encode()
        assert reader.stream(row, size, 10)[0] == b""


def test_another_stream_is_refused(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = number_of(case, FIRST, capsys)
    with Case.open(case) as opened, EvidenceReader(opened) as reader:
        row = dict(find(opened, number))
        with pytest.raises(JobFailed, match="other bytes than those that were recorded"):
            reader.stream({**row, "runs_json": "[[0, 16]]"}, 0, 16)
        with pytest.raises(JobFailed, match="the stream ends at"):
            reader.stream({**row, "span_offset": 1 << 40}, 0, 16)
        with pytest.raises(JobFailed, match="no gzip stream 7"):
            reader.stream({**row, "locator": row["locator"] + "/7"}, 0, 16)
        with pytest.raises(JobFailed, match="there is no decoder rot"):
            reader.stream({**row, "locator": row["locator"] + " > rot@0"}, 0, 16)
        with pytest.raises(UsageError, match="not in a decoded stream"):
            reader.stream({**row, "locator": row["locator"].rpartition(" > ")[0]}, 0, 16)


def test_locators_are_taken_apart() -> None:
    assert decodings("raw:d > gap@512 > gzip@3 > zip@40/2 > utf-16le+1") == (
        "raw:d > gap@512",
        (Step("gzip", 3), Step("zip", 40, 2)),
    )
    assert decodings("raw:d > ext4:/a > utf-16le") == ("raw:d > ext4:/a", ())
    assert decodings("raw:d > ext4:/log@host") == ("raw:d > ext4:/log@host", ())
    assert area_of("raw:d > partition:1 > unallocated@77") == 77
    assert area_of("raw:d > ext4:/unallocated@77x") is None
