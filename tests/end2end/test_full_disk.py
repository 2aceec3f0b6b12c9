"""An examination on a disk that fills up: a real one of some MiB in memory, in a mount namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
set -eu
mount -t tmpfs -o size=28m tmpfs "$1"
impound() { "$PYTHON" -P -B -m forensics.commands.main "$@"; }
impound case new "$1/case" --number F-1 --examiner 'A. Examiner' >/dev/null
impound add "$1/case" "$2" >/dev/null 2>&1
test -s "$1/case/ballast"
free=$(df --output=avail -B1 "$1" | tail -1)
fallocate -l $((free - 300000)) "$1/filler"
code=0; impound examine "$1/case" --progress none --workers 1 || code=$?
echo "code $code"
test ! -e "$1/case/ballast"
impound ledger verify "$1/case" | grep -c 'No fault found'
rm "$1/filler"
impound examine "$1/case" --progress none --resume
impound ledger verify "$1/case" | grep -c 'No fault found'
test -s "$1/case/ballast"
echo done
"""


def test_it_stops_with_a_sentence_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for number in range(1500):
        (tree / f"a file of some ordinary name {number}.txt").touch()
    image = tmp_path / "disk.raw"
    image.write_bytes(bytes(8 << 20))
    subprocess.run(
        ["mkfs.ext4", "-q", "-F", "-N", "2000", "-d", tree, image], check=True, capture_output=True, timeout=60
    )
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", SCRIPT, "full", small, image],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON": sys.executable, "IMPOUND_BALLAST_MIB": "4"},
    )
    told = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 MiB of ballast were given up, the record is closed in good order" in done.stderr
    assert told[:2] == ["code 4", "1"]
    assert told[2].startswith("E1: 1,5")
    assert told[-2:] == ["1", "done"]
