"""What an entry of an opened store links to: the place of its account, and the account's name."""

from __future__ import annotations

from forensics.detectors.browser._told import links_of
from forensics.detectors.wallet._opened import Opened


def note_account(opened: Opened, user: str, *places: str) -> None:
    """Note the links of one entry; `places` are addresses, with or without a scheme."""
    for each in filter(None, places):
        for link in links_of("LOGIN_AT", each if "://" in each else f"//{each}"):
            opened.links[link.rule, link.target_kind, link.target] = None
    if user:
        opened.links["ACCOUNT_OF", "account", user[:500]] = None
