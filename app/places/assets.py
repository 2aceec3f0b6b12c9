"""Assets: coins and wallets of the case, the keys that move them, who labelled what, and what seizing takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.places.wallet_list import Listed, WalletList
from app.session import Session
from app.titles import kind_title
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, IconView, KindTile, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural

MOST = 300  # rows of a table
CHAIN = (
    tr(
        "A wallet says what it knew when it was last written. What coins are left is on the public chain, "
        "and Impound is offline. No price is given."
    ),
    tr("Who could use a computer is not who owns a wallet: an account is told by the path of the file alone."),
)
_WORDS = {
    "keys in clear": (tr("in clear"), "danger"),
    "opened with a password": (tr("opened"), "ok"),
    "keys encrypted": (tr("locked"), "warn"),
    "file encrypted": (tr("sealed"), "warn"),
    "no private keys": (tr("no keys"), "text2"),
    "not known": (tr("not known"), "text2"),
}
_ICONS = {"danger": "warn", "ok": "okc", "warn": "lock", "text2": "note"}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _flow(flow: dict[str, Any]) -> tuple[str, ...]:
    sums = (f"{flow[name]:,}" for name in ("payments", "received", "sent", "fees", "within", "untold"))
    return (flow["coin"], *sums, visible(flow["first"]), visible(flow["last"]))


class AssetsPage(QWidget):
    """The list of wallets and the page of the chosen one."""

    finding_wanted = Signal(int)

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        self.told: dict[str, Any] = {"holdings": [], "wallets": [], "keys": []}
        self._waiting = self._again = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.wallets = WalletList(look)
        self.wallets.setFixedWidth(look.px(300))
        self.wallets.chosen.connect(self._show)
        row.addWidget(self.wallets)
        row.addWidget(Hairline(look, down=True))
        self.sheet = Sheet(look, tr("Assets"))
        self._empty = EmptyState(look, "findings", tr("No wallets and no keys"), "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.sheet)
        self._stack.addWidget(self._empty)
        row.addWidget(self._stack, 1)

    @property
    def busy(self) -> bool:
        """Whether the assets are still being gathered."""
        return self._waiting

    def reload(self) -> None:
        """Ask for the assets; one question is under way at a time."""
        if self._waiting:
            self._again = True
            return
        self._waiting, self._again = True, False
        if not self.wallets.count():
            self._say(tr("Gathering wallets and keys"), tr("What derives what is worked out; this takes seconds."))
        self.session.call("assets", {}, self._take)

    def _say(self, title: str, text: str) -> None:
        self._empty.say(title, text)
        self._stack.setCurrentWidget(self._empty)

    def _take(self, ok: bool, result: Any) -> None:
        self._waiting = False
        if self._again:
            self.reload()
            return
        if not ok:
            self._say(tr("The assets could not be gathered"), str(result))
            return
        self.told = result
        wallets, keys = result["wallets"], result["keys"]
        if not wallets and not keys:
            self.wallets.clear()
            self._say(tr("No wallets and no keys"), tr("None was found in what has been examined."))
            return
        counted = tr(
            "{wallets}, {keys} of none",
            wallets=plural(len(wallets), "wallet", "wallets"),
            keys=plural(len(keys), "key", "keys"),
        )
        rows = [Listed("address", tr("All coins"), counted, "")]
        for each in wallets:
            word, tone = _WORDS[each["custody"]]
            if each["keys"] and tone == "warn":
                word, tone = tr("key found"), "danger"
            rows.append(Listed(each["kind"], kind_title(each["kind"]), visible(each["place"]), word, tone))
        self._stack.setCurrentWidget(self.sheet)
        self.wallets.show_listed(rows)

    def _show(self, row: int) -> None:
        self.sheet.reset()
        if row == 0:
            self._all()
        elif row <= len(self.told["wallets"]):
            self._wallet(self.told["wallets"][row - 1])
        self.sheet.limits(tr("What this does not show"), CHAIN)
        self.sheet.finish()

    def _all(self) -> None:
        sheet, look = self.sheet, self.look
        wallets, keys = self.told["wallets"], self.told["keys"]
        movable = sum(bool(each["keys"]) for each in wallets)
        locked = sum(each["custody"] in ("keys encrypted", "file encrypted") and not each["keys"] for each in wallets)
        said = tr(
            "{wallets}: the keys of {movable:,} are in the evidence, {locked:,} are locked. "
            "{further_keys_and_seeds}: of no wallet here.",
            wallets=plural(len(wallets), "wallet", "wallets"),
            movable=movable,
            locked=locked,
            further_keys_and_seeds=plural(len(keys), "further key or seed", "further keys and seeds"),
        )
        sheet.column.addWidget(label(look, said, "item_title", wrap=True))
        sheet.title(tr("By coin"))
        self._table(
            (tr("Coin"), tr("Wallets"), tr("With keys"), tr("Locked"), tr("Addresses"), tr("Payments"), tr("Labels")),
            (2, 1, 1, 1, 1, 1, 1),
            [
                (
                    each["coin"],
                    *(
                        f"{each[name]:,}"
                        for name in ("wallets", "movable", "locked", "addresses", "payments", "labels")
                    ),
                )
                for each in self.told["holdings"]
            ],
        )
        if wallets:
            sheet.title(tr("What a court can seize"), tr("one sentence for each wallet"))
        for each in wallets:
            self._seizing(each, titled=True)
        if keys:
            sheet.title(tr("Keys and seeds of no wallet here"), tr("masked"))
            self._table(
                (tr("Kind"), tr("Masked"), tr("Where"), tr("Its values found elsewhere")),
                (3, 3, 6, 3),
                [
                    (kind_title(each["kind"]), each["masked"], visible(each["place"]), f"{each['derives']:,}")
                    for each in keys
                ],
                [each["finding"] for each in keys],
                mono=(1,),
            )

    def _seizing(self, wallet: dict[str, Any], *, titled: bool) -> None:
        look = self.look
        box = QFrame()
        box.setProperty("box", True)
        row = QHBoxLayout(box)
        row.setContentsMargins(look.px(14), look.px(10), look.px(12), look.px(10))
        row.setSpacing(look.px(12))
        if titled:
            row.addWidget(KindTile(look, wallet["kind"], 22))
        else:
            row.addWidget(IconView(look, "scale", 18, "text2", box=22))
        words = QVBoxLayout()
        words.setSpacing(look.px(3))
        head = f"{kind_title(wallet['kind'])}, {visible(wallet['place'])}" if titled else tr("What a court can seize")
        words.addWidget(label(look, head, "dense", weight=600, wrap=True))
        words.addWidget(label(look, wallet["to_seize"], "body", wrap=True, selectable=True))
        row.addLayout(words, 1)
        if titled:
            button = Button(look, tr("Open"), "", "quiet", lambda: self._open(wallet["finding"]))
            button.setAccessibleName(tr("Open {finding}", finding=wallet["finding"]))
            row.addWidget(button)
        self.sheet.column.addWidget(box)

    def _wallet(self, wallet: dict[str, Any]) -> None:
        sheet, look = self.sheet, self.look
        head = QHBoxLayout()
        head.setSpacing(look.px(12))
        head.addWidget(KindTile(look, wallet["kind"], 32))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(look, kind_title(wallet["kind"]), "item_title"))
        where = f"{wallet['exhibit']}: {visible(wallet['place'])}, {wallet['allocation']}, {wallet['grade']}"
        words.addWidget(label(look, where, "dense", "text2", wrap=True, selectable=True))
        head.addLayout(words, 1)
        head.addWidget(
            Button(look, tr("Open the finding"), "findings", "normal", lambda: self._open(wallet["finding"]))
        )
        sheet.column.addLayout(head)
        tone = _WORDS[wallet["custody"]][1]
        balance = ", ".join(f"{amount} ({coin})" for coin, amount in wallet["stated"])
        sheet.facts(
            [
                ("kind:address", tr("Coin"), ", ".join(wallet["coins"]), "text"),
                (
                    _ICONS[tone],
                    tr("Encryption: {encryption}", encryption=wallet["encryption"]),
                    _capital(wallet["custody"]),
                    tone,
                ),
                ("custody", tr("Account, by the path"), visible(wallet["writer"]) or tr("not recorded"), "text"),
                ("note", tr("Balance as stored"), balance or tr("none stored"), "text"),
            ]
        )
        self._seizing(wallet, titled=False)
        self._lists(wallet)

    def _lists(self, wallet: dict[str, Any]) -> None:
        keys, labels, payments, addresses = (wallet[name] for name in ("keys", "labels", "payments", "addresses"))
        if keys:
            self.sheet.title(tr("Keys that move its coins"), tr("masked"))
            self._table(
                (tr("Key"), tr("Masked"), tr("Where"), tr("Why")),
                (3, 3, 6, 4),
                [
                    (
                        kind_title(each["kind"]) if "/" in each["kind"] else _capital(each["kind"]),
                        each["masked"],
                        visible(each["place"]),
                        each["how"],
                    )
                    for each in keys
                ],
                [each["finding"] for each in keys],
                mono=(1,),
            )
        if labels:
            writer = visible(wallet["writer"]) or tr("an account that is not recorded")
            self.sheet.title(tr("Labels"), tr("written in a file of {writer}, by its path", writer=writer))
            given = [(visible(each["text"]), str(each["what"]), visible(each["of"])) for each in labels]
            self._table((tr("Label"), tr("Of"), tr("Value")), (4, 2, 8), given, mono=(2,))
        if wallet["flows"]:
            self.sheet.title(tr("Flows inside the evidence"), tr("as the wallet's own records say; the smallest unit"))
            self._table(
                (
                    tr("Coin"),
                    tr("Payments"),
                    tr("Received"),
                    tr("Sent, with fees"),
                    tr("Fees"),
                    tr("To itself"),
                    tr("Not told"),
                    tr("First"),
                    tr("Last"),
                ),
                (1, 1, 2, 2, 1, 1, 1, 2, 2),
                [_flow(each) for each in wallet["flows"]],
            )
        if payments:
            self.sheet.title(tr("Payments it knows"), tr("amounts in the smallest unit, where the wallet has them"))
            names = ("txid", "when", "when_is", "way", "amount", "fee", "note")
            rows = [tuple(visible(each[name]) for name in names) for each in payments]
            headings = (
                tr("Transaction"),
                tr("Time, UTC"),
                tr("Time is"),
                tr("Way"),
                tr("Amount"),
                tr("Fee"),
                tr("Note"),
            )
            self._table(headings, (6, 3, 3, 1, 2, 1, 3), rows, mono=(0,))
        if addresses:
            self.sheet.title(
                tr("Addresses"),
                tr(
                    "{addresses:,} of {address_count:,} shown",
                    addresses=min(len(addresses), MOST),
                    address_count=wallet["address_count"],
                ),
            )
            self._table(
                (tr("Address"), tr("Use"), tr("Label"), tr("Used"), tr("Also found in")),
                (7, 3, 3, 1, 3),
                [
                    (
                        visible(each["address"]),
                        each["role"],
                        visible(each["label"]),
                        "yes" if each["used"] else "",
                        plural(len(each["elsewhere"]), "other place", "other places")
                        if each["elsewhere"]
                        else tr("nowhere else"),
                    )
                    for each in addresses
                ],
                [(each["elsewhere"] or [wallet["finding"]])[0] for each in addresses],
                mono=(0,),
            )

    def _table(
        self,
        headings: Sequence[str],
        shares: Sequence[int],
        rows: Sequence[tuple[str, ...]],
        findings: Sequence[str] = (),
        mono: Sequence[int] = (),
    ) -> None:
        grid = Grid(self.look, headings, shares, mono)
        grid.show_rows(rows[:MOST])
        if findings:
            grid.activated.connect(lambda at: self._open(findings[at]))
        self.sheet.column.addWidget(grid)

    def _open(self, finding: str) -> None:
        self.finding_wanted.emit(int(finding[1:]))
