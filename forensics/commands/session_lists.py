"""The window's verbs on watch-lists and hash sets. Each calls what its command calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from forensics.case.hash_sets import KNOWN, NOTABLE
from forensics.case.store import Case
from forensics.commands import hash_sets, watch_lists
from forensics.custody.client import LedgerClient
from forensics.errors import UsageError


class ListVerbs:
    """Answers on one case."""

    def __init__(self, case: Case, ledger: LedgerClient) -> None:
        """Serve this case."""
        self._case, self._ledger = case, ledger
        self.verbs: dict[str, Callable[[dict[str, Any]], Any]] = {
            "lists": self._lists, "watchlist_add": self._add_terms, "hashset_add": self._add_digests,
        }  # fmt: skip

    def _lists(self, _: dict[str, Any]) -> dict[str, Any]:
        """As `watchlist list` and `hashset list`."""
        names = ("number", "name", "purpose", "algorithm", "count", "entries")
        sets = [{name: row[name] for name in names} for row in hash_sets.listed(self._case)]
        return {"watch": watch_lists.listed(self._case), "sets": sets}

    def _add_terms(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `watchlist add`."""
        path = Path(args["path"])
        told, row = watch_lists.add(
            self._case,
            self._ledger,
            path,
            str(args.get("name") or path.name),
            diacritics=bool(args.get("diacritics", True)),
            transliterate=bool(args.get("transliterate", False)),
        )
        return {**row, "repeated": told.repeated, "short": len(told.short)}

    def _add_digests(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `hashset add`; `purpose` is notable or known."""
        path, purpose = Path(args["path"]), str(args["purpose"])
        if purpose not in (NOTABLE, KNOWN):
            raise UsageError(f"{purpose}: a hash set is {NOTABLE} or {KNOWN}")
        done = hash_sets.add(self._case, self._ledger, path, str(args.get("name") or path.name), purpose)
        names = ("number", "name", "purpose", "algorithm", "count")
        facts = {name: done.row[name] for name in names}
        counts = {"skipped": done.skipped, "entries": done.known, "without_digest": done.without}
        return {**facts, **counts, "ledger_entry": done.row["seq"]}
