"""Figures that a release states: how often each is tried here and for a release, and what came of it.

A test calls `trials` with the name of its figure and a function that tries a range of numbers, each the seed of one
try, and tells failures in words. By default the test tries as often as fits beside the others. With
``IMPOUND_TORTURE=1`` (``make torture``) it tries as often as a release wants, goes on after a failure, and keeps after
every piece what came of it in ``torture.json``: a second run goes on where the first was ended. A figure of another
commit is begun anew. ``IMPOUND_TORTURE_MUTANTS=5000`` tries that figure so often, in either case.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "torture.json"
KEPT = 20  # failures that are kept in words


@dataclass(frozen=True, slots=True)
class Figure:
    """What is tried, and how often."""

    what: str
    usual: int
    release: int


FIGURES = {
    "mutants": Figure("mutated file systems, containers and artefacts, each answered", 20_000, 5_000_000),
    "innocent": Figure("innocent items among hostile ones, none lost", 5_000, 1_000_000),
    "kills": Figure("kill -9 during an examination, nothing lost, duplicated or done again", 100, 10_000),
    "resumes": Figure("examinations interrupted and gone on with, what they come to equal", 20, 1_000),
    "power": Figure("moments at which the power fails, nothing acknowledged lost", 2_000, 100_000),
    "names": Figure("hostile names of files, none of which takes effect", 500, 5_000),
    "canaries": Figure("planted secrets, none told before it is revealed", 200, 2_000),
    "planted": Figure("planted artefacts, each found, and as many decoys, none of which passes a check", 500, 10_000),
    "documents": Figure("hostile documents shown in the window, none of which loads, runs or misleads", 30, 100),
    "offline": Figure("times the whole program is worked under a tracer, no socket of the internet", 1, 240),
    "bombs": Figure("files that unfold, nest or overflow, each answered within bounds", 60, 1_000),
    "attacks": Figure("tries of each kind of attack on a ledger, all found", 10, 1_000),
    "flips": Figure("E01 images with flipped bits, every damaged chunk named", 300, 10_000),
}


def torture() -> bool:
    """Whether the sizes of a release are asked for."""
    return os.environ.get("IMPOUND_TORTURE", "0") not in ("", "0")


def size(name: str) -> int:
    """How often the figure is tried."""
    figure = FIGURES[name]
    return int(os.environ.get(f"IMPOUND_TORTURE_{name.upper()}") or (figure.release if torture() else figure.usual))


def chance(name: str, number: int) -> random.Random:
    """The source of chance of one try."""
    return random.Random(f"{name} {number}")


def trials(name: str, attempt: Callable[[range], Iterable[str]], *, together: int = 1, part: str = "") -> None:
    """Try the figure, `together` numbers at a time; an assertion that fails within `attempt` is a failure, too.

    A figure whose parts are tried on their own, as the kinds of attacks, is kept by `part`.
    """
    wanted = size(name)
    key = f"{name}: {part}" if part else name
    done = _kept().get(key, {}) if torture() else {}
    if done.get("commit") != commit():
        done = {"n": 0, "failures": 0, "seconds": 0.0, "told": []}
    for start in range(done["n"], wanted, together):
        numbers = range(start, min(start + together, wanted))
        began = time.monotonic()
        try:
            failures = list(attempt(numbers))
        except AssertionError as error:
            if not torture():
                raise
            failures = [f"{numbers}: {error}"]
        done["n"] = numbers.stop
        done["failures"] += len(failures)
        done["seconds"] = round(done["seconds"] + time.monotonic() - began, 1)
        done["told"] = [*done["told"], *failures][:KEPT]
        if torture():
            _keep(name, key, done)
        elif failures:
            break
    assert not done["failures"], f"{done['failures']} failures in {done['n']:,} tries: {done['told']}"


@cache
def commit() -> str:
    """The commit under test, with a plus sign where the program differs from it."""
    git = ("git", "-C", str(ROOT))
    head = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "-uno", "app", "forensics", "resources", "viewers"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return head.stdout.strip() + ("+" if changed.stdout else "")


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(FILE.read_text() or "{}") if FILE.exists() else {}
    return kept


def _keep(name: str, key: str, done: dict[str, Any]) -> None:
    """Put one figure into the file; others may be at work on theirs."""
    stated = {
        "what": FIGURES[name].what,
        "wanted": size(name),
        "commit": commit(),
        **done,
        "upper_bound_95": None if done["failures"] else 3 / done["n"],
    }
    with (FILE.parent / ".torture.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        new = FILE.with_suffix(".new")
        new.write_text(json.dumps({**_kept(), key: stated}, indent=2, sort_keys=True) + "\n")
        new.replace(FILE)
