"""`mount`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from forensics.commands.mounting import mount
from forensics.commands.opening import reading
from forensics.commands.output import DONE, emit, warn


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    parser = verbs.add_parser("mount", help="the evidence as a read-only folder for any other program (Linux, FUSE)")
    parser.add_argument("folder", type=Path)
    parser.add_argument("mountpoint", type=Path, help="an empty folder")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_mount)


def _mount(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        if options.json:
            emit({"mounted": str(options.mountpoint)})
            sys.stdout.flush()
        else:
            warn(f"The evidence is at {options.mountpoint} until Ctrl+C, or: fusermount3 -u {options.mountpoint}")
        mount(case, options.mountpoint)
    return DONE
