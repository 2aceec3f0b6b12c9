"""`ledger verify|status|checkpoint|head`."""

from __future__ import annotations

import argparse
import base64
from pathlib import Path
from typing import Any

from forensics.case.facts import facts_of
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, FAILED, emit, say
from forensics.custody.policy import Policy
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify as verify_ledger


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    ledger = verbs.add_parser("ledger", help="the chain of custody").add_subparsers(
        dest="action", metavar="verify|status|checkpoint|head", required=True
    )
    for name, words, run in (
        ("verify", "check every entry, item and signature", _verify),
        ("status", "size and trust level", _status),
        ("checkpoint", "sign the present head", _checkpoint),
        ("head", "size and root", _head),
    ):
        verb = ledger.add_parser(name, help=words)
        verb.add_argument("folder", type=Path)
        verb.add_argument("--json", action="store_true")
        if name == "verify":
            verb.add_argument("--policy", type=Path, help="keys that you keep yourself; without it level L1 at most")
            verb.add_argument("--anchor", type=Path, help="a checkpoint that you kept earlier")
        verb.set_defaults(run=run)


def verify(folder: Path, policy: Path | None = None, anchor: Path | None = None) -> dict[str, Any]:
    """What `ledger verify --json` prints."""
    pinned = Policy.parse(policy.read_text("utf-8")) if policy else None
    anchors = [anchor.read_bytes()] if anchor else []
    return verify_ledger(folder, pinned, anchors).as_json()


def _verify(options: argparse.Namespace) -> int:
    result = verify(options.folder, options.policy, options.anchor)
    if options.json:
        emit(result)
    else:
        say(f"Level {result['level']}: {result['entries']:,} entries, {result['items']:,} items")
        for fault in result["faults"]:
            say(f"    {fault['where']}: {fault['text']}")
        if not result["faults"]:
            say("No fault found. Entries since the last anchor can still be rewritten by whoever holds the keys.")
    return FAILED if result["faults"] else DONE


def _status(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        facts = facts_of(case)
    level = verify_ledger(options.folder).level
    shown = {"level": level, **{key: facts[key] for key in ("entries", "entries_since_anchor")}}
    if options.json:
        emit(shown)
    else:
        say(f"Level {level}; {facts['entries']:,} entries, {facts['entries_since_anchor']:,} since the last anchor")
    return DONE


def _checkpoint(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        note = ledger.checkpoint()
    if options.json:
        emit({"checkpoint": note})
    else:
        print(note, end="")
    return DONE


def _head(options: argparse.Namespace) -> int:
    with LedgerReader.open(options.folder) as reader:
        head = reader.head()
    root = base64.b64encode(head.root).decode()
    if options.json:
        emit({"size": head.size, "root": root})
    else:
        say(f"{head.size} {root}")
    return DONE
