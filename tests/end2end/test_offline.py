"""The whole program without a network: it works in an empty network namespace, and opens no internet socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.figures import ROOT, trials

SCRIPT = """
set -eu
impound() { "$PYTHON" -P -B -m forensics.commands.main "$@"; }
impound demo --case "$1/case"
for kind in html csv case pdf; do impound report "$1/case" --format $kind; done
impound ledger verify "$1/case"
for place in findings timeline evidence custody jobs; do
  "$PYTHON" -P -B -m app.main "$1/case" --place $place --screenshot "$1/$place.png"
done
"""
CONTROL = "import socket\nsocket.socket(socket.AF_INET)"


def traced(log: Path, *command: object) -> list[str]:
    """The calls for sockets of a command and all its children, which has no network but itself."""
    subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "strace", "-f", "--seccomp-bpf", "-e", "trace=%network",
         "-o", log, *map(str, command)],
        check=True, capture_output=True, timeout=280,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON": sys.executable, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    return [line for line in log.read_text().splitlines() if "AF_INET" in line or "AF_NETLINK" in line]


@pytest.mark.figure
def test_a_case_is_worked_without_one_internet_socket(tmp_path: Path) -> None:
    def attempt(numbers: range) -> Iterator[str]:
        for number in numbers:
            folder = tmp_path / str(number)
            folder.mkdir()
            yield from traced(folder / "log", "bash", "-c", SCRIPT, "offline", folder)
            assert len(list(folder.glob("*.png"))) == 5
            assert len(list((folder / "case" / "exports").iterdir())) >= 4
            shutil.rmtree(folder)

    trials("offline", attempt)


def test_the_tracer_sees_a_socket(tmp_path: Path) -> None:
    assert len(traced(tmp_path / "log", sys.executable, "-c", CONTROL)) > 0
