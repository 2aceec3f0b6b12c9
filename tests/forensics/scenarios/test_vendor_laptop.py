"""The demonstration disk: deterministic, and valid for an independent reader."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from forensics.scenarios import build


def test_the_same_seed_gives_the_same_bytes_and_an_image_that_libewf_verifies(tmp_path: Path) -> None:
    first, second = tmp_path / "a.E01", tmp_path / "b.E01"
    truth = build("vendor-laptop", 7, first)
    build("vendor-laptop", 7, second)
    assert first.read_bytes() == second.read_bytes()
    assert len(json.loads(truth.read_text())["artefacts"]) > 100
    done = subprocess.run(["ewfverify", "-q", str(first)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
