"""The custody report: for each exhibit who held it, under which seal, and where the record has holes.

Claimed times are the ledger's own; proven ones are the interval that verified time-stamps leave, and a claim outside
its interval is a flag like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.custody.things import RELEASED
from forensics.reports.paper import BODY, Paper, Words
from forensics.reports.state import State, tell_limits, tell_state

MOST_EVENTS = 2000
"""Events of one exhibit that are printed."""

DETAILS = ("place", "seal_before", "seal_after", "purpose", "authority", "condition")


def custody_facts(case: Case, stories: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Stories of exhibits, as `custody timeline --json` tells them with proven times, and what the paper adds to them:
    description, entry of registration, who signed, and flags of times and of what is missing.
    """
    rows = {row["number"]: row for row in case.exhibits()}
    return [_facts(story, rows.get(story["exhibit"])) for story in stories]


def _facts(story: Mapping[str, Any], row: Mapping[str, Any] | None) -> dict[str, Any]:
    events = [{**each, "time_flags": _outside(each), "signed_by": _signers(each)} for each in story["events"]]
    flags = story["flags"] + [f"entry {each['entry']}: {flag}" for each in events for flag in each["time_flags"]]
    if not events:
        flags.append("no event of custody is recorded")
    if story["state"] == RELEASED:
        flags.append("it was released, and nobody is recorded as having accepted it")
    return {
        **story,
        "description": row["description"] if row else "",
        "registered": row["seq"] if row else None,
        "events": events,
        "flags": flags,
    }


def _outside(event: Mapping[str, Any]) -> list[str]:
    """Times are written so that they compare as texts."""
    first, last = event["proven"]
    outside = (first is not None and event["time"] < first) or (last is not None and event["time"] > last)
    return ["its claimed time is outside the proven interval"] if outside else []


def _signers(event: Mapping[str, Any]) -> list[str]:
    other = str(event.get("vkey") or "").partition("+")[0]
    return [event["actor"], *([other] if other else ())]


def write_custody(case: Case, path: Path, state: State, exhibits: list[dict[str, Any]]) -> None:
    """Write the report of these exhibits."""
    paper = Paper(f"Case {case.fact('number')}: custody", state.time_us)
    paper.title("Custody of exhibits")
    tell_state(paper, case, state)
    if not state.checked.stamps:
        paper.remark("No time is proven: no time-stamp was checked under an authority that the reader named.", "small")
    for each in exhibits:
        _exhibit(paper, each)
    if not exhibits:
        paper.remark("The case has no exhibits.")
    tell_limits(
        paper,
        "A gap is the time between a release and the next event: the record names nobody who held the exhibit then.",
        "An event that does not fit what came before it is entered all the same, and flagged.",
    )
    paper.save(path)


def _exhibit(paper: Paper, told: Mapping[str, Any]) -> None:
    paper.heading(f"Exhibit {told['exhibit']}")
    registered = "" if told["registered"] is None else f"registered in entry {told['registered']}"
    paper.facts(
        (
            ("What it is", told["description"] or registered),
            ("State", Words(told["state"], "bold")),
            ("Held by", told["custodian"]),
            ("Place", told["place"]),
            ("Seal", told["seal"]),
            ("Gaps", Words(_total(told["gaps"]), "bold", "danger" if told["gaps"] else "text")),
            ("Does not fit", [Words(flag, "plain", "danger") for flag in told["flags"][:MOST_EVENTS]]),
        )
    )
    gaps = {gap["entry"]: gap for gap in told["gaps"]}
    rows: list[tuple[Words | list[Words], ...]] = []
    for event in told["events"][:MOST_EVENTS]:
        if event["entry"] in gaps:
            gap = gaps[event["entry"]]
            words = Words(f"gap of {duration(gap['seconds'])}: nobody is recorded as holding it", "bold", "danger")
            rows.append((Words("gap", "bold", "danger"), [Words(gap["from"], "small", "danger"),
                         Words(f"to {gap['to']}", "small", "danger")], [words]))  # fmt: skip
        rows.append(_row(event))
    if rows:
        paper.table((("entry", 14), ("when", 62), ("what", BODY - 76)), rows)
    if told["work"]:
        paper.remark("What was done with it meanwhile, by claimed time:", "small", "quiet")
        for each in told["work"][:MOST_EVENTS]:
            paper.remark(f"{each['time']}  entry {each['entry']}, {each['kind']} by {each['actor']}", "small")
    if len(told["events"]) > MOST_EVENTS:
        paper.remark(f"{len(told['events']) - MOST_EVENTS:,} more events are not printed.", "bold")


def _row(event: Mapping[str, Any]) -> tuple[Words, list[Words], list[Words]]:
    proven = [f"not {name} {when}" for name, when in zip(("before", "after"), event["proven"], strict=True) if when]
    way = " ".join(f"{name} {event[name]}" for name in ("from", "to") if event.get(name))
    return (
        Words(str(event["entry"])),
        [
            Words(event["time"], "small"),
            Words("claimed; proven is" if proven else "claimed, not proven", "small", "quiet"),
            *(Words(each, "small") for each in proven),
        ],
        [
            Words(f"{event['kind']} {way}".rstrip(), "bold"),
            *(Words(f"{name.replace('_', ' ')}: {event[name]}", "small") for name in DETAILS if event.get(name)),
            Words(f"signed by {', '.join(event['signed_by'])}", "small", "quiet"),
            *(Words(flag, "small", "danger") for flag in (*event["flags"], *event["time_flags"])),
        ],
    )


def _total(gaps: list[dict[str, Any]]) -> str:
    if not gaps:
        return "none"
    return f"{len(gaps):,}, together {duration(sum(gap['seconds'] for gap in gaps))}"


def duration(seconds: int) -> str:
    """Seconds in days, hours, minutes and seconds, from the largest that there is."""
    parts: list[str] = []
    rest = abs(seconds)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count or (unit == "s" and not parts):
            parts.append(f"{count:,} {unit}")
    return ("-" if seconds < 0 else "") + " ".join(parts)
