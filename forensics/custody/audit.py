"""The auditor's file: who did what kind of thing when, how often, in one unbroken record, and no content of evidence.

It is a bundle that shows no item (section 11 of ``ledger-format.md``) and holds every entry of the ledger: so
``verify.py`` checks it to the same levels, each entry with its signature and its place. Bodies, in which paths, values
and search words stand, are left out but for those that verification needs and that hold none: the opening of the case,
sessions, keys, the beginnings of scans, and their sizes. That nothing is missing shows in the numbers: entries 0 to the
size of the checkpoint, less one.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from forensics.custody import bundle, merkle, mj1
from forensics.custody.entry import EntryText
from forensics.custody.note import Checkpoint, Note
from forensics.custody.store import Entry, LedgerReader
from forensics.errors import FormatError
from forensics.visible import visible

FORMAT = "impound/audit/v1"
PURPOSE, PURPOSE_BODIES = "audit without content of evidence", "audit with the bodies of entries"
KEPT = frozenset(("case.open", "session.open", "scan.begin"))
"""Entries whose bodies a verifier needs; of ``key.*`` it needs all."""

WATCHED = (
    "scope.override",
    "secret.reveal",
    "redact.expunge",
    "key.revoke",
    "clock.step",
    "storage.full",
    "scan.interrupted",
)
"""Types of which each entry is listed: what oversight asks for first."""


def build(
    reader: LedgerReader,
    ledger: bundle.Exporter,
    out: Path,
    *,
    recipient: str,
    bodies: bool,
    extra: Mapping[str, bytes],
) -> dict[str, Any]:
    """Make the file and enter it as ``export.bundle``; returns its ``audit.json``.

    With ``bodies`` the bodies of all entries are in it, as people wrote them, and with them names out of the evidence.
    """
    purpose = PURPOSE_BODIES if bodies else PURPOSE
    bundle.check_names(recipient, purpose)
    scans, signing = _scans(reader)
    facts: dict[str, object] = {
        "recipient": recipient,
        "purpose": purpose,
        "nonce": secrets.token_hex(16),
        "items": hashlib.sha256(b"").hexdigest(),
        "scans": scans,
    }
    export, checkpoint_text = ledger.export_bundle(facts)
    checkpoint = checkpoint_text.encode()
    size = Checkpoint.parse(Note.parse(checkpoint).text).size
    entries = [entry for entry in reader.entries() if entry.seq < size]
    kept = {entry.seq for entry in entries if entry.type in KEPT or entry.type.startswith("key.")} | signing | {export}
    sizes = [each for each, _ in reader.checkpoints() if each <= size]
    told = _told(reader, entries, scans, sizes, bodies=bodies)
    files: dict[str, bytes] = {
        "audit.json": json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n",
        "bundle.json": mj1.dumps({"format": bundle.FORMAT, "ledger": reader.origin, "export": export, **facts}) + b"\n",
        "checkpoint": checkpoint,
        "items.jsonl": b"",
        "keys/policy": bundle.policy_lines(reader),
        "index.html": page(told, entries),
        **bundle.entry_files(reader, range(size), size, checkpoint, () if bodies else set(range(size)) - kept),
        **bundle.anchor_files(reader, size, sizes),
        **extra,
    }
    bundle.seal(ledger, files, reader.origin, export, recipient, out)
    return told


def _scans(reader: LedgerReader) -> tuple[list[dict[str, object]], set[int]]:
    """Each scan with items as a bundle lists it, all of it withheld, and the entries that sign their sizes."""
    signing = bundle.signing_entries(reader)
    found: list[dict[str, object]] = []
    for scan in reader.scans():
        if scan.id in signing:
            begin, last = signing[scan.id]
            root = base64.b64encode(merkle.range_root(0, scan.size, reader.tile_reader(scan.tree))).decode()
            found.append({"scan": scan.id, "kind": scan.kind, "begin": begin.seq, "entry": last.seq, "size": scan.size,
                          "root": root, "disclosed": 0, "partly": 0, "withheld": scan.size})  # fmt: skip
    return found, {last.seq for _, last in signing.values()}


def _told(
    reader: LedgerReader,
    entries: Sequence[Entry],
    scans: Sequence[Mapping[str, object]],
    sizes: Sequence[int],
    *,
    bodies: bool,
) -> dict[str, Any]:
    """What the notes of the entries come to; whoever has the file can count it again."""
    return {
        "format": FORMAT,
        "ledger": reader.origin,
        "bodies": bodies,
        **counted(entries),
        "scans": [{key: scan[key] for key in ("scan", "kind", "size")} for scan in scans],
        "anchors": [{"kind": each.kind, "size": each.size} for each in reader.anchors()],
        "checkpoints": list(sizes),
    }


def counted(entries: Sequence[Entry]) -> dict[str, Any]:
    """What the notes of some entries say, counted."""
    return {
        "entries": len(entries),
        "first": entries[0].time,
        "last": entries[-1].time,
        "types": dict(sorted(Counter(entry.type for entry in entries).items())),
        "actors": dict(sorted(Counter(entry.actor for entry in entries).items())),
        "exhibits": dict(sorted(Counter(entry.exhibit for entry in entries if entry.exhibit is not None).items())),
        "watched": {
            kind: [{"entry": entry.seq, "time": entry.time, "actor": entry.actor, "exhibit": entry.exhibit}
                   for entry in entries if entry.type == kind]
            for kind in WATCHED
        },
    }  # fmt: skip


def recounted(files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """What the entries in an auditor's file say, counted anew from their notes; `None` for any other bundle.

    ``heads`` lists them and ``told`` says whether ``audit.json`` says the same. Whether the notes are genuine is for
    the verifier to say. Raises :class:`FormatError` where a note is none.
    """
    if "audit.json" not in files:
        return None
    names = [name for name in files if name.startswith("entries/") and name.endswith(".note")]
    notes = [Note.parse(files[name]) for name in sorted(names, key=lambda name: int(name[8:-5]))]
    entries = [Entry(EntryText.parse(note.text), b"", None) for note in notes]
    if not entries:
        raise FormatError("an auditor's file without entries")
    found = counted(entries)
    said = json.loads(files["audit.json"])
    heads = [{"entry": entry.seq, "time": entry.time, "type": entry.type, "actor": entry.actor, "exhibit": entry.exhibit}
             for entry in entries]  # fmt: skip
    same = isinstance(said, dict) and all(said.get(key) == value for key, value in found.items())
    return {**found, "bodies": sum(name.endswith(".body") for name in files), "told": same, "heads": heads}


def page(told: Mapping[str, Any], entries: Sequence[Entry]) -> bytes:
    """A page for people: the counts, then each entry's head. It proves nothing; ``verify.py`` does."""

    def row(*cells: object) -> str:
        return "<tr>" + "".join(f"<td>{html.escape(visible(str(cell)))}</td>" for cell in cells) + "</tr>"

    parts = [
        "<!doctype html><meta charset=utf-8><title>Audit</title><style>body{font:15px sans-serif;margin:2em}"
        "table{margin-bottom:1.5em}td,th{border:1px solid #888;padding:.3em;text-align:left}</style>",
        f"<h1>{html.escape(visible(str(told['ledger'])))}</h1>",
        f"<p>{told['entries']:,} entries, {told['first']} to {told['last']} (claimed). This page is for reading. To check "
        "it: <code>python3 -I -S verify.py FILE</code>, with a copy of verify.py that reached you another way.</p>",
    ]
    for head in ("types", "actors", "exhibits"):
        rows = "".join(row(name, f"{count:,}") for name, count in told[head].items())
        parts.append(f"<table><tr><th>{head}<th>entries</tr>{rows}</table>")
    watched = "".join(row(kind, f"{len(found):,}") for kind, found in told["watched"].items())
    parts.append(f"<table><tr><th>watched<th>entries</tr>{watched}</table>")
    parts.append("<table><tr><th>entry<th>time<th>type<th>actor<th>exhibit</tr>")
    parts += [row(entry.seq, entry.time, entry.type, entry.actor, entry.exhibit or "") for entry in entries]
    parts.append("</table>")
    return "\n".join(parts).encode()
