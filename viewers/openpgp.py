"""An OpenPGP certificate, secret key or message: fingerprint, user ids, subkeys, who it was for."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout

from resources.languages import tr, tr_noop
from viewers import kinds
from viewers.base import ByteSource, FieldRow, Subject, Viewer, value_text
from viewers.look import Look
from viewers.parts import label
from viewers.sheet import Grid, Sheet
from viewers.signed import SignedLine
from viewers.words import NONE_STORED, grouped, plural

FAMILIES = ("openpgp", "pgp")


def as_list(value: Any) -> list[Any]:
    """A stored value as a list."""
    if value is None or value == "" or (isinstance(value, dict) and "absent" in value):
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def tidy_time(value: Any) -> str:
    """A stored moment without T and Z, or the reason that there is none."""
    text = value_text(value)
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":
        return text.replace("T", " ").removesuffix("Z") + " UTC"
    return text or tr("none stored")


class OpenPgpViewer(Viewer):
    """What the key or message says, in one page."""

    title: ClassVar[str] = tr_noop("Certificate")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._sheet = Sheet(look, tr("OpenPGP certificate"))
        outer.addWidget(self._sheet)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Made for the openpgp family."""
        return 0.9 if kinds.family(subject.kind) in FAMILIES else -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Build the page."""
        sheet, look = self._sheet, self.look
        sheet.reset()
        fingerprint = value_text(subject.field("fingerprint") or subject.value or "")
        if fingerprint and " " not in fingerprint and len(fingerprint) in (32, 40, 64):
            sheet.column.addWidget(label(look, tr("Fingerprint"), "dense", "text2"))
            text = label(look, grouped(fingerprint.upper()), "fingerprint", wrap=True, selectable=True)
            text.setAccessibleName(tr("Fingerprint"))
            sheet.column.addWidget(text)
        else:
            sheet.column.addWidget(label(look, subject.title, "panel_title"))
        for signed in subject.signed:
            line = SignedLine(look, signed)
            line.wanted.connect(self.number_wanted)
            sheet.column.addWidget(line)
        sheet.facts(self._facts(subject))
        names = as_list(subject.field("user_ids", "user_id"))
        if names:
            sheet.title(tr("User ids"), tr("as written by whoever made the key"))
            grid = Grid(look, [tr("User id"), tr("Where it was read")], [5, 2])
            grid.show_rows([(value_text(name), tr("user id packet")) for name in names])
            sheet.column.addWidget(grid)
        self._subkeys(subject)
        self._people(subject)
        if subject.checks:
            sheet.title(tr("Checked here, offline"))
            grid = Grid(look, [tr("Check"), tr("Outcome"), tr("Strength")], [4, 2, 2])
            grid.show_rows(
                [
                    (str(c.get("name", "")), str(c.get("outcome", "")), f"{c.get('bits', 0)} bits")
                    for c in subject.checks
                ]
            )
            sheet.column.addWidget(grid)
        own = tr(
            "A good signature shows that a key was used. It does not show whose hand used it, and the time is the signer's own claim."
        )
        sheet.limits(tr("What this does not show"), [*subject.caveats, own])
        sheet.finish()

    def _facts(self, subject: Subject) -> list[tuple[str, str, str, str]]:
        algorithm = value_text(subject.field("algorithm") or "")
        bits = value_text(subject.field("curve", "key_bits") or "")
        revoked = subject.field("revoked")
        protection = subject.field("protection")
        found = []
        if algorithm:
            found.append(("kind:key", tr("Algorithm"), f"{algorithm}, {bits}".strip(", "), "text"))
        if subject.field("created") is not None:
            found.append(("clock", tr("Created, as stored"), tidy_time(subject.field("created")), "text"))
        if subject.field("expires") is not None:
            text = tidy_time(subject.field("expires"))
            found.append(("clock", tr("Expires"), tr("never stated") if text == NONE_STORED else text, "text"))
        if protection is not None:
            found.append(("lock", tr("Secret part"), value_text(protection), "secret"))
        elif revoked is not None:
            found.append(
                ("warn", tr("Revoked"), tr("yes"), "warn")
                if revoked is True
                else ("okc", tr("Revoked"), tr("no revocation in it"), "text")
            )
        recipients = as_list(subject.field("recipients", "recipient_key_ids", "recipient_keys"))
        if recipients:
            found.append(("mail", tr("Written to"), plural(len(recipients), "key", "keys"), "text"))
        if not found:
            rows: list[FieldRow] = [row for row in subject.fields if not isinstance(row.value, list | tuple)]
            found = [("kind:key", row.title, row.text or tr("none stored"), "text") for row in rows[:4]]
        return found[:4]

    def _subkeys(self, subject: Subject) -> None:
        subkeys = [item for item in as_list(subject.field("subkeys")) if isinstance(item, dict)]
        if not subkeys:
            return
        self._sheet.title(tr("Subkeys"), plural(len(subkeys), "subkey", "subkeys"))
        grid = Grid(self.look, [tr("Subkey"), tr("Algorithm"), tr("Created, as stored")], [5, 2, 3], mono=(0,))
        grid.show_rows(
            [
                (
                    grouped(value_text(item.get("fingerprint") or item.get("key_id") or "").upper()),
                    value_text(item.get("algorithm") or tr("not parsed")),
                    tidy_time(item.get("created")),
                )
                for item in subkeys
            ]
        )
        self._sheet.column.addWidget(grid)

    def _people(self, subject: Subject) -> None:
        certifiers = as_list(subject.field("certifiers"))
        recipients = as_list(subject.field("recipients", "recipient_key_ids", "recipient_keys"))
        for title, note, values in (
            (tr("Signed by other keys"), tr("the keys may or may not be in this case"), certifiers),
            (tr("Messages that nobody here can read still say who they were for"), "", recipients),
        ):
            if values:
                self._sheet.title(title, note)
                grid = Grid(self.look, [tr("Key")], [1], mono=(0,))
                texts = [grouped(value_text(value).upper()) for value in values[:200]]
                grid.show_rows([(text,) for text in texts])
                wanted = [value_text(value) for value in values[:200]]
                grid.activated.connect(lambda row, wanted=wanted: self.finding_wanted.emit(wanted[row]))
                self._sheet.column.addWidget(grid)
