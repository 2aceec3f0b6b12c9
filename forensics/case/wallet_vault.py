"""Secrets that opened wallets gave, and what opened them: never in clear on the disk, in no output, in no ledger.

`keys/wallets.vault` is AES-256-GCM under a key made of the case's own secret, as the vault of the volumes.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

import msgpack
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forensics.case.store import Case
from forensics.errors import CaseError

FILE = "wallets.vault"
_ABOUT = b"impound wallet secrets 1"


def _key(case: Case) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, _ABOUT).derive(case.secret_key)


def kept(case: Case) -> dict[str, dict[str, Any]]:
    """For each opened finding: `opened_by`, and `secrets` as pairs of name and text.

    Raises:
        CaseError: the vault is damaged, or is another case's.
    """
    path = case.folder / "keys" / FILE
    if not path.exists():
        return {}
    raw = path.read_bytes()
    try:
        plain = AESGCM(_key(case)).decrypt(raw[:12], raw[12:], _ABOUT)
    except (InvalidTag, ValueError) as error:
        raise CaseError(f"{path}: cannot be opened: it is damaged, or is another case's") from error
    found: dict[str, dict[str, Any]] = msgpack.unpackb(plain, raw=False)
    return found


def keep(case: Case, finding: str, opened_by: bytes, found: list[list[str]]) -> None:
    """Keep the secrets of one finding; they take the place of what was kept for it before."""
    path = case.folder / "keys" / FILE
    packed: bytes = msgpack.packb(
        {**kept(case), finding: {"opened_by": opened_by, "secrets": found}}, use_bin_type=True
    )
    nonce = secrets.token_bytes(12)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(nonce + AESGCM(_key(case)).encrypt(nonce, packed, _ABOUT))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
