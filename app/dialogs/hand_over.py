"""Hand over an exhibit: who, to whom, under which seal; two people sign, the second with a key of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.step_rail import lay_out
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, Card, Hairline, IconView, clear, label, set_tone

STEPS = (tr("Exhibit and people"), tr("Seal and condition"), tr("Two signatures"), tr("Receipt"))
WHO, SEAL, SIGN, RECEIPT = range(4)
FIRST = (
    ("exhibit", tr("Exhibit"), tr("E1, or E1.2 for a part of it.")),
    ("from", tr("From whom"), tr("Who holds it now.")),
    ("to", tr("To whom"), tr("Who holds it from now on.")),
    ("place", tr("Place"), tr("Where it goes.")),
    ("purpose", tr("Reason"), ""),
)
SECOND = (
    ("seal_before", tr("Seal found"), tr("The number that is on it now.")),
    ("seal_after", tr("Seal from now on"), tr("Left empty, it stays the same.")),
    ("condition", tr("Condition"), tr("What both of you see.")),
)
NEEDED = ("exhibit", "from", "to")


class QrView(QWidget):
    """A QR code from rows of ones and zeros, black on white in every theme."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._rows: list[str] = []
        self.setFixedSize(look.px(210), look.px(210))
        self.setAccessibleName(tr("QR code of the signed head"))

    def show_rows(self, rows: list[str]) -> None:
        """Show a code."""
        self._rows = rows
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint whole pixels a module, with four modules of white around."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        count = len(self._rows) + 8
        side = max(1, self.width() // count)
        left = (self.width() - side * len(self._rows)) / 2
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark == "1":
                    box = QRectF(left + x * side, left + y * side, side, side)
                    painter.fillRect(box, Qt.GlobalColor.black)


class SignCard(Card):
    """One of two equal cards: who, what they state, and whether they have signed."""

    def __init__(self, look: Look, role: str) -> None:
        super().__init__(look)
        self.content.addWidget(label(look, role, "dense", "text2"))
        self.name = label(look, "", "panel_title", wrap=True)
        self.content.addWidget(self.name)
        self.content.addWidget(Hairline(look))
        row = QHBoxLayout()
        row.setSpacing(look.px(12))
        self.icon = IconView(look, "sign", 22, "accent", "accentsoft", 48)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        self.state = label(look, "", "item_title", wrap=True)
        self.fact = label(look, "", "dense", "text2", wrap=True)
        words.addWidget(self.state)
        words.addWidget(self.fact)
        row.addLayout(words, 1)
        self.content.addLayout(row)
        self.statement = label(look, "", "body", wrap=True)
        self.content.addWidget(self.statement)

    def show_state(self, state: str, fact: str, *, signed: bool = False) -> None:
        """Say how far it is."""
        set_tone(self.state, "ok" if signed else "text")
        self.state.setText(state)
        self.fact.setText(fact)
        self.icon.set_icon("check" if signed else "sign", "ok" if signed else "accent")


class HandOverDialog(QDialog):
    """One question a page. What was signed once stays in the record, whatever happens to the rest."""

    def __init__(
        self, look: Look, session: Session, exhibit: str, story: Mapping[str, Any], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.look, self.session = look, session
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Hand over an exhibit"))
        self.resize(look.px(1120), look.px(640))
        self.release: dict[str, Any] | None = None  # the entry of the release
        self.acceptance: dict[str, Any] | None = None
        self._waiting = False
        self.cancel = Button(look, tr("Cancel"), "", "quiet", self.reject)
        self.back = Button(look, tr("Back"), "", "normal", lambda: self._go(self.pages.currentIndex() - 1))
        self.next = Button(look, tr("Next"), "", "primary", self._forward)
        self.next.setDefault(True)
        self._rail, self.pages = lay_out(self, look, STEPS, self.cancel, (self.back, self.next))
        self.fields: dict[str, QLineEdit] = {}
        self._who_page()
        self._seal_page()
        self._sign_page()
        self._receipt_page()
        self.fields["exhibit"].setText(exhibit)
        self._take_story(story)
        self._go(WHO)

    def _take_story(self, story: Mapping[str, Any]) -> None:
        """Begin where the record has it; a release that waits for its acceptance is not entered again."""
        events = list(story.get("events") or ())
        self.fields["seal_before"].setText(str(story.get("seal") or ""))
        self.fields["from"].setText(str(story.get("custodian") or self.session.status.get("examiner") or ""))
        if story.get("state") == "released" and events:
            last = events[-1]
            self.release = {"ledger_entry": last["entry"], "time": last["time"]}
            for name in ("from", "to", "place", "purpose"):
                self.fields[name].setText(str(last.get(name) or self.fields[name].text()))
            self.fields["from"].setReadOnly(True)
            self.fields["exhibit"].setReadOnly(True)

    # -- pages

    def _page(self, title: str, text: str) -> QVBoxLayout:
        look = self.look
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(look.px(32), look.px(24), look.px(32), look.px(16))
        column.setSpacing(look.px(8))
        column.addWidget(label(look, title, "dialog_title"))
        column.addWidget(label(look, text, "body", "text2", wrap=True))
        column.addSpacing(look.px(8))
        self.pages.addWidget(page)
        return column

    def _field(self, column: QVBoxLayout, key: str, name: str, hint: str) -> None:
        text = label(self.look, name, "dense", "text2", weight=500)
        edit = QLineEdit()
        edit.setMaxLength(500)
        edit.setAccessibleName(name)
        edit.setPlaceholderText(hint)
        edit.textChanged.connect(self._check)
        text.setBuddy(edit)
        column.addWidget(text)
        column.addWidget(edit)
        self.fields[key] = edit

    def _who_page(self) -> None:
        column = self._page(
            tr("Who gives what to whom?"), tr("As it stands here it is signed and can never be changed.")
        )
        for key, name, hint in FIRST:
            self._field(column, key, name, hint)
        self.missing = label(self.look, "", "dense", "text2", weight=500, wrap=True)
        column.addWidget(self.missing)
        column.addStretch(1)

    def _seal_page(self) -> None:
        column = self._page(
            tr("Which seal, in which condition?"),
            tr("Look at it together. A seal that differs from the record is no obstacle: it is entered and flagged."),
        )
        for key, name, hint in SECOND:
            self._field(column, key, name, hint)
        column.addStretch(1)

    def _sign_page(self) -> None:
        look = self.look
        column = self._page(tr("Two people, two signatures"), tr("Each person signs with their own key."))
        row = QHBoxLayout()
        row.setSpacing(look.px(20))
        self.giver, self.taker = SignCard(look, tr("Releases")), SignCard(look, tr("Receives"))
        self.sign_release = Button(look, tr("Sign the release"), "sign", "primary", self._release)
        self.giver.content.addStretch(1)
        self.giver.content.addWidget(self.sign_release)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(8))
        self.key = self._file(
            grid, 0, tr("Key file of the recipient"), tr("The recipient's own, on a stick for example"), save=False
        )
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setAccessibleName(tr("Passphrase of the recipient"))
        self.secret.setPlaceholderText(tr("Typed by the recipient; empty for a key without one"))
        words = label(look, tr("Passphrase"), "dense", "text2", weight=500)
        words.setBuddy(self.secret)
        grid.addWidget(words, 1, 0)
        grid.addWidget(self.secret, 1, 1, 1, 2)
        self.receipt = self._file(grid, 2, tr("Receipt, written to"), tr("A new file"), save=True)
        self.taker.content.addLayout(grid)
        self.taker.content.addStretch(1)
        self.sign_accept = Button(look, tr("Sign the acceptance"), "sign", "primary", self._accept)
        self.taker.content.addWidget(self.sign_accept)
        row.addWidget(self.giver, 1)
        row.addWidget(self.taker, 1)
        column.addLayout(row, 1)
        self.flags = QVBoxLayout()
        column.addLayout(self.flags)
        self.problem = label(look, "", "body", "danger", weight=500, wrap=True)
        column.addWidget(self.problem)
        note = tr(
            "If the second person cannot sign now, the release stays, and the record shows it with nobody until then."
        )
        column.addWidget(label(look, note, "dense", "text2", wrap=True))

    def _file(self, grid: QGridLayout, at: int, name: str, hint: str, *, save: bool) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(name)
        edit.setPlaceholderText(hint)
        edit.textChanged.connect(self._check)
        words = label(self.look, name.partition(" of ")[0].partition(",")[0], "dense", "text2", weight=500)
        words.setBuddy(edit)

        def choose() -> None:
            options = QFileDialog.Option.DontUseNativeDialog
            pick = QFileDialog.getSaveFileName if save else QFileDialog.getOpenFileName
            chosen, _ = pick(self, name, edit.text() or str(Path.home()), options=options)
            if chosen:
                edit.setText(chosen)

        button = Button(self.look, tr("Choose"), "open", "normal", choose)
        button.setAccessibleName(tr("Choose: {name}", name=name))
        grid.addWidget(words, at, 0)
        grid.addWidget(edit, at, 1)
        grid.addWidget(button, at, 2)
        return edit

    def _receipt_page(self) -> None:
        look = self.look
        column = self._page(
            tr("The receipt"), tr("It is the recipient's. It proves this entry against a signed head of the record.")
        )
        row = QHBoxLayout()
        row.setSpacing(look.px(20))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(look.font("digest"))
        self.text.setProperty("edit", True)
        self.text.setAccessibleName(tr("Receipt"))
        row.addWidget(self.text, 1)
        side = QVBoxLayout()
        self.qr = QrView(look)
        side.addWidget(self.qr)
        side.addWidget(label(look, tr("For the recipient's phone: the signed head."), "dense", "text2", wrap=True))
        side.addWidget(label(look, tr("Check value, read it aloud"), "dense", "text2"))
        self.fingerprint = label(look, "", "bytes", weight=500, wrap=True, selectable=True)
        side.addWidget(self.fingerprint)
        words = tr("Both copies must show the same value. A different value means a different record.")
        side.addWidget(label(look, words, "dense", "text2", wrap=True))
        side.addStretch(1)
        row.addLayout(side)
        column.addLayout(row, 1)
        self.saved = label(look, "", "body", weight=500, wrap=True)
        column.addWidget(self.saved)

    # -- steps

    def body(self) -> dict[str, str]:
        """What was filled in."""
        return {key: text for key, edit in self.fields.items() if (text := edit.text().strip())}

    def _check(self) -> None:
        names = {key: name for key, name, _ in FIRST}
        empty = [names[key] for key in NEEDED if not self.fields[key].text().strip()]
        self.missing.setText(tr("Still needed: {empty}.", empty=", ".join(empty)) if empty else "")
        page = self.pages.currentIndex()
        self.next.setEnabled(not self._waiting and not empty and (page != SIGN or self.acceptance is not None))
        free = not self._waiting and self.acceptance is None
        self.sign_release.setEnabled(free and self.release is None)
        ready = bool(self.key.text().strip()) and bool(self.receipt.text().strip())
        self.sign_accept.setEnabled(free and self.release is not None and ready)

    def _go(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        body = self.body()
        number = body.get("exhibit", "")
        signed = (self.release is not None) + (self.acceptance is not None)
        notes = [
            number if page > WHO else "",
            body.get("seal_before", "") if page > SEAL else "",
            tr("{signed} of 2", signed=signed),
            "",
        ]
        self._rail.show_step(page, notes if page >= SIGN else [*notes[:2], "", ""])
        self.back.setVisible(page == SEAL or (page == SIGN and not signed))
        self.cancel.setText(
            tr("Close") if page == RECEIPT else tr("Sign later") if signed and page == SIGN else tr("Cancel")
        )
        self.next.setText(tr("Done") if page == RECEIPT else tr("Next"))
        if page == SIGN:
            self._show_signatures()
        self._check()
        target = {WHO: self.fields["to"], SEAL: self.fields["seal_before"], RECEIPT: self.next}.get(page)
        if target is None:
            target = self.key if self.release is not None else self.sign_release
        target.setFocus()

    def _forward(self) -> None:
        page = self.pages.currentIndex()
        if page == RECEIPT:
            self.accept()
        else:
            self._go(page + 1)

    def _show_signatures(self) -> None:
        body = self.body()
        what = visible(body.get("exhibit", ""))
        seal = body.get("seal_before") or ""
        with_seal = tr(", seal {seal}", seal=visible(seal)) if seal else ""
        self.giver.name.setText(visible(body.get("from", "")))
        self.taker.name.setText(visible(body.get("to", "")))
        self.giver.statement.setText(tr("Statement: I release {what}{with_seal}.", what=what, with_seal=with_seal))
        self.taker.statement.setText(tr("Statement: I accept {what}{with_seal}.", what=what, with_seal=with_seal))
        if not self.receipt.text():
            name = tr(
                "receipt-{exhibit}-{utc:%Y%m%d}.txt",
                exhibit="".join(c if c.isalnum() else "-" for c in what),
                utc=datetime.now(UTC),
            )
            self.receipt.setText(str(Path.home() / name))
        if self.release is None:
            self.giver.show_state(tr("Not signed yet"), tr("With the examiner's key of this case."))
            self.taker.show_state(tr("Signs second"), tr("After the release."))
            self._ask("release")
        else:
            self.giver.show_state(tr("Signed"), _when(self.release), signed=True)
            self.taker.show_state(tr("Not signed yet"), tr("With the recipient's own key."))
            self._ask("accept")

    def _ask(self, kind: str) -> None:
        """Ask whether the record would fit, before anybody signs."""
        args = {**self._args(kind), "countersigned": kind == "accept"}
        self.session.call("custody_judge", args, self._judged)

    def _judged(self, ok: bool, result: Any) -> None:
        clear(self.flags)
        for flag in result.get("flags", ()) if ok else ():
            box = QFrame()
            box.setProperty("box", "warn")
            row = QHBoxLayout(box)
            row.addWidget(IconView(self.look, "warn", 18, "warn"))
            words = tr(
                "This does not fit the record: {flag}. You can sign; it is entered with this flag.", flag=visible(flag)
            )
            row.addWidget(label(self.look, words, "body", wrap=True), 1)
            self.flags.addWidget(box)

    def _args(self, kind: str) -> dict[str, Any]:
        body = self.body()
        if kind == "accept":
            body.pop("from", None)  # it was released by then, and is with nobody
        else:
            body.pop("seal_after", None)
        return {**body, "kind": kind}

    def _release(self) -> None:
        self._wait(tr("The release is being signed."))
        self.session.call("custody_enter", self._args("release"), self._signed_release)

    def _signed_release(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if ok:
            self.release = result
            self._changed()
            self._say("")
            self._go(SIGN)
        else:
            self._say(tr("The release was not entered: {result}.", result=str(result).rstrip(".")))

    def _accept(self) -> None:
        secret = self.secret.text()
        self.secret.clear()
        self._wait(tr("The acceptance is being signed."))
        args = self._args("accept")
        args |= {"key": self.key.text().strip(), "secret": secret, "receipt": self.receipt.text().strip()}
        self.session.call("custody_enter", args, self._signed_accept)

    def _signed_accept(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if not ok:
            self._say(tr("The acceptance was not entered: {result}.", result=str(result).rstrip(".")))
            self.secret.setFocus()
            return
        self.acceptance = result
        self._changed()
        self._say("")
        self.text.setPlainText(str(result.get("text", "")))
        self.qr.show_rows([str(row) for row in result.get("qr", ())])
        self.fingerprint.setText(str(result.get("fingerprint", "")))
        self.saved.setText(
            tr(
                "Saved: {receipt}. Ledger entry {ledger_entry}.",
                receipt=visible(self.receipt.text().strip()),
                ledger_entry=result.get("ledger_entry"),
            )
        )
        self._go(RECEIPT)

    def _changed(self) -> None:
        self.session.refresh_status()
        self.session.case_changed.emit()

    def _wait(self, words: str) -> None:
        self._waiting = True
        set_tone(self.problem, "text2")
        self.problem.setText(words)
        self._check()

    def _say(self, words: str) -> None:
        set_tone(self.problem, "danger")
        self.problem.setText(visible(words))
        self._check()


def _when(entry: Mapping[str, Any]) -> str:
    return tr(
        "{time} UTC, entry {ledger_entry}",
        time=str(entry.get("time", ""))[:19].replace("T", " "),
        ledger_entry=entry.get("ledger_entry"),
    )
