"""What is said of a ledger all the time: how much lies outside any anchor, whose clock, how many keys."""

from __future__ import annotations

from typing import Any

from forensics.custody.clock import read_clock
from forensics.custody.store import LEDGER_ID, Entry, LedgerReader, integer

WARN_ENTRIES = 1000
WARN_MINUTES = 8 * 60
"""Beyond these, a ledger should be anchored again."""


def status_of(reader: LedgerReader) -> dict[str, Any]:
    """Entries, anchors and clock as they are now. Nothing is verified here.

    ``entries_since_anchor`` are the entries that the newest kept anchor does not cover: whoever holds the keys
    can still rewrite them. ``minutes_since_anchor`` is null while there is no anchor. ``clock`` is a sentence,
    ``clock_offset_ms`` and ``clock_uncertainty_ms`` are null while the clock was never compared; the offset is
    workstation minus reference.
    """
    now, entries = read_clock(), reader.size()
    newest = max(reader.anchors(), key=lambda each: (each.size, each.id), default=None)
    minutes = None if newest is None else max(0, now.time_us - newest.time_us) // 60_000_000
    since = entries - (newest.size if newest else 0)
    observed = _last(reader, "clock.observe", "workstation")
    found: dict[str, Any] = {
        "entries": entries,
        "entries_since_anchor": since,
        "minutes_since_anchor": minutes,
        "anchor": None if newest is None else {"kind": newest.kind, "held_by": newest.held_by, "size": newest.size},
        "anchor_due": since > WARN_ENTRIES or (minutes or 0) > WARN_MINUTES,
        "keys": len(reader.verifiers()),
        "clock": "this computer's, not compared",
        "clock_offset_ms": None,
        "clock_uncertainty_ms": None,
        "clock_steps": integer(
            reader.rows("SELECT count(*) FROM entry WHERE ledger_id = ? AND type = 'clock.step'", LEDGER_ID)[0][0]
        ),
    }
    if observed is not None and isinstance(observed.body, dict):
        body = observed.body
        offset, spread = int(body["offset_ms"]), int(body["uncertainty_ms"])
        same = observed.text.boot_id == now.boot_id
        found.update(
            clock=f"{offset / 1000:+.1f} s ± {spread / 1000:.1f} s ({body['reference']}, {observed.time[11:16]} UTC)"
            + ("" if same else "; not compared since this computer started"),
            clock_offset_ms=offset,
            clock_uncertainty_ms=spread,
        )
    return found


def _last(reader: LedgerReader, kind: str, subject: str) -> Entry | None:
    query = "SELECT seq FROM entry WHERE ledger_id = ? AND type = ? ORDER BY seq DESC"
    for (seq,) in reader.rows(query, LEDGER_ID, kind):
        entry = next(reader.entries(integer(seq)))
        if isinstance(entry.body, dict) and entry.body.get("subject") == subject:
            return entry
    return None
