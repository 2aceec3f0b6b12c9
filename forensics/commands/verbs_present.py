"""`present set|show|check`: the steps that are shown in court, each bound to findings."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from forensics.case.store import Case
from forensics.commands.opening import writing
from forensics.commands.output import DONE, FAILED, emit, say
from forensics.commands.presenting import check, enter, entered
from forensics.commands.reader import EvidenceReader
from forensics.custody.presentation import KINDS, MOST_WORDS
from forensics.errors import UsageError
from forensics.visible import visible

MOST_BYTES = 1 << 20


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    group = verbs.add_parser("present", help="steps for court, each bound to findings").add_subparsers(
        dest="action", metavar="set|show|check", required=True
    )
    given = group.add_parser("set", help="enter the steps of a JSON file; they replace those entered before")
    given.add_argument("folder", type=Path)
    given.add_argument(
        "file", type=Path,
        help=f'a list of {{"kind": {"|".join(KINDS)}, "sentence": at most {MOST_WORDS} words, "findings": ["F17"], '
        '"not_shown", "reason", "answer"}',
    )  # fmt: skip
    given.set_defaults(run=_set)
    shown = group.add_parser("show", help="the steps as last entered")
    shown.add_argument("folder", type=Path)
    shown.set_defaults(run=_show)
    checked = group.add_parser("check", help="read the bytes of every step again and compare them")
    checked.add_argument("folder", type=Path)
    checked.set_defaults(run=_check)
    for verb in (given, shown, checked):
        verb.add_argument("--json", action="store_true")


def _set(options: argparse.Namespace) -> int:
    with options.file.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UsageError(f"{options.file}: more than {MOST_BYTES:,} bytes are no steps")
    try:
        steps = json.loads(data)
    except ValueError as error:
        raise UsageError(f"{options.file}: no JSON: {error}") from error
    with writing(options.folder) as (case, ledger):
        told = enter(case, ledger, steps)
    if options.json:
        emit(told)
    else:
        say(f"{len(told['steps'])} steps, ledger entry {told['ledger_entry']}")
    return DONE


def _show(options: argparse.Namespace) -> int:
    with Case.read(options.folder) as case:
        told = entered(case)
    if options.json:
        emit(told)
        return DONE
    for number, step in enumerate(told["steps"], 1):
        say(f"{number}. {step['kind']}: {visible(step['sentence'])}  ({', '.join(step['findings'])})")
        say(f"    does not show: {visible(step['not_shown'])}")
        for name, words in (("reason", "because"), ("answer", "the other side says")):
            if step[name]:
                say(f"    {words}: {visible(step[name])}")
    return DONE


def _check(options: argparse.Namespace) -> int:
    with Case.read(options.folder) as case, EvidenceReader(case) as reader:
        steps = entered(case)["steps"]
        wanted = [int(name[1:]) for step in steps for name in step["findings"]]
        told = check(case, reader, wanted)
    differs = [each["finding"] for each in told["read"] if not each["equal"]]
    if options.json:
        emit(told)
    else:
        say(f"{len(told['read']) - len(differs):,} of {len(told['read']):,} findings: the bytes are those recorded")
        for name in differs:
            say(f"    {name}: other bytes")
    return FAILED if differs else DONE
