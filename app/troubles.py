"""What can be wrong with a case while the window is open, in words: what happened, what is not affected, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOCKED, LEDGER, DIED, START, MISSING = "locked", "ledger", "died", "start", "missing"
COPY = "Make a copy for review"


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
            START, "The evidence cannot be read",
            "The program that reads the evidence could not be started. What was found before can be read.",
            "Try again",
        )  # fmt: skip
    low = said.lower()
    if not crashed and ("lock" in low or "in use" in low or "another" in low):
        return Trouble(
            LOCKED, "Somebody else has this case open",
            f"{said}. What was found can be read here; nothing can be written and no bytes are shown until the "
            "other program lets go of it.",
            "Try again",
        )  # fmt: skip
    if not crashed and ("ledger" in low or "entry" in low or "checkpoint" in low or "signature" in low):
        return Trouble(
            LEDGER, "The record of this case does not hold",
            f"{said}. Nothing is written any more. What was found can be read, but say this wherever it is used.",
            "See what is wrong",
            grave=True,
            other=COPY,
        )  # fmt: skip
    tail = f" It said: {said[:200]}" if said else ""
    return Trouble(
        DIED, "The program that reads the evidence has stopped",
        f"Everything recorded until then is kept. No bytes are shown until it runs again.{tail}",
        "Start it again",
    )  # fmt: skip


def of_status(status: Mapping[str, Any]) -> Trouble | None:
    """Images that are not where they were registered, or not the same."""
    missing: Sequence[Mapping[str, Any]] = status.get("missing") or ()
    if not missing:
        return None
    first = missing[0]
    more = f", and {len(missing) - 1:,} more exhibits" if len(missing) > 1 else ""
    return Trouble(
        MISSING,
        f"The image of {first.get('exhibit', '')} cannot be read{more}",
        f"{first.get('path', '')}: {first.get('reason', '')}. Findings, timeline and record stay; bytes cannot be "
        "shown. Put the file back under this name, unchanged, or say where it is now.",
        "Look again",
        other="It was moved …",
        about=str(first.get("exhibit", "")),
    )
