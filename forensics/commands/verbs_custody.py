"""`ledger verify|status|checkpoint|head|join|joined|renew|recover`."""

from __future__ import annotations

import argparse
import base64
from pathlib import Path
from typing import Any

from forensics.commands.joining import join, joined
from forensics.commands.opening import writing
from forensics.commands.output import DONE, FAILED, PARTIAL, emit, say
from forensics.commands.rerun import rerun
from forensics.custody import renewal, timestamp
from forensics.custody.label import same_fingerprint
from forensics.custody.note import Note, VerifierKey
from forensics.custody.policy import Policy
from forensics.custody.status import status_of
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify as verify_ledger

RECOVERED = ("scan.interrupted", "acquire.abort", "clock.step")
SENTENCES = {
    "none": "it does not hold together",
    "L1": "it holds together, under the keys that it names for itself",
    "L2": "it holds together, under the keys that you pinned",
    "L3": "as L2, and an anchor from outside covers part of it",
    "L4": "as L3, and as many witnesses as you asked for signed one head",
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    ledger = verbs.add_parser("ledger", help="the chain of custody").add_subparsers(
        dest="action", metavar="verify|status|checkpoint|head|join|joined|renew|recover", required=True
    )
    for name, words, run in (
        ("verify", "check every entry, item and signature", _verify),
        ("status", "size and trust level", _status),
        ("checkpoint", "sign the present head", _checkpoint),
        ("head", "size and root", _head),
        ("renew", "commit to everything once more, with SHA-512", _renew),
        ("recover", "finish what an interrupted program left open, and check the file", _recover),
    ):
        verb = ledger.add_parser(name, help=words)
        verb.add_argument("folder", type=Path)
        verb.add_argument("--json", action="store_true")
        if name == "verify":
            verb.add_argument("--policy", type=Path, help="keys that you keep yourself; without it level L1 at most")
            verb.add_argument(
                "--anchor", type=Path, action="append", default=[], help="a checkpoint that you kept earlier"
            )
            verb.add_argument(
                "--tsa", type=Path, action="append", default=[], help="certificate of a time-stamping authority"
            )
            verb.add_argument(
                "--rerun", type=int, metavar="N", help="derive N entries and N findings again, and enter the outcome"
            )
            verb.add_argument("--fingerprint", help="of a label: which checkpoint of the ledger it is")
            verb.add_argument("--level", choices=tuple(SENTENCES)[1:], help="end with code 3 where less is reached")
        verb.set_defaults(run=run)
    _declare_joins(ledger)


def _declare_joins(ledger: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    taken = ledger.add_parser("join", help="enter the signed head of another ledger")
    taken.add_argument("folder", type=Path)
    taken.add_argument("head", type=Path, help="a checkpoint or label of the other ledger")
    taken.add_argument("--receipt", type=Path, help="write the receipt for the other ledger here")
    taken.set_defaults(run=_join)
    given = ledger.add_parser("joined", help="take in the receipt of a ledger that entered a head of this one")
    given.add_argument("folder", type=Path)
    given.add_argument("receipt", type=Path)
    given.add_argument("--held-by", required=True, help="whose ledger it is")
    given.set_defaults(run=_joined)
    for verb in (taken, given):
        verb.add_argument("--key", required=True, help="the other ledger's Ed25519 key, as its policy names it")
        verb.add_argument("--json", action="store_true")


def _verify(options: argparse.Namespace) -> int:
    pinned = Policy.parse(options.policy.read_text("utf-8")) if options.policy else None
    anchors = [each.read_bytes() for each in options.anchor]
    authorities = [timestamp.certificate(each.read_bytes()) for each in options.tsa]
    report = verify_ledger(options.folder, pinned, anchors, authorities)
    result: dict[str, Any] = report.as_json()
    missed = False
    if options.rerun:
        with writing(options.folder) as (case, ledger):
            result["rerun"] = rerun(case, ledger, options.rerun)
        missed = bool(result["rerun"]["differs"])
    if options.fingerprint:
        size = _labelled(options.folder, options.fingerprint)
        result["label"], missed = size, missed or size is None
    if options.json:
        emit(result)
    else:
        say(f"Level {result['level']}: {SENTENCES[result['level']]}")
        say(f"{result['entries']:,} entries, {result['items']:,} items")
        if report.anchored:
            say(f"The first {report.anchored:,} entries are fixed by {report.anchored_by}.")
        if options.fingerprint:
            say(
                "The label is of no checkpoint of this ledger."
                if missed
                else f"The label is of the head at size {size:,}."
            )
        if options.rerun:
            told = result["rerun"]
            say(
                f"Derived again: {told['entries']:,} of {told['of_entries']:,} entries, {told['findings']:,} of "
                f"{told['of_findings']:,} findings; {len(told['differs']):,} differ (ledger entry {told['ledger_entry']})"
            )
            for each in told["differs"]:
                say(f"    {each['what']} of {each['exhibit']}: recorded {each['recorded']}, now {each['now']}")
        for fault in report.faults:
            say(f"    {fault}")
        for notice in report.notices:
            say(f"    noticed: {notice}")
        since = result["since_anchor"]
        if not report.faults:
            say(f"No fault found. Whoever holds the keys can still rewrite the last {since:,} entries.")
    levels = list(SENTENCES)
    if options.level and not report.faults and levels.index(report.level) < levels.index(options.level):
        return PARTIAL
    return FAILED if report.faults or missed else DONE


def _labelled(folder: Path, typed: str) -> int | None:
    """Size of the checkpoint whose fingerprint somebody typed off a label."""
    with LedgerReader.open(folder) as reader:
        for size, note in reader.checkpoints():
            if same_fingerprint(typed, Note.parse(note).text):
                return size
    return None


def _status(options: argparse.Namespace) -> int:
    level = verify_ledger(options.folder).level
    with LedgerReader.open(options.folder) as reader:
        shown = {"level": level, **status_of(reader)}
    if options.json:
        emit(shown)
        return DONE
    say(f"Level {level}; {shown['entries']:,} entries, {shown['entries_since_anchor']:,} since the last anchor")
    anchor, minutes = shown["anchor"], shown["minutes_since_anchor"]
    if anchor is None:
        say("No anchor yet: all of it could be rewritten by whoever holds the keys")
    else:
        say(
            f"Last anchor {minutes:,} minutes ago: {anchor['kind']}, {anchor['size']:,} entries, kept by {anchor['held_by']}"
        )
    say(f"Clock: {shown['clock']}; steps entered: {shown['clock_steps']}")
    return DONE


def _checkpoint(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        note = ledger.checkpoint()
    if options.json:
        emit({"checkpoint": note})
    else:
        print(note, end="")
    return DONE


def _join(options: argparse.Namespace) -> int:
    key, head = VerifierKey.parse(options.key), options.head.read_bytes()
    with writing(options.folder) as (_, ledger):
        told = join(ledger, options.folder, head, key, options.receipt)
    words = f"The head of {told['origin']} at {told['size']:,} entries is ledger entry {told['ledger_entry']}"
    emit(told) if options.json else say(words)
    return DONE


def _joined(options: argparse.Namespace) -> int:
    key, data = VerifierKey.parse(options.key), options.receipt.read_bytes()
    with writing(options.folder) as (_, ledger):
        told = joined(ledger, options.folder, data, key, options.held_by)
    words = f"{told['ledger']} holds the first {told['size']:,} entries of this ledger (entry {told['ledger_entry']})"
    emit(told) if options.json else say(words)
    return DONE


def _renew(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        with LedgerReader.open(options.folder) as reader:
            body = renewal.body_of(reader)
        entry = ledger.append(renewal.TYPE, body)
        ledger.checkpoint()
    if options.json:
        emit({**body, "ledger_entry": entry.seq})
        return DONE
    say(f"{body['records']:,} records are committed with SHA-512, ledger entry {entry.seq}: {body['root']}")
    say("It counts from the next time-stamp on: `impound anchor tsq`.")
    return DONE


def _recover(options: argparse.Namespace) -> int:
    """Opening for writing recovers; what is said is what that entered, and what a check of all finds then."""
    with LedgerReader.open(options.folder) as reader:
        before = reader.size()
    with writing(options.folder):
        pass
    with LedgerReader.open(options.folder) as reader:
        entered = [entry.type for entry in reader.entries(before) if entry.type in RECOVERED]
        integrity = str(reader.rows("PRAGMA integrity_check(1)")[0][0])
    report = verify_ledger(options.folder)
    if options.json:
        emit({"entered": entered, "integrity": integrity, **report.as_json()})
    else:
        say(f"Entered: {', '.join(entered) or 'nothing was left open'}. SQLite says: {integrity}.")
        say(f"Level {report.level}: {SENTENCES[report.level]}")
        for fault in report.faults:
            say(f"    {fault}")
    return FAILED if report.faults or integrity != "ok" else DONE


def _head(options: argparse.Namespace) -> int:
    with LedgerReader.open(options.folder) as reader:
        head = reader.head()
    root = base64.b64encode(head.root).decode()
    if options.json:
        emit({"size": head.size, "root": root})
    else:
        say(f"{head.size} {root}")
    return DONE
