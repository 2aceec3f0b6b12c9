"""The window's targets on a case of its full size: `make bench-window`. Prints a table and one JSON line.

Every figure is taken in a real event loop, on the offscreen platform: from the hand (a key, a wheel, a word in a
field) to the moment when the rows that were asked for have been painted. Asserts nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QWheelEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from app import main as start  # noqa: E402
from app import theme  # noqa: E402
from app.docks.table import RowTable  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.places.evidence import EvidencePlace  # noqa: E402
from app.places.findings import FindingsPlace  # noqa: E402
from app.places.timeline import TimelinePlace  # noqa: E402
from app.session import PROGRAM  # noqa: E402
from app.settings import Settings  # noqa: E402
from forensics.commands import main as verbs  # noqa: E402
from forensics.scenarios import build  # noqa: E402
from tests.benchmarks.window_case import ENTRIES, EVENTS, FINDINGS, FOLDER, window_case  # noqa: E402
from viewers.base import ByteSource, Done  # noqa: E402
from viewers.hexdump import HexView  # noqa: E402
from viewers.look import Look  # noqa: E402
from viewers.marks import Mark  # noqa: E402

STAND_IN = (sys.executable, str(ROOT / "tests" / "app" / "fake_session.py"))
BEAT_MS = 5
LONGEST_S = 120.0
SEED = 7
FILTERS = (
    "kind = wallet", "kind = media/exif", "grade >= C3", "grade = C0", "time >= 2025-06", "time = none",
    "value = value000123", "allocation = unallocated", "care = secret", "id > 900000", "exhibit = E1",
)  # fmt: skip
SORTS = ("kind", "grade", "allocation", "time", "care")


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        """Watch this widget."""
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let everything through."""
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


class Heart(QObject):
    """Beats every 5 ms; a beat that comes late was kept waiting by the event loop."""

    def __init__(self) -> None:
        """Start to beat."""
        super().__init__()
        self._last = time.perf_counter()
        self.stalls: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.stalls.append(max(0.0, (now - self._last) * 1000 - BEAT_MS))
        self._last = now

    def reset(self) -> None:
        """Forget what was."""
        self.stalls.clear()
        self._last = time.perf_counter()


@dataclass
class Figure:
    """One line of the table: its samples, and the most that median and p95 should be."""

    name: str
    unit: str
    median_target: float
    p95_target: float | None = None
    samples: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        """The sample that 95 % do not exceed."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]

    @property
    def met(self) -> bool:
        """Whether the targets are met."""
        return self.median <= self.median_target and (self.p95_target is None or self.p95 <= self.p95_target)


def run_until(ready: Callable[[], bool], longest: float = LONGEST_S) -> None:
    """Let the event loop run until something holds.

    Raises:
        RuntimeError: it did not hold in time.
    """
    end = time.monotonic() + longest
    while not ready():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        if time.monotonic() > end:
            raise RuntimeError("the window was not ready in time")
        if not ready():
            time.sleep(0.0002)


def timed(act: Callable[[], None], ready: Callable[[], bool], paints: Paints) -> float:
    """Milliseconds from an act until what it asked for has been painted."""
    began = time.perf_counter()
    act()
    run_until(ready)
    before = paints.count
    # a paint that came with the readiness is not told apart from the one after it: the later one is taken
    run_until(lambda: paints.count > before or not _pending(), 5)
    return (time.perf_counter() - began) * 1000


def _pending() -> bool:
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    return False


def seen(table: RowTable) -> bool:
    """Whether every row on the screen has been read."""
    model = table.rows
    first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
    last = last if last >= 0 else model.rowCount() - 1
    return model.rowCount() > 0 and first >= 0 and all(model.line(row) is not None for row in (first, last))


def wheel(widget: QWidget, delta: int) -> None:
    """One step of the wheel in the middle of a widget."""
    middle = QPointF(widget.rect().center())
    QApplication.sendEvent(
        widget,
        QWheelEvent(
            middle, QPointF(widget.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, delta),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def memory_mb(key: str = "VmRSS") -> float:
    """Resident memory of this process, now or at its peak (VmHWM), in MB of 10^6 bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


