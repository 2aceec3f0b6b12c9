"""`watchlist add|list|remove`: terms that an agency looks for, found by the next examinations of the case."""

from __future__ import annotations

import argparse
from pathlib import Path

from forensics.commands import watch_lists
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, emit, say
from forensics.visible import visible


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    group = verbs.add_parser("watchlist", help="terms to look for").add_subparsers(
        dest="action", metavar="add|list|remove", required=True
    )
    new = group.add_parser("add", help="UTF-8 text: one term a line; category and note behind tabs")
    new.add_argument("folder", type=Path)
    new.add_argument("source", type=Path)
    new.add_argument("--name", help="the file's name by default")
    new.add_argument(
        "--without-diacritics", action="store_true", help="find terms without their diacritics, too: cafe for café"
    )
    new.add_argument("--transliterate", action="store_true", help="find Cyrillic and Greek terms in Latin letters, too")
    new.add_argument("--json", action="store_true")
    new.set_defaults(run=_add)
    listed = group.add_parser("list", help="the lists that the next examination uses, and what was found of each")
    listed.add_argument("folder", type=Path)
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=_list)
    gone = group.add_parser("remove", help="take a list out of use; its findings stay")
    gone.add_argument("folder", type=Path)
    gone.add_argument("name")
    gone.add_argument("--json", action="store_true")
    gone.set_defaults(run=_remove)


def _add(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        told, row = watch_lists.add(
            case,
            ledger,
            options.source,
            options.name or options.source.name,
            diacritics=not options.without_diacritics,
            transliterate=options.transliterate,
        )
    if options.json:
        emit({**row, "repeated": told.repeated, "lines_too_short": list(told.short)})
        return DONE
    say(f"{visible(told.name)}: {len(told.terms):,} terms; ledger entry {row['ledger_entry']}")
    if told.repeated:
        say(f"    {told.repeated:,} lines say a term again")
    if told.short:
        lines = ", ".join(f"{each:,}" for each in told.short[:20])
        say(f"    {len(told.short):,} terms are too short to look for and are left out: lines {lines}")
    say("    it is used by examinations that begin from now on")
    return DONE


def _list(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        for row in watch_lists.listed(case):
            if options.json:
                emit(row)
                continue
            how = [] if row["diacritics"] else ["without diacritics, too"]
            how += ["in Latin letters, too"] if row["transliterate"] else []
            say(
                f"{row['terms']:>8,} terms {row['findings']:>9,} findings  {visible(row['name'])}  {', '.join(how)}".rstrip()
            )
    return DONE


def _remove(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        watch_lists.remove(case, ledger, options.name)
    if options.json:
        emit({"removed": options.name})
    else:
        say(f"{visible(options.name)}: out of use; findings that it made stay")
    return DONE
