"""Hand-overs, and who held what: the one way in for the commands and for the window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forensics.commands.output import write_new
from forensics.custody import label
from forensics.custody.client import LedgerClient
from forensics.custody.entry import time_text
from forensics.custody.note import Note
from forensics.custody.receipt import Receipt
from forensics.custody.store import LedgerReader
from forensics.custody.things import Thing, things
from forensics.custody.verify import Report
from forensics.errors import LedgerError, UsageError

TEXTS = ("from", "to", "place", "seal_before", "seal_after", "purpose", "authority", "condition")
WORK = ("acquire.begin", "acquire.end", "acquire.abort", "acquire.verify", "verify.end", "scan.begin", "scan.end")
"""Entries on an exhibit that say what was done with it while it was held."""

_SHOWN = ("exhibit", "state", "custodian", "place", "seal", "events", "gaps", "flags")


def stories(folder: Path, checked: Report | None = None) -> list[dict[str, Any]]:
    """Every exhibit of the record: its custody events, gaps and flags, and the work that was done on it.

    With ``checked``, the report of a verification, each event and piece of work bears ``proven``: the time before and
    the time after which it was not made (``None`` where no verified time-stamp says so).
    """
    with LedgerReader.open(folder) as reader:
        found = things(reader.entries())
        work: dict[str, list[dict[str, Any]]] = {}
        actors: dict[int, str] = {}
        for entry in reader.entries():
            if entry.exhibit is None:
                continue
            actors[entry.seq] = entry.actor
            if entry.type in WORK:
                done = {"entry": entry.seq, "time": entry.time, "kind": entry.type, "actor": entry.actor}
                work.setdefault(entry.exhibit, []).append(done)
    told = []
    for exhibit in (*found, *(name for name in work if name not in found)):
        thing = found.get(exhibit, Thing(exhibit))
        story = {name: getattr(thing, name) for name in _SHOWN}
        story["events"] = [{**each, "actor": actors[each["entry"]]} for each in thing.events]
        story["work"] = work.get(exhibit, [])
        if checked is not None:
            for each in (*story["events"], *story["work"]):
                each["proven"] = [None if us is None else time_text(us) for us in checked.interval(each["entry"])]
        told.append(story)
    return told


def judge(folder: Path, kind: str, exhibit: str, body: Mapping[str, Any], *, countersigned: bool) -> list[str]:
    """What would not fit if this event were entered now; empty if it fits."""
    with LedgerReader.open(folder) as reader:
        thing = things(reader.entries()).get(exhibit, Thing(exhibit))
    return thing.judge(kind, {**body, "vkey": "yes" if countersigned else ""})


def enter(
    ledger: LedgerClient,
    folder: Path,
    kind: str,
    exhibit: str,
    body: Mapping[str, Any],
    *,
    key: Path | None = None,
    secret: str | None = None,
    receipt: Path | None = None,
) -> dict[str, Any]:
    """Enter ``custody.<kind>``, with the flags of what does not fit; ``key`` is the other person's, who signs too.

    The receipt is the entry, its body, and the proof that a signed head covers it.

    Raises:
        LedgerError: the key file does not open, or is the examiner's own; nothing was entered then.
        UsageError: there is a file at ``receipt`` already; nothing was entered then.
    """
    if receipt is not None and receipt.exists():
        raise UsageError(f"{receipt} is there already and is not replaced")
    flags = judge(folder, kind, exhibit, body, countersigned=key is not None)
    written = {**body, "flags": flags} if flags else dict(body)
    if key is None:
        entry = ledger.append(f"custody.{kind}", written, exhibit=exhibit)
    else:
        entry = ledger.append_countersigned(f"custody.{kind}", written, exhibit, key.resolve(), secret)
    checkpoint = ledger.checkpoint().encode()
    if receipt is not None:
        with LedgerReader.open(folder) as reader:
            write_new(receipt, bytes(Receipt.of(reader, entry.seq, checkpoint)))
    return {"ledger_entry": entry.seq, "time": entry.time, "flags": flags}


def slip(folder: Path) -> dict[str, Any]:
    """What the recipient takes along by eye or by phone: the newest signed head as a fingerprint and as a QR code."""
    with LedgerReader.open(folder) as reader:
        last = reader.last_checkpoint()
        if last is None:
            raise LedgerError("the ledger has no signed head yet")
        size, note = last
        short = label.label_note(note, reader.verifiers()[1])
    rows = ["".join("1" if dark else "0" for dark in row) for row in label.qr_rows(short)]
    return {"size": size, "fingerprint": label.fingerprint(Note.parse(note).text), "qr": rows}


def texts(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a custody event that were filled in."""
    return {name: text for name in TEXTS if (text := str(given.get(name) or "").strip())}
