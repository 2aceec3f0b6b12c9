"""Opening a case for a verb: the folder, the database, the ledger writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forensics.case.store import Case
from forensics.custody.client import LedgerClient

PASSPHRASE = "IMPOUND_PASSPHRASE"


def passphrase() -> str | None:
    """The examiner's passphrase from the environment; None means an unprotected key."""
    return os.environ.get(PASSPHRASE) or None


@contextmanager
def writing(folder: Path) -> Iterator[tuple[Case, LedgerClient]]:
    """The case and its ledger writer.

    Raises:
        CaseError, CaseLocked, LedgerError: it is no case, it is in use, or its ledger does not hold.
    """
    with Case.open(folder) as case, LedgerClient.start(folder.resolve(), passphrase()) as ledger:
        yield case, ledger


@contextmanager
def reading(folder: Path) -> Iterator[Case]:
    """The case, read-only."""
    with Case.read(folder) as case:
        yield case
