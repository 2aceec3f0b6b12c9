"""Everything committed once more under SHA-512, recomputed here from the definition, and what does not fit."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.custody import renewal
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from resources import verify as plain

Items = list[list[object]]


def tree(records: list[bytes]) -> bytes:
    """RFC 6962 section 2.1 as it is written, with SHA-512."""
    if not records:
        return hashlib.sha512().digest()
    if len(records) == 1:
        return hashlib.sha512(b"\0" + records[0]).digest()
    split = 1 << (len(records) - 1).bit_length() - 1
    return hashlib.sha512(b"\1" + tree(records[:split]) + tree(records[split:])).digest()


def renewed(case: Path) -> dict[str, Any]:
    with Ledger.open(case) as ledger:
        with LedgerReader.open(case) as reader:
            body = renewal.body_of(reader)
        ledger.append(Draft(renewal.TYPE, body))
        ledger.checkpoint()
    return body


def faults(case: Path) -> list[str]:
    ours = [fault.code for fault in verify(case).faults]
    theirs = [fault["code"] for fault in plain.verify(case / "ledger.db")["faults"]]
    assert ours == theirs
    return ours


@pytest.mark.parametrize("count", [*range(20), 255, 256, 257])
def test_the_root_is_that_of_the_definition(count: int) -> None:
    records = [bytes([at % 251]) * (at % 7) for at in range(count)]
    assert renewal.root(records) == (tree(records), count)
    assert plain.sha512_root(records) == (tree(records).hex(), count)


def test_all_of_a_ledger_is_in_it(case: Path) -> None:
    body = renewed(case)
    with LedgerReader.open(case) as reader:
        notes = [reader.raw_entry(seq)[0] for seq in range(body["entries"])]
        connection = sqlite3.connect(case / "ledger.db")
        (anchors,) = connection.execute("SELECT count(*) FROM anchor").fetchone()
        connection.close()
    assert body["records"] == len(notes) + 603 + 5 + anchors
    assert [size for _, size in body["scans"]] == [603, 5]
    assert faults(case) == []


def test_it_holds_when_the_ledger_grows_and_an_item_is_expunged(
    case: Path, make_items: Callable[[int, int], Items]
) -> None:
    renewed(case)
    with Ledger.open(case) as ledger:
        with LedgerReader.open(case) as reader:
            scan = next(scan.id for scan in reader.scans() if scan.kind == "item")
        more = ledger.open_scan("E1", {"parsers": ["fat@2"]})
        ledger.append_items(more, make_items(0, 10))
        ledger.interrupt_scan(more, "a pause")
    renewed(case)
    with Ledger.open(case) as ledger:
        ledger.resume_scan(more)
        ledger.append_items(more, make_items(10, 300))
        ledger.close_scan(more)
        ledger.expunge(scan, 5, "order 9/26")
    assert faults(case) == []


@pytest.mark.parametrize(
    "change",
    [{"root": "00" * 64}, {"records": 3}, {"entries": 10_000}, {"hash": "md5"}, {"anchors": 99}, {"scans": [["x" * 16, 1]]},
     {"scans": [[]]}, {"entries": "many"}],
)  # fmt: skip
def test_a_false_renewal_of_the_holder_of_the_keys_is_a_fault(case: Path, change: dict[str, Any]) -> None:
    with Ledger.open(case) as ledger:
        with LedgerReader.open(case) as reader:
            body = renewal.body_of(reader)
        ledger.append(Draft(renewal.TYPE, {**body, **change}))
    assert faults(case) == ["renew"]
