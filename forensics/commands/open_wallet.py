"""A wallet or a store of passwords opened with what the examiner has: a list of passwords, a key file. No guessing.

Each is tried in a confined worker, in the order given; that one opened it is proven by the format's own check. The
outcome is one entry of the ledger, which says how many were tried and nothing of what they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from forensics.case import wallet_vault
from forensics.case.linked import OPENED
from forensics.case.store import Case
from forensics.commands.open_store import KINDS, open_store
from forensics.commands.reader import EvidenceReader
from forensics.commands.to_open import TAKES_BESIDE, beside, whole
from forensics.confinement.jobs import Job, JobFailed, Limits
from forensics.confinement.supervisor import Supervisor
from forensics.custody.client import LedgerClient
from forensics.errors import UsageError
from forensics.model import Secret
from forensics.sweep.wire import fingerprint

SECONDS = 300.0
MEMORY = 3 << 30
LARGEST = 64 << 20
MOST_SECRETS = 1_000
LARGEST_SECRET = 1 << 16
MOST_ENTERED = 500  # addresses, and links, in one ledger entry


def open_finding(
    case: Case, ledger: LedgerClient, row: dict[str, Any], secrets: Sequence[bytes], key_file: bytes = b""
) -> dict[str, Any]:
    """Try the secrets on one finding; what was entered, with `opened` and, where it is not, `reason`.

    Raises:
        UsageError: this finding cannot be opened with what was given; nothing was entered then.
    """
    name = f"F{row['id']}"
    if len(secrets) > MOST_SECRETS:
        raise UsageError(f"a list of {len(secrets):,} passwords: {MOST_SECRETS:,} are the most, this is no guessing")
    if row["kind"] in KINDS:
        if len(secrets) + bool(key_file) > 1:
            raise UsageError(f"{name}: {row['kind']} takes one key")
        told, _ = open_store(case, ledger, row, secrets[0] if secrets else key_file)
        return told
    if not secrets:
        raise UsageError(f"{name}: {row['kind']} opens with --secret")
    if row["span_length"] > LARGEST:
        raise UsageError(f"{name}: more than {LARGEST:,} bytes")
    if key_file and row["kind"] in TAKES_BESIDE:
        raise UsageError(f"{name}: {row['kind']} takes no key file")
    used: dict[str, Any] = {"tried": len(secrets)} if len(secrets) > 1 else {}
    if key_file:
        used["key_file_sha256"] = sha256(key_file).hexdigest()
    with EvidenceReader(case) as reader:
        data = whole(reader, row)
        more = key_file or beside(case, reader, row)
    found, secret, reason = _try(case, name, {"kind": row["kind"], "data": data, "more": more}, secrets)
    if found is None:
        body = {"finding": name, "kind": row["kind"], "opened": False, "reason": reason, **used}
        ledger.append(OPENED, body, exhibit=row["exhibit"])
        return {**body, "sha256": row["sha256"]}
    wallet_vault.keep(case, name, secret, found["secrets"])
    body = {
        "finding": name,
        "kind": row["kind"],
        "opened": True,
        **used,
        "check": found["check"],
        "fields": found["fields"],
        "addresses": found["addresses"][:MOST_ENTERED],
        "addresses_in_all": len(found["addresses"]),
        "keys": found["keys"],
        "links": found["links"][:MOST_ENTERED],
        "secrets": [
            {"name": each, "masked": Secret(text).masked, "fingerprint": fingerprint(Secret(text), case.secret_key)}
            for each, text in found["secrets"]
        ],
    }
    entry = ledger.append(OPENED, body, exhibit=row["exhibit"])
    return {**body, "ledger_entry": entry.seq}


def held(path: Path, what: str, largest: int = LARGEST_SECRET) -> bytes:
    """A file that the examiner gave; :class:`UsageError` where it is none, or longer than such a thing is."""
    if not path.is_file() or path.stat().st_size > largest:
        raise UsageError(f"{path}: no file of a {what}")
    return path.read_bytes()


def passwords(path: Path) -> list[bytes]:
    """The lines of a list of passwords, without empty ones."""
    return [line for line in held(path, "list of passwords", MOST_SECRETS * 200).splitlines() if line]


def _try(
    case: Case, name: str, spec: Mapping[str, Any], secrets: Sequence[bytes]
) -> tuple[dict[str, Any] | None, bytes, str]:
    """What the first secret that opens it gives, and that secret; otherwise the reason of the last."""
    reason = ""
    with Supervisor(evidence=[], workers=1, setup={"exhibits": {}, "secret_key": case.secret_key}) as supervisor:
        for number, secret in zip(itertools.count(), secrets, strict=False):
            job = Job(number, "open_wallet", {**spec, "secret": secret}, name, Limits(SECONDS, MEMORY))
            try:
                (part,) = supervisor.call(job).parts
            except JobFailed as error:
                reason = error.quarantined.reason
                continue
            return dict(part), secret, ""
    return None, b"", reason
