"""Bundles: chosen items with their proofs, in one archive that strangers can check with ``verify.py`` alone.

The layout is section 11 of ``ledger-format.md``. What is withheld is counted in the ledger's own
``export.bundle`` entry, and the sizes of the scans are signed: so nobody can say later that there was nothing
else, and an item that was held back can be asked for by its number and checked against what was committed.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import secrets
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from forensics.custody import disclosure, item, merkle, mj1
from forensics.custody.note import Checkpoint, Note
from forensics.custody.receipt import tlog_proof
from forensics.custody.store import LEDGER_TREE, Entry, LedgerReader, Scan
from forensics.errors import FormatError, LedgerError
from forensics.visible import visible

FORMAT = "impound/bundle/v1"
MANIFEST = "impound/manifest/v1"
EPOCH = (1980, 1, 1, 0, 0, 0)
SUFFIX = {"rfc3161": "tsr", "witness": "cosig", "label": "label"}

Groups = frozenset[str]


class Exporter(Protocol):
    """What a bundle needs of the ledger writer."""

    def export_bundle(self, body: Mapping[str, object]) -> tuple[int, str]:
        """Enter ``export.bundle`` and sign a checkpoint; returns the entry's number and the checkpoint."""
        ...

    def sign_manifest(self, text: str) -> str:
        """The manifest signed by examiner and ledger."""
        ...


@dataclass
class Selection:
    """For each scan the items to show and, for each, the groups to withhold; one reason for what is withheld."""

    items: dict[str, dict[int, Groups]] = field(default_factory=dict)
    reason: str = ""

    def add(self, scan: str, index: int, withheld: Groups = frozenset()) -> None:
        """Choose an item."""
        self.items.setdefault(scan, {})[index] = withheld


def withheld_of(kind: str, wanted: Groups) -> Groups:
    """The groups of an item of `kind` that are withheld where `wanted` are; a finding's name stands in its locus."""
    own = frozenset(item.GROUPS.get(kind, ()))
    if "name" in wanted and "name" not in own:
        wanted |= {"locus"}
    return wanted & own


def item_lines(reader: LedgerReader, scan: Scan, chosen: Mapping[int, Groups], reason: str) -> Iterator[bytes]:
    """One line of MJ1 for each chosen item: its leaf, the lines that are shown, and its proof."""
    tile = reader.tile_reader(scan.tree)
    groups = item.GROUPS[scan.kind]
    held: tuple[int, list[list[bytes]]] = (-1, [])
    for index, withheld in sorted(chosen.items()):
        if not 0 <= index < scan.size or withheld - set(groups):
            raise FormatError(f"scan {scan.id} has no item {index} with the groups {', '.join(sorted(withheld))}")
        number = index // item.BUNDLE
        if held[0] != number:
            held = (number, item.split_bundle(scan.kind, reader.bundle(scan.tree, number)))
        own = held[1][index % item.BUNDLE]
        commitments = [item.commitment_of(line) for line in own]
        shown = {
            group: line.decode()
            for group, line in zip(groups, own, strict=True)
            if group not in withheld and not item.is_expunged(line)
        }
        record: dict[str, object] = {
            "scan": scan.id,
            "index": index,
            "leaf": item.leaf_text(scan.kind, scan.id, index, commitments).decode(),
            "lines": shown,
            "proof": [base64.b64encode(node).decode() for node in merkle.inclusion_proof(index, scan.size, tile)],
        }
        if len(shown) < len(groups):
            record["withheld"] = reason
        yield mj1.dumps(record)


def shown(reader: LedgerReader, selection: Selection) -> Iterator[tuple[Scan, int, dict[str, Any]]]:
    """Each chosen item with the values of the groups that its lines will show, as scan, index and groups."""
    for scan_id, chosen in sorted(selection.items.items()):
        scan = reader.scan(scan_id)
        for line in item_lines(reader, scan, chosen, selection.reason):
            record: Any = mj1.loads(line)
            values = {name: disclosure.parse(text.encode(), name).value for name, text in record["lines"].items()}
            yield scan, record["index"], values


