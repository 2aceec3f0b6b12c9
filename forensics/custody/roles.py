"""Who signs which entry.

``EXAMINER`` is the person's own key, ``SESSION`` a key in memory which that person granted for at most twelve
hours, ``LEDGER`` the key of the ledger itself.
"""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """The key an entry must be signed with."""

    EXAMINER = "examiner"
    SESSION = "session"
    LEDGER = "ledger"


_EXAMINER_FAMILIES = frozenset(
    ("case", "key", "session", "custody", "acquire", "verify", "report", "export", "redact", "secret", "tool", "config")
)
_EXAMINER_TYPES = frozenset(("clock.observe", "item.export", "scope.override"))
_LEDGER_FAMILIES = frozenset(("anchor", "ledger"))
_LEDGER_TYPES = frozenset(("clock.step", "storage.full"))
_RECOVERY_TYPES = frozenset(("scan.interrupted", "acquire.abort"))

_CHECKPOINT_FAMILIES = frozenset(("custody", "export"))
_CHECKPOINT_TYPES = frozenset(
    ("case.open", "case.close", "acquire.end", "verify.end", "scan.end", "scan.interrupted", "session.close")
)


def role_of(entry_type: str) -> Role:
    """The role that signs ``entry_type`` in ordinary running; types not listed are the session's."""
    family = entry_type.partition(".")[0]
    if entry_type in _LEDGER_TYPES or family in _LEDGER_FAMILIES:
        return Role.LEDGER
    if entry_type in _EXAMINER_TYPES or family in _EXAMINER_FAMILIES:
        return Role.EXAMINER
    return Role.SESSION


def accepted_roles(entry_type: str) -> tuple[Role, ...]:
    """The roles a verifier accepts: what recovery writes may carry the ledger's signature instead."""
    usual = role_of(entry_type)
    return (usual, Role.LEDGER) if entry_type in _RECOVERY_TYPES else (usual,)


def by_two(entry_type: str) -> bool:
    """Whether a second person may sign beside the examiner."""
    return entry_type.startswith("custody.") or entry_type == "secret.reveal"


def wants_checkpoint(entry_type: str) -> bool:
    """Whether a checkpoint follows the entry at once."""
    return entry_type in _CHECKPOINT_TYPES or entry_type.partition(".")[0] in _CHECKPOINT_FAMILIES
