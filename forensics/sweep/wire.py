"""Findings as plain data: what a worker sends, what the ledger records, what the case stores.

Secrets end here: a worker sends their masked form and a fingerprint that is keyed with the case's own
key, so that equal secrets can be matched within one case and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from forensics.model import Absent, Event, Field, Finding, Secret, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNNAMED = re.compile(r"[^A-Za-z0-9_.-]+")
LARGEST_NUMBER = 2**53 - 1  # that every reader of JSON takes as it is


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def plain(value: Value) -> Any:
    """A value as JSON types; secrets masked, absence as {"absent": reason}; whole numbers past 2^53 as text."""
    if isinstance(value, str) and not isinstance(value, Absent):
        return clean(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_NUMBER else str(value)
    if isinstance(value, Secret):
        return clean(value.masked)
    if isinstance(value, Absent):
        return {"absent": value.value}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return dict(sorted(_named((str(key), plain(value[key])) for key in sorted(value)).items()))
    return value


def _named(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Values by names that the ledger takes: what else a name holds, which may stem from evidence, is told by "_"."""
    found: dict[str, Any] = {}
    for key, value in items:
        name = _UNNAMED.sub("_", key)[:100] or "_"
        number, whole = 1, name
        while name in found:
            number += 1
            name = f"{whole}_{number}"
        found[name] = value
    return found


# Keys stand in order, as they come back from the ledger.


def _field(field: Field) -> dict[str, Any]:
    span = [field.span.offset, field.span.length] if field.span else None
    if isinstance(field.value, Secret):
        return {"secret": True, "span": span, "value": plain(field.value)}
    return {"span": span, "value": plain(field.value)}


def event_record(event: Event) -> dict[str, Any]:
    """An event as JSON types; times in microseconds."""
    return {
        "as_stored": clean(event.as_stored),
        "clock": event.clock.value,
        "meaning": clean(event.meaning),
        "precision_us": event.precision // timedelta(microseconds=1),
        "when_us": microseconds(event.when),
        "zone": event.zone,
    }


def fingerprint(secret: Secret, key: bytes) -> str:
    """Sixteen hexadecimal characters that are equal for equal secrets of one case."""
    return hmac.new(key, secret.text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]


def clean(text: str) -> str:
    """Text without lone surrogates, which neither the ledger nor the case can hold."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def finding_record(finding: Finding, title: str, key: bytes) -> dict[str, Any]:
    """A finding as JSON types, without its place among entries (the sweep adds that)."""
    value = finding.value
    secret = isinstance(value, Secret)
    shown = None if isinstance(value, Absent) else clean(str(value))
    return {
        "kind": finding.kind,
        "detector": finding.detector,
        "grade": int(finding.grade),
        "value": shown,
        "absent": value.value if isinstance(value, Absent) else None,
        "summary": shown if shown is not None else title,
        "checks": [{"bits": c.bits, "name": c.name, "outcome": c.outcome.value} for c in finding.checks],
        "fields": _named((name, _field(each)) for name, each in finding.fields.items()),
        "locator": clean(str(finding.locator)),
        "span": [finding.span.offset, finding.span.length],
        "runs": [[run.offset, run.length] for run in finding.runs],
        "events": [event_record(each) for each in finding.events],
        "links": [
            {"rule": link.rule, "target": clean(link.target), "target_kind": link.target_kind} for link in finding.links
        ],
        "caveats": [clean(each) for each in finding.caveats],
        "sensitivity": finding.sensitivity.value,
        "fingerprint": fingerprint(value, key) if secret and isinstance(value, Secret) else None,
    }
