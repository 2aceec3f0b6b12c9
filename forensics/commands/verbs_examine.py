"""`examine`, `demo`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.examination import Examination, Options, Summary
from forensics.commands.founding import new_case
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, FAILED, PARTIAL, emit, say, size_of
from forensics.commands.progress import Progress, Report, Terminal, as_json
from forensics.commands.register import register
from forensics.commands.unlocking import SECRET_HELP, given, unlock
from forensics.custody.client import LedgerClient
from forensics.custody.verify import verify
from forensics.errors import UsageError

DEMONSTRATION = "DEMO-1"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    examine = verbs.add_parser("examine", help="the main job: walk, digest, sweep, detect, record")
    examine.add_argument("folder", type=Path)
    examine.add_argument("--exhibit", help="only this one; all that are not examined yet by default")
    examine.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    examine.add_argument("--profile", choices=("full",), default="full")
    examine.add_argument("--digests", default="", help="besides SHA-256: md5, sha1, or md5,sha1")
    examine.add_argument("--engine", choices=("hyperscan", "re2"), help="pattern engine; the fastest by default")
    examine.add_argument("--secret", action="append", default=[], metavar="VOLUME=SECRET", help=SECRET_HELP)
    examine.add_argument("--resume", action="store_true", help="go on with an interrupted examination")
    examine.add_argument("--progress", choices=("bar", "json", "none"), default="bar")
    examine.add_argument("--json", action="store_true")
    examine.set_defaults(run=_examine)
    demo = verbs.add_parser("demo", help="make the demonstration disk, examine it, verify the ledger")
    demo.add_argument("--case", type=Path, default=Path("demo-case"), dest="folder")
    demo.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    demo.add_argument("--json", action="store_true")
    demo.set_defaults(run=_demo)


def _json_progress(progress: Progress) -> None:
    print(as_json(progress), file=sys.stderr, flush=True)


def _reporter(options: argparse.Namespace) -> tuple[Report, Terminal]:
    terminal = Terminal()
    if options.progress == "json":
        return _json_progress, terminal
    return (lambda _: None) if options.progress == "none" else terminal, terminal


def _examine(options: argparse.Namespace) -> int:
    if options.workers < 1:
        raise UsageError("at least one worker is needed")
    digests = tuple(name for name in options.digests.split(",") if name)
    if set(digests) - {"md5", "sha1"}:
        raise UsageError("--digests takes md5, sha1 or both; SHA-256 is always computed")
    secrets = given(options.secret)
    report, terminal = _reporter(options)
    chosen = Options(workers=options.workers, profile=options.profile, digests=digests, engine=options.engine)
    code = DONE
    with writing(options.folder) as (case, ledger):
        ended = {
            row["exhibit"] for row in case.rows(select(schema.scan.c.exhibit).where(schema.scan.c.state == "ended"))
        }
        numbers = (
            [options.exhibit]
            if options.exhibit
            else [each["number"] for each in case.exhibits() if each["number"] not in ended]
        )
        if not numbers and options.resume:
            say("Nothing to go on with: every exhibit has been examined.") if not options.json else emit({})
            return DONE
        if not numbers:
            raise UsageError("no exhibit to examine; `impound add` registers an image")
        if secrets and len(numbers) > 1:
            raise UsageError("--secret opens volumes of one exhibit; say which with --exhibit")
        for number in numbers:
            if secrets:
                _give_keys(case, ledger, number, secrets)
            began = time.monotonic()
            summary = Examination(case, ledger, number, options=chosen, report=report).run()
            terminal.end()
            code = max(code, _tell(number, summary, time.monotonic() - began, as_json=options.json))
    return code


def _give_keys(case: Case, ledger: LedgerClient, number: str, secrets: Mapping[int, bytes]) -> None:
    """Before an examination begins; afterwards its volumes are what they are."""
    if case.count(schema.scan, schema.scan.c.exhibit == number):
        raise UsageError(f"the examination of {number} has begun; register the image again to open its volumes")
    unlock(case, ledger, number, secrets)


def _tell(number: str, summary: Summary, seconds: float, *, as_json: bool) -> int:
    code = PARTIAL if summary.unexamined_bytes or summary.quarantined else DONE
    if as_json:
        emit({"exhibit": number, **asdict(summary), "seconds": round(seconds, 2)})
        return code
    say(f"{number}: {summary.entries:,} entries, {summary.findings:,} findings in {seconds:.1f} s")
    if summary.quarantined:
        say(f"{summary.quarantined:,} units of work could not be finished")
    if summary.unexamined_bytes:
        say(f"{size_of(summary.unexamined_bytes)} could not be examined; `impound unexamined` lists what and why")
    return code


def _demo(options: argparse.Namespace) -> int:
    from forensics.scenarios import build  # noqa: PLC0415 - its makers are slow to load and few need them

    folder: Path = options.folder
    if folder.exists() and any(folder.iterdir()):
        with reading(folder) as case:
            if case.fact("number") != DEMONSTRATION:
                raise UsageError(f"{folder}: holds a case that is not the demonstration; it is left as it is")
        shutil.rmtree(folder)
    evidence = folder.with_name(folder.name + "-evidence")
    evidence.mkdir(parents=True, exist_ok=True)
    disk = evidence / "vendor-laptop.E01"
    disk.unlink(missing_ok=True)
    if not options.json:
        say("Making the demonstration disk: an invented vendor's laptop, no real person's data")
    truth = build("vendor-laptop", 7, disk)
    new_case(
        folder,
        number=DEMONSTRATION,
        examiner="Demonstration Examiner",
        agency="",
        title="Vendor laptop",
        authority="none: synthetic disk",
    )
    terminal = Terminal()
    with writing(folder) as (case, ledger):
        row = register(case, ledger, [disk], description="synthetic laptop disk", report=terminal)
        summary = Examination(
            case, ledger, row["number"], options=Options(workers=options.workers), report=terminal
        ).run()
    terminal.end()
    checked = verify(folder)
    if options.json:
        emit(
            {
                "case": str(folder),
                "disk": str(disk),
                "truth": str(truth),
                **asdict(summary),
                "ledger": checked.as_json(),
            }
        )
    else:
        say(f"{summary.entries:,} entries, {summary.findings:,} findings; digests of the image: {row['verdict']}")
        say(f"Chain of custody: level {checked.level}, {checked.entries} entries, {checked.items:,} items")
        for fault in checked.faults:
            say(f"    {fault}")
        say("Where to look next:")
        say(f"    impound findings {folder} --grade C2")
        say(f"    impound timeline {folder}")
        say(f"    impound reproduce {folder} F1 | sh")
        say(f"    impound-gui {folder}")
        say("(the programs are in .venv/bin; `make run` opens the window)")
    return FAILED if checked.faults else DONE
