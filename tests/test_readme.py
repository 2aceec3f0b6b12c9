"""The README's table of formats is the one that the code gives: `make formats` writes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def check(root: Path) -> int:
    command = [sys.executable, "-B", str(root / "installer" / "formats.py"), "--check"]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_the_table_of_formats_is_current() -> None:
    assert check(ROOT) == 0, "the README is stale: run `make formats`"


def test_a_stale_table_is_noticed(tmp_path: Path) -> None:
    for name in ("app", "forensics", "viewers", "resources"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "installer").mkdir()
    (tmp_path / "installer" / "formats.py").write_bytes((ROOT / "installer" / "formats.py").read_bytes())
    readme = (ROOT / "README.md").read_text("utf-8")
    (tmp_path / "README.md").write_text(readme.replace("| `ewf` |", "| `ewf2` |"), "utf-8")
    assert check(tmp_path) == 1
