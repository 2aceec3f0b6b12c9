"""Opening a case for a verb: the folder, the database, the ledger writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forensics.case.store import Case
from forensics.custody import keys
from forensics.custody.client import LedgerClient
from forensics.custody.token import Access
from forensics.errors import UsageError

PASSPHRASE = "IMPOUND_PASSPHRASE"
MODULE, PIN, PIN_FILE = "IMPOUND_TOKEN", "IMPOUND_PIN", "IMPOUND_PIN_FILE"

_MAX_PIN = 1024


def passphrase() -> str | None:
    """The examiner's passphrase from the environment; None means an unprotected key."""
    return os.environ.get(PASSPHRASE) or None


def pin(file: Path | None = None) -> str:
    """The token's PIN: the first line of ``file``, else the environment's. Never an argument: others can read those."""
    named = file or (Path(os.environ[PIN_FILE]) if os.environ.get(PIN_FILE) else None)
    if named is None:
        if not os.environ.get(PIN):
            raise UsageError(f"a token wants its PIN: set {PIN}, or name a file that holds it with {PIN_FILE}")
        return os.environ[PIN]
    try:
        with named.open("rb") as stream:
            line = stream.read(_MAX_PIN).split(b"\n")[0].rstrip(b"\r").decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the PIN cannot be read from {named.name}") from error
    if not line:
        raise UsageError(f"{named.name} holds no PIN in its first line")
    return line


def token() -> Access | None:
    """The examiner's token as the environment names it; None where the key is in a file."""
    module = os.environ.get(MODULE)
    return Access(module, pin()) if module else None


@contextmanager
def writing(folder: Path) -> Iterator[tuple[Case, LedgerClient]]:
    """The case and its ledger writer.

    Raises:
        CaseError, CaseLocked, LedgerError: it is no case, it is in use, or its ledger does not hold.
    """
    with Case.open(folder) as case:
        held = token() if keys.on_token(folder / "keys" / "examiner.key") else None
        with LedgerClient.start(folder.resolve(), passphrase(), held) as ledger:
            yield case, ledger


@contextmanager
def reading(folder: Path) -> Iterator[Case]:
    """The case, read-only."""
    with Case.read(folder) as case:
        yield case
