"""What proves one finding, item or entry: the rungs from it to the signed head, and the proof as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.disclosing import Place, build, choose, places_of
from forensics.commands.output import write_new
from forensics.commands.verbs_inspect import find
from forensics.custody import bundle, item, merkle
from forensics.custody.client import LedgerClient
from forensics.custody.entry import time_text
from forensics.custody.note import Checkpoint, Note
from forensics.custody.receipt import tlog_proof
from forensics.custody.store import LEDGER_TREE, LedgerReader
from forensics.errors import LedgerError, UsageError


def place_of(text: str) -> Place:
    """Scan and index of an item that is named SCAN:INDEX."""
    scan, gap, index = text.partition(":")
    if not gap or not index.isdecimal():
        raise UsageError(f"{text!r}: an item is named SCAN:INDEX")
    return scan, int(index)


def _places(case: Case, what: str) -> list[Place]:
    """The items of F17 (with that of the entry that holds it), entry:42 or SCAN:3."""
    if what.startswith("entry:") and what[6:].isdecimal():
        entry, scan = schema.entry.c, schema.scan.c
        row = case.one(
            select(entry.item, scan.id).where(entry.id == int(what[6:]), scan.exhibit == entry.exhibit)
            .order_by(scan.started_us.desc()).limit(1)
        )  # fmt: skip
        if row is None or row["item"] < 0:
            raise UsageError(f"there is no recorded {what} in this case")
        return [(str(row["id"]), int(row["item"]))]
    return [place_of(what)] if ":" in what else places_of(case, [find(case, what)["id"]])


def save(case: Case, ledger: LedgerClient, what: str, out: Path) -> dict[str, Any]:
    """Write the proof of an entry (`12`, a tlog-proof), or of a finding or item (`F17`, `entry:42`, `SCAN:3`, a bundle of it)."""
    if not what.isdecimal():
        chosen = bundle.Selection()
        with LedgerReader.open(case.folder) as reader:
            choose(reader, chosen, _places(case, what), frozenset())
        told = build(case, ledger, chosen, out, recipient="whoever doubts it", purpose=f"proof of {what}")
        return {"proof": str(out), **told}
    checkpoint = ledger.checkpoint().encode()
    size = Checkpoint.parse(Note.parse(checkpoint).text).size
    with LedgerReader.open(case.folder) as reader:
        proof = tlog_proof(int(what), size, reader.tile_reader(LEDGER_TREE), checkpoint)
    write_new(out, proof)
    return {"proof": str(out), "bytes": len(proof)}


def ladder(case: Case, what: str) -> list[dict[str, str]]:
    """The rungs from a finding, an item or an entry up to the last signed head: `title`, `digest`, `note`.

    Each digest is made of the one before it and of what the proof holds beside it.

    Raises:
        UsageError: there is no such thing.
        LedgerError: no signed head covers it yet.
    """
    with LedgerReader.open(case.folder) as reader:
        rungs: list[dict[str, str]] = []
        if what.isdecimal():
            seq = int(what)
        else:
            rungs, seq = _item(reader, *_places(case, what)[0])
        note, _ = reader.raw_entry(seq)
        last = reader.last_checkpoint()
        if last is None or last[0] <= seq:
            raise LedgerError(f"no signed head covers entry {seq} yet")
        size, head = last[0], Checkpoint.parse(Note.parse(last[1]).text)
        count = len(merkle.inclusion_proof(seq, size, reader.tile_reader(LEDGER_TREE)))
        leaf = merkle.leaf_hash(note).hex()
        rungs.append({"title": f"Entry {seq}", "digest": leaf, "note": "SHA-256 of its signed text and signatures"})
        beside = f"with {count} hashes beside it, over {size:,} entries"
        rungs.append({"title": "Signed head", "digest": head.root.hex(), "note": beside})
        first = next((each for each in reader.anchors() if each.size > seq), None)
        if first is not None:
            root = merkle.range_root(0, first.size, reader.tile_reader(LEDGER_TREE))
            held = f"{first.kind} over {first.size:,} entries, kept by {first.held_by}; {time_text(first.time_us)} (claimed)"
            rungs.append({"title": "Anchor outside", "digest": root.hex(), "note": held})
    return rungs


def _item(reader: LedgerReader, name: str, index: int) -> tuple[list[dict[str, str]], int]:
    """The rungs of an item up to its scan's root, and the entry that signs that root."""
    scan = reader.scan(name)
    signing = bundle.signing_entries(reader)
    if not 0 <= index < scan.size or name not in signing:
        raise UsageError(f"scan {name} has no signed item {index}")
    number, offset = divmod(index, item.BUNDLE)
    lines = item.split_bundle(scan.kind, reader.bundle(scan.tree, number))[offset]
    commitments = [item.commitment_of(line) for line in lines]
    leaf = merkle.leaf_hash(item.leaf_text(scan.kind, name, index, commitments))
    tile = reader.tile_reader(scan.tree)
    nodes = merkle.inclusion_proof(index, scan.size, tile)
    root = merkle.inclusion_root(leaf, index, scan.size, nodes)
    rungs = [
        {"title": group.capitalize(), "digest": digest, "note": "SHA-256 of its salted line"}
        for group, digest in zip(item.GROUPS[scan.kind], commitments, strict=True)
    ]
    rungs.append({"title": f"Item {index}", "digest": leaf.hex(), "note": f"of scan {name}, made of the four above"})
    beside = f"with {len(nodes)} hashes beside it, over {scan.size:,} items"
    rungs.append({"title": "Root of the scan", "digest": root.hex(), "note": beside})
    return rungs, signing[name][1].seq
