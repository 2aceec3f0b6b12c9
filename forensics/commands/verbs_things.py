"""`custody seize|receive|store|seal|release|accept|return|destroy|timeline`: where an exhibit is, and with whom."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from forensics.commands.opening import writing
from forensics.commands.output import DONE, emit, say
from forensics.commands.verbs_anchor import write_new
from forensics.custody.bundle import tlog_proof
from forensics.custody.note import Checkpoint, Note
from forensics.custody.store import LEDGER_TREE, LedgerReader
from forensics.custody.things import COUNTERSIGNED, KINDS, Thing, things

COUNTERPARTY = "IMPOUND_COUNTERPARTY_PASSPHRASE"
TEXTS = ("from", "to", "place", "seal_before", "seal_after", "purpose", "authority", "condition")


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
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(run=_timeline)


def _enter(options: argparse.Namespace) -> int:
    kind: str = options.action
    body: dict[str, Any] = {name: text for name in TEXTS if (text := getattr(options, f"text_{name}"))}
    key, receipt = getattr(options, "key_file", None), getattr(options, "receipt", None)
    with writing(options.folder) as (_, ledger):
        with LedgerReader.open(options.folder) as reader:
            thing = things(reader.entries()).get(options.exhibit, Thing(options.exhibit))
        flags = thing.judge(kind, {**body, "vkey": "yes" if key else ""})
        if flags:
            body["flags"] = flags
        if key is None:
            entry = ledger.append(f"custody.{kind}", body, exhibit=options.exhibit)
        else:
            secret = os.environ.get(COUNTERPARTY) or None
            entry = ledger.append_countersigned(f"custody.{kind}", body, options.exhibit, key.resolve(), secret)
        checkpoint = ledger.checkpoint().encode()
    if receipt is not None:
        size = Checkpoint.parse(Note.parse(checkpoint).text).size
        with LedgerReader.open(options.folder) as reader:
            note, line = reader.raw_entry(entry.seq)
            proof = tlog_proof(entry.seq, size, reader.tile_reader(LEDGER_TREE), checkpoint)
        write_new(receipt, b"\n".join((note, line or b"", b"", proof)))
    facts = {"ledger_entry": entry.seq, "time": entry.time, "flags": flags}
    if options.json:
        emit(facts)
        return DONE
    say(f"{options.exhibit}: {kind}, ledger entry {entry.seq}")
    for flag in flags:
        say(f"    does not fit, and is entered so: {flag}")
    return DONE


def _timeline(options: argparse.Namespace) -> int:
    with LedgerReader.open(options.folder) as reader:
        found = things(reader.entries())
    for thing in found.values():
        if options.exhibit not in (None, thing.exhibit):
            continue
        facts = {
            name: getattr(thing, name)
            for name in ("exhibit", "state", "custodian", "place", "seal", "events", "gaps", "flags")
        }
        if options.json:
            emit(facts)
            continue
        say(f"{thing.exhibit}: {thing.state}" + (f", with {thing.custodian}" if thing.custodian else ""))
        for event in thing.events:
            way = " to ".join(str(event[name]) for name in ("from", "to") if name in event)
            say(f"    {event['time']}  {event['kind']:<8} {way}".rstrip())
        for gap in thing.gaps:
            say(f"    with nobody for {gap['seconds']:,} s, {gap['from']} to {gap['to']}")
        for flag in thing.flags:
            say(f"    does not fit: {flag}")
    return DONE
