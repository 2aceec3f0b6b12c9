"""A history with the tables of Safari, written by sqlite3."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from forensics.detectors.base import BytesLayer
from forensics.detectors.browser import safari
from forensics.detectors.browser._specimens_safari import HISTORY
from forensics.model import Finding, Grade, Locator


def _found(data: bytes) -> list[Finding]:
    return list(safari.DETECTOR.examine(BytesLayer(data, Locator("apfs:/Users/v/Library/Safari/History.db")), 0))


def test_visits_pages_and_removals() -> None:
    deleted, second, first, *_, removed, whole = _found(HISTORY)
    assert (deleted.fields["state"].value, deleted.fields["title"].value) == ("deleted", "Track")
    assert deleted.grade is Grade.C2
    assert (first.value, first.grade) == ("https://shop.example.org/orders", Grade.C3)
    assert [each.when.isoformat() for each in first.events] == ["2023-09-26T10:10:10.250000+00:00"]
    assert "another device" in second.caveats[0]
    assert [each.when.isoformat() for each in removed.events] == [
        "2023-09-21T14:40:00.500000+00:00",
        "2023-09-21T14:41:40.500000+00:00",
    ]
    assert whole.fields["program"].value == "Safari"
    assert {(each.rule, each.target) for each in deleted.links} == {("VISITED", "parcel.example.net")}


def test_hostile_times(tmp_path: Path) -> None:
    path = tmp_path / "History.db"
    path.write_bytes(HISTORY)
    with sqlite3.connect(path) as database:
        for value in ("'text'", "9e999", "-1", "1e300", "0", "x'00ff'"):
            database.execute(f"insert into history_visits(history_item, visit_time) values (1, {value})")
        database.execute("insert into history_visits(history_item, visit_time) values (1, 717415810)")
    database.close()
    timed = [each for each in _found(path.read_bytes()) if each.events and each.fields["what"].value == "visit"]
    assert [str(each.events[0].when) for each in timed if each.fields.get("row") and not each.fields.get("title")] == [
        "2023-09-26 10:10:10+00:00"
    ]