def build(
    reader: LedgerReader,
    ledger: Exporter,
    selection: Selection,
    out: Path,
    *,
    recipient: str,
    purpose: str,
    extra: Mapping[str, bytes],
) -> dict[str, Any]:
    """Make a bundle and enter it; ``extra`` are files such as ``verify.py``. Returns its ``bundle.json``.

    Raises :class:`LedgerError` where a chosen scan has no signed end, :class:`FormatError` for items it has not.
    """
    check_names(recipient, purpose)
    signing = signing_entries(reader)
    scans: list[dict[str, object]] = []
    rows: list[bytes] = []
    wanted = {0}
    for scan_id, chosen in sorted(selection.items.items()):
        scan = reader.scan(scan_id)
        if scan.state == "open" or scan_id not in signing:
            raise LedgerError(f"scan {scan_id} has no signed end yet")
        begin, end = signing[scan_id]
        own = list(item_lines(reader, scan, chosen, selection.reason))
        partly = sum(1 for line in own if b'"withheld":' in line)
        root = base64.b64encode(merkle.range_root(0, scan.size, reader.tile_reader(scan.tree))).decode()
        counts = {"disclosed": len(own) - partly, "partly": partly, "withheld": scan.size - len(own)}
        scans.append({"scan": scan_id, "kind": scan.kind, "begin": begin.seq, "entry": end.seq, "size": scan.size,
                      "root": root, **counts})  # fmt: skip
        wanted |= {begin.seq, end.seq}
        rows += own
    items = b"".join(row + b"\n" for row in rows)
    facts: dict[str, object] = {
        "recipient": recipient,
        "purpose": purpose,
        "nonce": secrets.token_hex(16),
        "items": hashlib.sha256(items).hexdigest(),
        "scans": scans,
    }
    export, checkpoint_text = ledger.export_bundle(facts)
    checkpoint = checkpoint_text.encode()
    size = Checkpoint.parse(Note.parse(checkpoint).text).size
    wanted |= {export, *_registrations(reader)}
    wanted |= _sessions(reader, wanted)
    told = {"format": FORMAT, "ledger": reader.origin, "export": export, **facts}
    files: dict[str, bytes] = {
        "bundle.json": mj1.dumps(told) + b"\n",
        "checkpoint": checkpoint,
        "items.jsonl": items,
        "keys/policy": policy_lines(reader),
        **extra,
    }
    files |= entry_files(reader, wanted, size, checkpoint)
    files |= anchor_files(reader, size)
    files["index.html"] = page(told, rows)
    seal(ledger, files, reader.origin, export, recipient, out)
    return told


def check_names(recipient: str, purpose: str) -> None:
    """Refuse what cannot stand in a manifest."""
    for text in (recipient, purpose):
        if not text.strip() or any(ord(char) < 0x20 for char in text):
            raise FormatError("a bundle names its recipient and its purpose in one line each")


def entry_files(
    reader: LedgerReader, wanted: Iterable[int], size: int, checkpoint: bytes, silent: Container[int] = ()
) -> dict[str, bytes]:
    """Notes of entries, their proofs to ``checkpoint`` over ``size`` entries, and the bodies but of those ``silent``."""
    tile, files = reader.tile_reader(LEDGER_TREE), {}
    for seq in sorted(wanted):
        files[f"entries/{seq}.note"], line = reader.raw_entry(seq)
        files[f"entries/{seq}.tlog-proof"] = tlog_proof(seq, size, tile, checkpoint)
        if line is not None and seq not in silent:
            files[f"entries/{seq}.body"] = line
    return files


def anchor_files(reader: LedgerReader, size: int, more: Iterable[int] = ()) -> dict[str, bytes]:
    """The anchors up to ``size``, and the proof that the tree of that size continues theirs and those of ``more``."""
    tile, files = reader.tile_reader(LEDGER_TREE), {}
    sizes = {each for each in more if 0 < each <= size}
    for anchor in reader.anchors():
        if anchor.kind in SUFFIX and 0 < anchor.size <= size:
            files[f"anchors/{anchor.id}.{anchor.size}.{SUFFIX[anchor.kind]}"] = anchor.data
            sizes.add(anchor.size)
    for old in sizes:
        files[f"anchors/{old}.checkpoint"] = reader.checkpoint(old)
        proof = merkle.consistency_proof(old, size, tile)
        files[f"anchors/{old}.consistency"] = b"".join(base64.b64encode(node) + b"\n" for node in proof)
    return files


