"""`signatures`."""

from __future__ import annotations

import argparse
from pathlib import Path

from forensics.commands.opening import writing
from forensics.commands.output import DONE, emit, say
from forensics.commands.signatures import hold_signatures


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    parser = verbs.add_parser(
        "signatures", help="hold OpenPGP signatures of the case against its keys: texts, files, certifications"
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_signatures)


def _signatures(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        told = hold_signatures(case, ledger)
    if options.json:
        emit(told)
        return DONE
    say(
        f"{told['looked_at']:,} findings with signatures; the key of {told['without_key']:,} is not here; "
        f"{told['held']:,} signatures hold, {told['failed']:,} do not"
    )
    for exhibit, numbers in told["findings"].items():
        for first, count in numbers:
            say(f"    {exhibit}: {count:,} findings, F{first} to F{first + count - 1}")
    for each in told["not_read"]:
        say(f"    not held: {each}")
    return DONE
