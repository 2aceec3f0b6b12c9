"""What the links and assets of a case are made of: its findings, and what opened wallets gave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from forensics.case import objects, schema
from forensics.case.store import Case
from forensics.custody.store import LedgerReader
from forensics.links.assets import Assets, assets
from forensics.links.corroborate import Stated, corroborate, stated

OPENED = "wallet.open"  # type of the ledger's entries
_OF_ASSETS = ("wallet/*", "seed/*", "key/*")


def known(case: Case) -> list[Stated]:
    """Findings of the case, and what opened wallets gave, as the links need them."""
    openings: dict[str, list[tuple[str, str, str]]] = {}
    for body in openings_of(case.folder):
        given = [("WALLET_HAS_ADDRESS", kind, address) for kind, address in body["addresses"]]
        given += [("WALLET_HAS_XPUB", "key/extended", key) for key in body["keys"]]
        given += [(rule, kind, target) for rule, kind, target in body.get("links", ())]
        openings.setdefault(body["finding"], []).extend(given)
    table = schema.finding
    columns = (
        table.c.id, table.c.kind, table.c.grade, table.c.value, table.c.fingerprint, table.c.exhibit,
        table.c.volume, table.c.path, table.c.locator, table.c.links_json, table.c.runs_json,
    )  # fmt: skip
    found = []
    for row in case.rows(select(*columns).order_by(table.c.id)):
        links = json.loads(row["links_json"])
        links += [
            {"rule": rule, "target_kind": kind, "target": target}
            for rule, kind, target in openings.get(f"F{row['id']}", ())
        ]
        found.append(stated(row, links, json.loads(row["runs_json"])))
    return found


def openings_of(folder: Path) -> Iterator[dict[str, Any]]:
    """The ledger's entries of wallets that a password opened, in order."""
    with LedgerReader.open(folder) as ledger:
        for entry in ledger.entries(0):
            body: Any = entry.body
            if entry.type == OPENED and body is not None and body["opened"]:
                yield body


def gathered_of(case: Case) -> tuple[int, object]:
    """What changes when there may be new links: how many findings there are, and how many tries to open wallets."""
    with LedgerReader.open(case.folder) as ledger:
        ((tries,),) = ledger.rows("SELECT count(*) FROM entry WHERE type = ?", OPENED)
    return case.count(schema.finding), tries


def assets_of(case: Case) -> Assets:
    """Wallets, keys and coins of a case; what derivation proves takes seconds."""
    table = schema.finding
    wanted = select(table).where(or_(*(table.c.kind.op("GLOB")(each) for each in _OF_ASSETS))).order_by(table.c.id)
    seen: dict[str, list[tuple[str, str]]] = {}
    places = select(table.c.id, table.c.value, table.c.path, table.c.locator).where(
        table.c.kind.op("GLOB")("address/*")
    )
    for row in case.rows(places.order_by(table.c.id)):
        seen.setdefault(row["value"], []).append((f"F{row['id']}", row["path"] or row["locator"]))
    return assets(
        [objects.finding_object(row) for row in case.rows(wanted)],
        corroborate(known(case)),
        {body["finding"]: body for body in openings_of(case.folder)},
        seen,
    )
