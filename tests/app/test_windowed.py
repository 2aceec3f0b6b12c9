from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from sqlalchemy import Connection

from app.delegates import RowDelegate
from app.docks.table import RowTable
from app.models.windowed import BLOCK, KEPT, PAGE, Column, WindowedModel
from app.reader import Reader
from viewers.look import Look

MILLION = 1_000_000


class Line:
    def __init__(self, number: int) -> None:
        self.id = number


def wait(reader: Reader, longest: float = 20) -> None:
    end = time.monotonic() + longest
    while reader.waiting and time.monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        time.sleep(0.001)
    QApplication.processEvents()
    assert not reader.waiting


@pytest.fixture
def reader(look: Look, case_of_all: Path) -> Iterator[Reader]:
    made = Reader(case_of_all)
    yield made
    made.close()


def million(calls: list[list[int]]) -> tuple[Callable[..., array[int]], Callable[..., dict[int, Line]]]:
    def ids(_connection: Connection, where: Any, order: Sequence[Any], most: int | None) -> array[int]:
        return array("q", range(10) if where is not None else range(MILLION if most is None else most))

    def lines(_connection: Connection, wanted: Sequence[int]) -> dict[int, Line]:
        calls.append(list(wanted))
        return {number: Line(number) for number in wanted}

    return ids, lines


def test_a_million_rows(look: Look, reader: Reader) -> None:
    calls: list[list[int]] = []
    ids, lines = million(calls)
    columns = [Column("check", ""), Column("name", "Name", text=lambda line: f"row {line.id}")]
    model = WindowedModel(reader, columns, ids, lines)
    table = RowTable(look, model, RowDelegate(look, 26), "Rows")
    table.resize(600, 500)
    table.show()
    start = time.monotonic()
    model.load(None)
    wait(reader)
    assert model.rowCount() == MILLION
    for row in (999_999, 500_000, 3, 777_777):
        table.scrollTo(model.index(row, 0))
        table.grab()
        wait(reader)
        assert model.data(model.index(row, 1)) == f"row {row}"
    for row in range(0, MILLION, 9_000):
        model.line(row)
    wait(reader)
    assert time.monotonic() - start < 6
    assert len(model._blocks) <= KEPT
    assert max(len(call) for call in calls) <= BLOCK
    before = time.monotonic()
    from sqlalchemy import true

    model.load(true())
    wait(reader)
    assert model.rowCount() == 10
    assert time.monotonic() - before < 2
    table.close()


def test_the_first_rows_stand_before_the_rest(look: Look, reader: Reader) -> None:
    ids, lines = million([])
    began: list[tuple[int, bool, int]] = []
    loaded: list[int] = []
    model = WindowedModel(reader, [Column("check", ""), Column("name", "Name")], ids, lines)
    table = RowTable(look, model, RowDelegate(look, 26), "Rows")
    model.began.connect(lambda: began.append((model.rowCount(), model.complete, table.current_number())))
    model.loaded.connect(loaded.append)
    table.choose(700_000)
    model.load(None)
    model.check_all(on=True)
    wait(reader)
    assert began == [(PAGE, False, -1)]
    assert loaded == [MILLION]
    assert table.current_number() == 700_000
    assert len(model.checked) == MILLION
    from sqlalchemy import true

    model.load(true())
    wait(reader)
    assert (began[1:], loaded[1:]) == ([(10, True, -1)], [10])
    assert table.current_number() == 0
    table.close()


def test_rows_that_came_in_between(look: Look, reader: Reader) -> None:
    def ids(_connection: Connection, _where: Any, _order: Sequence[Any], most: int | None) -> array[int]:
        return array("q", range(PAGE) if most is not None else range(5, 5 + 2 * PAGE))

    model = WindowedModel(reader, [Column("name", "Name")], ids, million([])[1])
    model.load(None)
    wait(reader)
    assert model.ids == array("q", range(5, 5 + 2 * PAGE))
    assert model.complete


def test_a_query_that_is_not_wanted_any_more_is_given_up(look: Look, reader: Reader) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    answers: list[object] = []
    begun = threading.Event()

    def work(connection: Connection) -> object:
        begun.set()
        return connection.exec_driver_sql(endless).scalar()

    ticket = reader.submit(work, answers.append, answers.append, long=True)
    assert begun.wait(5)
    time.sleep(0.05)
    ticket.cancel()
    reader.submit(lambda connection: connection.exec_driver_sql("SELECT 7").scalar(), answers.append, long=True)
    wait(reader)
    assert answers == [7]


def test_checks_are_apart_from_the_selection(look: Look, reader: Reader) -> None:
    ids, lines = million([])
    model = WindowedModel(
        reader, [Column("check", ""), Column("name", "Name", text=lambda line: str(line.id))], ids, lines
    )
    model.load(None)
    wait(reader)
    start = time.monotonic()
    model.check_all(on=True)
    assert len(model.checked) == MILLION
    model.toggle(5)
    assert 5 not in model.checked
    model.check_all(on=False)
    assert not model.checked
    assert time.monotonic() - start < 3


def test_a_closed_reader_answers_nobody(look: Look, case_of_all: Path) -> None:
    reader = Reader(case_of_all)
    answers: list[object] = []
    reader.submit(lambda _connection: 1, answers.append)
    reader.close()
    QApplication.processEvents()
    assert answers == []
    assert reader.waiting == 0