class Run:
    """All measurements, on one window."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Start the window."""
        self.options = options
        self.application = start.application_of(["window"])
        self.look = Look()
        theme.apply(self.application, self.look)
        self.heart = Heart()
        self.random = random.Random(SEED)
        self.figures: list[Figure] = []

    def figure(self, name: str, unit: str, median: float, p95: float | None = None) -> Figure:
        """A new line of the table."""
        made = Figure(name, unit, median, p95)
        self.figures.append(made)
        return made

    @contextlib.contextmanager
    def window(self, program: tuple[str, ...]) -> Iterator[MainWindow]:
        """A window that is closed afterwards."""
        window = MainWindow(self.look, Settings(remember=False), program)
        window.resize(1366, 768)
        window.show()
        start.settle(window, 5)
        try:
            yield window
        finally:
            window.close()
            window.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def opening(self, case: Path) -> None:
        """First rows after opening."""
        figure = self.figure("first rows of 1 M findings", "ms", 1000, 1000)
        complete = self.figure("  and the whole list with its order", "ms", 5000)
        for _ in range(self.options.rounds):
            with self.window(STAND_IN) as window:
                began = time.perf_counter()
                window.open_case(case)
                place = findings(window)
                paints = Paints(place.table.viewport())
                run_until(lambda place=place, paints=paints: seen(place.table) and paints.count > 0)  # type: ignore[misc]
                figure.samples.append((time.perf_counter() - began) * 1000)
                start.settle(window, 60, 0.05)
                complete.samples.append((time.perf_counter() - began) * 1000 - 50)

    def lists(self, window: MainWindow) -> None:
        """Sort and filter of the findings."""
        place = findings(window)
        paints = Paints(place.table.viewport())
        sort = self.figure("sort 1 M findings by an indexed field", "ms", 100, 100)
        worst: dict[str, float] = {}
        model = place.model
        for key in SORTS * self.options.rounds:
            section = next(at for at, column in enumerate(model.columns) if column.key == key)
            took = timed(lambda section=section: place.table._sort(section), lambda: fresh(place), paints)  # type: ignore[misc]
            sort.samples.append(took)
            worst[f"sort {key}"] = max(worst.get(f"sort {key}", 0.0), took)
            start.settle(window, 60, 0.02)
        place.table._sort(next(at for at, column in enumerate(model.columns) if column.key == "grade"))
        if not model.descending:
            place.table._sort(model.sorted_by)
        start.settle(window, 60, 0.02)
        chosen = self.figure("filter 1 M findings by an indexed field", "ms", 100, 100)
        for text in FILTERS * self.options.rounds:
            took = timed(lambda text=text: place.set_filter(text), lambda: fresh(place), paints)  # type: ignore[misc]
            chosen.samples.append(took)
            worst[text] = max(worst.get(text, 0.0), took)
            start.settle(window, 60, 0.02)
        place.set_filter("")
        start.settle(window, 60, 0.05)
        self.worst = {name: round(took, 1) for name, took in sorted(worst.items(), key=lambda item: -item[1])}

    def rows(self, window: MainWindow) -> None:
        """Jumps and wheel steps in ten million entries."""
        window.show_place("evidence")
        start.settle(window, 60)
        place = window.place("evidence")
        assert isinstance(place, EvidencePlace)
        volume = next(node for node in _all(place.tree.model.root) if node.kind == "volume" and node.lazy)
        index = place.tree.model.index_of(volume)
        place.tree.view.expand(index)
        start.settle(window, 60)
        store = next(node for node in volume.children if node.path == FOLDER)
        table = place.table
        paints = Paints(table.viewport())
        opened = self.figure(f"first rows of a folder of {self.options.entries:,} entries", "ms", 1000)
        opened.samples.append(
            timed(lambda: place.tree.choose(store), lambda: not table.rows.loading and seen(table), paints)
        )
        run_until(lambda: table.rows.rowCount() >= self.options.entries and not window.loading)
        bar = table.verticalScrollBar()
        jump = self.figure(f"jump in {self.options.entries:,} rows, until they stand", "ms", 16, 40)
        for _ in range(self.options.steps):
            row = self.random.randrange(bar.maximum())
            jump.samples.append(timed(lambda row=row: bar.setValue(row), lambda: seen(table), paints))  # type: ignore[misc]
        step = self.figure(f"wheel step in {self.options.entries:,} rows", "ms", 16, 40)
        for _ in range(self.options.steps):
            step.samples.append(timed(lambda: wheel(table.viewport(), -120), lambda: seen(table), paints))

    def timeline(self, window: MainWindow) -> None:
        """Zoom steps over five million events."""
        began = time.perf_counter()
        window.show_place("timeline")
        place = window.place("timeline")
        assert isinstance(place, TimelinePlace)
        run_until(lambda: place.loaded is not None and not window.loading)
        loaded = self.figure(f"timeline of {self.options.events:,} events is read", "ms", 5000)
        loaded.samples.append((time.perf_counter() - began) * 1000)
        start.settle(window, 60)
        paints = Paints(place.lanes)
        zoom = self.figure("zoom step over them", "ms", 16, 40)
        for at in range(self.options.steps):
            if at % 50 == 0:
                place.lanes.all()
                start.settle(window, 20, 0.3)
            before = paints.count
            delta = 120 if at % 50 < 30 else -120
            began = time.perf_counter()
            wheel(place.lanes, delta)
            run_until(lambda before=before: paints.count > before)  # type: ignore[misc]
            zoom.samples.append((time.perf_counter() - began) * 1000)
            self.application.processEvents()
        start.settle(window, 20)

    def hex(self) -> None:
        """Repaint of the hex view at 1080p."""
        data = random.Random(SEED).randbytes(1 << 20)

        def ask(offset: int, length: int, done: Done) -> None:
            done(data[offset : offset + length], "")

        view = HexView(self.look)
        view.resize(900, 600)
        view.show()
        marks = [Mark(f"field {at}", at * 40 + 7, 20, ("field", "field2")[at % 2]) for at in range(1000)]
        view.set_source(ByteSource(size=len(data), runs=((4096, len(data)),), ask=ask), marks, 0)
        self.application.processEvents()
        figure = self.figure("hex repaint, 900 × 600", "ms", 4)
        for at in range(self.options.steps):
            view.verticalScrollBar().setValue(at * 7)
            self.application.processEvents()
            began = time.perf_counter()
            view.viewport().repaint()
            figure.samples.append((time.perf_counter() - began) * 1000)
        view.deleteLater()

    def examining(self, image: Path, work: Path) -> None:
        """Beats of the event loop while an image is examined by the real program."""
        shutil.rmtree(work, ignore_errors=True)
        case = work / "case"
        said = io.StringIO()
        for arguments in (
            ["case", "new", str(case), "--number", "B-2", "--examiner", "Benchmark"],
            ["add", str(case), str(image)],
        ):
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = verbs.main(arguments)
            if code:
                raise RuntimeError(f"{arguments[0]} ended with {code}: {said.getvalue()[-500:]}")
        figure = self.figure("longest stall while an image is examined", "ms", 100)
        with self.window(PROGRAM) as window:
            window.open_case(case)
            start.settle(window, 30)
            session = window.session
            assert session is not None
            self.heart.reset()
            window.actions_.examine()
            run_until(lambda: not session.jobs.active, 900)
            start.settle(window, 60, 1.0)
            figure.samples.append(max(self.heart.stalls))
        shutil.rmtree(work, ignore_errors=True)


