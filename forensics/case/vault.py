"""What opens encrypted volumes, kept beside the case and never in clear on the disk.

`keys/volumes.vault` is AES-256-GCM under a key made of the case's own secret, so neither the database nor
the vault alone gives a volume away; whoever holds the whole case folder can open the volumes, as the
examiner can. The ledger says that a key was given, and for which volume; it holds nothing of the key.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgpack
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forensics.case.store import Case
from forensics.errors import CaseError

FILE = "volumes.vault"
_ABOUT = b"impound volume keys 1"


def _path(case: Case) -> Path:
    return case.folder / "keys" / FILE


def _key(case: Case) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, _ABOUT).derive(case.secret_key)


def volume_keys(case: Case) -> dict[str, list[dict[str, Any]]]:
    """What opens the volumes of each exhibit, as workers want it.

    Raises:
        CaseError: the vault is damaged, or is another case's.
    """
    path = _path(case)
    if not path.exists():
        return {}
    raw = path.read_bytes()
    try:
        plain = AESGCM(_key(case)).decrypt(raw[:12], raw[12:], _ABOUT)
    except (InvalidTag, ValueError) as error:
        raise CaseError(f"{path}: cannot be opened: it is damaged, or is another case's") from error
    found: dict[str, list[dict[str, Any]]] = msgpack.unpackb(plain, raw=False)
    return found


def keep(case: Case, exhibit: str, number: int, secret: Mapping[str, Any]) -> None:
    """Keep what opens volume `number` of an exhibit; it takes the place of what was kept for it before."""
    kept = volume_keys(case)
    others = [each for each in kept.get(exhibit, []) if each["number"] != number]
    kept[exhibit] = sorted([*others, {**secret, "number": number}], key=lambda each: int(each["number"]))
    packed: bytes = msgpack.packb(kept, use_bin_type=True)
    nonce = secrets.token_bytes(12)
    path = _path(case)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(nonce + AESGCM(_key(case)).encrypt(nonce, packed, _ABOUT))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
