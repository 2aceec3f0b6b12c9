"""The screen for the court: one step at a time, by keyboard, clicker or mouse. Read-only; nothing is entered."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.courtroom import check_page, step_page
from app.courtroom.check_page import Outcome
from app.courtroom.stage import HEIGHT, WIDTH, Stage, scale_of
from app.courtroom.told import Scene
from app.session import Session
from resources.languages import tr
from viewers import access
from viewers.holding import holding_of
from viewers.look import Look

NEXT = (Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_Down)
BACK = (Qt.Key.Key_Left, Qt.Key.Key_PageUp, Qt.Key.Key_Up)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LEAVE_LIST = tr("P, Enter or Esc: back")
HEX = 32  # bytes of a line


class Courtroom(QWidget):
    """Shows the steps. `page` is step, way, check, digests, commands or blank."""

    left = Signal()

    def __init__(
        self, look: Look, session: Session, case: str, scenes: Sequence[Scene], known: Mapping[str, str] | None = None
    ) -> None:
        """`known`: files of what the court has itself, `policy` and `anchor`, each where there is one."""
        super().__init__()
        self._known = dict(known or {})
        self._look, self._session = look, session
        self._case, self._scenes = case, list(scenes)
        self.at, self.page, self.bright = 0, "step", look.theme == "light"
        self._digits = ""
        self._read: dict[int, Mapping[str, Any]] = {}
        self._when = ""
        self.outcome = Outcome()
        self._stories: dict[str, list[str]] = {}
        self.setWindowTitle(tr("Courtroom - Impound"))
        self.setAccessibleName(tr("Courtroom"))
        self.setProperty("own_focus", True)  # the whole screen has it
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        session.call("custody", {}, self._custody)

    @property
    def scene(self) -> Scene:
        """The step that is shown."""
        return self._scenes[self.at]

    # -- what is asked of the case

    def _custody(self, ok: bool, result: Any) -> None:
        if ok:
            for story in result.get("exhibits", ()):
                gaps = [f"{gap.words[:1].lower()}{gap.words[1:]}" for gap in holding_of(story).red]
                self._stories[str(story["exhibit"])] = gaps

    def check(self) -> None:
        """Read the bytes of this step again, then check the whole record."""
        outcome = self.outcome = Outcome(gaps=self._stories.get(self.scene.exhibit, []))
        self._show("check")
        self._ask_bytes(outcome)

    def _ask_bytes(self, outcome: Outcome) -> None:
        began = time.monotonic()

        def take(ok: bool, result: Any) -> None:
            self._when = outcome.when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            if ok:
                outcome.read, outcome.read_seconds = list(result["read"]), time.monotonic() - began
                self._read.update({int(each["finding"][1:]): each for each in outcome.read})
            else:
                outcome.trouble = str(result)
            self.update()
            self._ask_record(outcome)

        self._session.call("steps_check", {"findings": [each.number for each in self.scene.shown]}, take)

    def _ask_record(self, outcome: Outcome) -> None:
        began = time.monotonic()

        def take(ok: bool, result: Any) -> None:
            if ok:
                outcome.record, outcome.record_seconds = result, time.monotonic() - began
            else:
                outcome.record = {"level": "none", "faults": [str(result)]}
            self.update()

        self._session.call("verify", self._known, take)

    # -- where one is

    def _show(self, page: str) -> None:
        self.page = page
        self.update()

    def go(self, at: int) -> None:
        """Show a step; beyond the ends nothing happens."""
        if 0 <= at < len(self._scenes):
            self.at = at
            self._show("step")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The presenter's keys."""
        key, text = event.key(), event.text()
        if text.isdecimal() and text.isascii():
            self._digits = (self._digits + text)[-3:]
            return
        digits, self._digits = self._digits, ""
        if key in ENTER and digits:
            self.go(int(digits) - 1)
        elif key == Qt.Key.Key_B:
            self._show("step" if self.page == "blank" else "blank")
        elif self.page != "step":
            self._leave_page(key)
        elif key in NEXT:
            self.go(self.at + 1)
        elif key in BACK:
            self.go(self.at - 1)
        elif key == Qt.Key.Key_Home:
            self.go(0)
        elif key == Qt.Key.Key_P:
            self._show("way")
        elif key == Qt.Key.Key_V:
            self.check()
        elif key == Qt.Key.Key_L:
            self.bright = not self.bright
            self.update()
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _leave_page(self, key: int) -> None:
        if self.page == "check":
            if key in (Qt.Key.Key_D, Qt.Key.Key_C):
                self._show("digests" if key == Qt.Key.Key_D else "commands")
            elif key in (*ENTER, Qt.Key.Key_Escape):
                self._show("step")
        elif self.page == "blank" or key in (*ENTER, Qt.Key.Key_P, Qt.Key.Key_Escape):
            self._show("check" if self.page in ("digests", "commands") else "step")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click is the next step."""
        if self.page == "step" and event.button() == Qt.MouseButton.LeftButton:
            self.go(self.at + 1)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Back to the window."""
        self.left.emit()
        event.accept()

    # -- what is painted

    def lines(self) -> list[str]:
        """The lines of the pages that are lists."""
        if self.page == "commands":
            given = "".join(f" --{name} {path}" for name, path in self._known.items())
            return [
                f"impound ledger verify {self._session.case}{given}",
                f"python3 -I -S verify.py {self._session.case}/ledger.db{given}",
                *(f"impound reproduce {self._session.case} F{each.number}" for each in self.scene.shown),
                *(
                    f"impound prove {self._session.case} F{each.number} F{each.number}.impound"
                    for each in self.scene.shown
                ),
            ]
        found = []
        for each in self.scene.shown:
            read = self._read.get(each.number)
            found.append(f"F{each.number}, {each.title}, {each.place}")
            if self.page == "way":
                found.append(" > ".join(each.way))
            found.append(tr("SHA-256 recorded  {sha256}", sha256=each.sha256))
            found.append(tr("SHA-256 read now  {now}", now=read["now"]) if read else tr("Not read again yet: press V."))
            if self.page == "way" and read and read["hex"]:
                data = bytes.fromhex(read["hex"])
                for at in range(0, len(data), HEX):
                    part = data[at : at + HEX]
                    found.append(f"{at:04x}  {part.hex(' ')}")
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page with one factor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stage = Stage(painter, self._look, bright=self.bright)
        if self.page == "blank":
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            return
        painter.fillRect(self.rect(), stage.colour("bg"))
        factor, x, y = scale_of(self.width(), self.height())
        painter.translate(x, y)
        painter.scale(factor, factor)
        painter.setClipRect(QRectF(0, 0, WIDTH, HEIGHT))
        if self.page == "check":
            check_page.paint(stage, self.outcome, self.at, self._case)
        elif self.page == "step":
            place = step_page.Place(self.at, len(self._scenes), self._case)
            step_page.paint(stage, self.scene, place, self._read, self._when[11:])
        else:
            titles = {
                "way": tr("From the exhibit to this screen"),
                "digests": tr("Digests"),
                "commands": tr("Commands"),
            }
            check_page.paint_list(stage, titles[self.page], self.lines(), LEAVE_LIST)

    def accessible_parts(self) -> list[access.Part]:
        """What is said on the screen, line by line."""
        if self.page == "blank":
            return []
        if self.page == "check":
            title, note = self.outcome.verdict()
            said = [title, note, *(f"{row.title} {row.note}" for row in self.outcome.rows())]
        elif self.page == "step":
            step = self.scene.step
            values = [f"{each.title}: {each.value}" for each in self.scene.shown]
            equal = self.scene.equal
            compared = [tr("{equal} of {total} equal", equal=equal[0], total=equal[1])] if equal else []
            said = [tr("Step {at} of {scenes}", at=self.at + 1, scenes=len(self._scenes)), str(step["kind"]), str(step["sentence"]), *values,
                    *compared, *(str(step[name]) for name in ("reason", "answer") if step.get(name)),
                    str(step["not_shown"])]  # fmt: skip
        else:
            said = self.lines()
        high = self.height() / max(1, len(said))
        return [access.Part(words, QRectF(0, at * high, self.width(), high)) for at, words in enumerate(said)]
