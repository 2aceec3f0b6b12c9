"""A copy of a case's record for somebody who looks at why it does not hold: byte for byte, without private keys."""

from __future__ import annotations

import hashlib
from pathlib import Path

from forensics.errors import UsageError

NAMES = ("ledger.db", "ledger.db-wal", "ledger.db-journal", "keys/policy")  # nothing else of the case is copied
SUMS = "SHA256SUMS"
_PIECE = 1 << 20


def copy_for_review(case: Path, target: Path) -> list[str]:
    """Copy the record and its public keys to the new folder `target`, with digests that `sha256sum -c` reads.

    SQLite opens nothing here: a broken record stays as broken as it is.

    Returns:
        The names that were copied.

    Raises:
        UsageError: the folder is there already, or lies within the case.
        OSError: it cannot be written.
    """
    if target.resolve().is_relative_to(case.resolve()):
        raise UsageError(f"{target} lies within the case")
    if target.exists():
        raise UsageError(f"{target} is there already; nothing is overwritten")
    target.mkdir(mode=0o700)
    sums = []
    for name in NAMES:
        if not (case / name).is_file():
            continue
        (target / name).parent.mkdir(exist_ok=True)
        digest = hashlib.sha256()
        with (case / name).open("rb") as source, (target / name).open("xb") as copy:
            while piece := source.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
        sums.append((name, digest.hexdigest()))
    (target / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums), encoding="ascii")
    return [name for name, _ in sums]
