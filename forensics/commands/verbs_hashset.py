"""`hashset add|list|remove`: digests of files that are known, to set aside or to look for."""

from __future__ import annotations

import argparse
from pathlib import Path

from forensics.case import hash_sets, schema
from forensics.commands import hash_sets as commands
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, emit, say


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    group = verbs.add_parser("hashset", help="digests of known files").add_subparsers(
        dest="action", metavar="add|list|remove", required=True
    )
    new = group.add_parser("add", help="a list of digests (sha256sum, hashdeep …) or an NSRL RDS 3 database")
    new.add_argument("folder", type=Path)
    new.add_argument("source", type=Path)
    new.add_argument("--name", help="the file's name by default")
    purpose = new.add_mutually_exclusive_group(required=True)
    purpose.add_argument("--notable", action="store_const", const=hash_sets.NOTABLE, dest="purpose")
    purpose.add_argument("--known", action="store_const", const=hash_sets.KNOWN, dest="purpose")
    new.add_argument("--json", action="store_true")
    new.set_defaults(run=_add)
    listed = group.add_parser("list", help="the sets of the case, and how many entries each knows")
    listed.add_argument("folder", type=Path)
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=_list)
    gone = group.add_parser("remove", help="take a set and its marks out; its findings stay")
    gone.add_argument("folder", type=Path)
    gone.add_argument("name")
    gone.add_argument("--json", action="store_true")
    gone.set_defaults(run=_remove)


def _add(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        done = commands.add(case, ledger, options.source, options.name or options.source.name, options.purpose)
        examined = case.count(schema.scan, schema.scan.c.state == "ended")
    row = done.row
    names = ("name", "purpose", "algorithm", "count", "source_sha256")
    facts = {**{each: row[each] for each in names}, "ledger_entry": row["seq"]}
    if options.json:
        emit({**facts, "skipped": done.skipped, "entries": done.known, "entries_without_digest": done.without})
        return DONE
    say(f"{row['name']}: {row['count']:,} {row['algorithm']} digests, {row['purpose']}; ledger entry {row['seq']}")
    if done.skipped:
        say(f"    {done.skipped:,} lines or rows have no {row['algorithm']} and were left out")
    if examined:
        say(f"    {done.known:,} entries of examined exhibits are marked")
        if row["purpose"] == hash_sets.NOTABLE and done.known:
            say("    they are marked only: findings are made when an exhibit is examined with the set in the case")
    if done.without:
        say(f"    {done.without:,} entries have no {row['algorithm']}; `impound examine --digests` computes it")
    return DONE


def _list(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        for row in commands.listed(case):
            if options.json:
                names = ("name", "purpose", "algorithm", "count", "source", "source_sha256", "sha256", "entries")
                emit({**{each: row[each] for each in names}, "ledger_entry": row["seq"]})
            else:
                told = f"{row['count']:>13,} {row['algorithm']:<6} {row['entries']:>9,} entries"
                say(f"{row['purpose']:<8}{told}  {row['name']}")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        commands.remove(case, ledger, options.name)
    if options.json:
        emit({"removed": options.name})
    else:
        say(f"{options.name}: removed; findings that it made stay")
    return DONE
