"""`report`."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands import objects
from forensics.commands.opening import writing
from forensics.commands.output import DONE, emit, say
from forensics.commands.verbs_case import facts_of
from forensics.reports.page import write_html
from forensics.reports.tables import write_bodyfile, write_csv

FORMATS = {"html": "html", "csv": "csv", "bodyfile": "body", "jsonl": "jsonl"}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    report = verbs.add_parser("report", help="reports and exports; each is entered in the ledger")
    report.add_argument("folder", type=Path)
    report.add_argument("--format", choices=tuple(FORMATS), default="html")
    report.add_argument("--out", type=Path, help="file to write; exports/report.… in the case by default")
    report.add_argument("--json", action="store_true")
    report.set_defaults(run=_report)


def write(case: Case, kind: str, path: Path) -> None:
    """Write one report."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind == "html":
            rows = case.rows(select(schema.unexamined).order_by(schema.unexamined.c.id))
            write_html(file, facts_of(case), objects.findings(case), rows)
        elif kind == "csv":
            write_csv(file, objects.findings(case))
        elif kind == "jsonl":
            for each in objects.findings(case):
                file.write(json.dumps(each, ensure_ascii=False) + "\n")
        else:
            statement = select(schema.entry).order_by(schema.entry.c.id)
            write_bodyfile(file, ({**row, "times": json.loads(row["times_json"])} for row in case.rows(statement)))


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
        say(f"{path}\nSHA-256 {digest}, ledger entry {entry.seq}")
    return DONE
