"""The levels of trust in words: what each says, and what the next one would need. As the verifier defines them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.languages import tr
from viewers.words import plural

ORDER = ("L0", "L1", "L2", "L3", "L4")
NAMES = {
    "L0": tr("files"),
    "L1": tr("consistent"),
    "L2": tr("keys you know"),
    "L3": tr("anchor outside"),
    "L4": tr("witnesses"),
}
SAYS = {
    "none": tr("It does not hold together."),
    "L0": tr("Its files are those that its list names, and no more holds."),
    "L1": tr("It holds together, under the keys that it names for itself."),
    "L2": tr("It holds together, under the keys that you gave."),
    "L3": tr("As L2, and an anchor from outside covers it as far as is said below."),
    "L4": tr("As L3, and as many witnesses as you asked for signed one head."),
}
NEEDS = {
    "L1": tr("L1 needs every entry, signature and digest to fit."),
    "L2": tr("L2 needs a policy file with the keys of examiner and ledger, which you got from elsewhere."),
    "L3": tr(
        "L3 needs L2 and an anchor from outside: a checkpoint that you kept, a time-stamp in it with the certificate of "
        "its authority, or a cosignature of a witness that your policy names."
    ),
    "L4": tr("L4 needs L3 and a policy with a quorum of witnesses who all signed one head."),
}


def reached(level: str, of: str) -> bool:
    """Whether a level includes another."""
    return level in ORDER and ORDER.index(of) <= ORDER.index(level)


def needs(level: str) -> list[str]:
    """What each of the levels above would need."""
    return [words for name, words in NEEDS.items() if not reached(level, name)]


def fault_text(fault: Any) -> str:
    """A fault as a sentence, with its place."""
    return f"{fault['where']}: {fault['text']}" if isinstance(fault, Mapping) and "text" in fault else str(fault)


def facts(result: Mapping[str, Any]) -> list[str]:
    """What was compared, and what can still be rewritten."""
    entries, items = int(result.get("entries") or 0), int(result.get("items") or 0)
    found = [
        tr(
            "{entries} and {items} were compared.",
            entries=plural(entries, "entry", "entries"),
            items=plural(items, "item", "items"),
        )
    ]
    counts = result.get("counts")
    if isinstance(counts, Mapping):
        shown = ", ".join(f"{int(counts.get(key) or 0):,} {words}" for key, words in (
            ("disclosed", tr("shown whole")), ("partly", tr("in part")), ("withheld", tr("withheld")),
        ))  # fmt: skip
        found.append(
            tr("Of {items} {shown}.", items=plural(int(counts.get("total") or 0), "item", "items"), shown=shown)
        )
    if result.get("recipient"):
        found.append(
            tr(
                "Made for {recipient}: {purpose}", recipient=result["recipient"], purpose=result.get("purpose", "")
            ).rstrip(": ")
            + "."
        )
    anchored = int(result.get("anchored") or 0)
    if anchored:
        found.append(tr("Anchors from outside fix the first {entries}.", entries=plural(anchored, "entry", "entries")))
    if "since_anchor" in result and not result.get("faults"):
        since = plural(int(result["since_anchor"]), "entry", "entries")
        found.append(tr("Whoever holds the keys could still rewrite the last {since}.", since=since))
    return found
