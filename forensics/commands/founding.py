"""A new case folder: ledger, case database, examiner key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from forensics.case.rebuild import keep_fingerprint_key
from forensics.case.store import Case
from forensics.commands.opening import passphrase
from forensics.custody.client import LedgerClient
from forensics.custody.token import Access
from forensics.errors import UsageError

NUMBER = re.compile(r"\S(?:.{0,78}\S)?")


def product_version() -> str:
    """The version of this installation."""
    try:
        return version("impound")
    except PackageNotFoundError:
        return "unknown"


def new_case(
    folder: Path, token: Access | None = None, *, naming: Mapping[str, str] | None = None, **facts: str
) -> dict[str, Any]:
    """Make a case, with the examiner's key on ``token`` if one is given; returns what `case new --json` prints.

    ``naming`` may hold the ``domain`` of the laboratory and the ``name`` of the ledger, which make the ledger's name.
    """
    if not NUMBER.fullmatch(facts["number"]) or not facts["examiner"].strip():
        raise UsageError("a case needs a number of at most 80 characters, and an examiner")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: the folder is not empty")
    secret = passphrase()
    with LedgerClient.create(
        folder, passphrase=secret, version=product_version(), token=token, **(naming or {}), **facts
    ) as ledger:
        origin = ledger.origin
    with Case.create(folder, {**facts, "origin": origin, "protected": "yes" if secret or token else "no"}) as case:
        keep_fingerprint_key(folder, case.secret_key)
    return {"folder": str(folder), "ledger": origin, "examiner_key_protected": bool(secret or token), **facts}
