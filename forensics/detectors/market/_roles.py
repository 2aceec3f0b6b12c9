"""Which roles the tables of a database play, and how much of a marketplace they make together.

The score counts seven parts: users with a key, offers, orders with a state, vendors, escrow or disputes, addresses of
coins, feedback. Four of them make the database of a marketplace; three that of a shop, possibly.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

STATES = frozenset(("state", "status", "order_status", "estado", "statut"))
_PREFIX = re.compile(r"^(?:[a-z0-9]{1,8}_)(?=[a-z])")


@functools.cache
def vocabulary() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Each role with the names of tables and of columns that tell it."""
    text = (files("resources") / "market" / "columns.txt").read_text("utf-8")
    found = {}
    for line in text.splitlines():
        role, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            names, _, columns = rest.partition(";")
            found[role.strip()] = (frozenset(names.split()), frozenset(columns.split()))
    return found


def role(name: str, columns: Iterable[str]) -> str:
    """The role of a table, or nothing. A prefix of the name, as `app_`, is passed over."""
    bare = name.lower()
    held = frozenset(columns)
    for candidate in (bare, _PREFIX.sub("", bare)):
        for each, (names, _) in vocabulary().items():
            if candidate in names:
                return each
    counts = {each: len(held & told) for each, (_, told) in vocabulary().items()}
    most = max(counts, key=lambda each: counts[each])
    return most if counts[most] >= 2 else ""


def parts(tables: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The parts of a marketplace that tables, by name with their columns, show."""
    found: set[str] = set()
    every = {column for columns in tables.values() for column in columns}
    words = vocabulary()
    roles = {name: role(name, columns) for name, columns in tables.items()}
    keyed = bool(every & words["keys"][1]) or any("pgp" in each or "gpg" in each for each in every)
    if "users" in roles.values() and (keyed or "keys" in roles.values()):
        found.add("users with a key")
    if "listings" in roles.values():
        found.add("offers")
    if any(each == "orders" and STATES & set(tables[name]) for name, each in roles.items()):
        found.add("orders with a state")
    if "vendors" in roles.values() or every & {"vendor_id", "seller_id", "vendor_level", "is_vendor"}:
        found.add("vendors")
    if "disputes" in roles.values() or any(re.search(r"escrow|multisig|redeem_script|dispute", each) for each in every):
        found.add("escrow or disputes")
    if every & words["coins"][1] or any(re.search(r"bitcoin|monero|\b(?:btc|xmr)_", each) for each in every):
        found.add("addresses of coins")
    if "feedback" in roles.values():
        found.add("feedback")
    return found
