"""Assets as a section of the page: coins, wallets with what seizing takes, labels, payments, keys; nothing in clear."""

from __future__ import annotations

from typing import IO

from forensics.links.assets import Assets, Wallet
from forensics.reports.markup import table, text

CHAIN = (
    "A wallet says what it knew when it was last written. What coins are left is on the public chain, which is not "
    "asked; no price is given. Secrets are masked."
)
MOST = 200  # addresses or payments of one wallet on the page


def write_assets(file: IO[str], assets: Assets) -> None:
    """The section; nothing where a case has neither wallets nor keys."""
    if not assets.wallets and not assets.keys:
        return
    file.write(f"<h2>Assets</h2>\n<p>{text(CHAIN)}</p>\n")
    if assets.holdings:
        names = ("coin", "wallets", "with keys", "locked", "addresses", "payments", "labels")
        table(
            file,
            names,
            (
                (each.coin, each.wallets, each.movable, each.locked, each.addresses, each.payments, each.labels)
                for each in assets.holdings
            ),
        )
    for wallet in assets.wallets:
        _wallet(file, wallet)
    if assets.keys:
        file.write("<h3>Keys of no wallet in this case</h3>\n")
        table(
            file,
            ("finding", "kind", "masked", "where", "of its values elsewhere in the case"),
            ((each.finding, each.kind, each.masked, each.place, each.derives) for each in assets.keys),
        )


def _wallet(file: IO[str], wallet: Wallet) -> None:
    coins = ", ".join(wallet.coins)
    file.write(f"<h3>{text(wallet.finding)} {text(wallet.kind)}, {text(coins)}</h3>\n")
    file.write(f"<p>{text(wallet.exhibit)}: {text(wallet.place)} ({text(wallet.allocation)}, {text(wallet.grade)}). ")
    file.write(f"{text(wallet.custody)}; encryption: {text(wallet.encryption)}. ")
    file.write(f"{wallet.address_count:,} addresses, {len(wallet.payments):,} payments.</p>\n")
    file.write(f"<p><strong>{text(wallet.to_seize)}</strong></p>\n")
    for coin, balance in wallet.stated:
        file.write(f"<p>The wallet states a balance of {text(balance)} ({text(coin)}, as stored).</p>\n")
    if wallet.keys:
        rows = ((each.kind, each.masked, each.finding, each.place, each.how) for each in wallet.keys)
        table(file, ("key", "masked", "finding", "where", "why it moves the coins"), rows)
    if wallet.labels:
        written = wallet.writer or "not recorded"
        table(
            file,
            ("label", "of", "what", "written by the account (by the path)"),
            ((each.text, each.of, each.what, each.writer or written) for each in wallet.labels[:MOST]),
        )
    if wallet.flows:
        table(
            file,
            ("flows in", "payments", "received", "sent, with fees", "fees", "to itself", "not told", "first", "last"),
            (
                (
                    each.coin, each.payments, f"{each.received:,}", f"{each.sent:,}", f"{each.fees:,}", each.within,
                    each.untold, each.first, each.last,
                )
                for each in wallet.flows
            ),
        )  # fmt: skip
    if wallet.payments:
        table(
            file,
            ("payment", "time", "time is", "way", "amount, smallest unit", "fee", "note"),
            (
                (each.txid, each.when, each.when_is, each.way, each.amount, each.fee, each.note)
                for each in wallet.payments[:MOST]
            ),
        )
    if wallet.addresses:
        table(
            file,
            ("address", "use", "label", "used", "also found in"),
            (
                (each.address, each.role, each.label, "yes" if each.used else "", " ".join(each.elsewhere))
                for each in wallet.addresses[:MOST]
            ),
        )
