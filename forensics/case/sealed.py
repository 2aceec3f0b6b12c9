"""A file beside the case that is never in clear on the disk.

AES-256-GCM under a key made of the case's own secret: neither the database nor the file alone gives its
content away; whoever holds the whole case folder can read it, as the examiner can.

| offset | length | what |
|--------|--------|------|
| 0      | 12     | nonce |
| 12     | rest   | ciphertext and tag of a msgpack object; the purpose is the associated data |
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import Any

import msgpack
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from forensics.case.store import Case
from forensics.errors import CaseError

NONCE = 12


class Sealed:
    """One such file of a case, `keys/<name>`, for one purpose."""

    def __init__(self, case: Case, name: str, purpose: bytes) -> None:
        """Touch nothing yet."""
        self._path = case.folder / "keys" / name
        self._purpose = purpose
        self._cipher = AESGCM(HKDF(hashes.SHA256(), 32, None, purpose).derive(case.secret_key))

    def read(self) -> dict[str, Any]:
        """What is kept; empty if nothing ever was.

        Raises:
            CaseError: the file is damaged, or is another case's.
        """
        if not self._path.exists():
            return {}
        raw = self._path.read_bytes()
        try:
            plain = self._cipher.decrypt(raw[:NONCE], raw[NONCE:], self._purpose)
        except (InvalidTag, ValueError) as error:
            raise CaseError(f"{self._path}: cannot be opened: it is damaged, or is another case's") from error
        found: dict[str, Any] = msgpack.unpackb(plain, raw=False)
        return found

    def write(self, content: Mapping[str, Any]) -> None:
        """Keep `content` instead of what was kept; on the disk before this returns."""
        packed: bytes = msgpack.packb(content, use_bin_type=True)
        nonce = secrets.token_bytes(NONCE)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(nonce + self._cipher.encrypt(nonce, packed, self._purpose))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
