"""What stands beside a store of secrets and is opened with it: the logins in the folder of their keys."""

from __future__ import annotations

from posixpath import dirname
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.reader import EvidenceReader

MOST = 1_000
_LONGEST = 64 << 10
_BESIDE = {"browser/firefox_keys": "browser/firefox_logins"}


def beside(case: Case, reader: EvidenceReader, row: dict[str, Any]) -> bytes:
    """A list in JSON of the objects beside a finding; nothing where its kind has none.

    Of one volume's folder, deleted files in it too, and at most 1,000.
    """
    kind, path = _BESIDE.get(row["kind"]), row["path"]
    if kind is None or not path:
        return b""
    f = schema.finding.c
    query = select(schema.finding).where(f.exhibit == row["exhibit"], f.volume == row["volume"], f.kind == kind)
    objects = [
        reader.read(f"F{each['id']}", 0, each["span_length"])
        for each in case.rows(query.order_by(f.id).limit(20 * MOST))
        if dirname(each["path"] or "") == dirname(path) and each["span_length"] <= _LONGEST
    ]
    return b"[" + b",".join(objects[:MOST]) + b"]"
