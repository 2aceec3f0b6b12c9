"""`bundle build|redact|verify|explain`, `prove`, `expunge`: what is given to others, and what is taken away."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from forensics.case.rebuild import rebuild
from forensics.commands.disclosing import build, choose, places_of, withholding
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, FAILED, emit, say, write_new
from forensics.commands.proving import ladder, place_of, save
from forensics.commands.verbs_inspect import find
from forensics.custody import audit, bundle, timestamp
from forensics.custody.note import Checkpoint, Note
from forensics.custody.receipt import tlog_proof
from forensics.custody.store import LEDGER_TREE, LedgerReader
from forensics.errors import FormatError, LedgerError, UsageError
from resources import verify as plain


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    group = verbs.add_parser("bundle", help="chosen items with their proofs, for others").add_subparsers(
        dest="action", metavar="build|redact|verify|explain", required=True
    )
    build = group.add_parser("build", help="make a bundle; the ledger records it and what is withheld")
    build.add_argument("folder", type=Path)
    build.add_argument("out", type=Path)
    build.add_argument("--finding", action="append", default=[], metavar="F17", help="with the entry that holds it")
    build.add_argument("--item", action="append", default=[], metavar="SCAN:INDEX")
    build.add_argument("--all-findings", action="store_true")
    redact = group.add_parser("redact", help="make a bundle of a bundle that shows less")
    redact.add_argument("folder", type=Path)
    redact.add_argument("bundle", type=Path)
    redact.add_argument("out", type=Path)
    redact.add_argument("--drop", action="append", default=[], metavar="SCAN:INDEX", help="items to withhold whole")
    for verb in (build, redact):
        verb.add_argument("--recipient", required=True)
        verb.add_argument("--purpose", required=True)
        verb.add_argument(
            "--withhold",
            default="",
            metavar="GROUP,…",
            help="content name locus meta claim fields events; with name goes the locus of findings, which holds it",
        )
        verb.add_argument("--reason", default="", help="why it is withheld")
        verb.add_argument("--json", action="store_true")
        verb.set_defaults(run=_build if verb is build else _redact)
    for name, words in (("verify", "check a bundle and say the level reached"), ("explain", "say what a bundle holds")):
        verb = group.add_parser(name, help=words)
        verb.add_argument("bundle", type=Path)
        verb.add_argument("--policy", type=Path)
        verb.add_argument("--anchor", type=Path, action="append", default=[])
        verb.add_argument("--tsa", type=Path, action="append", default=[])
        verb.add_argument("--recipient", help="whom it must have been made for")
        verb.add_argument("--json", action="store_true")
        verb.set_defaults(run=_verify if name == "verify" else _explain)
    prove = verbs.add_parser("prove", help="write the proof of one entry, finding or item")
    prove.add_argument("folder", type=Path)
    prove.add_argument("what", metavar="12, F17 or SCAN:INDEX",
                       help="an entry gives a c2sp.org/tlog-proof, a finding or an item a bundle of it alone")  # fmt: skip
    prove.add_argument("out", type=Path, nargs="?")
    prove.add_argument("--ladder", action="store_true", help="show the hashes from it to the signed head")
    prove.add_argument("--json", action="store_true")
    prove.set_defaults(run=_prove)
    expunge = verbs.add_parser("expunge", help="delete the content of one item for good, under an order")
    expunge.add_argument("folder", type=Path)
    expunge.add_argument("item", metavar="SCAN:INDEX or F17")
    expunge.add_argument("--order", required=True, help="the order that demands it")
    expunge.add_argument("--certificate", type=Path, required=True, help="where the signed proof of it is written")
    expunge.add_argument("--json", action="store_true")
    expunge.set_defaults(run=_expunge)


def _build(options: argparse.Namespace) -> int:
    withheld = withholding(options.withhold.split(","), options.reason)
    with reading(options.folder) as case:
        places = places_of(case, [find(case, name)["id"] for name in options.finding])
        places += places_of(case, None) if options.all_findings else []
    places += [place_of(text) for text in options.item]
    return _write(options, bundle.Selection(reason=options.reason), places, withheld)


def _redact(options: argparse.Namespace) -> int:
    checked = plain.verify_bundle(options.bundle)
    if checked["level"] in ("none", "L0"):
        raise LedgerError(f"{options.bundle} does not hold: {checked['faults'][0]['text']}")
    old = bundle.read_selection(options.bundle.read_bytes())
    dropped = {place_of(text) for text in options.drop}
    withheld = withholding(options.withhold.split(","), options.reason)
    chosen = bundle.Selection(reason=options.reason)
    for scan, items in old.items.items():
        for index, before in items.items():
            if (scan, index) not in dropped:
                chosen.add(scan, index, before)
    return _write(options, chosen, [(scan, index) for scan, items in chosen.items.items() for index in items], withheld)


def _write(
    options: argparse.Namespace, chosen: bundle.Selection, places: list[tuple[str, int]], withheld: frozenset[str]
) -> int:
    with writing(options.folder) as (case, ledger):
        with LedgerReader.open(options.folder) as reader:
            choose(reader, chosen, places, withheld)
        told = build(case, ledger, chosen, options.out, recipient=options.recipient, purpose=options.purpose)
    if options.json:
        emit(told)
        return DONE
    for scan in told["scans"]:
        say(f"scan {scan['scan']}: {_counts({**scan, 'total': scan['size']})}")
    say(f"{options.out}, ledger entry {told['export']}")
    return DONE


def _counts(counts: dict[str, int]) -> str:
    return (
        f"of {counts['total']:,} items {counts['disclosed']:,} are shown whole, {counts['partly']:,} in part, "
        f"{counts['withheld']:,} are withheld"
    )


def _checked(options: argparse.Namespace) -> dict[str, Any]:
    if not options.bundle.exists():
        raise UsageError(f"there is no {options.bundle}")
    try:
        result = plain.verify_bundle(
            options.bundle,
            options.policy.read_text("utf-8") if options.policy else None,
            [each.read_bytes() for each in options.anchor],
            [timestamp.certificate(each.read_bytes()) for each in options.tsa],
            options.recipient,
        )
    except plain.BadFormat as error:
        raise UsageError(str(error)) from error
    return result if result["level"] == "none" else {**result, "audit": _recounted(options.bundle)}


def _recounted(path: Path) -> dict[str, Any] | None:
    try:
        return audit.recounted(plain.bundle_files(path))
    except (FormatError, ValueError) as error:
        raise UsageError(f"{path}: it says that it is an auditor's file, and is none: {error}") from error


LEVELS = {
    "none": "its files are not those that its list names",
    "L0": "its files are those that its list names, and no more holds",
    "L1": "it holds together, under the keys that it names for itself",
    "L2": "it holds together, under the keys that you pinned",
    "L3": "as L2, and an anchor from outside covers every item in it",
    "L4": "as L3, and as many witnesses as you asked for signed a head that covers it",
}


def _verify(options: argparse.Namespace) -> int:
    result = _checked(options)
    if options.json:
        emit(result)
    else:
        say(f"Level {result['level']}: {LEVELS[result['level']]}.")
        for each in result["faults"]:
            say(f"    {each['where']}: {each['text']}")
    return FAILED if result["faults"] else DONE


def _explain(options: argparse.Namespace) -> int:
    result = _checked(options)
    if options.json:
        emit(result)
        return DONE
    say(f"Made for {result['recipient']}: {result['purpose']} (ledger entry {result['export']})")
    say(
        f"In its scans, {_counts(result['counts'])}. The scans' sizes are signed, so the count of what is withheld holds."
    )
    if result["anchored"]:
        say(f"Anchors outside fix the first {result['anchored']:,} entries of the ledger.")
    if told := result.get("audit"):
        say(f"An auditor's file: {told['entries']:,} entries, {told['first']} to {told['last']} (claimed).")
        for kind, count in told["types"].items():
            say(f"    {kind:<20} {count:,}")
        if not told["told"]:
            say("    audit.json counts otherwise; these counts are from the entries themselves.")
    say(f"Level {result['level']}: {LEVELS[result['level']]}.")
    return DONE


def _prove(options: argparse.Namespace) -> int:
    if options.ladder:
        with reading(options.folder) as case:
            rungs = ladder(case, options.what)
        if options.json:
            emit({"rungs": rungs})
        for rung in () if options.json else rungs:
            say(f"{rung['title']:<18} {rung['digest']}  {rung['note']}")
        return DONE
    if options.out is None:
        raise UsageError("name a file for the proof, or ask for the --ladder")
    with writing(options.folder) as (case, ledger):
        told = save(case, ledger, options.what, options.out)
    if options.json:
        emit(told)
    elif "bytes" in told:
        say(f"{options.out}: {told['bytes']:,} bytes")
    else:
        say(f"{options.out}: check it with `python3 -I -S verify.py {options.out}` (ledger entry {told['export']})")
    return DONE


def _expunge(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        place = options.item
        scan, index = place_of(place) if ":" in place else places_of(case, [find(case, place)["id"]])[0]
    if options.certificate.exists():
        raise UsageError(f"{options.certificate} is there already and is not replaced")
    with writing(options.folder) as (_, ledger):
        entry = ledger.expunge(scan, index, options.order)
        checkpoint = ledger.checkpoint().encode()
    size = Checkpoint.parse(Note.parse(checkpoint).text).size
    with LedgerReader.open(options.folder) as reader:
        note, body = reader.raw_entry(entry.seq)
        proof = tlog_proof(entry.seq, size, reader.tile_reader(LEDGER_TREE), checkpoint)
    write_new(options.certificate, b"".join((note, b"\n", body or b"", b"\n\n", proof)))
    done = rebuild(options.folder)
    for left in options.folder.glob(f"{done.set_aside}*") if done.set_aside else ():
        left.unlink()  # it held what was to be deleted
    facts = {"scan": scan, "index": index, "ledger_entry": entry.seq, "certificate": str(options.certificate)}
    if options.json:
        emit(facts)
    else:
        say(f"Item {index} of scan {scan} is deleted; ledger entry {entry.seq}, certificate {options.certificate}")
        say("Copies made before, exports and backups are not reached by this.")
    return DONE
