"""`report`: a case as a file, or one of the papers about it."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.commands.handing import stories
from forensics.commands.opening import writing
from forensics.commands.output import DONE, emit, say
from forensics.custody import timestamp
from forensics.custody.policy import Policy
from forensics.errors import LedgerError, UsageError
from forensics.reports.certificate_pdf import certificate_facts, write_certificate
from forensics.reports.custody_pdf import custody_facts, write_custody
from forensics.reports.schedule_pdf import schedule_facts, write_schedule
from forensics.reports.state import State, state_of
from forensics.reports.write import FORMATS, write
from resources import verify as plain

CASE, CUSTODY, SCHEDULE, CERTIFICATE = "case", "custody", "disclosure-schedule", "certificate"
ABOUT = {
    CASE: "the case in any --format",
    CUSTODY: "who held each exhibit, with gaps and flags",
    SCHEDULE: "what --bundle withholds",
    CERTIFICATE: "how the records were made and compared, for a custodian to complete and sign",
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    report = verbs.add_parser("report", help="reports and exports; each is entered in the ledger")
    report.add_argument("folder", type=Path)
    report.add_argument("--format", choices=tuple(FORMATS), help="html by default; the papers are always pdf")
    report.add_argument("--about", choices=tuple(ABOUT), default=CASE,
                        help="; ".join(f"{name}: {words}" for name, words in ABOUT.items()))  # fmt: skip
    report.add_argument("--out", type=Path, help="file to write; exports/report.… in the case by default")
    report.add_argument("--exhibit", help="with --about custody: only this one")
    report.add_argument("--bundle", type=Path, help="with --about disclosure-schedule: the bundle it is of")
    report.add_argument("--policy", type=Path, help="keys that you keep yourself; without it level L1 at most")
    report.add_argument("--tsa", type=Path, action="append", default=[], help="authority under which times are proven")
    report.add_argument("--json", action="store_true", help="what the paper says, too")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    about, kind = options.about, options.format or ("html" if options.about == CASE else "pdf")
    if about != CASE and kind != "pdf":
        raise UsageError(f"--about {about} is a paper: --format pdf")
    if (about == SCHEDULE) != (options.bundle is not None):
        raise UsageError("--about disclosure-schedule and --bundle go together")
    stem = "report" if about == CASE else about
    path: Path = options.out or options.folder / "exports" / f"{stem}.{FORMATS[kind]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {}
    with writing(options.folder) as (case, ledger):
        if about == CASE:
            write(case, kind, path, *_pinned(options))
        else:
            told = _paper(options, case, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        body = {"format": kind, "file": path.name, "sha256": digest}
        entry = ledger.append("report.issue", body if about == CASE else {**body, "about": about})
    if options.json:
        emit({"file": str(path), "sha256": digest, "ledger_entry": entry.seq, **told})
    else:
        say(str(path))
        say(f"SHA-256 {digest}, ledger entry {entry.seq}")
    return DONE


def _pinned(options: argparse.Namespace) -> tuple[Policy | None, list[bytes]]:
    policy = Policy.parse(options.policy.read_text("utf-8")) if options.policy else None
    return policy, [timestamp.certificate(each.read_bytes()) for each in options.tsa]


def _paper(options: argparse.Namespace, case: Case, path: Path) -> dict[str, Any]:
    """Write one of the papers; returns what it says."""
    state = state_of(case, *_pinned(options))
    if options.about == CUSTODY:
        told = stories(case.folder, state.checked)
        chosen = [each for each in told if options.exhibit in (None, each["exhibit"])]
        if options.exhibit and not chosen:
            raise UsageError(f"the record has no exhibit {options.exhibit}")
        exhibits = custody_facts(case, chosen)
        write_custody(case, path, state, exhibits)
        return {**state.as_json(), "exhibits": exhibits}
    if options.about == CERTIFICATE:
        facts = certificate_facts(case, state)
        write_certificate(case, path, state, facts)
        return {**state.as_json(), **facts}
    return _schedule(options, case, path, state)


def _schedule(options: argparse.Namespace, case: Case, path: Path, state: State) -> dict[str, Any]:
    if not options.bundle.is_file():
        raise UsageError(f"there is no {options.bundle}")
    checked = plain.verify_bundle(options.bundle, options.policy.read_text("utf-8") if options.policy else None)
    if checked["level"] in ("none", "L0"):
        raise LedgerError(f"{options.bundle} does not hold: {checked['faults'][0]['text']}")
    facts = schedule_facts(options.bundle.read_bytes())
    if facts["ledger"] != state.origin:
        raise UsageError(f"{options.bundle} is of the ledger {facts['ledger']}, not of {state.origin}")
    write_schedule(case, path, state, facts, checked["level"])
    return {**state.as_json(), "level": checked["level"], **facts}
