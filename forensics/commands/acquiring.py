"""Acquisitions by another imager: begun, ended with the digests that it showed, and compared with the image since."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forensics.case.evidence import check_unchanged
from forensics.case.store import Case
from forensics.commands.progress import Report, silent
from forensics.commands.register import EXHIBIT, checked
from forensics.custody.client import LedgerClient
from forensics.custody.store import Entry, LedgerReader
from forensics.errors import UsageError

DEVICE = ("device", "serial", "write_blocker", "imager", "operator", "place", "reason")
"""What ``acquire.begin`` may say of the source and of how it is read."""

DIGITS = {"md5": 32, "sha1": 40, "sha256": 64}


def begin(ledger: LedgerClient, folder: Path, exhibit: str, said: Mapping[str, str], size: int | None) -> int:
    """Enter ``acquire.begin``; returns the entry. An acquisition that is open is flagged, not refused."""
    _named(exhibit)
    body: dict[str, object] = {name: text for name in DEVICE if (text := said.get(name, "").strip())}
    if not body.get("device"):
        raise UsageError("say what is read: make and model, as printed on it")
    if size is not None:
        body["size"] = size
    flags = [f"entry {open_.seq} began an acquisition that has not ended"] if (open_ := _open(folder, exhibit)) else []
    entry = ledger.append("acquire.begin", {**body, "elsewhere": True, **_flagged(flags)}, exhibit=exhibit)
    return entry.seq


def end(
    ledger: LedgerClient, folder: Path, exhibit: str, digests: Mapping[str, str], unreadable: int | None, note: str
) -> dict[str, Any]:
    """Enter ``acquire.end`` with the digests that the imager showed, copied from its screen or its log."""
    _named(exhibit)
    stated = {name: text.lower() for name in DIGITS if (text := digests.get(name, "").strip())}
    for name, text in stated.items():
        if not re.fullmatch(f"[0-9a-f]{{{DIGITS[name]}}}", text):
            raise UsageError(f"{name.upper()} has {DIGITS[name]} hexadecimal digits; {text!r} has not")
    if not stated:
        raise UsageError("give at least one digest that the imager showed")
    begun = _open(folder, exhibit)
    flags = [] if begun else ["no acquisition of this exhibit was begun"]
    body: dict[str, object] = {"stated": stated, **({"begin_seq": begun.seq} if begun else {})}
    if unreadable is not None:
        body["unreadable"] = unreadable
    if note.strip():
        body["note"] = note.strip()
    entry = ledger.append("acquire.end", {**body, **_flagged(flags)}, exhibit=exhibit)
    return {"ledger_entry": entry.seq, "flags": flags}


def verify(case: Case, ledger: LedgerClient, exhibit: str, report: Report = silent) -> dict[str, Any]:
    """Read the whole image again and compare it with its registration and with what the imager showed.

    Entered as ``acquire.verify``: `computed` now, and `compared`, a list of `{digest, with, recorded, equal}`.

    Raises:
        EvidenceError: the files changed or cannot be read; nothing is entered.
    """
    row = case.exhibit(exhibit)
    check_unchanged(row)
    paths = [Path(each["path"]) for each in json.loads(row["segments_json"])]
    facts, _ = checked(exhibit, paths, {}, report)
    check_unchanged(row)
    computed: dict[str, str] = facts["computed"]
    known = [("registration", row["seq"], json.loads(row["computed_json"]))]
    with LedgerReader.open(case.folder) as reader:
        for each in reader.entries():
            if each.type == "acquire.end" and each.exhibit == exhibit and isinstance(each.body, dict):
                known.append(("the imager", each.seq, each.body.get("stated") or {}))
    compared = [
        {"digest": name, "with": source, "entry": seq, "recorded": digest, "equal": computed[name] == digest}
        for source, seq, digests in known
        for name, digest in digests.items()
        if name in computed
    ]
    body = {"size": facts["size"], "computed": computed, "compared": compared}
    entry = ledger.append("acquire.verify", body, exhibit=exhibit)
    return {**body, "exhibit": exhibit, "ledger_entry": entry.seq}


def _named(exhibit: str) -> None:
    if not EXHIBIT.fullmatch(exhibit):
        raise UsageError(f"{exhibit!r} cannot be an exhibit number: letters, digits, point, dash, underscore")


def _flagged(flags: list[str]) -> dict[str, object]:
    return {"flags": flags} if flags else {}


def _open(folder: Path, exhibit: str) -> Entry | None:
    """The acquisition of an exhibit that was begun last and has not ended."""
    found: Entry | None = None
    with LedgerReader.open(folder) as reader:
        for entry in reader.entries():
            if entry.exhibit == exhibit and entry.type == "acquire.begin":
                found = entry
            elif entry.exhibit == exhibit and entry.type in ("acquire.end", "acquire.abort"):
                found = None
    return found
