"""The disclosure desk: findings for others, groups withheld for a reason, counted before anything is built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, Card, label, set_tone
from viewers.sheet import Grid, Sheet
from viewers.ticks import Choice, Tick
from viewers.words import plural

GROUPS = (
    ("claim", tr("What was found: kind, grade, value")),
    ("fields", tr("Fields, links and caveats of findings")),
    ("events", tr("Times of findings")),
    ("locus", tr("Where it lies: path, place on the disk")),
    ("name", tr("Names and paths, of findings too")),
    ("content", tr("Sizes and digests of files")),
    ("meta", tr("State, type and times of files")),
)
REASONS = (
    tr("personal data of third persons"),
    tr("confidential communication with a lawyer"),
    tr("protection of a source"),
    tr("not within the authority"),
)
KINDS = {"item": tr("Files and entries"), "finding": tr("Findings")}
SHOWN = (
    ("disclosed", tr("shown whole"), "ok"),
    ("partly", tr("in part"), "warn"),
    ("withheld", tr("withheld whole"), "text"),
)


class DisclosureDialog(Frame):
    """What goes in, what stays out and why, and the bundle."""

    def __init__(
        self, look: Look, session: Session, checked: Sequence[int], listed: Sequence[int], rules: str,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            look, parent, tr("Disclosure desk"),
            tr("A signed bundle for others. What it withholds is counted in it, and the count is signed."), 1100,
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.session = session
        self.counts: dict[str, Any] = {}
        self.built: dict[str, Any] = {}
        self._asked = 0
        self._waiting = False
        self._sources = {"checked": list(checked), "listed": list(listed)}
        self._filtered = bool(rules)
        row = QHBoxLayout()
        row.setSpacing(look.px(24))
        left = QVBoxLayout()
        left.setSpacing(look.px(2))
        self._choices(left, rules)
        self._people(left)
        left.addStretch(1)
        row.addLayout(left, 5)
        right = QVBoxLayout()
        self._counters(right)
        self.schedule = Sheet(look, tr("Schedule of withheld items"))
        self.schedule.column.setContentsMargins(0, 0, look.px(4), 0)
        self.schedule.setMinimumHeight(look.px(220))
        right.addWidget(self.schedule, 1)
        row.addLayout(right, 6)
        self.column.addLayout(row, 1)
        self.note = label(look, "", "body", "text2", weight=500, wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(self.note)
        self.quiet(tr("Close"))
        self.make = Button(look, tr("Build the bundle"), "parcel", "primary", self._build)
        self.make.setDefault(True)
        self.footer.addWidget(self.make)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(150)
        self._soon.timeout.connect(self._preview)
        self._changed()

    def _choices(self, column: QVBoxLayout, rules: str) -> None:
        look = self.look
        column.addWidget(label(look, tr("Which findings"), "body", weight=600))
        checked, listed = (len(self._sources[key]) for key in ("checked", "listed"))
        self.from_checked = Choice(
            look, tr("The {checked_findings}", checked_findings=plural(checked, "checked finding", "checked findings"))
        )
        all_of = (
            tr(
                "The {findings} of the filter {rules}",
                findings=plural(listed, "finding", "findings"),
                rules=visible(rules),
            )
            if rules
            else tr("All findings of the case")
        )
        self.from_listed = Choice(look, all_of)
        self.from_checked.setEnabled(bool(checked))
        (self.from_checked if checked else self.from_listed).setChecked(True)
        for button in (self.from_checked, self.from_listed):
            button.toggled.connect(self._changed)
            column.addWidget(button)
        column.addWidget(label(look, tr("Each goes with the entry that it lies in."), "dense", "text2", wrap=True))
        column.addSpacing(look.px(8))
        column.addWidget(label(look, tr("Withhold of each"), "body", weight=600))
        self.groups: dict[str, Tick] = {}
        for name, words in GROUPS:
            box = Tick(look, words)
            box.setAccessibleName(tr("Withhold: {words}", words=words))
            box.toggled.connect(self._changed)
            column.addWidget(box)
            self.groups[name] = box
        column.addSpacing(look.px(4))
        name_of = label(look, tr("Reason, or its code at your office"), "dense", "text2", weight=500)
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.addItems(["", *REASONS])
        self.reason.setAccessibleName(tr("Reason, or its code at your office"))
        self.reason.view().setAccessibleName(tr("Reasons"))
        self.reason.setFont(look.font("body"))
        self.reason.editTextChanged.connect(self._changed)
        name_of.setBuddy(self.reason)
        column.addWidget(name_of)
        column.addWidget(self.reason)

    def _people(self, column: QVBoxLayout) -> None:
        look = self.look
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(8))
        column.addSpacing(look.px(8))
        self.recipient, self.purpose = QLineEdit(), QLineEdit()
        self.path = QLineEdit(str(Path.home() / "bundle.impound"))
        rows = ((tr("Recipient"), self.recipient), (tr("Purpose"), self.purpose), (tr("File"), self.path))
        for at, (name, edit) in enumerate(rows):
            words = label(look, name, "dense", "text2", weight=500)
            edit.setAccessibleName(name)
            edit.textChanged.connect(self._check)
            words.setBuddy(edit)
            grid.addWidget(words, at, 0)
            grid.addWidget(edit, at, 1)
        grid.addWidget(Button(look, tr("Choose"), "open", "normal", self._browse), 2, 2)
        column.addLayout(grid)

    def _counters(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(10))
        self.numbers = {}
        for key, words, tone in SHOWN:
            card = Card(self.look)
            self.numbers[key] = label(self.look, "–", "page_title", tone)
            card.content.addWidget(self.numbers[key])
            card.content.addWidget(label(self.look, words, "dense", "text2"))
            row.addWidget(card, 1)
        column.addLayout(row)

    def _browse(self) -> None:
        options = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.DontConfirmOverwrite
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Write the bundle to"), self.path.text(), options=options)
        if chosen:
            self.path.setText(chosen)

    # -- counting

    def _args(self) -> dict[str, Any]:
        checked = self.from_checked.isChecked()
        every = not checked and not self._filtered
        findings = None if every else self._sources["checked" if checked else "listed"]
        groups = [name for name, box in self.groups.items() if box.isChecked()]
        return {"findings": findings, "withhold": groups, "reason": self.reason.currentText().strip()}

    def _changed(self, _what: object = None) -> None:
        self.counts = {}
        self._soon.start()
        self._check()

    def _preview(self) -> None:
        self._asked += 1
        asked = self._asked

        def take(ok: bool, result: Any) -> None:
            if asked == self._asked:
                self._counted(ok, result)

        self.session.call("disclosure_preview", self._args(), take)

    def _counted(self, ok: bool, result: Any) -> None:
        if not ok:
            self._say(tr("It could not be counted: {result}", result=result), "danger")
            return
        self.counts = result
        for key, number in self.numbers.items():
            number.setText(f"{int(result[key]):,}")
            number.setAccessibleName(f"{int(result[key]):,} {next(words for name, words, _ in SHOWN if name == key)}")
        sheet = self.schedule
        sheet.reset()
        sheet.title(tr("Schedule of withheld items"), tr("as it will be"))
        for scan in result["scans"]:
            self._scan(scan)
        sheet.limits(
            tr("What this cannot list"),
            [tr("Exhibits that were never examined, and what was never committed to the record.")],
        )
        sheet.finish()
        self._check()

    def _scan(self, scan: dict[str, Any]) -> None:
        look, sheet = self.look, self.schedule
        note = ", ".join(f"{int(scan[key]):,} {words}" for key, words, _ in SHOWN)
        sheet.title(KINDS.get(scan["kind"], scan["kind"]), tr("of {size:,}: {note}", size=int(scan["size"]), note=note))
        rows = [
            (f"{int(each['index']):,}", ", ".join(each["withheld"]), visible(each["reason"]))
            for each in scan["items_in_part"]
        ]
        rows += [(_run(first, last), tr("all of it"), tr("not chosen")) for first, last in scan["items_whole"]]
        grid = Grid(look, [tr("Item"), tr("Withheld"), tr("Reason")], [3, 4, 5])
        grid.show_rows(rows)
        sheet.column.addWidget(grid)
        left = int(scan["partly"]) - len(scan["items_in_part"]) + int(scan["ranges"]) - len(scan["items_whole"])
        if left > 0:
            sheet.column.addWidget(label(look, tr("And {left:,} more rows.", left=left), "dense", "text2"))

    # -- building

    def _check(self) -> None:
        args = self._args()
        missing = [
            name
            for name, there in (
                ("findings", args["findings"] is None or bool(args["findings"])),
                (tr("a reason for what is withheld"), bool(args["reason"] or not args["withhold"])),
                (tr("the recipient"), bool(self.recipient.text().strip())),
                (tr("the purpose"), bool(self.purpose.text().strip())),
                ("a file", bool(self.path.text().strip())),
            )
            if not there
        ]
        if not self.built and not self._waiting:
            self._say(tr("Still needed: {missing}.", missing=", ".join(missing)) if missing else "", "text2")
        self.make.setEnabled(not missing and bool(self.counts) and not self._waiting and not self.built)

    def _build(self) -> None:
        self._waiting = True
        self._say(tr("The bundle is being built and signed."), "text2")
        self._check()
        args = {"path": self.path.text().strip(), "recipient": self.recipient.text().strip()}
        self.session.call(
            "disclosure_build", {**self._args(), **args, "purpose": self.purpose.text().strip()}, self._done
        )

    def _done(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if ok:
            self.built = result
            self.session.refresh_status()
            self.session.case_changed.emit()
        self._check()
        if ok:
            words = tr(
                "{bundle}, ledger entry {export}. SHA-256 {sha256}",
                bundle=visible(str(result["bundle"])),
                export=result["export"],
                sha256=result["sha256"],
            )
            self._say(tr("Written: {words}", words=words), "ok")
        else:
            self._say(tr("No bundle was made: {result}.", result=visible(str(result)).rstrip(".")), "danger")

    def _say(self, words: str, tone: str) -> None:
        set_tone(self.note, tone)
        self.note.setText(words)


def _run(first: int, last: int) -> str:
    return f"{first:,}" if first == last else tr("{first:,} to {last:,}", first=first, last=last)
