"""Verify what somebody gave you: a case folder, a ledger or a bundle. No case is opened, nothing is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QProcess, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import levels
from app.dialogs.base import Frame
from app.session import PROGRAM, environment
from forensics.visible import visible
from resources.languages import tr
from viewers import access, draw
from viewers.look import Look
from viewers.parts import Button, IconView, clear, label, set_tone
from viewers.sheet import Grid, Sheet
from viewers.words import plural

SQLITE, ZIP = b"SQLite format 3\0", b"PK\3\4"
MOST = 60  # faults that are shown
MOST_HEADS = 500  # entries of an auditor's file that are shown
GIVEN = (
    (
        "--policy",
        tr("Policy: the keys that you know"),
        tr("A text file that you keep yourself. Not the one that lies beside it."),
    ),
    ("--anchor", tr("A checkpoint that you kept"), tr("From a receipt, a label or an earlier bundle.")),
    ("--tsa", tr("Certificate of a time-stamping authority"), tr("PEM or DER.")),
)


def kind_of(path: Path) -> str:
    """`ledger`, `bundle` (an archive or what was unpacked from it), or an empty string for anything else."""
    try:
        if path.is_dir():
            if (path / "ledger.db").is_file():
                return "ledger"
            return "bundle" if (path / "SHA256SUMS").is_file() else ""
        with path.open("rb") as file:
            head = file.read(len(SQLITE))
    except OSError:
        return ""
    if head == SQLITE:
        return "ledger"
    return "bundle" if head.startswith(ZIP) else ""


class LevelBoxes(QWidget):
    """L0 to L4 in boxes: solid with a tick where reached, dashed where not."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.level = ""
        self.setAccessibleName(tr("Levels of trust"))
        self.setFixedHeight(look.px(52))

    def show_level(self, level: str) -> None:
        """Show how far it holds."""
        self.level = level
        self.update()

    def accessible_value(self) -> str:
        """The level that is reached."""
        return tr("level {level}", level=self.level) if self.level in levels.ORDER else tr("no level")

    def _box(self, at: int) -> QRectF:
        gap = self._look.px(8)
        width = (self.width() - gap * (len(levels.ORDER) - 1)) / len(levels.ORDER)
        return QRectF(at * (width + gap), 1, width, self.height() - 2)

    def accessible_parts(self) -> list[access.Part]:
        """Each level and whether it is reached."""
        return [
            access.Part(
                f"{name}, {levels.NAMES[name]}",
                self._box(at),
                tr("reached") if levels.reached(self.level, name) else tr("not reached"),
            )
            for at, name in enumerate(levels.ORDER)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the five boxes."""
        look = self._look
        painter = QPainter(self)
        middle = int(Qt.AlignmentFlag.AlignCenter)
        for at, name in enumerate(levels.ORDER):
            box, good = self._box(at), levels.reached(self.level, name)
            ink = look.colour("ok" if good else "text2")
            style = Qt.PenStyle.SolidLine if good else Qt.PenStyle.DashLine
            fill = look.colour("oksoft" if good else "surface")
            draw.rounded(painter, box, look.px(6), fill, look.colour("ok" if good else "line2"), 1.4, style)
            if good:
                size = look.px(14)
                look.paint_icon(painter, "check", box.left() + look.px(8), box.top() + look.px(8), size, ink)
            painter.setPen(ink)
            painter.setFont(look.font("body", 600))
            half = box.height() / 2
            painter.drawText(QRectF(box.left(), box.top() + 3, box.width(), half - 3), middle, name)
            painter.setFont(look.font("dense"))
            painter.drawText(QRectF(box.left(), box.top() + half - 3, box.width(), half), middle, levels.NAMES[name])


class VerifyDialog(Frame):
    """Choose, check in a process of its own, read the sentences."""

    def __init__(self, look: Look, parent: QWidget | None, program: Sequence[str] = PROGRAM) -> None:
        super().__init__(
            look, parent, tr("Verify what you were given"),
            tr("A case folder, a ledger, a bundle or an auditor's file. It is read, nothing is written, and no case is opened."), 860,
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._program = list(program)
        self.said: dict[str, Any] = {}
        self._out = self._err = b""
        self.path = self._picker(tr("What to verify"), tr("Case folder, ledger.db or bundle"), folder=True)
        self.given: dict[str, QLineEdit] = {}
        self._more = QWidget()
        grid = QGridLayout(self._more)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(look.px(10))
        for at, (option, name, hint) in enumerate(GIVEN):
            text = label(look, name, "dense", "text2", weight=500)
            edit = QLineEdit()
            edit.setAccessibleName(name)
            edit.setPlaceholderText(hint)
            text.setBuddy(edit)
            edit.textChanged.connect(self._check)
            choose = Button(look, tr("Choose"), "open", "normal", partial(self._browse, edit))
            choose.setAccessibleName(tr("Choose: {name}", name=name))
            grid.addWidget(text, at, 0)
            grid.addWidget(edit, at, 1)
            grid.addWidget(choose, at, 2)
            self.given[option] = edit
        self.column.addWidget(self._more)
        self.note = label(look, "", "dense", "text2", weight=500, wrap=True)
        self.column.addWidget(self.note)
        self.boxes = LevelBoxes(look)
        self.boxes.hide()
        self.column.addWidget(self.boxes)
        self.told = Sheet(look, tr("What the check says"))
        self.told.column.setContentsMargins(0, look.px(4), look.px(4), 0)
        self.told.setMinimumHeight(look.px(220))
        self.told.hide()
        self.column.addWidget(self.told, 1)
        self.column.addStretch(0)
        self.quiet(tr("Close"))
        self.start = Button(look, tr("Verify"), "custody", "primary", self.verify)
        self.start.setDefault(True)
        self.footer.addWidget(self.start)
        self._clock, self._tick = QElapsedTimer(), QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._waiting)
        self._process = QProcess(self)
        self._process.setProcessEnvironment(environment())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self.finished.connect(self._end)
        self._check()
        self.path.setFocus()

    def _picker(self, name: str, hint: str, *, folder: bool) -> QLineEdit:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        edit = QLineEdit()
        edit.setPlaceholderText(hint)
        edit.textChanged.connect(self._check)
        row.addWidget(edit, 1)
        row.addWidget(Button(self.look, tr("Choose a file"), "file", "normal", lambda: self._browse(edit)))
        row.addWidget(Button(self.look, tr("Choose a folder"), "folder", "normal", self._browse_folder))
        self.row(name, holder)
        edit.setAccessibleName(name)
        return edit

    def _browse(self, edit: QLineEdit) -> None:
        options = QFileDialog.Option.DontUseNativeDialog
        chosen, _ = QFileDialog.getOpenFileName(self, edit.accessibleName(), str(Path.home()), options=options)
        if chosen:
            edit.setText(chosen)

    def _browse_folder(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ShowDirsOnly
        chosen = QFileDialog.getExistingDirectory(self, tr("What to verify"), str(Path.home()), options)
        if chosen:
            self.path.setText(chosen)

    @property
    def running(self) -> bool:
        """Whether a check is under way."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def _check(self) -> None:
        words, good = "", False
        text = self.path.text().strip()
        if text:
            kind = kind_of(Path(text))
            good = bool(kind)
            words = {"ledger": tr("A ledger."), "bundle": tr("A bundle.")}.get(
                kind, tr("This is no case folder, no ledger and no bundle.")
            )
        missing = [
            edit for edit in self.given.values() if edit.text().strip() and not Path(edit.text().strip()).is_file()
        ]
        if missing:
            words, good = (
                tr("There is no such file: {name}.", name=missing[0].accessibleName()),
                False,
            )
        set_tone(self.note, "text2" if good or not text else "danger")
        self.note.setText(words)
        self.start.setEnabled(good and not self.running)

    def verify(self) -> None:
        """Start the check in a process of its own."""
        path = Path(self.path.text().strip())
        args = [kind_of(path), "verify", str(path.absolute()), "--json"]
        for option, edit in self.given.items():
            if edit.text().strip():
                args += [option, str(Path(edit.text().strip()).absolute())]
        self._out = self._err = b""
        self.said = {}
        self.boxes.hide()
        self.told.hide()
        self._clock.start()
        self._tick.start()
        self._process.start(self._program[0], [*self._program[1:], *args])
        self.start.setEnabled(False)
        self._waiting()

    def _waiting(self) -> None:
        set_tone(self.note, "text2")
        self.note.setText(
            tr("Every entry and item is being compared: {elapsed} s so far.", elapsed=self._clock.elapsed() // 1000)
        )

    def _read(self) -> None:
        self._out += bytes(self._process.readAllStandardOutput().data())
        self._err = (self._err + bytes(self._process.readAllStandardError().data()))[-4000:]

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._tick.stop()
            self._say(tr("The program that verifies could not be started."))

    def _finished(self, _code: int, how: QProcess.ExitStatus) -> None:
        self._tick.stop()
        self._read()
        self.start.setEnabled(True)
        try:
            result = json.loads(self._out)
        except ValueError:
            result = None
        if how == QProcess.ExitStatus.CrashExit or not isinstance(result, dict):
            said = self._err.decode("utf-8", "replace").strip().splitlines()
            self._say(visible(said[-1][:400]) if said else tr("The check ended without an answer."))
            return
        self.said = result
        self._show(result)

    def _say(self, words: str) -> None:
        set_tone(self.note, "danger")
        self.note.setText(tr("It could not be verified. {words}", words=words))

    def _show(self, result: dict[str, Any]) -> None:
        level, faults = str(result.get("level")), list(result.get("faults") or ())
        seconds = self._clock.elapsed() / 1000
        set_tone(self.note, "text2")
        self.note.setText(
            tr(
                "{path}: checked in {seconds:.1f} s. Nothing was written.",
                path=visible(self.path.text().strip()),
                seconds=seconds,
            )
        )
        self.boxes.show_level(level)
        self.boxes.show()
        sheet = self.told
        clear(sheet.column)
        good = not faults and level in levels.ORDER
        self._verdict(level, good, len(faults))
        for words in levels.facts(result):
            sheet.column.addWidget(label(self.look, visible(words), "body", "text2", wrap=True))
        self._list(tr("What does not hold"), faults, "danger")
        self._list(tr("Noticed"), list(result.get("notices") or ()), "warn")
        if result.get("audit"):
            self._audit(result["audit"])
        missing = levels.needs(level)
        if missing:
            sheet.limits(tr("What a higher level would need"), missing)
        sheet.limits(
            tr("What no level shows"),
            [
                tr(
                    "What was done outside of the program, what was wrong before it was recorded, and whether statements are true."
                )
            ],
        )
        sheet.finish()
        sheet.show()
        self.resize(self.width(), max(self.height(), self.look.px(680)))

    def _verdict(self, level: str, good: bool, faults: int) -> None:
        look = self.look
        box = QFrame()
        box.setProperty("box", "ok" if good else "danger")
        row = QHBoxLayout(box)
        row.setContentsMargins(look.px(14), look.px(10), look.px(14), look.px(10))
        row.setSpacing(look.px(12))
        row.addWidget(IconView(look, "okc" if good else "stop", 22, "ok" if good else "danger"))
        words = QVBoxLayout()
        words.setSpacing(look.px(2))
        title = tr("Level {level}", level=level) if level in levels.ORDER else tr("No level is reached")
        if faults:
            title += f", {plural(faults, 'fault', 'faults')}"
        self.verdict = label(look, title, "item_title", "ok" if good else "danger")
        words.addWidget(self.verdict)
        words.addWidget(label(look, levels.SAYS.get(level, ""), "body", wrap=True))
        row.addLayout(words, 1)
        self.told.column.addWidget(box)

    def _audit(self, told: dict[str, Any]) -> None:
        """What an auditor's file counts, from its entries: kinds of acts, people, exhibits, times. No evidence."""
        look, sheet = self.look, self.told
        said = tr(
            "{entries}, {first} to {last}, claimed",
            entries=plural(int(told["entries"]), "entry", "entries"),
            first=told["first"][:19],
            last=told["last"][:19],
        )
        sheet.title(tr("What was done"), visible(said).replace("T", " "))
        bodies = int(told["bodies"])
        told_words = plural(bodies, "entry", "entries")
        words = tr(
            "Counted from the entries themselves. The words of {told_words} are in the file.", told_words=told_words
        )
        if not told["told"]:
            words += tr(" The file's own count is another one.")
        sheet.column.addWidget(label(look, words, "body", "text2" if told["told"] else "danger", wrap=True))
        watched = {name: len(found) for name, found in told["watched"].items()}
        counts = (
            (tr("Kind"), told["types"]),
            (tr("By"), told["actors"]),
            (tr("Exhibit"), told["exhibits"]),
            (tr("Watched"), watched),
        )
        for title, counted in counts:
            grid = Grid(look, [title, tr("Entries")], [6, 1])
            grid.show_rows([(visible(name), f"{count:,}") for name, count in list(counted.items())[:MOST]])
            if counted:
                sheet.column.addWidget(grid)
        heads = told["heads"]
        sheet.title(
            tr("Every act"),
            tr("{shown:,} of {total:,}, newest first", shown=min(len(heads), MOST_HEADS), total=len(heads)),
        )
        grid = Grid(look, [tr("Entry"), tr("Time, UTC"), tr("Kind"), tr("Exhibit"), tr("By")], [1, 3, 3, 1, 5])
        grid.show_rows([
            (str(each["entry"]), each["time"][:19].replace("T", " "), visible(each["type"]),
             visible(each["exhibit"] or ""), visible(each["actor"]))
            for each in heads[::-1][:MOST_HEADS]
        ])  # fmt: skip
        sheet.column.addWidget(grid)

    def _list(self, title: str, rows: Sequence[Any], tone: str) -> None:
        if not rows:
            return
        self.told.title(title, plural(len(rows), "sentence", "sentences"))
        for each in rows[:MOST]:
            words = visible(levels.fault_text(each))[:600]
            self.told.column.addWidget(label(self.look, words, "body", tone, wrap=True, selectable=True))
        if len(rows) > MOST:
            self.told.column.addWidget(
                label(self.look, tr("And {rows:,} more.", rows=len(rows) - MOST), "body", "text2")
            )

    def _end(self) -> None:
        """The check ends with the dialog."""
        self._tick.stop()
        if self.running:
            self._process.kill()
            self._process.waitForFinished(2000)
