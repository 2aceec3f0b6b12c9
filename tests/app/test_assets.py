"""The page of assets: what it lists and says, how it is walked by keys, what it opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.main_window import MainWindow
from app.places.assets import AssetsPage
from app.places.overview import OverviewPlace
from app.settings import Settings
from tests.app.conftest import FAKE, settle
from viewers.look import Look
from viewers.parts import Button
from viewers.sheet import Grid


@pytest.fixture
def window(look: Look, case_of_all: Path) -> Iterator[MainWindow]:
    made = MainWindow(look, Settings(remember=False), FAKE)
    made.resize(1366, 768)
    made.show()
    assert made.open_case(case_of_all)
    made.show_place("overview")
    assert settle(made)
    yield made
    made.close()


@pytest.fixture
def page(window: MainWindow) -> AssetsPage:
    place = window.place("overview")
    assert isinstance(place, OverviewPlace)
    place.tabs.setCurrentIndex(1)
    assert settle(window)
    return place.assets


def words(page: AssetsPage) -> str:
    """All that the sheet says."""
    return "\n".join(each.text() for each in page.sheet.findChildren(QLabel))


def tables(page: AssetsPage) -> dict[str, list[str]]:
    """Each table by its first heading, its rows as a reader of screens hears them."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {
        each.accessibleName().partition(",")[0]: [f"{part.name}: {part.value}" for part in each.accessible_parts()]
        for each in page.sheet.findChildren(Grid)
    }


def test_all_coins_come_first(page: AssetsPage) -> None:
    assert "2 wallets: the keys of 1 are in the evidence, 1 are locked." in words(page)
    assert "Its private keys lie in clear." in words(page)
    assert "Only with the password." in words(page)
    assert "No price is given." in words(page)
    listed = tables(page)
    assert listed["Coin"] == ["BTC: Wallets 2, With keys 1, Locked 1, Addresses 1, Payments 1, Labels 1"]
    assert listed["Kind"] == [
        "BIP-39 seed phrase: Masked abcd •••••• yz, Where /home/nl/w, Its values found elsewhere 2"
    ]


def test_keys_walk_the_wallets_and_a_page_tells_keys_labels_and_payments(page: AssetsPage) -> None:
    page.wallets.setFocus()
    QTest.keyClick(page.wallets, Qt.Key.Key_Down)
    said = words(page)
    assert "Keys in clear" in said
    assert "12 (BTC)" in said
    listed = tables(page)
    assert listed["Key"] == ["Seed: Masked abcd •••••• yz, Where /home/nl/w, Why in the wallet, in clear"]
    assert listed["Label"] == ["stall\\u{202e}: Of address, Value bc1qinvented"]
    assert listed["Address"] == ["bc1qinvented: Use receiving, Label stall, Used yes, Also found in 1 other place"]
    assert "as the wallet's own records say" in said
    assert tables(page)["Coin"] == [
        "BTC: Payments 3, Received 5,000, Sent, with fees 1,200, Fees 200, To itself 0, Not told 1, "
        "First 2024-01-01T00:00:00Z, Last 2024-01-02T00:00:00Z"
    ]
    (paid,) = tables(page)["Transaction"]
    assert "Time is time of the block, Way OUT, Amount 1,200, Fee 200".replace("1,200", "1200") in paid
    QTest.keyClick(page.wallets, Qt.Key.Key_Down)
    assert "Keys encrypted" in words(page)
    assert not tables(page)


def test_a_wallet_and_the_other_place_of_an_address_open(page: AssetsPage) -> None:
    opened: list[int] = []
    page.finding_wanted.connect(opened.append)
    page.wallets.setCurrentRow(1)
    button = next(each for each in page.sheet.findChildren(Button) if each.text() == "Open the finding")
    button.click()
    grid = next(each for each in page.sheet.findChildren(Grid) if each.accessibleName().startswith("Address"))
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert opened == [1, 3]


def test_the_list_says_where_keys_are_to_everyone(page: AssetsPage) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert [page.wallets.item(row).data(role).split(", ")[1] for row in range(1, 3)] == ["in clear", "locked"]
