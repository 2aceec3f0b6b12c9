"""The window's verbs on custody: who held what, hand-overs. Each calls what its command calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.commands.handing import enter, judge, slip, stories, texts
from forensics.custody import timestamp
from forensics.custody.client import LedgerClient
from forensics.custody.verify import verify


class CustodyVerbs:
    """Answers on one case."""

    def __init__(self, case: Case, ledger: LedgerClient) -> None:
        """Serve this case."""
        self._folder, self._ledger = case.folder, ledger
        self.verbs: dict[str, Callable[[dict[str, Any]], Any]] = {
            "custody": self._custody, "custody_judge": self._judge, "custody_enter": self._enter,
        }  # fmt: skip

    def _custody(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `custody timeline --json`, with `authorities`: paths of certificates."""
        authorities = [timestamp.certificate(Path(each).read_bytes()) for each in args.get("authorities") or ()]
        checked = verify(self._folder, authorities=authorities) if authorities else None
        times = len(checked.stamps) if checked is not None else 0
        return {"exhibits": stories(self._folder, checked), "stamps": times}

    def _judge(self, args: dict[str, Any]) -> dict[str, Any]:
        kind, exhibit = str(args["kind"]), str(args["exhibit"])
        both = bool(args.get("countersigned"))
        return {"flags": judge(self._folder, kind, exhibit, texts(args), countersigned=both)}

    def _enter(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `custody release|accept|…`; `secret` is the passphrase of the other person's `key`. With a receipt also its text and a slip."""
        key, receipt = args.get("key"), args.get("receipt")
        facts = enter(
            self._ledger,
            self._folder,
            str(args["kind"]),
            str(args["exhibit"]),
            texts(args),
            key=Path(key) if key else None,
            secret=str(args["secret"]) if args.get("secret") else None,
            receipt=Path(receipt) if receipt else None,
        )
        return {**facts, **slip(self._folder), "text": Path(receipt).read_text("utf-8")} if receipt else facts
