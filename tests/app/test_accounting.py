from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import create_engine, delete, update

from app.main_window import MainWindow
from app.places.accounting_map import AccountMap, cells_of
from app.places.accounting_parts import TotalRow, axis_step, share_text
from app.places.evidence import EvidencePlace
from app.places.overview import OverviewPlace
from forensics.case import schema
from forensics.case.accounting import Part
from forensics.model import ByteRun
from tests.app.conftest import settle
from tests.app.made_case import IMAGE_SIZE
from tests.app.test_access import nameless
from tests.app.tree import walk

Open = Callable[..., MainWindow]
SIZES = {"entries": IMAGE_SIZE - 594_096, "unallocated": 500_000, "gap": 4_096, "lost": 90_000}


def opened(window: MainWindow) -> EvidencePlace:
    window.actions_.accounting()
    place = window.place("evidence")
    assert isinstance(place, EvidencePlace)
    settle(window)
    return place


def test_the_rows_sum_to_the_image(open_window: Open, case_of_all: Path) -> None:
    page = opened(open_window(case_of_all)).accounting
    assert {row.told.part.kind: row.told.part.size for row in page.rows} == SIZES
    total = page.findChildren(TotalRow)[-1]
    assert total.accessibleName() == f"Sums to {IMAGE_SIZE:,} bytes, equal to the size of the image"
    assert page.rows[-1].accessibleName() == "Could not be searched: P2, 90,000 bytes"
    assert page.rows[-1].accessibleDescription() == "locked, no key; searched as raw bytes"
    assert page.findChildren(AccountMap)


def test_what_is_not_examined_yet_is_not_called_searched(open_window: Open, case: Path) -> None:
    engine = create_engine(f"sqlite:///{case / 'case.db'}")
    with engine.begin() as connection:
        connection.execute(update(schema.scan).values(state="interrupted"))
    engine.dispose()
    page = opened(open_window(case)).accounting
    assert [row.state for row in page.rows] == ["Could not be searched"]
    assert page.rows[0].told.part.size == IMAGE_SIZE
    assert page.rows[0].accessibleDescription() == "the examination has not ended"


@pytest.mark.parametrize(
    ("kind", "goes"), [("gap", "region"), ("unallocated", "region"), ("entries", "volume"), ("lost", "unexamined")]
)
def test_a_row_opens_what_it_counts(open_window: Open, case_of_all: Path, kind: str, goes: str) -> None:
    window = open_window(case_of_all)
    place = opened(window)
    row = next(row for row in place.accounting.rows if row.told.part.kind == kind)
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    settle(window)
    node = place._node
    assert node is not None
    assert node.kind == goes
    assert node.region == (kind if goes == "region" else "")


def test_the_locked_volume_has_its_action(open_window: Open, case_of_all: Path) -> None:
    place = opened(open_window(case_of_all))
    asked: list[int] = []
    place.key_wanted.disconnect()
    place.key_wanted.connect(lambda node: asked.append(node.volume))
    buttons = [each for each in place.accounting.findChildren(QPushButton) if each.text() == "Give a key for p2"]
    buttons[-1].click()
    assert asked == [2]


def test_the_overview_leads_there_and_both_pages_are_named(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_place("overview")
    settle(window)
    overview = window.place("overview")
    assert isinstance(overview, OverviewPlace)
    next(each for each in overview.findChildren(QPushButton) if each.text() == "Open the account").click()
    settle(window)
    assert window.place_key == "evidence"
    place = window.place("evidence")
    assert isinstance(place, EvidencePlace)
    assert place.accounting.isVisible()
    assert nameless(walk(place)) == []
    place.pages.setCurrentIndex(0)
    settle(window)
    assert not place.accounting.isVisible()


def test_a_case_without_evidence_has_no_account(open_window: Open, case: Path) -> None:
    engine = create_engine(f"sqlite:///{case / 'case.db'}")
    with engine.begin() as connection:
        for table in (schema.exhibit, schema.volume, schema.region, schema.unexamined):
            connection.execute(delete(table))
    engine.dispose()
    place = opened(open_window(case))
    assert not place.accounting.isVisible()
    assert not place.pages.isVisible()


def test_cells_show_most_of_them_and_any_loss() -> None:
    parts = (
        Part("entries", (ByteRun(0, 300), ByteRun(500, 12)), 1),
        Part("gap", (ByteRun(300, 190), ByteRun(512, 512)), 2),
        Part("lost", (ByteRun(490, 10),), 1),
    )
    cells = cells_of(parts, 1024, 8)
    assert cells.bytes == 128
    assert cells.shown == (0, 0, 1, 2, 1, 1, 1, 1)
    assert cells_of((), 0).shown == ()


def test_cells_against_counting_every_byte() -> None:
    parts = (
        Part("entries", (ByteRun(0, 7), ByteRun(40, 3), ByteRun(90, 10)), 1),
        Part("gap", (ByteRun(7, 33), ByteRun(43, 47)), 1),
    )
    whose = {at: number for number, part in enumerate(parts) for run in part.runs for at in range(run.offset, run.end)}
    cells = cells_of(parts, 100, 30)
    for number, shown in enumerate(cells.shown):
        inside = [whose[at] for at in range(number * cells.bytes, min(100, (number + 1) * cells.bytes))]
        assert inside.count(shown) >= inside.count(1 - shown)


def test_shares_are_never_none_or_all_where_they_are_not() -> None:
    assert share_text(0, 10) == "0.0 %"
    assert share_text(1, 1 << 40) == "under 0.1 %"
    assert share_text((1 << 40) - 1, 1 << 40) == "over 99.9 %"
    assert share_text(10, 10) == "100.0 %"
    assert axis_step(1 << 40, 8) == 1 << 37
    assert axis_step(0, 8) == 0
