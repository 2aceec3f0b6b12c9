"""Secrets that opened wallets gave, and what opened them: in no output, in no ledger.

They are in the sealed file `keys/wallets.vault`.
"""

from __future__ import annotations

from typing import Any

from forensics.case.sealed import Sealed
from forensics.case.store import Case

FILE = "wallets.vault"


def _sealed(case: Case) -> Sealed:
    return Sealed(case, FILE, b"impound wallet secrets 1")


def kept(case: Case) -> dict[str, dict[str, Any]]:
    """For each opened finding: `opened_by`, and `secrets` as pairs of name and text.

    Raises:
        CaseError: the vault is damaged, or is another case's.
    """
    return _sealed(case).read()


def keep(case: Case, finding: str, opened_by: bytes, found: list[list[str]]) -> None:
    """Keep the secrets of one finding; they take the place of what was kept for it before."""
    _sealed(case).write({**kept(case), finding: {"opened_by": opened_by, "secrets": found}})