def seal(ledger: Exporter, files: Mapping[str, bytes], origin: str, export: int, recipient: str, out: Path) -> None:
    """List the files, have the list signed, and write the archive."""
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    manifest = (
        f"{MANIFEST}\nledger {origin}\nexport {export}\nrecipient {recipient}\n"
        f"sums sha256:{hashlib.sha256(sums).hexdigest()}\n"
    )
    _write(out, {**files, "SHA256SUMS": sums, "SHA256SUMS.note": ledger.sign_manifest(manifest).encode()})


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """The archive: sorted names, one fixed time, so that equal content is equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name])
    try:
        with out.open("xb") as file:
            file.write(buffer.getvalue())
    except FileExistsError as error:
        raise LedgerError(f"{out} is there already and is not replaced") from error


def signing_entries(reader: LedgerReader) -> dict[str, tuple[Entry, Entry]]:
    """For each scan with items its beginning, and the last ``scan.batch``, which signs its size and root.

    Not its ``scan.end``, which signs the same: that one names places that could not be examined.
    """
    begins: dict[str, Entry] = {}
    found: dict[str, tuple[Entry, Entry]] = {}
    for entry in reader.entries():
        if entry.type not in ("scan.begin", "scan.batch") or not isinstance(entry.body, dict):
            continue
        name = str(entry.body["scan"])
        if entry.type == "scan.begin":
            begins[name] = entry
        elif name in begins:
            found[name] = (begins[name], entry)
    return found


def _registrations(reader: LedgerReader) -> set[int]:
    """Registered exhibits, and what the ledger says of keys."""
    return {entry.seq for entry in reader.entries() if entry.type == "verify.end" or entry.type.startswith("key.")}


def _sessions(reader: LedgerReader, wanted: set[int]) -> set[int]:
    """The grants under which the wanted entries were signed."""
    grants = [entry.seq for entry in reader.entries() if entry.type == "session.open"]
    return {max(before) for seq in wanted if (before := [grant for grant in grants if grant < seq])}


def policy_lines(reader: LedgerReader) -> bytes:
    """The ledger's own keys in the form of a policy."""
    examiner, *own = reader.verifiers()
    note = "# Advisory: keys to be compared with those that reached you another way."
    lines = [note, *(f"log {key}" for key in own), f"examiner {examiner}", "quorum none"]
    return "".join(f"{line}\n" for line in lines).encode()


def page(told: Mapping[str, Any], rows: Sequence[bytes]) -> bytes:
    """A page for people: what the bundle says, and each item's lines. It proves nothing; ``verify.py`` does."""

    def cell(text: object) -> str:
        return f"<td>{html.escape(visible(str(text)))}</td>"

    parts = [
        "<!doctype html><meta charset=utf-8><title>Bundle</title><style>body{font:15px sans-serif;margin:2em}"
        "td,th{border:1px solid #888;padding:.3em;vertical-align:top;overflow-wrap:anywhere}</style>",
        f"<h1>{html.escape(visible(str(told['ledger'])))}</h1>",
        f"<p>For {html.escape(visible(str(told['recipient'])))}: {html.escape(visible(str(told['purpose'])))}. "
        "This page is for reading. To check it: <code>python3 -I -S verify.py BUNDLE</code>, with a copy of "
        "verify.py that reached you another way.</p><table><tr><th>scan<th>items<th>shown whole<th>shown in part"
        "<th>withheld</tr>",
    ]
    for scan in told["scans"]:
        shown = (scan["scan"], scan["size"], scan["disclosed"], scan["partly"], scan["withheld"])
        parts.append(f"<tr>{''.join(map(cell, shown))}</tr>")
    parts.append("</table><table><tr><th>scan<th>item<th>what is shown<th>withheld</tr>")
    for row in rows:
        record: Any = mj1.loads(row)
        lines = [
            f"{group}: {mj1.dumps(disclosure.parse(line.encode(), group).value).decode()}"
            for group, line in record["lines"].items()
        ]
        cells = (record["scan"], record["index"], "\n".join(lines), record.get("withheld", ""))
        parts.append(f"<tr>{''.join(map(cell, cells))}</tr>")
    parts.append("</table>")
    return "\n".join(parts).encode()


def read_selection(archive: bytes) -> Selection:
    """What a bundle shows, to make another of it that shows less."""
    chosen = Selection()
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            data = opened.read("items.jsonl")
    except (zipfile.BadZipFile, KeyError) as error:
        raise FormatError(f"not a bundle: {error}") from error
    for row in data.splitlines():
        record: Any = mj1.loads(row)
        kind = record["leaf"].split("/")[1]
        chosen.add(record["scan"], record["index"], frozenset(item.GROUPS[kind]) - set(record["lines"]))
    return chosen
