"""Open a wallet, a store of passwords or of messages with what the examiner has. Nothing given is kept in the window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.dialogs.base import Frame
from app.session import Session
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label, set_tone
from viewers.words import plural

MOST_SHOWN = 12


class OpenWalletDialog(Frame):
    """Passwords one by one or as a list in a file, a key file; what opening it gave, secrets masked."""

    def __init__(self, look: Look, session: Session, finding: int, title: str, parent: QWidget | None) -> None:
        super().__init__(
            look, parent, tr("Open with what you have"),
            tr("F{finding}, {title}. Passwords that you have are tried once each; nothing is guessed. Stores of "
"messages open without one where their key is a finding of this case.", finding=finding, title=title),
            720,
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._finding = session, finding
        self.told: dict[str, Any] = {}
        self.secret = self.line(tr("Password, or a key in hexadecimal"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.list = self.file_row(tr("Or a file with a list of them, one a line"))
        self.key = self.file_row(tr("Key file, where the store wants one"))
        self.note = label(look, "", "body", "text2", weight=500, wrap=True, selectable=True)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.quiet(tr("Close"))
        self.open_ = Button(look, tr("Open"), "lock", "primary", self._open)
        self.open_.setDefault(True)
        self.footer.addWidget(self.open_)
        self.secret.setFocus()

    def _open(self) -> None:
        args: dict[str, Any] = {"finding": self._finding, "secret": self.secret.text()}
        self.secret.clear()
        args |= {name: edit.text().strip() for name, edit in (("list", self.list), ("key_file", self.key))}
        self.open_.setEnabled(False)
        self._say(tr("It is being tried in a reader of its own. A key derivation may take minutes."), "text2")
        self._session.call("open_wallet", args, self._take)

    def _take(self, ok: bool, result: Any) -> None:
        self.open_.setEnabled(True)
        if not ok:
            self._say(tr("It was not tried: {result}", result=result), "danger")
            return
        self.told = result
        tried = plural(int(result.get("tried") or 1), "password", "passwords")
        if not result["opened"]:
            self._say(
                tr(
                    "Not opened with {tried}: {reason}. The record says that it was tried.",
                    tried=tried,
                    reason=result["reason"],
                ),
                "warn",
            )
            return
        self._say(" ".join(self._sentences(result)), "ok")
        self._session.refresh_status()
        self._session.case_changed.emit()

    @staticmethod
    def _sentences(told: dict[str, Any]) -> list[str]:
        said = [tr("Opened, proven by {check}.", check=told["check"])]
        if told.get("addresses_in_all"):
            said.append(
                tr("{addresses} of it.", addresses=plural(int(told["addresses_in_all"]), "address", "addresses"))
            )
        entries = (told.get("fields") or {}).get("entries") or ()
        if entries:
            names = ", ".join(str(each.get("title") or "-") for each in entries[:MOST_SHOWN])
            said.append(f"{plural(len(entries), 'entry', 'entries')}: {names}.")
        secrets = told.get("secrets") or ()
        if secrets:
            masked = ", ".join(f"{each['name']} {each['masked']}" for each in secrets[:MOST_SHOWN])
            said.append(tr("Secrets, in the vault: {masked}. Show a secret shows one for a reason.", masked=masked))
        inside = sum(int(count) for _, count in told.get("findings") or ())
        if inside:
            said.append(
                tr("What is inside is in Findings: {findings}.", findings=plural(inside, "finding", "findings"))
            )
        return said

    def _say(self, words: str, tone: str) -> None:
        set_tone(self.note, tone)
        self.note.setText(visible(words))
