"""Renewal: one root over everything the ledger commits to, under a second hash, before the first one falls.

``ledger.renew`` holds the root of a tree as in RFC 6962, but with SHA-512, whose records are, in this order: the notes of
the first ``entries`` entries; of each scan in ``scans`` the leaves of its first items; the data of the first ``anchors``
anchors. A time-stamp over the checkpoint behind it carries all of that on: every body and item hangs on its leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from forensics.custody import item
from forensics.custody.store import LedgerReader
from forensics.errors import FormatError, LedgerError

TYPE, HASH = "ledger.renew", "sha512"


def root(records: Iterable[bytes]) -> tuple[bytes, int]:
    """The root over the records, and how many they were."""
    stack: list[tuple[int, bytes]] = []  # of complete subtrees: their height and root, highest first
    count = 0
    for record in records:
        height, node = 0, hashlib.sha512(b"\0" + record).digest()
        while stack and stack[-1][0] == height:
            node = hashlib.sha512(b"\1" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
        count += 1
    if not stack:
        return hashlib.sha512().digest(), 0
    _, node = stack.pop()
    while stack:
        node = hashlib.sha512(b"\1" + stack.pop()[1] + node).digest()
    return node, count


def body_of(reader: LedgerReader) -> dict[str, Any]:
    """The body of a ``ledger.renew`` over the ledger as it is."""
    wanted = {
        "hash": HASH,
        "entries": reader.size(),
        "scans": [[scan.id, scan.size] for scan in reader.scans()],
        "anchors": len(reader.anchors()),
    }
    found, records = root(_records(reader, wanted))
    return {**wanted, "records": records, "root": found.hex()}


def fails(reader: LedgerReader, seq: int, body: Mapping[str, Any]) -> str:
    """Why the body of entry ``seq`` is not that of a renewal of this ledger; empty where it is."""
    try:
        if body.get("hash") != HASH or not 0 < int(body["entries"]) <= seq:
            return "it renews under another hash, or more entries than there were"
        found, records = root(_records(reader, body))
    except (KeyError, TypeError, ValueError, FormatError, LedgerError) as error:
        return f"what it renews cannot be read: {error}"
    same = (body.get("records"), body.get("root")) == (records, found.hex())
    return "" if same else "what it renews is not what the ledger holds now"


def _records(reader: LedgerReader, wanted: Mapping[str, Any]) -> Iterator[bytes]:
    for seq in range(int(wanted["entries"])):
        yield reader.raw_entry(seq)[0]
    for name, size in wanted["scans"]:
        scan = reader.scan(str(name))
        for number in range(-(-int(size) // item.BUNDLE)):
            first = number * item.BUNDLE
            lines = item.split_bundle(scan.kind, reader.bundle(scan.tree, number))[: int(size) - first]
            for index, own in enumerate(lines, first):
                yield item.leaf_text(scan.kind, scan.id, index, [item.commitment_of(line) for line in own])
    anchors = reader.anchors()
    if not 0 <= int(wanted["anchors"]) <= len(anchors):
        raise FormatError("there are fewer anchors")
    for anchor in anchors[: int(wanted["anchors"])]:
        yield anchor.data
