"""Keys that the examiner gives for encrypted volumes: tried in a worker, kept in the vault, entered in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from forensics.case import vault
from forensics.case.evidence import check_unchanged, evidence_files, evidence_setup
from forensics.case.store import Case
from forensics.confinement.jobs import EvidenceFile, Job, JobFailed, Limits
from forensics.confinement.supervisor import Supervisor
from forensics.custody.client import LedgerClient
from forensics.errors import EvidenceError, UsageError

MEMORY = 5 << 30  # Argon2 may be told to take 4 GiB
SECONDS = 300.0
_LARGEST_FILE = 1 << 20
SECRET_HELP = (
    "opens an encrypted volume: its passphrase, recovery key, or @FILE for a key file or a passphrase in a file, "
    "which keeps it out of the list of processes; may be given several times"
)


def given(texts: Sequence[str]) -> dict[int, bytes]:
    """Secrets by volume from `N=secret` or `N=@file`, whose bytes are the secret, a last newline aside.

    Raises:
        UsageError: not of that form; the secret is not repeated.
    """
    out: dict[int, bytes] = {}
    for text in texts:
        number, sign, secret = text.partition("=")
        if not sign or not number.isdecimal() or not secret:
            raise UsageError("--secret takes VOLUME=SECRET, such as 2=passphrase, or VOLUME=@FILE")
        if secret.startswith("@"):
            path = Path(secret[1:])
            if not path.is_file() or path.stat().st_size > _LARGEST_FILE:
                raise UsageError(f"{path}: no file of a key")
            out[int(number)] = path.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
        else:
            out[int(number)] = secret.encode()
    return out


def opened(supervisor: Supervisor, exhibit: str, secrets: Mapping[int, bytes]) -> dict[int, dict[str, Any]]:
    """What opens each volume: of those that a secret was given for, and those with a clear key.

    Raises:
        EvidenceError: a secret does not open its volume; the volume is named.
    """
    try:
        (table,) = supervisor.call(Job(0, "divide", {"exhibit": exhibit}, "the partition table", Limits(120))).parts
    except JobFailed as error:
        if secrets:
            raise EvidenceError(exhibit, error.quarantined.reason) from error
        return {}
    volumes: Any = table["volumes"]
    clear = {each["number"]: b"" for each in volumes if each["content"] == "bitlocker"}
    out: dict[int, dict[str, Any]] = {}
    for number, secret in sorted({**clear, **secrets}.items()):
        spec = {"exhibit": exhibit, "volume": number, "secret": secret}
        limits = Limits(wall_seconds=SECONDS, memory_bytes=MEMORY)
        try:
            (part,) = supervisor.call(Job(0, "unlock", spec, f"volume {number}", limits)).parts
        except JobFailed as error:
            if number in secrets:
                raise EvidenceError(f"volume {number}", error.quarantined.reason) from error
            continue
        out[number] = dict(part)
    return out


def unlock(case: Case, ledger: LedgerClient, exhibit: str, secrets: Mapping[int, bytes]) -> None:
    """Take keys for an exhibit that is registered and not examined yet.

    Raises:
        EvidenceError: a secret does not open its volume, or the evidence has changed.
    """
    row = case.exhibit(exhibit)
    check_unchanged(row)
    with Supervisor(
        evidence=[EvidenceFile(*each) for each in evidence_files((row,))],
        workers=1,
        setup={**evidence_setup((row,), case.secret_key), "reads_only": True},
    ) as supervisor:
        found = opened(supervisor, exhibit, secrets)
    keep(case, ledger, exhibit, found, secrets)


def keep(
    case: Case, ledger: LedgerClient, exhibit: str, found: Mapping[int, Mapping[str, Any]], secrets: Mapping[int, bytes]
) -> None:
    """Keep keys in the vault and say in the ledger that they were given, and nothing of what they are."""
    for number, secret in sorted(found.items()):
        vault.keep(case, exhibit, number, secret)
        how = "given by the examiner" if number in secrets else "a clear key stored on the volume"
        body = {"volume": number, "encryption": secret["kind"], "key": how}
        ledger.append("volume.key", body, exhibit=exhibit)
