"""`case new`, `case show`, `case rebuild`, `add`, `relocate`; see `at_rest` for the rest of `case`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forensics.case.facts import facts_of
from forensics.case.rebuild import rebuild
from forensics.commands import at_rest
from forensics.commands.founding import new_case
from forensics.commands.opening import pin, reading, writing
from forensics.commands.output import DONE, FAILED, emit, say, size_of
from forensics.commands.progress import Terminal, silent
from forensics.commands.register import register
from forensics.commands.relocating import relocate
from forensics.commands.unlocking import SECRET_HELP, given
from forensics.custody.token import Access
from forensics.custody.verify import verify
from forensics.errors import UsageError
from forensics.evidence.handles import discover


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    case = verbs.add_parser("case", help="make, show or lock a case").add_subparsers(
        dest="action", metavar="new|show|rebuild|people|lock|unlock", required=True
    )
    new = case.add_parser("new", help="a new case folder: ledger, case database, examiner key")
    new.add_argument("folder", type=Path)
    new.add_argument("--number", required=True, help="the case number of your agency")
    new.add_argument("--examiner", required=True, help="who examines")
    new.add_argument("--agency", default="")
    new.add_argument("--title", default="")
    new.add_argument("--authority", default="", help="the warrant or order that allows the examination")
    new.add_argument("--domain", default="", help="of your laboratory: the names of keys and ledger begin with it")
    new.add_argument("--ledger-name", default="", help="another one for each workstation on the same case")
    new.add_argument("--token", metavar="MODULE", help="the examiner's key is on a token: its PKCS#11 library")
    new.add_argument("--token-label", default="", help="with --token: which token")
    new.add_argument("--key-label", default="", help="with --token: which Ed25519 key on it")
    new.add_argument("--pin-file", type=Path, help="its first line is the PIN; else IMPOUND_PIN or IMPOUND_PIN_FILE")
    new.add_argument("--json", action="store_true")
    new.set_defaults(run=_new)
    show = case.add_parser("show", help="exhibits, scans, counts, trust level")
    show.add_argument("folder", type=Path)
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=_show)
    again = case.add_parser("rebuild", help="make the case database again from the ledger alone")
    again.add_argument("folder", type=Path)
    again.add_argument("--json", action="store_true")
    again.set_defaults(run=_rebuild)
    at_rest.add(case)
    more = verbs.add_parser("add", help="register an image; its digests are compared first")
    more.add_argument("folder", type=Path)
    more.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    more.add_argument("--exhibit", help="its number in the case, such as E1")
    more.add_argument("--description", default="")
    more.add_argument("--secret", action="append", default=[], metavar="VOLUME=SECRET", help=SECRET_HELP)
    more.add_argument("--json", action="store_true")
    more.set_defaults(run=_add)
    moved = verbs.add_parser("relocate", help="say where an image is now; it must be the same, by SHA-256")
    moved.add_argument("folder", type=Path)
    moved.add_argument("exhibit", help="such as E1")
    moved.add_argument("path", type=Path, help="its first file, or the folder that holds its files")
    moved.add_argument("--json", action="store_true")
    moved.set_defaults(run=_relocate)


def _new(options: argparse.Namespace) -> int:
    facts = {name: getattr(options, name) for name in ("number", "examiner", "agency", "title", "authority")}
    if bool(options.token) != bool(options.token_label and options.key_label):
        raise UsageError("--token, --token-label and --key-label belong together")
    token = None
    if options.token:
        token = Access(options.token, pin(options.pin_file), options.token_label, options.key_label)
    given = {"domain": options.domain, "name": options.ledger_name}
    made = new_case(options.folder, token, naming={name: text for name, text in given.items() if text}, **facts)
    if options.json:
        emit(made)
        return DONE
    say(f"Case {made['number']} is in {options.folder}")
    say(f"Ledger {made['ledger']}")
    if not made["examiner_key_protected"]:
        say("The examiner's key has no passphrase. Set IMPOUND_PASSPHRASE when making a case to protect it.")
    return DONE


def _show(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        facts = {**facts_of(case), "level": verify(options.folder).level}
    if options.json:
        emit(facts)
        return DONE
    say(f"Case {facts['number']}  {facts['title']}".rstrip())
    say(f"Examiner {facts['examiner']}" + (f", {facts['agency']}" if facts["agency"] else ""))
    for exhibit in facts["exhibits"]:
        say(f"{exhibit['number']}  {exhibit['format']}, {size_of(exhibit['size'])}, {exhibit['entries']:,} entries")
        say(f"    digests: {exhibit['verdict']}")
    for kind, count in facts["findings"].items():
        say(f"{count:>8,}  {kind}")
    since = f"{facts['entries_since_anchor']:,} since the last anchor" if facts["anchor"] else "no anchor yet"
    say(f"Ledger: level {facts['level']}, {facts['entries']:,} entries, {since}")
    return DONE


def _rebuild(options: argparse.Namespace) -> int:
    done = rebuild(options.folder)
    if options.json:
        emit(asdict(done))
        return DONE
    say(f"{done.exhibits:,} exhibits, {done.entries:,} entries, {done.findings:,} findings, {done.tags:,} tags")
    if done.set_aside:
        say(f"The database that was there is kept as {done.set_aside}")
    for each in done.left_out:
        say(f"Not in the ledger: {each}")
    return DONE


def _images(paths: list[Path]) -> list[list[Path]]:
    """One list of segments for each image among the arguments."""
    if len(paths) > 1 and paths[0].exists() and set(paths) <= set(discover(paths[0])):
        return [list(discover(paths[0]))]
    return [[path] for path in paths]


def _add(options: argparse.Namespace) -> int:
    images = _images(options.images)
    if options.exhibit and len(images) > 1:
        raise UsageError("--exhibit names one image; register several one after another")
    secrets = given(options.secret)
    if secrets and len(images) > 1:
        raise UsageError("--secret opens volumes of one image; register several one after another")
    code = DONE
    terminal = Terminal()
    with writing(options.folder) as (case, ledger):
        for paths in images:
            row = register(
                case,
                ledger,
                paths,
                exhibit=options.exhibit,
                description=options.description,
                secrets=secrets,
                report=silent if options.json else terminal,
            )
            terminal.end()
            if row["verdict"] not in ("verified", "no digest stored"):
                code = FAILED
            _show_added(row, as_json=options.json)
    return code


def _relocate(options: argparse.Namespace) -> int:
    terminal = Terminal()
    with writing(options.folder) as (case, ledger):
        done = relocate(case, ledger, options.exhibit, options.path, silent if options.json else terminal)
    terminal.end()
    if options.json:
        emit(done)
    else:
        say(f"{done['exhibit']} is read from {done['path']} now; ledger entry {done['ledger_entry']}")
    return DONE


def _show_added(row: dict[str, Any], *, as_json: bool) -> None:
    stored, computed = json.loads(row["stored_json"]), json.loads(row["computed_json"])
    caveats = json.loads(row["caveats_json"])
    bad = json.loads(row["bad_runs_json"])
    if as_json:
        emit(
            {
                "exhibit": row["number"],
                "format": row["format"],
                "size": row["size"],
                "segments": json.loads(row["segments_json"]),
                "stored": stored,
                "computed": computed,
                "verdict": row["verdict"],
                "acquisition": json.loads(row["acquisition_json"]),
                "bad_runs": bad,
                "caveats": caveats,
                "ledger_entry": row["seq"],
            }
        )
        return
    say(f"{row['number']}  {row['format']}, {size_of(row['size'])}")
    for name in sorted({*stored, *computed}):
        say(f"    {name:<7} stored {stored.get(name, '(none stored)')}")
        say(f"    {'':<7} now    {computed.get(name, '(not computed)')}")
    say(f"    verdict: {row['verdict']}")
    for offset, length in bad:
        say(f"    cannot be read: {length:,} bytes from image offset {offset:,}")
    for caveat in caveats:
        say(f"    {caveat}")
