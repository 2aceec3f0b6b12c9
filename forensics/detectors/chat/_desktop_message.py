"""What Signal Desktop and Session, which grew out of it, have in common: rows of `messages`, each with an object."""

from __future__ import annotations

import functools
import json
from typing import Any

from forensics.detectors.chat._rows import View
from forensics.detectors.chat._store import is_, milliseconds
from forensics.model import Clock

LONGEST_OBJECT = 1 << 18
MOST_FILES = 20
OWN = is_("type", "outgoing")
TIMES = (
    milliseconds("sent_at"),
    milliseconds("received_at_ms|received_at", Clock.DEVICE, "message received"),
)


@functools.lru_cache(64)
def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def member(view: View, name: str) -> Any:
    """A member of a row's object; None where there is none, or the object is damaged."""
    text = view.value("json")
    return _object(text).get(name) if isinstance(text, str) and len(text) <= LONGEST_OBJECT else None


def body(view: View) -> str:
    """The text; of rows that are no message what kind they are."""
    said = view.text("body")
    if not said and isinstance(held := member(view, "body"), str):
        said = held
    kind = view.text("type")
    return said if said or kind in ("", "incoming", "outgoing") else f"[{kind}]"


def files(view: View) -> str:
    """Names or types of what is attached."""
    held = member(view, "attachments")
    told = []
    for each in held[:MOST_FILES] if isinstance(held, list) else ():
        if isinstance(each, dict):
            told.append(str(each.get("fileName") or each.get("contentType") or "")[:200])
    return ", ".join(filter(None, told))


def erased(view: View) -> str:
    """Whether the sender took the message back."""
    return "yes" if member(view, "deletedForEveryone") is True or view.value("isDeleted") == 1 else ""
