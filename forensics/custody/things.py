"""Custody of things: who held an exhibit, under which seal, from when to when; what does not fit is flagged.

Every event is an entry ``custody.<kind>``. Nothing that happened is refused: a transition that the table does
not know is entered with a flag, because a record that refuses reality is kept elsewhere.

====== ================================================= =============================
state  events that fit                                   state after
====== ================================================= =============================
(none) seize, receive                                    held
held   store, seal, release                              held, held, released
released accept                                          held
held   return, destroy                                   ended
====== ================================================= =============================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forensics.custody.store import Entry

NEW, HELD, RELEASED, ENDED = "not seized", "held", "released", "ended"

STEPS: Mapping[tuple[str, str], str] = {
    (NEW, "seize"): HELD,
    (NEW, "receive"): HELD,
    (HELD, "store"): HELD,
    (HELD, "seal"): HELD,
    (HELD, "release"): RELEASED,
    (RELEASED, "accept"): HELD,
    (HELD, "return"): ENDED,
    (HELD, "destroy"): ENDED,
}
AFTER = {"seize": HELD, "receive": HELD, "store": HELD, "seal": HELD, "release": RELEASED, "accept": HELD,
         "return": ENDED, "destroy": ENDED}  # fmt: skip
KINDS = tuple(AFTER)
COUNTERSIGNED = ("accept", "return", "destroy")
"""Events with a second person, whose signature the entry should bear beside the examiner's."""


@dataclass
class Thing:
    """An exhibit as the record leaves it."""

    exhibit: str
    state: str = NEW
    custodian: str = ""
    place: str = ""
    seal: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    _released: tuple[int, str] | None = None

    def judge(self, kind: str, body: Mapping[str, Any]) -> list[str]:
        """What does not fit if this event happened now; empty if it fits."""
        found = []
        if (self.state, kind) not in STEPS:
            found.append(f"{kind} does not follow on {self.state}")
        said_from, before = str(body.get("from", "")), str(body.get("seal_before", ""))
        if self.custodian and said_from and said_from != self.custodian:
            found.append(f"it comes from {said_from}, the record has {self.custodian}")
        if self.seal and before and before != self.seal:
            found.append(f"seal {before} was found, the record has {self.seal}")
        if kind in COUNTERSIGNED and not body.get("vkey"):
            found.append("only one person signed")
        return found

    def happened(self, kind: str, body: Mapping[str, Any], *, seq: int, time: str, time_us: int) -> None:
        """Take an event in: custodian, place, seal, flags, and the gap between release and accept."""
        flags = self.judge(kind, body)
        self.flags += [f"entry {seq}: {flag}" for flag in flags]
        if kind == "release":
            self._released = (time_us, time)
        elif self._released is not None:
            began_us, began = self._released
            self.gaps.append({"from": began, "to": time, "seconds": (time_us - began_us) // 1_000_000, "entry": seq})
            self._released = None
        self.state = AFTER.get(kind, self.state)
        # "to" of a release is whom it is meant for; until it is accepted it is with nobody.
        self.custodian = "" if kind == "release" else str(body.get("to") or self.custodian)
        self.place = str(body.get("place") or self.place)
        self.seal = str(body.get("seal_after") or self.seal)
        self.events.append({**dict(body), "entry": seq, "time": time, "kind": kind, "flags": flags})


def things(entries: Iterable[Entry]) -> dict[str, Thing]:
    """Every exhibit with custody events, in order of the ledger."""
    found: dict[str, Thing] = {}
    for entry in entries:
        family, _, kind = entry.type.partition(".")
        if family != "custody" or kind not in AFTER or entry.exhibit is None or not isinstance(entry.body, dict):
            continue
        thing = found.setdefault(entry.exhibit, Thing(entry.exhibit))
        thing.happened(kind, entry.body, seq=entry.seq, time=entry.time, time_us=entry.text.time_us)
    return found
