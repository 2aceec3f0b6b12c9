"""Which state of a case a report is of, and who says that its ledger holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata

from forensics.case.store import Case
from forensics.custody.entry import time_text
from forensics.custody.policy import Policy
from forensics.custody.store import Anchor, LedgerReader
from forensics.custody.verify import Report, verify
from forensics.reports.limits import LEVELS, NEVER, READING
from forensics.reports.paper import Paper, Words

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class State:
    """Entries in the ledger, the claimed time of the last one, the newest anchor, and what a verification found."""

    origin: str
    entries: int
    time_us: int
    anchor: Anchor | None
    checked: Report

    @property
    def time(self) -> str:
        """Claimed UTC of the last entry."""
        return time_text(self.time_us)

    @property
    def since_anchor(self) -> int:
        """Entries that no anchor covers."""
        return self.entries - (self.anchor.size if self.anchor else 0)

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {"ledger": self.origin, "entries": self.entries, "time": self.time, "since_anchor": self.since_anchor,
                "checked": self.checked.as_json()}  # fmt: skip


def state_of(case: Case, policy: Policy | None = None, authorities: Sequence[bytes] = ()) -> State:
    """The state as it is now. The whole ledger is checked, under the keys and authorities of whoever asks."""
    checked = verify(case.folder, policy, (), authorities)
    with LedgerReader.open(case.folder) as reader:
        size = reader.size()
        last = next(reader.entries(size - 1))
        anchor = max(reader.anchors(), key=lambda each: (each.size, each.id), default=None)
        return State(reader.origin, size, last.text.time_us, anchor, checked)


def tell_state(paper: Paper, case: Case, state: State) -> None:
    """Case, people, the ledger's state and the level reached; faults in red."""
    level, anchor = state.checked.level, state.anchor
    paper.facts(
        (
            ("Case", case.fact("number")),
            ("Title", case.fact("title", "")),
            ("Examiner", case.fact("examiner")),
            ("Agency", case.fact("agency", "")),
            ("Authority", case.fact("authority", "")),
            ("Program", f"Impound {metadata.version('impound')}"),
            ("Ledger", [Words(state.origin), Words(f"{state.entries:,} entries, the last of {state.time}", "small")]),
            ("Trust level", [Words(level, "bold"), Words(f"{LEVELS[level]}; checked for this report", "small")]),
            (
                "Anchor",
                f"{anchor.kind} over {anchor.size:,} entries, kept by {anchor.held_by or 'nobody named'}; "
                f"{state.since_anchor:,} entries came after it"
                if anchor
                else Words("none: whoever holds the keys can still rewrite every entry", ink="danger"),
            ),
        )
    )
    for fault in state.checked.faults[:MOST_FAULTS]:
        paper.remark(f"{fault.where}: {fault.text}", ink="danger")
    if len(state.checked.faults) > MOST_FAULTS:
        paper.remark(f"and {len(state.checked.faults) - MOST_FAULTS:,} faults more", ink="danger")


def tell_limits(paper: Paper, *own: str) -> None:
    """The part that every report ends with: its own limits first, then those of the ledger."""
    paper.heading("Limits")
    for text in (*own, *READING):
        paper.remark(text)
    paper.remark("What no ledger can show:", "bold")
    for text in NEVER:
        paper.remark(f"– {text}")
