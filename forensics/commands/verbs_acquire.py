"""`acquire begin|end|verify`: how the image of an exhibit was made, and whether it is still that image."""

from __future__ import annotations

import argparse
from pathlib import Path

from forensics.commands.acquiring import DEVICE, DIGITS, begin, end, verify
from forensics.commands.opening import writing
from forensics.commands.output import DONE, FAILED, emit, say
from forensics.commands.progress import Terminal, silent

WORDS = {
    "device": "make and model of what is read",
    "serial": "its serial number",
    "write_blocker": "make, model and serial number of the write-blocker",
    "imager": "program or device that reads it, with its version",
    "operator": "who does it, if not the examiner",
    "place": "where",
    "reason": "why without a write-blocker, or anything else that matters",
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    group = verbs.add_parser(
        "acquire", help="how an image was made, and whether it is still that image"
    ).add_subparsers(dest="action", metavar="begin|end|verify", required=True)
    begun = group.add_parser("begin", help="another program or device begins to image an exhibit")
    for name in DEVICE:
        begun.add_argument(f"--{name.replace('_', '-')}", default="", help=WORDS[name])
    begun.add_argument("--size", type=int, help="bytes that the device says it has")
    begun.set_defaults(run=_begin)
    ended = group.add_parser("end", help="it has ended; digests as it showed them")
    for name in DIGITS:
        ended.add_argument(f"--{name}", default="")
    ended.add_argument("--unreadable", type=int, help="bytes that could not be read, as it showed them")
    ended.add_argument("--note", default="")
    ended.set_defaults(run=_end)
    again = group.add_parser("verify", help="read the registered image again and compare its digests")
    again.set_defaults(run=_verify)
    for verb in (begun, ended, again):
        verb.add_argument("folder", type=Path)
        verb.add_argument("--exhibit", required=True)
        verb.add_argument("--json", action="store_true")


def _begin(options: argparse.Namespace) -> int:
    said = {name: getattr(options, name) for name in DEVICE}
    with writing(options.folder) as (_, ledger):
        seq = begin(ledger, options.folder, options.exhibit, said, options.size)
    emit({"ledger_entry": seq}) if options.json else say(f"{options.exhibit}: acquisition begun, ledger entry {seq}")
    return DONE


def _end(options: argparse.Namespace) -> int:
    digests = {name: getattr(options, name) for name in DIGITS}
    with writing(options.folder) as (_, ledger):
        told = end(ledger, options.folder, options.exhibit, digests, options.unreadable, options.note)
    if options.json:
        emit(told)
        return DONE
    say(f"{options.exhibit}: acquisition ended, ledger entry {told['ledger_entry']}")
    for flag in told["flags"]:
        say(f"    does not fit, and is entered so: {flag}")
    return DONE


def _verify(options: argparse.Namespace) -> int:
    terminal = Terminal()
    with writing(options.folder) as (case, ledger):
        told = verify(case, ledger, options.exhibit, silent if options.json else terminal)
    terminal.end()
    equal = all(each["equal"] for each in told["compared"])
    if options.json:
        emit(told)
    else:
        for each in told["compared"]:
            word = "equal" if each["equal"] else f"DIFFERS: recorded {each['recorded']}"
            say(
                f"{each['digest']:<8}{told['computed'][each['digest']]}  {each['with']} (entry {each['entry']}): {word}"
            )
        say(f"ledger entry {told['ledger_entry']}")
    return DONE if equal else FAILED
