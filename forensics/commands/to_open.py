"""The bytes that opening a wallet or a store takes: its own, and what stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from posixpath import dirname
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.reader import EvidenceReader

MOST = 1_000  # objects beside a store
_PIECE = 1 << 20
_LONGEST = 64 << 10
BESIDE = {
    "browser/firefox_keys": "browser/firefox_logins",
    "wallet/ethereum_keystore": "wallet/trust_wallet",
    "wallet/metamask": "wallet/trust_wallet",
    "wallet/phantom": "wallet/phantom",
}
NAMESAKE = {"wallet/monero_keys": ".keys"}  # the file beside it that has no such suffix
TAKES_BESIDE = frozenset((*BESIDE, *NAMESAKE))
_LARGEST = 64 << 20


def whole(reader: EvidenceReader, row: dict[str, Any]) -> bytes:
    """All bytes of a finding, the holes of a sparse file among them, which have no runs."""
    return b"".join(_pieces(reader, row))


def _pieces(reader: EvidenceReader, row: dict[str, Any]) -> Iterator[bytes]:
    name, length, at = f"F{row['id']}", row["span_length"], 0
    there = sum(size for _, size in json.loads(row["runs_json"]))
    holes = there < length and row["entry"] is not None and reader.stream_of(row) is None
    while at < length:
        size = min(_PIECE, length - at)
        piece = reader.entry(row["entry"], row["span_offset"] + at, size)[0] if holes else reader.read(name, at, size)
        if not piece:
            return
        yield piece
        at += len(piece)


def beside(case: Case, reader: EvidenceReader, row: dict[str, Any]) -> bytes:
    """A list in JSON of the objects beside a finding, or the file of its name; nothing where its kind has none.

    Of one volume's folder, deleted files in it too, and at most 1,000.
    """
    kind, path = BESIDE.get(row["kind"]), row["path"]
    if path and row["kind"] in NAMESAKE:
        return _namesake(case, reader, row, path.removesuffix(NAMESAKE[row["kind"]]))
    if kind is None or not path:
        return b""
    f = schema.finding.c
    query = select(schema.finding).where(f.exhibit == row["exhibit"], f.volume == row["volume"], f.kind == kind)
    objects = [
        whole(reader, each)
        for each in case.rows(query.order_by(f.id).limit(20 * MOST))
        if dirname(each["path"] or "") == dirname(path) and each["span_length"] <= _LONGEST
    ]
    return b"[" + b",".join(objects[:MOST]) + b"]"


def _namesake(case: Case, reader: EvidenceReader, row: dict[str, Any], path: str) -> bytes:
    """The whole file of a path in the volume of a finding; nothing where it is none, or more than 64 MiB."""
    e = schema.entry.c
    query = select(schema.entry).where(
        e.exhibit == row["exhibit"], e.volume == row["volume"], e.path == path, e.kind == "file", e.size <= _LARGEST
    )
    found = case.one(query.order_by(e.allocated.desc(), e.id).limit(1))
    if found is None or path == row["path"]:
        return b""
    sizes = range(0, found["size"], _PIECE)
    return b"".join(reader.entry(found["id"], at, min(_PIECE, found["size"] - at))[0] for at in sizes)
