"""`case new`, `case show`, `add`."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.opening import passphrase, reading, writing
from forensics.commands.output import DONE, FAILED, emit, say, size_of
from forensics.commands.progress import Terminal, silent
from forensics.commands.register import register
from forensics.custody.client import LedgerClient
from forensics.errors import UsageError
from forensics.evidence.handles import discover

NUMBER = re.compile(r"\S(?:.{0,78}\S)?")


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    case = verbs.add_parser("case", help="make or show a case").add_subparsers(
        dest="action", metavar="new|show", required=True
    )
    new = case.add_parser("new", help="a new case folder: ledger, case database, examiner key")
    new.add_argument("folder", type=Path)
    new.add_argument("--number", required=True, help="the case number of your agency")
    new.add_argument("--examiner", required=True, help="who examines")
    new.add_argument("--agency", default="")
    new.add_argument("--title", default="")
    new.add_argument("--authority", default="", help="the warrant or order that allows the examination")
    new.add_argument("--json", action="store_true")
    new.set_defaults(run=_new)
    show = case.add_parser("show", help="exhibits, scans, counts, trust level")
    show.add_argument("folder", type=Path)
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=_show)
    more = verbs.add_parser("add", help="register an image; its digests are compared first")
    more.add_argument("folder", type=Path)
    more.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    more.add_argument("--exhibit", help="its number in the case, such as E1")
    more.add_argument("--description", default="")
    more.add_argument("--json", action="store_true")
    more.set_defaults(run=_add)


def new_case(folder: Path, **facts: str) -> dict[str, Any]:
    """Make a case; returns what `case new --json` prints."""
    from forensics.commands.main import product_version  # noqa: PLC0415 - main imports this module

    if not NUMBER.fullmatch(facts["number"]) or not facts["examiner"].strip():
        raise UsageError("a case needs a number of at most 80 characters, and an examiner")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: the folder is not empty")
    secret = passphrase()
    with LedgerClient.create(folder, passphrase=secret, version=product_version(), **facts) as ledger:
        origin = ledger.origin
    Case.create(folder, {**facts, "origin": origin, "protected": "yes" if secret else "no"}).close()
    return {"folder": str(folder), "ledger": origin, "examiner_key_protected": bool(secret), **facts}


def _new(options: argparse.Namespace) -> int:
    facts = {name: getattr(options, name) for name in ("number", "examiner", "agency", "title", "authority")}
    made = new_case(options.folder, **facts)
    if options.json:
        emit(made)
        return DONE
    say(f"Case {made['number']} is in {options.folder}")
    say(f"Ledger {made['ledger']}")
    if not made["examiner_key_protected"]:
        say("The examiner's key has no passphrase. Set IMPOUND_PASSPHRASE when making a case to protect it.")
    return DONE


def facts_of(case: Case) -> dict[str, Any]:
    """What `case show --json` prints."""
    from forensics.custody.store import LedgerReader  # noqa: PLC0415

    with LedgerReader.open(case.folder) as reader:
        size = reader.size()
        checkpoint = reader.last_checkpoint()
    kinds = {
        row["kind"]: row["n"]
        for row in case.rows(
            select(schema.finding.c.kind, func.count().label("n"))
            .group_by(schema.finding.c.kind)
            .order_by(schema.finding.c.kind)
        )
    }
    grades = {
        f"C{row['grade']}": row["n"]
        for row in case.rows(
            select(schema.finding.c.grade, func.count().label("n"))
            .group_by(schema.finding.c.grade)
            .order_by(schema.finding.c.grade)
        )
    }
    return {
        "number": case.fact("number"),
        "title": case.fact("title"),
        "examiner": case.fact("examiner"),
        "agency": case.fact("agency"),
        "authority": case.fact("authority"),
        "exhibits": [
            {
                "number": row["number"],
                "description": row["description"],
                "format": row["format"],
                "size": row["size"],
                "segments": json.loads(row["segments_json"]),
                "stored": json.loads(row["stored_json"]),
                "computed": json.loads(row["computed_json"]),
                "verdict": row["verdict"],
                "caveats": json.loads(row["caveats_json"]),
                "entries": case.count(schema.entry, schema.entry.c.exhibit == row["number"]),
            }
            for row in case.exhibits()
        ],
        "scans": [
            {key: row[key] for key in ("id", "exhibit", "state", "profile")}
            for row in case.rows(select(schema.scan).order_by(schema.scan.c.started_us))
        ],
        "findings": kinds,
        "grades": grades,
        "level": "L1" if checkpoint else "L0",
        "entries": size,
        "entries_since_anchor": size,
        "examiner_key_protected": case.fact("protected", "no") == "yes",
    }


def _show(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        facts = facts_of(case)
    if options.json:
        emit(facts)
        return DONE
    say(f"Case {facts['number']}  {facts['title']}".rstrip())
    say(f"Examiner {facts['examiner']}" + (f", {facts['agency']}" if facts["agency"] else ""))
    for exhibit in facts["exhibits"]:
        say(f"{exhibit['number']}  {exhibit['format']}, {size_of(exhibit['size'])}, {exhibit['entries']:,} entries")
        say(f"    digests: {exhibit['verdict']}")
    for kind, count in facts["findings"].items():
        say(f"{count:>8,}  {kind}")
    say(f"Ledger: {facts['entries']:,} entries, none anchored outside this machine yet")
    return DONE


def _images(paths: list[Path]) -> list[list[Path]]:
    """One list of segments for each image among the arguments."""
    if len(paths) > 1 and paths[0].exists() and set(paths) <= set(discover(paths[0])):
        return [list(discover(paths[0]))]
    return [[path] for path in paths]


def _add(options: argparse.Namespace) -> int:
    images = _images(options.images)
    if options.exhibit and len(images) > 1:
        raise UsageError("--exhibit names one image; register several one after another")
    code = DONE
    terminal = Terminal()
    with writing(options.folder) as (case, ledger):
        for paths in images:
            row = register(
                case,
                ledger,
                paths,
                exhibit=options.exhibit,
                description=options.description,
                report=silent if options.json else terminal,
            )
            terminal.end()
            if row["verdict"] not in ("verified", "no digest stored"):
                code = FAILED
            _show_added(row, as_json=options.json)
    return code


def _show_added(row: dict[str, Any], *, as_json: bool) -> None:
    stored, computed = json.loads(row["stored_json"]), json.loads(row["computed_json"])
    caveats = json.loads(row["caveats_json"])
    bad = json.loads(row["bad_runs_json"])
    if as_json:
        emit(
            {
                "exhibit": row["number"],
                "format": row["format"],
                "size": row["size"],
                "segments": json.loads(row["segments_json"]),
                "stored": stored,
                "computed": computed,
                "verdict": row["verdict"],
                "acquisition": json.loads(row["acquisition_json"]),
                "bad_runs": bad,
                "caveats": caveats,
                "ledger_entry": row["seq"],
            }
        )
        return
    say(f"{row['number']}  {row['format']}, {size_of(row['size'])}")
    for name in sorted({*stored, *computed}):
        say(f"    {name:<7} stored {stored.get(name, '(none stored)')}")
        say(f"    {'':<7} now    {computed.get(name, '(not computed)')}")
    say(f"    verdict: {row['verdict']}")
    for offset, length in bad:
        say(f"    cannot be read: {length:,} bytes from image offset {offset:,}")
    for caveat in caveats:
        say(f"    {caveat}")
