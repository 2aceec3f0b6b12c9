"""Two ledgers that hold each other's heads: neither can be rewritten before that without the other one showing it.

Who takes a head in enters it and gives a receipt. Who gave the head takes the receipt in as an anchor.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from forensics.commands.output import write_new
from forensics.custody import merkle
from forensics.custody.client import LedgerClient
from forensics.custody.note import Checkpoint, Note, VerifierKey
from forensics.custody.receipt import Receipt
from forensics.custody.store import LEDGER_TREE, LedgerReader
from forensics.errors import LedgerError

TYPE = "ledger.join"


def join(ledger: LedgerClient, folder: Path, head: bytes, key: VerifierKey, receipt: Path | None) -> dict[str, Any]:
    """Enter the head of another ledger, signed by `key`; writes the receipt for it.

    Raises:
        FormatError: `head` is no checkpoint.
        LedgerError: it is not signed by `key`, or is of this ledger itself; nothing was entered then.
    """
    note = Note.parse(head)
    other = Checkpoint.parse(note.text)
    with LedgerReader.open(folder) as reader:
        if other.origin == reader.origin:
            raise LedgerError("this is a head of the same ledger")
    if key.name != other.origin or not note.signed_by(key):
        raise LedgerError(f"the head of {other.origin} is not signed by the key that was given")
    body = {
        "origin": other.origin,
        "size": other.size,
        "root": base64.b64encode(other.root).decode(),
        "vkey": str(key),
        "sha256": hashlib.sha256(head).hexdigest(),
        "note": head.decode(),
    }
    entry = ledger.append(TYPE, body)
    checkpoint = ledger.checkpoint().encode()
    if receipt is not None:
        with LedgerReader.open(folder) as reader:
            write_new(receipt, bytes(Receipt.of(reader, entry.seq, checkpoint)))
    return {"origin": other.origin, "size": other.size, "ledger_entry": entry.seq}


def joined(ledger: LedgerClient, folder: Path, data: bytes, key: VerifierKey, held_by: str) -> dict[str, Any]:
    """Take in the receipt of another ledger, signed by `key`, that holds a head of this one: an anchor of kind `join`.

    Raises:
        FormatError: it is no receipt.
        LedgerError: it is of something else, or the head in it is not one of this ledger; nothing was entered then.
    """
    text, body = Receipt.parse(data).check(key)
    if text.type != TYPE or not isinstance(body, dict):
        raise LedgerError(f"the receipt is of {text.type}, not of {TYPE}")
    with LedgerReader.open(folder) as reader:
        size = body.get("size")
        if body.get("origin") != reader.origin or not isinstance(size, int):
            raise LedgerError(f"the receipt holds a head of {body.get('origin')}, not of this ledger")
        if not 0 < size <= reader.size():
            raise LedgerError(f"this ledger has {reader.size():,} entries, the head in the receipt {size:,}")
        root = base64.b64encode(merkle.range_root(0, size, reader.tile_reader(LEDGER_TREE))).decode()
    if root != body.get("root"):
        raise LedgerError(f"this ledger is not the one whose head was taken in: another root at size {size:,}")
    facts = {"ledger": text.ledger, "entry": text.seq, "vkey": str(key)}
    entry = ledger.add_anchor("join", size, data, held_by, facts)
    return {"ledger": text.ledger, "size": size, "ledger_entry": entry.seq}
