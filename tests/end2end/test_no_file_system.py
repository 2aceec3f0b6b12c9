"""A volume that looks like a file system and holds none: an answer, given once and listed once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main

SIZE = 4 << 20


def test_a_volume_without_a_file_system_is_tried_once_and_listed_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, case = tmp_path / "disk.raw", tmp_path / "case"
    image.write_bytes(bytes(SIZE))
    subprocess.run(["mkfs.ntfs", "-q", "-F", "-f", image], check=True, capture_output=True)
    data = bytearray(image.read_bytes())
    data[512:] = bytes(SIZE - 512)  # the boot sector is all that is left
    image.write_bytes(data)
    assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(case), str(image)]) == 0
    assert main(["examine", str(case), "--workers", "1", "--progress", "none"]) == 3
    told = capsys.readouterr()
    assert "could not be finished" not in told.out + told.err
    assert main(["unexamined", str(case), "--json"]) == 0
    (place, total) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (place["reason"], place["bytes"], place["attempts"]) == ("damaged file system", SIZE, 1)
    assert "no file system that can be opened" in place["detail"]
    assert (total["unexamined"], total["total"]) == (SIZE, SIZE)
    assert main(["ledger", "verify", str(case)]) == 0
