"""The window's verbs on custody: who held what, hand-overs, disclosure. Each calls what its command calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.commands.disclosing import build, choose, places_of, preview, withholding
from forensics.commands.handing import enter, judge, slip, stories, texts
from forensics.commands.labelling import print_label
from forensics.commands.proving import ladder, save
from forensics.commands.verbs_audit import export
from forensics.custody import bundle, timestamp
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify


class CustodyVerbs:
    """Answers on one case."""

    def __init__(self, case: Case, ledger: LedgerClient) -> None:
        """Serve this case."""
        self._case, self._folder, self._ledger = case, case.folder, ledger
        self.verbs: dict[str, Callable[[dict[str, Any]], Any]] = {
            "custody": self._custody, "custody_judge": self._judge, "custody_enter": self._enter,
            "disclosure_preview": self._preview, "disclosure_build": self._build,
            "label": self._label, "audit": self._audit,
            "ladder": lambda args: {"rungs": ladder(case, str(args["what"]))},
            "prove": lambda args: save(case, ledger, str(args["what"]), Path(args["path"])),
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

    def _selection(self, args: dict[str, Any]) -> bundle.Selection:
        reason = str(args.get("reason") or "")
        groups = withholding(map(str, args.get("withhold") or ()), reason)
        chosen = bundle.Selection(reason=reason)
        with LedgerReader.open(self._folder) as reader:
            findings = None if args["findings"] is None else [int(number) for number in args["findings"]]
            choose(reader, chosen, places_of(self._case, findings), groups)
        return chosen

    def _preview(self, args: dict[str, Any]) -> dict[str, Any]:
        """What a bundle of these `findings` (all where there is none) without the groups `withhold` would show and withhold."""
        chosen = self._selection({**args, "reason": args.get("reason") or "not given yet"})
        with LedgerReader.open(self._folder) as reader:
            return preview(reader, chosen)

    def _build(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `bundle build`."""
        out, recipient, purpose = Path(args["path"]), str(args["recipient"]), str(args["purpose"])
        return build(self._case, self._ledger, self._selection(args), out, recipient=recipient, purpose=purpose)

    def _label(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `anchor label --pdf`."""
        exhibit, holder = str(args["exhibit"]), str(args["held_by"])
        return print_label(self._case, self._ledger, exhibit=exhibit, held_by=holder, pdf=Path(args["path"]))

    def _audit(self, args: dict[str, Any]) -> dict[str, Any]:
        """As `audit export --no-bodies`: no content of evidence."""
        return export(self._ledger, self._folder, Path(args["path"]), recipient=str(args["recipient"]), bodies=False)
