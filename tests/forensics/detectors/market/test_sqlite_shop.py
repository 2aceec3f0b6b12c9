"""Shops in SQLite: what rows say, deleted and logged ones, and databases that are none."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.market._specimens_sqlite import LIBRARY, SHOP
from forensics.detectors.market.sqlite_shop import DETECTOR
from forensics.model import Finding, Grade, Link, Secret, Sensitivity

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


def rows(found: Finding, name: str) -> Any:
    return found.fields[name].value


def test_users_listings_orders_messages() -> None:
    (found,) = DETECTOR.examine(BytesLayer(SHOP), 0)
    assert found.grade is Grade.C2
    assert found.sensitivity is Sensitivity.SECRET
    assert [each["username"] for each in rows(found, "users")] == ["PineAndTwine", "mossy_kettle"]
    assert isinstance(rows(found, "users")[0]["password"], Secret)
    assert [each["title"] for each in rows(found, "listings")] == ["Walnut spoon", "Tea strainer"]
    assert rows(found, "messages")[0]["body"] == "is it there?"
    assert Link("NAMES", "address", ADDRESS) in found.links
    assert Link("HAS_ACCOUNT", "account", "mossy_kettle") in found.links
    assert {"account.created", "order.created", "message.sent"} <= {each.meaning for each in found.events}


def test_a_deleted_order_is_there_and_said_to_be() -> None:
    (found,) = DETECTOR.examine(BytesLayer(SHOP), 0)
    assert rows(found, "orders_count") == 2
    assert rows(found, "rows_deleted") == 1
    (gone,) = (each for each in rows(found, "orders") if "row_state" in each)
    assert (gone["row_state"], gone["status"]) == ("deleted", "sent")
    for each in rows(found, "orders"):
        cell = SHOP[each["offset"] : each["offset"] + each["length"]]
        assert each["status"].encode() in cell


def test_rows_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(SHOP)
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("INSERT INTO orders VALUES(40,7,2,1,'disputed','',1680600000)")
    base.commit()
    log = BytesLayer(Path(f"{path}-wal").read_bytes())
    (found,) = DETECTOR.examine(BytesLayer(path.read_bytes(), companions={"-wal": log}), 0)
    base.close()
    (new,) = (each for each in rows(found, "orders") if each.get("id") == "40")
    assert (new["status"], new["row_state"]) == ("disputed", "wal")
    assert "offset" not in new


@pytest.mark.parametrize("data", [LIBRARY, SHOP[:900], SHOP[:100], b"SQLite format 3\0" * 99, b""])
def test_what_is_no_shop(data: bytes) -> None:
    assert not list(DETECTOR.examine(BytesLayer(data), 0))
