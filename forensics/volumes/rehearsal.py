"""Every cipher and key derivation once, so that what they load lazily is loaded while files may be opened."""

from __future__ import annotations

import hashlib
from typing import Any

from forensics.volumes import ciphers, luks, veracrypt


def rehearse() -> None:
    """Run them on nothing."""
    for words in ("aes-xts-plain64", "aes-cbc-essiv:sha256", "aes-cbc-plain64"):
        for size in (16, 32) if "cbc" in words else (32, 64):
            ciphers.named(words, bytes(range(size)), 512).decrypt(bytes(1024), 0)
    for name in ("sha1", "sha256", "sha512"):
        hashlib.pbkdf2_hmac(name, b"", bytes(16), 1)
    derive: dict[str, Any] = {"salt": bytes(16), "memory": 64, "time": 1, "cpus": 1}
    for kind in ("argon2id", "argon2i"):
        luks.derived({**derive, "type": kind}, b"", 32)
    next(iter(veracrypt.header_keys(b"", bytes(64))))
