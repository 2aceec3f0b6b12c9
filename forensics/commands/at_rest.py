"""`case people|lock|unlock`: a case encrypted at rest, which each of several people can open."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from forensics.case.rest import locking, people
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, PARTIAL, emit, say, size_of, warn
from forensics.custody.lock import is_at_rest
from forensics.errors import LedgerError, UsageError

PASSPHRASE = "IMPOUND_CASE_PASSPHRASE"
_MOST_BYTES = 1024


def add(case: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs among those of `case`."""
    who = case.add_parser("people", help="who can open the case once it is locked")
    who.add_argument("folder", type=Path)
    change = who.add_mutually_exclusive_group()
    change.add_argument(
        "--add", metavar="NAME", help=f"with a passphrase: {PASSPHRASE}, --passphrase-file, or asked for"
    )
    change.add_argument("--remove", metavar="NAME", help="cannot open what is locked from now on")
    who.set_defaults(run=_people)
    lock = case.add_parser("lock", help="encrypt the whole case folder for its people")
    lock.add_argument("folder", type=Path)
    lock.set_defaults(run=_lock)
    unlock = case.add_parser("unlock", help="decrypt a locked case")
    unlock.add_argument("folder", type=Path)
    unlock.set_defaults(run=_unlock)
    for verb in (who, unlock):
        verb.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line is the passphrase")
    for verb in (who, lock, unlock):
        verb.add_argument("--json", action="store_true")


def _passphrase(file: Path | None, *, twice: bool) -> str:
    """Of the person: never an argument, which others can read in the list of processes."""
    if file is not None:
        try:
            with file.open("rb") as stream:
                return stream.read(_MOST_BYTES).split(b"\n")[0].rstrip(b"\r").decode()
        except UnicodeDecodeError as error:
            raise UsageError(f"{file}: its first line is no text") from error
    if os.environ.get(PASSPHRASE):
        return os.environ[PASSPHRASE]
    if not sys.stdin.isatty():
        raise UsageError(f"a passphrase is needed: set {PASSPHRASE}, or name a file with --passphrase-file")
    given = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Once more: ") != given:
        raise UsageError("the two are not the same")
    return given


def _people(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if is_at_rest(folder):
        if options.add or options.remove:
            raise UsageError(f"the case is locked; `impound case unlock {folder}` first")
        return _show(locking.names(folder), as_json=options.json)
    with reading(folder):
        kept = people.read(folder)
    names = [str(each["name"]) for each in kept]
    if options.add:
        if options.add in names:
            raise UsageError(f"{options.add} is on the list; remove that person first for another passphrase")
        fresh = people.new_person(options.add, _passphrase(options.passphrase_file, twice=True))
        with writing(folder) as (_, ledger):
            people.write(folder, [*kept, fresh])
            ledger.append("case.people", {"added": options.add, "people": [*names, options.add]})
    elif options.remove:
        if options.remove not in names:
            raise UsageError(f"{options.remove} is not on the list")
        left = [each for each in kept if each["name"] != options.remove]
        with writing(folder) as (_, ledger):
            people.write(folder, left)
            ledger.append("case.people", {"people": [str(each["name"]) for each in left], "removed": options.remove})
    return _show([str(each["name"]) for each in people.read(folder)], as_json=options.json)


def _show(names: list[str], *, as_json: bool) -> int:
    if as_json:
        emit({"people": names})
    elif names:
        say("The case can be opened by " + ", ".join(names))
    else:
        say("Nobody could open the case once it is locked")
    return DONE


def _lock(options: argparse.Namespace) -> int:
    folder, number = options.folder, ""
    if not is_at_rest(folder):  # else a locking that was broken off is finished
        with reading(folder) as case:
            number, names = case.fact("number"), [str(each["name"]) for each in people.read(folder)]
        if not names:
            raise UsageError(f"nobody could open it again; `impound case people {folder} --add NAME` says who can")
        with writing(folder) as (_, ledger):
            ledger.append("case.lock", {"format": locking.FORMAT, "people": names})
    size = locking.lock(folder, number)
    if options.json:
        emit({"folder": str(folder), "bytes": size, "people": locking.names(folder)})
        return DONE
    say(f"The case is locked: {size_of(size)}, for " + ", ".join(locking.names(folder)))
    say(
        "Files that were removed are not wiped from the disk; a disk that is encrypted as a whole has no trace of them."
    )
    return DONE


def _unlock(options: argparse.Namespace) -> int:
    name = locking.unlock(options.folder, _passphrase(options.passphrase_file, twice=False))
    entered, code = None, DONE
    try:
        with writing(options.folder) as (_, ledger):
            entered = ledger.append("case.unlock", {"person": name}).seq
    except LedgerError as error:
        warn(f"impound: the case is open, but its ledger could not be told: {error}")
        code = PARTIAL
    if options.json:
        emit({"folder": str(options.folder), "person": name, "ledger_entry": entered})
    else:
        say(f"The case is open; {name} opened it")
    return code
