"""What a case knows of the signatures of a finding: outcomes are findings of their own (`openpgp/signed`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from forensics.case import schema
from viewers.base import FieldRow, Signed

OUTCOME = "openpgp/signed"
MOST = 12  # sentences, and findings beside one
F = schema.finding.c
_NUMBER = re.compile(r"F(\d{1,18})", re.ASCII)


def signed_of(
    connection: Connection, number: int, kind: str, rows: Sequence[FieldRow], checks: Iterable[dict[str, Any]]
) -> tuple[Signed, ...]:
    """The signatures of a finding with these fields and checks; those of other families have none."""
    if not kind.startswith("openpgp/"):
        return ()
    fields = {row.name: row.value for row in rows}
    if kind == OUTCOME:
        named = _numbers([fields.get("signature"), *_each(fields.get("keys_in"))])
        return (Signed(_held(checks), named[:MOST]),)
    signature = func.json_extract(F.fields_json, "$.signature.value")
    outcome = func.json_extract(F.checks_json, "$[0].outcome")
    query = select(F.id, outcome.label("outcome"), F.value).where(F.kind == OUTCOME, signature == f"F{number}")
    found = list(connection.execute(query.order_by(F.id).limit(MOST)))
    told = [Signed(row.outcome == "pass", (row.id,)) for row in found]
    if told or not (signers := [str(each) for each in _each(fields.get("signers"))[:MOST]]):
        return tuple(told)
    return (Signed(None, _keys(connection, number, signers)),)


def _keys(connection: Connection, number: int, names: Sequence[str]) -> tuple[int, ...]:
    """The keys that have one of these fingerprints or key numbers, themselves or in a subkey."""
    own = func.json_extract(F.fields_json, "$.key_id.value")
    parts = func.coalesce(func.json_extract(F.fields_json, "$.subkeys.value"), "")
    fits = [or_(F.value == name, own == name, parts.contains(f'"{name}"', autoescape=True)) for name in names if name]
    if not fits:
        return ()
    query = select(F.id, F.value).where(F.kind.startswith("openpgp/"), F.kind != OUTCOME, F.id != number, or_(*fits))
    best: dict[str, int] = {}  # a key that is found twice is one key, as `commands/signatures.py` takes it
    for row in connection.execute(query.order_by(F.grade.desc(), F.id)):
        best.setdefault(row.value, row.id)
    return tuple(sorted(best.values()))[:MOST]


def _held(checks: Iterable[dict[str, Any]]) -> bool:
    return any(each.get("name") == "signature" and each.get("outcome") == "pass" for each in checks)


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _numbers(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(int(match[1]) for value in values if (match := _NUMBER.fullmatch(str(value))))
