"""`report`."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from forensics.commands.opening import writing
from forensics.commands.output import DONE, emit, say
from forensics.reports.write import FORMATS, write


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    report = verbs.add_parser("report", help="reports and exports; each is entered in the ledger")
    report.add_argument("folder", type=Path)
    report.add_argument("--format", choices=tuple(FORMATS), default="html")
    report.add_argument("--out", type=Path, help="file to write; exports/report.… in the case by default")
    report.add_argument("--json", action="store_true")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    path: Path = options.out or options.folder / "exports" / f"report.{FORMATS[options.format]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with writing(options.folder) as (case, ledger):
        write(case, options.format, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entry = ledger.append("report.issue", {"format": options.format, "file": path.name, "sha256": digest})
    if options.json:
        emit({"file": str(path), "sha256": digest, "ledger_entry": entry.seq})
    else:
        say(str(path))
        say(f"SHA-256 {digest}, ledger entry {entry.seq}")
    return DONE
