"""`custody seize|receive|store|seal|release|accept|return|destroy|timeline`: where an exhibit is, and with whom."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from forensics.commands.handing import TEXTS, enter, stories, texts
from forensics.commands.opening import writing
from forensics.commands.output import DONE, emit, say
from forensics.custody import timestamp
from forensics.custody.things import COUNTERSIGNED, KINDS
from forensics.custody.verify import verify

COUNTERPARTY = "IMPOUND_COUNTERPARTY_PASSPHRASE"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    group = verbs.add_parser("custody", help="where an exhibit is, and with whom").add_subparsers(
        dest="action", metavar="|".join((*KINDS, "timeline")), required=True
    )
    for kind in KINDS:
        verb = group.add_parser(kind, help=f"enter custody.{kind}")
        verb.add_argument("folder", type=Path)
        verb.add_argument("--exhibit", required=True, help="E1, sub-exhibits by suffix such as E1.2")
        for name in TEXTS:
            verb.add_argument(f"--{name.replace('_', '-')}", default="", dest=f"text_{name}")
        if kind in COUNTERSIGNED:
            verb.add_argument("--key", type=Path, dest="key_file", help="the other person's key, to sign beside you")
            verb.add_argument("--receipt", type=Path, help="write the other person's receipt here")
        verb.add_argument("--json", action="store_true")
        verb.set_defaults(run=_enter)
    shown = group.add_parser("timeline", help="events, gaps and flags of every exhibit")
    shown.add_argument("folder", type=Path)
    shown.add_argument("--exhibit")
    shown.add_argument(
        "--tsa", type=Path, action="append", default=[], help="certificate of a time-stamping authority: proven times"
    )
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(run=_timeline)


def _enter(options: argparse.Namespace) -> int:
    kind: str = options.action
    body = texts({name: getattr(options, f"text_{name}") for name in TEXTS})
    secret = os.environ.get(COUNTERPARTY) or None
    key, receipt = getattr(options, "key_file", None), getattr(options, "receipt", None)
    with writing(options.folder) as (_, ledger):
        facts = enter(ledger, options.folder, kind, options.exhibit, body, key=key, secret=secret, receipt=receipt)
    if options.json:
        emit(facts)
        return DONE
    say(f"{options.exhibit}: {kind}, ledger entry {facts['ledger_entry']}")
    for flag in facts["flags"]:
        say(f"    does not fit, and is entered so: {flag}")
    return DONE


def _timeline(options: argparse.Namespace) -> int:
    authorities = [timestamp.certificate(each.read_bytes()) for each in options.tsa]
    checked = verify(options.folder, authorities=authorities) if authorities else None
    for story in stories(options.folder, checked):
        if options.exhibit not in (None, story["exhibit"]) or not (story["events"] or options.json):
            continue
        if options.json:
            emit(story)
            continue
        say(f"{story['exhibit']}: {story['state']}" + (f", with {story['custodian']}" if story["custodian"] else ""))
        for event in story["events"]:
            way = " to ".join(str(event[name]) for name in ("from", "to") if name in event)
            say(f"    {event['time']}  {event['kind']:<8} {way}".rstrip())
            if checked is not None:
                before, after = (each or "open" for each in event["proven"])
                say(f"        proven by time-stamps: between {before} and {after}")
        for gap in story["gaps"]:
            say(f"    with nobody for {gap['seconds']:,} s, {gap['from']} to {gap['to']}")
        for flag in story["flags"]:
            say(f"    does not fit: {flag}")
    return DONE
