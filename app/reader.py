"""Reads the case database in worker threads, read-only; the window never waits for SQL."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from PySide6.QtCore import QObject, Qt, Signal
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

Work = Callable[[Connection], Any]


def engine_of(case: Path) -> Engine:
    """An engine that cannot write to the case database."""
    place = quote(str((case / "case.db").resolve()))
    return create_engine(
        f"sqlite:///file:{place}?mode=ro&uri=true",
        poolclass=NullPool,
        connect_args={"check_same_thread": False, "timeout": 30},
    )


class Ticket:
    """One request; a cancelled one is never answered, and where it is under way SQLite gives it up."""

    __slots__ = ("_connection", "_lock", "cancelled", "done", "failed", "work")

    def __init__(self, work: Work, done: Callable[[Any], None], failed: Callable[[str], None] | None) -> None:
        self.work = work
        self.done = done
        self.failed = failed
        self.cancelled = False
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def cancel(self) -> None:
        """The answer is no longer wanted."""
        with self._lock:
            self.cancelled = True
            if self._connection is not None:
                self._connection.interrupt()

    def run(self, connection: Connection) -> Any:
        """Do the work, in a thread of the reader; nothing where it is no longer wanted."""
        with self._lock:
            if self.cancelled:
                return None
            self._connection = cast("sqlite3.Connection", connection.connection.driver_connection)
        try:
            return self.work(connection)
        finally:
            with self._lock:
                self._connection = None


class Reader(QObject):
    """Two lanes of read-only work: long (sorting, counting) and short (what is on the screen)."""

    _finished = Signal(object, object, str)
    idle = Signal()
    trouble = Signal(str)

    def __init__(self, case: Path) -> None:
        super().__init__()
        self._engine = engine_of(case)
        self._waiting = 0
        self._closed = False
        self._lanes: dict[bool, queue.SimpleQueue[Ticket | None]] = {
            True: queue.SimpleQueue(),
            False: queue.SimpleQueue(),
        }
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._threads = [
            threading.Thread(target=self._serve, args=(lane,), daemon=True) for lane in self._lanes.values()
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many requests have not been answered yet."""
        return self._waiting

    def submit(
        self,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        *,
        long: bool = False,
    ) -> Ticket:
        """Run `work` on a connection in a worker thread and give its result to `done` in this one."""
        ticket = Ticket(work, done, failed)
        self._waiting += 1
        self._lanes[long].put(ticket)
        return ticket

    def close(self) -> None:
        """Stop both lanes; what is under way is not answered any more, for who asked may be gone."""
        self._closed = True
        for lane in self._lanes.values():
            lane.put(None)
        for thread in self._threads:
            thread.join(10)
        self._engine.dispose()

    def _serve(self, lane: queue.SimpleQueue[Ticket | None]) -> None:
        connection: Connection | None = None
        while (ticket := lane.get()) is not None:
            result, words = None, ""
            if not ticket.cancelled:
                try:
                    if connection is None:
                        connection = self._engine.connect()
                    result = ticket.run(connection)
                    connection.rollback()
                except Exception as error:  # noqa: BLE001 - a lane that dies leaves the window waiting
                    words = str(error).splitlines()[0] or type(error).__name__
                    if connection is not None:
                        connection.close()
                        connection = None
            self._finished.emit(ticket, result, words)
        if connection is not None:
            connection.close()

    def _deliver(self, ticket: Ticket, result: object, words: str) -> None:
        self._waiting -= 1
        try:
            if ticket.cancelled or self._closed:
                return
            if words:
                if ticket.failed is not None:
                    ticket.failed(words)
                else:
                    self.trouble.emit(words)
            else:
                ticket.done(result)
        finally:
            if self._waiting == 0:
                self.idle.emit()
