"""An archive: its members with sizes, times and checksums as it states them. Nothing is unpacked."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from forensics.visible import visible
from resources.languages import tr, tr_noop
from viewers.base import ByteSource, Subject, Viewer
from viewers.look import Look
from viewers.parts import EmptyState, label
from viewers.tips import tip
from viewers.words import plural, size_text

SUFFIXES = (
    ".zip", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".odp", ".epub", ".apk", ".jar", ".xpi",
    ".tar", ".gz", ".tgz", ".7z", ".rar",
)  # fmt: skip
PACKED = ("file/zip",)
COLUMNS = (tr("Name"), tr("Size"), tr("Packed"), tr("Changed"), tr("Encrypted"), "CRC-32, stated", tr("Note"))
WIDEST = 420
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ArchiveViewer(Viewer):
    """Members as a table."""

    title: ClassVar[str] = tr_noop("Members")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._asked = 0
        self._members: list[dict[str, Any]] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.note = label(look, "", "dense", "text2", wrap=True)
        self.note.setContentsMargins(look.px(16), look.px(8), look.px(16), look.px(8))
        outer.addWidget(self.note)
        self._stack = QStackedWidget()
        self.rows = QTableWidget()
        self.rows.setAccessibleName(tr("Members of the archive"))
        self.rows.setColumnCount(len(COLUMNS))
        self.rows.setHorizontalHeaderLabels(COLUMNS)
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.rows.setWordWrap(False)
        self.rows.verticalHeader().hide()
        self.rows.horizontalHeader().setStretchLastSection(True)
        self.rows.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.rows.cellActivated.connect(self._open)
        self._stack.addWidget(self.rows)
        self.empty = EmptyState(look, "file", tr("Reading the archive"), "")
        self._stack.addWidget(self.empty)
        outer.addWidget(self._stack, 1)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """For files with the name of an archive; whether they are one, the reader says."""
        if subject.entry is None or subject.inside:
            return -1.0
        if subject.kind in PACKED:
            return 0.8
        if not subject.path.lower().endswith(SUFFIXES):
            return -1.0
        return 0.2 if subject.kind else 0.6

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Ask for the members."""
        self._asked += 1
        asked = self._asked
        self.note.setText("")
        self.note.hide()
        self.empty.say(tr("Reading the archive"), tr("Its members as it states them; nothing is unpacked."))
        self._stack.setCurrentWidget(self.empty)

        def done(told: dict[str, Any] | None, trouble: str) -> None:
            if asked != self._asked:
                return
            if told is None:
                self.empty.say(tr("The members cannot be shown"), tr("{trouble} The bytes can.", trouble=trouble))
            else:
                self._show(told)

        source.archive(done)

    def _show(self, told: dict[str, Any]) -> None:
        self._members = told["members"]
        said = [
            tr(
                "{form}: {members}, {size} as stated",
                form=told["form"],
                members=plural(len(self._members), "member", "members"),
                size=size_text(told["size"]),
            )
        ]
        said += [tr("only the first {most:,} are told", most=told["most"])] if told["more"] else []
        said += [tr("{count:,} encrypted", count=told["encrypted"])] if told["encrypted"] else []
        said += [visible(told["note"])] if told["note"] else []
        self.note.setText(". ".join(each[:1].upper() + each[1:] for each in said) + tr(". Nothing here was unpacked."))
        self.note.show()
        if not self._members:
            self.empty.say(tr("No members"), tr("The archive states none."))
            self._stack.setCurrentWidget(self.empty)
            return
        self.rows.setRowCount(len(self._members))
        for at, member in enumerate(self._members):
            for column, text in enumerate(_texts(member)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(text))
                if column in (1, 2):
                    item.setTextAlignment(RIGHT)
                self.rows.setItem(at, column, item)
        self.rows.resizeColumnsToContents()
        for column in range(len(COLUMNS) - 1):
            self.rows.setColumnWidth(column, self.rows.columnWidth(column) + self.look.px(12))
        self.rows.setColumnWidth(0, min(self.rows.columnWidth(0), self.look.px(WIDEST)))
        self._stack.setCurrentWidget(self.rows)

    def _open(self, at: int, _column: int) -> None:
        """Enter or a double click shows the bytes of a member: its header, or what it is packed in."""
        self.span_wanted.emit(*self._members[at]["span"])


def _texts(member: dict[str, Any]) -> tuple[str, ...]:
    when = f"{member['when']} {member['zone']}" if member["when"] else tr("none stored")
    notes = [member["kind"]] if member["kind"] != "file" else []
    notes += [visible(member["note"])] if member["note"] else []
    return (
        visible(member["name"]) or tr("(no name)"),
        tr("not stated") if member["size"] is None else f"{member['size']:,}",
        "" if member["packed"] is None else f"{member['packed']:,}",
        when,
        "encrypted" if member["encrypted"] else "",
        member["check"],
        ", ".join(notes),
    )
