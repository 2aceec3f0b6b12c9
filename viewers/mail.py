"""A mail: what its header claims, its text, its attachments, and the bytes of each."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout

from resources.languages import tr, tr_noop
from viewers.base import ByteSource, Subject, Viewer, value_text
from viewers.fields import FieldList
from viewers.look import Look
from viewers.marks import tokens_of
from viewers.openpgp import as_list
from viewers.parts import Cut, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural, size_text

HEADER = ("from", "sender", "to", "cc", "bcc", "reply_to", "subject", "date", "message_id")
APART = ("messages", "attachments", "message_count")
CLAIMED = tr("A sender writes the lines of a header; only lines that servers added on the way say more.")
LONGEST = 60_000


class MailViewer(Viewer):
    """The message as text; HTML is never drawn."""

    title: ClassVar[str] = tr_noop("Mail")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._sheet = Sheet(look, tr("Mail"))
        outer.addWidget(self._sheet)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Made for single mails."""
        return 1.0 if subject.kind in ("mail/message", "mail/pst") and subject.field("messages") else -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Build the page."""
        sheet, look = self._sheet, self.look
        sheet.reset()
        subject_line = value_text(subject.field("subject")) or tr("no subject")
        sheet.column.addWidget(Cut(look, subject_line, "item_title", middle=False))
        if subject.field("deleted") is True or subject.field("recovered") is True:
            sheet.column.addWidget(
                label(look, tr("Deleted, and recovered from its bytes."), "dense", "danger", weight=600)
            )
        rows = [row for name in HEADER for row in subject.fields if row.name == name]
        self._fields(tr("What the header claims"), rows, subject)
        message = next((each for each in as_list(subject.field("messages")) if isinstance(each, dict)), {})
        text = _body(message, subject_line)
        sheet.title(tr("Text"), "" if text else tr("none that could be read"))
        if text:
            shown = label(look, text[:LONGEST], "quote", wrap=True, selectable=True)
            shown.setAccessibleName(tr("Text of the mail"))
            sheet.column.addWidget(shown)
        if len(text) > LONGEST:
            sheet.column.addWidget(label(look, tr("The rest is in the text view."), "dense", "text2"))
        attached = [each for each in as_list(subject.field("attachments")) if isinstance(each, dict)]
        if attached:
            sheet.title(tr("Attachments"), plural(len(attached), "file", "files"))
            grid = Grid(look, [tr("Name"), tr("Kind"), tr("Size")], [5, 4, 2])
            grid.show_rows([_attachment(each) for each in attached])
            sheet.column.addWidget(grid)
        rest = [row for row in subject.fields if row.name not in (*HEADER, *APART)]
        self._fields(tr("Other fields"), rest, subject)
        sheet.limits(tr("What this does not show"), [CLAIMED, *subject.caveats])
        sheet.finish()

    def _fields(self, title: str, rows: list[Any], subject: Subject) -> None:
        if not rows:
            return
        self._sheet.title(title)
        listed = FieldList(self.look, 150)
        listed.show_rows(rows, tokens_of(subject))
        listed.picked.connect(self.field_wanted)
        self._sheet.column.addWidget(listed)


def _body(message: dict[str, Any], subject_line: str) -> str:
    """The text without the subject that detectors put before it."""
    text = value_text(message.get("text") or "")
    return text.removeprefix(f"{subject_line}\n").strip()


def _attachment(each: dict[str, Any]) -> tuple[str, str, str]:
    size = each.get("size") if isinstance(each.get("size"), int) else each.get("length")
    return (
        value_text(each.get("name") or tr("no name")),
        value_text(each.get("type") or each.get("mime") or ""),
        size_text(size) if isinstance(size, int) else "",
    )
