"""`scope set|show|check`: what the order allows to be examined."""

from __future__ import annotations

import argparse
from pathlib import Path

from forensics.case import authority as versions_of
from forensics.commands import authority
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, emit, say
from forensics.visible import visible


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    group = verbs.add_parser("scope", help="what the order allows to be examined").add_subparsers(
        dest="action", metavar="set|show|check", required=True
    )
    new = group.add_parser("set", help="enter a document, TOML or JSON; the last one entered holds")
    new.add_argument("folder", type=Path)
    new.add_argument("source", type=Path)
    new.add_argument("--reason", default="", help="needed where it may allow more than the one before")
    new.set_defaults(run=_set)
    shown = group.add_parser("show", help="the one that holds, and those before it")
    shown.add_argument("folder", type=Path)
    shown.set_defaults(run=_show)
    covered = group.add_parser("check", help="what is inside, outside, or cannot be said, in entries and bytes")
    covered.add_argument("folder", type=Path)
    covered.set_defaults(run=_check)
    for each in (new, shown, covered):
        each.add_argument("--json", action="store_true")


def _set(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        held = authority.enter(case, ledger, options.source, options.reason)
        aside = sum(versions_of.counted(case).values())
    if options.json:
        emit({**held.stated, "widens": list(held.widens), "findings_outside": aside})
        return DONE
    say(f"{visible(held.scope.id)}, version {held.version}; ledger entry {held.seq}")
    if held.widens:
        say(f"    it may allow more than the version before: {', '.join(held.widens)}")
    if aside:
        say(f"    {aside:,} findings are outside the authority and are not shown")
    say("    it is used by examinations that begin from now on")
    return DONE


def _show(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        told = authority.told(case)
        known = versions_of.versions(case)
    if options.json:
        emit({**told, "versions": [{**each.stated, "widens": list(each.widens)} for each in known]})
        return DONE
    if not told:
        say("no authority was entered in this case")
        return DONE
    say(visible(authority.as_text(told["scope"]), keep="\n"))
    for each in known:
        wider = f", wider in {', '.join(each.widens)}: {visible(each.reason)}" if each.widens else ""
        say(f"version {each.version}: {visible(each.scope.id)}, ledger entry {each.seq}{wider}")
    say(f"{told['overrides']:,} times something outside was opened, each with its reason")
    return DONE


def _check(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        told = authority.covered(case)
    if options.json:
        emit(told)
        return DONE
    for standing, sums in told["entries"].items():
        say(f"{standing:<11} {sums['entries']:>12,} entries {sums['bytes']:>20,} bytes")
    say(f"{told['findings']:,} findings are shown")
    for rule, count in told["findings_outside"].items():
        say(f"{count:,} are outside: {visible(rule)}")
    return DONE
