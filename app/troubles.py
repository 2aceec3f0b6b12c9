"""What can be wrong with a case while the window is open, in words: what happened, what is not affected, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resources.languages import tr

LOCKED, LEDGER, DIED, START, MISSING = "locked", "ledger", "died", "start", "missing"
COPY = tr("Make a copy for review")
BOTH = tr("Show both lines")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, and the one action for it."""

    key: str
    title: str
    text: str
    action: str
    grave: bool = False
    other: str = ""  # words of a second action
    about: str = ""  # the exhibit that it is about


def of_child(said: str, *, started: bool, crashed: bool) -> Trouble:
    """Why the program that reads the evidence is not there; `said` is the last line it wrote."""
    said = said.removeprefix("impound: ").strip()
    if not started:
        return Trouble(
            START, tr("The evidence cannot be read"),
            tr("The program that reads the evidence could not be started. What was found before can be read."),
            tr("Try again"),
        )  # fmt: skip
    low = said.lower()
    if not crashed and ("lock" in low or "in use" in low or "another" in low):
        return Trouble(
            LOCKED, tr("Somebody else has this case open"),
            tr("{said}. What was found can be read here; nothing can be written and no bytes are shown until "
"the other program lets go of it.", said=said),
            tr("Try again"),
        )  # fmt: skip
    if not crashed and ("ledger" in low or "entry" in low or "checkpoint" in low or "signature" in low):
        return Trouble(
            LEDGER, tr("The record of this case does not hold"),
            tr("{said}. Nothing is written any more. What was found can be read, but say this wherever it is "
"used.", said=said),
            BOTH,
            grave=True,
            other=COPY,
        )  # fmt: skip
    tail = tr(" It said: {said}", said=said[:200]) if said else ""
    return Trouble(
        DIED, tr("The program that reads the evidence has stopped"),
        tr("Everything recorded until then is kept. No bytes are shown until it runs again.{tail}", tail=tail),
        tr("Start it again"),
    )  # fmt: skip


def of_status(status: Mapping[str, Any]) -> Trouble | None:
    """Images that are not where they were registered, or not the same."""
    missing: Sequence[Mapping[str, Any]] = status.get("missing") or ()
    if not missing:
        return None
    first = missing[0]
    more = tr(", and {missing:,} more exhibits", missing=len(missing) - 1) if len(missing) > 1 else ""
    return Trouble(
        MISSING,
        tr("The image of {exhibit} cannot be read{more}", exhibit=first.get("exhibit", ""), more=more),
        tr(
            "{path}: {reason}. Findings, timeline and record stay; bytes cannot be shown. Put the file back "
            "under this name, unchanged, or say where it is now.",
            path=first.get("path", ""),
            reason=first.get("reason", ""),
        ),
        tr("Look again"),
        other=tr("It was moved …"),
        about=str(first.get("exhibit", "")),
    )
