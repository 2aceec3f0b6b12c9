"""Entering an authority, asking what it covers, and opening what is outside it all the same.

case.scope      version, scope (the document), sha256, widens (keys that may allow more than before), reason
scope.override  reason, version, item: F17, entry:42, or E1@ for bytes of an image
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from forensics.authority.scope import LARGEST, Scope, read_scope, widened
from forensics.authority.verdict import Judge
from forensics.case import authority
from forensics.case.authority import Held
from forensics.case.store import Case
from forensics.commands.reader import EvidenceReader
from forensics.custody.client import LedgerClient
from forensics.errors import OutsideAuthority, UsageError

LONGEST_REASON = 2_000
Done = TypeVar("Done")


def enter(case: Case, ledger: LedgerClient, source: Path, reason: str = "") -> Held:
    """Enter the document `source` as the version that holds from now on, and judge all findings by it.

    Raises:
        UsageError: it is no such document, or may allow more than the version before and no reason is given.
    """
    if not source.is_file():
        raise UsageError(f"{source}: there is no such file")
    with source.open("rb") as file:
        scope = read_scope(source.name, file.read(LARGEST + 1))
    return enter_scope(case, ledger, scope, reason)


def enter_scope(case: Case, ledger: LedgerClient, scope: Scope, reason: str = "") -> Held:
    """As `enter`, of a scope that was read."""
    judge = Judge(scope)
    known = authority.versions(case)
    wider = widened(known[-1].scope, scope) if known else ()
    if wider and not reason.strip():
        raise UsageError(f"it may allow more than version {known[-1].version} ({', '.join(wider)}): give a --reason")
    body = {
        "version": len(known) + 1,
        "scope": scope.stated(),
        "sha256": scope.sha256,
        "widens": list(wider),
        "reason": checked(reason) if reason else "",
    }
    seq = ledger.append(authority.ENTERED, body).seq
    authority.keep(case, body, seq)
    with case.transaction() as connection:
        authority.set_aside(connection, judge)
    return authority.held_of(body, seq)


def checked(reason: str) -> str:
    """A reason fit for the ledger.

    Raises:
        UsageError: there is none, or it is too long.
    """
    text = reason.strip()
    if not text or len(text) > LONGEST_REASON:
        raise UsageError(f"a reason of at most {LONGEST_REASON:,} characters is needed")
    return text


def override(case: Case, ledger: LedgerClient, reason: str, item: Mapping[str, Any], exhibit: str | None = None) -> int:
    """Record that something outside is opened, and why; returns the ledger entry.

    Raises:
        UsageError: there is no reason, or no authority that anything could be outside of.
    """
    held = authority.in_force(case)
    if held is None:
        raise UsageError("no authority was entered in this case: nothing is outside it")
    body = {"reason": checked(reason), "version": held.version, **item}
    return ledger.append(authority.OVERRIDDEN, body, exhibit=exhibit).seq


def opened(case: Case, ledger: LedgerClient, reader: EvidenceReader, reason: str, work: Callable[[], Done]) -> Done:
    """What `work` gives; what it meets outside the authority is opened where a reason is given, and recorded, once.

    Raises:
        OutsideAuthority: there is no reason.
    """
    seen: set[str] = set()
    while True:
        try:
            return work()
        except OutsideAuthority as outside:
            if not reason.strip() or outside.item in seen:
                raise
            override(case, ledger, reason, {"item": outside.item}, outside.exhibit)
            reader.permit(outside.item)
            seen.add(outside.item)


def told(case: Case) -> dict[str, Any]:
    """What reports, the window and `impound scope show` say of the authority that holds; empty where there is none."""
    held = authority.in_force(case)
    if held is None:
        return {}
    return {
        **held.stated,
        "scope": held.scope.stated(),
        "widens": list(held.widens),
        "reason": held.reason,
        "overrides": authority.overrides(case),
        "findings_outside": authority.counted(case),
    }


def covered(case: Case) -> dict[str, Any]:
    """The coverage map.

    Raises:
        UsageError: no authority was entered.
    """
    held = authority.in_force(case)
    if held is None:
        raise UsageError("no authority was entered in this case")
    found = authority.coverage(case, Judge(held.scope))
    return {
        "entries": {each.value: {"entries": count, "bytes": size} for each, (count, size) in found.entries.items()},
        "findings": found.findings,
        "findings_outside": dict(found.aside),
    }


def as_text(stated: Mapping[str, Any]) -> str:
    """The document as JSON for people."""
    return json.dumps(stated, ensure_ascii=False, indent=2)