def findings(window: MainWindow) -> FindingsPlace:
    """The place of findings."""
    place = window.place("findings")
    assert isinstance(place, FindingsPlace)
    return place


def fresh(place: FindingsPlace) -> bool:
    """Whether the list that was asked for stands there: its first rows and their number."""
    return not place.model.loading and seen(place.table)


def _all(node: Any) -> Iterator[Any]:
    yield node
    for child in node.children:
        yield from _all(child)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("IMPOUND_BENCH") or str(ROOT / "bench")
    parser.add_argument("--folder", type=Path, default=Path(default))
    parser.add_argument("--findings", type=int, default=FINDINGS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--without", nargs="*", default=[], choices=["lists", "rows", "timeline", "hex", "examining"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    case = window_case(options.folder / "window-case", options.findings, options.events, options.entries)
    run = Run(options)
    run.worst = {}
    empty = memory_mb()
    run.opening(case)
    with run.window(STAND_IN) as window:
        window.open_case(case)
        run.heart.reset()
        start.settle(window, 60)
        for part in ("lists", "rows", "timeline"):
            if part not in options.without:
                getattr(run, part)(window)
        stall = run.figure("longest stall after opening, while all this is read", "ms", 100)
        stall.samples.append(max(run.heart.stalls))
        held = run.figure("memory of the window with this case", "MB", 500)
        held.samples.append(memory_mb())
        peak = run.figure("  its peak", "MB", 500)
        peak.samples.append(memory_mb("VmHWM"))
    if "hex" not in options.without:
        run.hex()
    if "examining" not in options.without:
        image = options.folder / "reference-64.E01"
        if not image.exists():
            build("reference", SEED, image, size=64 << 20)
        run.examining(image, options.folder / "window-work")
    show(run, empty)


def show(run: Run, empty: float) -> None:
    """Print the table and the line."""
    print(f"\n{'':<52}{'median':>9}{'p95':>9}{'n':>6}   target")
    for one in run.figures:
        target = f"{one.median_target:,.0f}" + (f" / {one.p95_target:,.0f}" if one.p95_target is not None else "")
        print(
            f"{one.name:<52}{one.median:>9,.1f}{one.p95:>9,.1f}{len(one.samples):>6}   "
            f"{target} {one.unit}{'' if one.met else '   MISSED'}"
        )
    for name, took in list(run.worst.items())[:6]:
        print(f"  slowest: {name:<43}{took:>9,.1f}")
    print(f"  memory of the empty window {empty:,.0f} MB\n")
    print(
        json.dumps(
            {
                one.name.strip(): {
                    "median": round(one.median, 2),
                    "p95": round(one.p95, 2),
                    "n": len(one.samples),
                    "met": one.met,
                }
                for one in run.figures
            }
        )
    )


if __name__ == "__main__":
    main()
