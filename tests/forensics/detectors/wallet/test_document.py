"""The page on wallets names every kind of wallet, and calls openable what opens."""

from __future__ import annotations

import re
from pathlib import Path

import resources
from forensics.detectors import detectors
from forensics.detectors.wallet._opening import OPENERS, WITH_MORE

DOCUMENT = (Path(resources.__file__).parent / "docs" / "wallets.md").read_text("utf-8")
ROWS = {row[0]: row[1] for row in re.findall(r"^\| `([a-z_/0-9]+)` \|.*\| ([^|]*) \|$", DOCUMENT, re.MULTILINE)}


def test_every_kind_of_wallet_has_its_row() -> None:
    wallets = {each.kind for each in detectors() if each.kind.startswith("wallet/")}
    assert set(ROWS) == wallets | {"store/salted"}


def test_the_last_column_says_password_where_one_opens_it() -> None:
    openable = {kind for kind in (*OPENERS, *WITH_MORE) if kind in ROWS}
    assert {kind for kind, proof in ROWS.items() if proof.startswith("password")} == openable
