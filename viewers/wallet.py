"""A wallet: what it holds, how its addresses follow from it, and what that does not show."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from resources.languages import tr, tr_noop
from viewers import kinds
from viewers.base import ByteSource, FieldRow, Subject, Viewer, value_text
from viewers.fields import FieldList
from viewers.look import Look
from viewers.marks import tokens_of
from viewers.openpgp import as_list
from viewers.parts import Cut, IconView, KindTile, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural

STAGES = (
    ("seed", tr("Seed"), ("seed", "mnemonic", "seed_phrase", "encrypted_seed")),
    (
        "key",
        tr("Master public key"),
        ("master_public_keys", "xpub", "master_public_key", "zpub", "ypub", "extended_public_key"),
    ),
    ("path", tr("Path"), ("derivation", "derivation_path", "path")),
)
LISTS = (
    "addresses",
    "receiving",
    "receiving_addresses",
    "change",
    "change_addresses",
    "addresses_receiving",
    "addresses_change",
)


class Stage(QFrame):
    """One box of the chain from seed to addresses."""

    def __init__(self, look: Look, tile: str, title: str, value: str, note: str, secret: bool) -> None:
        super().__init__()
        self.setProperty("box", True)
        self.wide = len(value) > 24
        self.setMinimumWidth(look.px(130))
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        column.setSpacing(look.px(5))
        head = QHBoxLayout()
        head.addWidget(IconView(look, "lock", 16, "secret", box=20) if secret else KindTile(look, tile, 20))
        head.addWidget(label(look, title, "dense", weight=600), 1)
        column.addLayout(head)
        column.addWidget(Cut(look, value, "digest", "secret" if secret else "text"))
        column.addWidget(label(look, note, "dense", "text2"))


class WalletViewer(Viewer):
    """The page of a wallet, seed or address."""

    title: ClassVar[str] = tr_noop("Wallet")

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._sheet = Sheet(look, tr("Wallet"))
        outer.addWidget(self._sheet)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Made for wallets and seeds."""
        return 0.9 if kinds.tile(subject.kind) == "wallet" and subject.kind else -1.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Build the page."""
        sheet, look = self._sheet, self.look
        sheet.reset()
        sheet.column.addWidget(label(look, self._sentence(subject), "item_title", wrap=True))
        addresses = self._addresses(subject)
        stages = self._stages(subject, len(addresses))
        if stages:
            sheet.title(tr("What stands in these bytes"))
            row = QHBoxLayout()
            row.setSpacing(look.px(8))
            for number, stage in enumerate(stages):
                if number:
                    row.addWidget(IconView(look, "arrow", 18, "text2"), 0, Qt.AlignmentFlag.AlignVCenter)
                row.addWidget(stage, 2 if stage.wide else 1)
            holder = QWidget()
            holder.setLayout(row)
            sheet.column.addWidget(holder)
        if addresses:
            sheet.title(
                tr("Addresses"),
                tr("{addresses} written in the file", addresses=plural(len(addresses), "address", "addresses")),
            )
            grid = Grid(look, [tr("Address"), tr("Use, as labelled in the file")], [3, 2], mono=(0,))
            grid.show_rows(addresses[:300])
            grid.activated.connect(lambda at: self.finding_wanted.emit(addresses[at][0]))
            sheet.column.addWidget(grid)
        rest = [row for row in subject.fields if row.name not in LISTS]
        if rest:
            sheet.title(tr("Fields"))
            listed = FieldList(look, 150)
            listed.show_rows(rest, tokens_of(subject))
            listed.picked.connect(self.field_wanted)
            sheet.column.addWidget(listed)
        lines = list(subject.caveats) or [tr("It does not show who controlled the wallet.")]
        sheet.limits(
            tr("What this does not show"),
            [*lines, tr("Balances and payments are on the public chain, and Impound is offline.")],
        )
        sheet.finish()

    def _sentence(self, subject: Subject) -> str:
        if subject.secret and kinds.family(subject.kind) == "seed":
            return tr("These bytes hold a seed phrase. It is masked here; whoever reads it can move the funds.")
        place = tr("This file holds") if subject.entry is not None else tr("These bytes hold")
        return tr("{place} a wallet: {title}.", place=place, title=subject.title)

    def _addresses(self, subject: Subject) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for row in subject.fields:
            if row.name in LISTS:
                found += [(self._address(item), self._role(item) or row.title) for item in as_list(row.value)]
        return found

    @staticmethod
    def _address(item: Any) -> str:
        return value_text(item.get("address", item)) if isinstance(item, dict) else value_text(item)

    @staticmethod
    def _role(item: Any) -> str:
        if not isinstance(item, dict):
            return ""
        used = "used" if item.get("used") is True else ""
        words = (item.get("role") or item.get("purpose"), item.get("label"), used)
        return ", ".join(value_text(each) for each in words if each)

    def _stages(self, subject: Subject, addresses: int) -> list[Stage]:
        made = []
        for tile, title, names in STAGES:
            row = next((row for row in subject.fields if row.name in names), None)
            if row is not None:
                made.append(
                    Stage(
                        self.look,
                        "wallet" if tile != "key" else "key",
                        title,
                        row.text or tr("none stored"),
                        _place(row),
                        row.masked,
                    )
                )
        if not any(row.name in STAGES[0][2] for row in subject.fields) and subject.secret:
            plain = subject.field("plain_private_keys")
            words = plural(plain, "private key", "private keys") if isinstance(plain, int) and plain else subject.value
            note = tr("in clear in the file, not shown") if words != subject.value else tr("masked")
            made.insert(0, Stage(self.look, "wallet", tr("Secret"), words, note, True))
        if addresses:
            made.append(
                Stage(
                    self.look,
                    "address",
                    tr("Addresses"),
                    plural(addresses, "address", "addresses"),
                    tr("in the file"),
                    False,
                )
            )
        return made


def _place(row: FieldRow) -> str:
    if row.masked:
        return "masked"
    return (
        tr("bytes {start:,} to {end:,}", start=row.span[0], end=row.span[0] + row.span[1])
        if row.span
        else tr("no bytes of its own")
    )
