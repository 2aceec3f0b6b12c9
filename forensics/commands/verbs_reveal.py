"""`reveal`: a secret shown to a person, for a reason that is kept in the record."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, emit, say
from forensics.commands.reader import EvidenceReader
from forensics.commands.revealing import VALUE, reveal, second_person, secrets_of, set_rule
from forensics.commands.verbs_inspect import find
from forensics.commands.verbs_things import COUNTERPARTY
from forensics.errors import UsageError

RULES = {"one-person": False, "two-people": True}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    verb = verbs.add_parser("reveal", help="show a secret to a person; the ledger says who, when and why")
    verb.add_argument("folder", type=Path)
    verb.add_argument("finding", nargs="?", metavar="F29")
    verb.add_argument("--name", default=VALUE, help="which secret of the finding, as --list names them")
    verb.add_argument("--list", action="store_true", help="what is secret in it, masked; nothing is entered")
    verb.add_argument("--reason", default="", help="kept in the record")
    verb.add_argument("--second", type=Path, metavar="KEY",
                      help=f"the second person's key; its passphrase is in {COUNTERPARTY}")  # fmt: skip
    verb.add_argument("--rule", choices=tuple(RULES), help="how many people a reveal takes from now on; with --reason")
    verb.add_argument("--json", action="store_true")
    verb.set_defaults(run=_reveal)


def _reveal(options: argparse.Namespace) -> int:
    if options.rule:
        with writing(options.folder) as (_, ledger):
            seq = set_rule(ledger, second=RULES[options.rule], reason=options.reason)
        told: dict[str, Any] = {"second_person": RULES[options.rule], "ledger_entry": seq}
        emit(told) if options.json else say(f"From now on: {options.rule}, ledger entry {seq}")
        return DONE
    if not options.finding:
        raise UsageError("name a finding, such as F29")
    if options.list:
        with reading(options.folder) as case:
            found = secrets_of(case, find(case, options.finding))
            told = {"secrets": found, "second_person": second_person(options.folder)}
        if options.json:
            emit(told)
        else:
            for name, masked in found.items():
                say(f"{name:<24} {masked}")
        return DONE
    with writing(options.folder) as (case, ledger), EvidenceReader(case) as reader:
        shown = reveal(
            case, ledger, reader, options.finding, reason=options.reason, name=options.name, key=options.second,
            passphrase=os.environ.get(COUNTERPARTY) or None,
        )  # fmt: skip
    if options.json:
        emit(shown)
    else:
        say(f"{shown['finding']}, {shown['name']}, ledger entry {shown['ledger_entry']}:")
        say(shown["text"])
    return DONE
