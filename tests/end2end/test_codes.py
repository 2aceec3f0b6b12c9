"""A picture with a code on a disk: what its text holds is found, and the place is the picture."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
import segno

from forensics.commands.main import main

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


def test_an_address_in_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tree").mkdir()
    out = io.BytesIO()
    segno.make(f"bitcoin:{ADDRESS}?amount=0.25").save(out, kind="png", scale=6)
    (tmp_path / "tree" / "pay.png").write_bytes(out.getvalue())
    disk, case = tmp_path / "disk.raw", tmp_path / "case"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tmp_path / "tree", disk], check=True, capture_output=True)
    assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(case), str(disk)]) == 0
    assert main(["examine", str(case), "--workers", "1", "--progress", "none"]) == 0
    capsys.readouterr()
    main(["findings", str(case), "--json"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (payment,) = (each for each in found if each["kind"] == "payment/uri")
    (address,) = (each for each in found if each["kind"] == "address/bitcoin")
    assert address["value"] == ADDRESS
    for each in (payment, address):
        assert each["path"] == "/pay.png"
        assert each["locator"].endswith("/pay.png > qr@0")
        assert sum(length for _, length in each["runs"]) == len(out.getvalue())
        assert any("whole picture" in caveat for caveat in each["caveats"])
        assert each["fields"]["inside"]["value"].startswith("QR")
    main(["unexamined", str(case), "--json"])
    assert "given up" not in capsys.readouterr().out
    assert main(["cat", str(case), str(address["id"])]) == 0
    assert capsys.readouterr().out == ADDRESS
