"""Stores of messengers that open with a key: to the octets of what is within, which is then searched.

A store is a finding of one of `KINDS`; the keys are those that the examiner gives, and those of findings of the
kinds named there. Each is tried once; the format's own check decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forensics.detectors.chat._open_telegram import telegram
from forensics.detectors.chat._open_whatsapp import key_of, whatsapp
from forensics.detectors.wallet._opened import WrongSecretError
from forensics.errors import FormatError
from forensics.primitives.sqlite.source import Source
from forensics.primitives.sqlite.sqlcipher import LARGEST, opening, plain_database, plain_log

KINDS: Mapping[str, str] = {
    "chat/locked": "chat/signal_key",
    "chat/whatsapp_backup": "chat/whatsapp_key",
    "chat/telegram_file": "chat/telegram_key",
    "chat/telegram_cache": "chat/telegram_key",
}
_RAW = re.compile(rb'"key"\s{0,8}:\s{0,8}"([0-9a-f]{64})"')
_LOCKED = re.compile(rb'"encryptedKey"\s{0,8}:')
ONLY_LOCKED = (
    "the key found is locked by the system's key store (encryptedKey): it opens with the user's login or key ring, "
    "which is not done here; a key that was read out on the running system can be given with --secret"
)


@dataclass(frozen=True, slots=True)
class Within:
    """What a store holds: the plain octets of its database or file, its plain log, which of the keys (from 0) opened it.

    `kept` says that every octet stands where its encrypted one does. `check` says in words what proves the key.
    """

    plain: bytes
    log: bytes
    key: int
    kept: bool
    check: str
    caveats: tuple[str, ...] = ()


def within(kind: str, path: str, source: Source, log: Source | None, keys: Iterable[bytes]) -> Within:
    """Open a store with the first of the keys that fits; `path` is the name of its file.

    Raises:
        WrongSecretError: none does.
        FormatError: the kind is not one of these, the store is damaged or too large.
    """
    if kind not in KINDS:
        raise FormatError(f"{kind}: not a kind that can be opened")
    if source.size > LARGEST:
        raise FormatError(f"more than {LARGEST:,} bytes")
    held = list(keys)
    if not held:
        raise WrongSecretError("no key was given, and none was found on the evidence")
    if kind.startswith("chat/telegram_"):
        plain, number, check = telegram(source.read(0, source.size), held)
        return Within(plain, b"", number, False, check)
    return _backup(path, source, held) if kind == "chat/whatsapp_backup" else _database(source, log, held)


def _database(source: Source, log: Source | None, keys: list[bytes]) -> Within:
    locked = False
    for number, key in enumerate(keys):
        raw = _RAW.search(key)
        if raw is None and _LOCKED.search(key):
            locked = True
            continue
        found = opening(source, raw[1] if raw else key)
        if found is None:
            continue
        plain = plain_database(source, found)
        logged = plain_log(log.read(0, min(log.size, LARGEST)), found) if log is not None and log.size else b""
        bad = f"{found.bad:,} of {found.pages:,} pages are damaged: their HMAC does not hold, they read as zeros."
        lost = "The write-ahead log beside it does not hold and was left out."
        caveats = [bad] * bool(found.bad) + [lost] * bool(log is not None and log.size and not logged)
        return Within(plain, logged, number, True, f"{found.form.name}: HMAC of every page", tuple(caveats))
    if locked:
        raise WrongSecretError(ONLY_LOCKED)
    raise WrongSecretError("the HMAC of the first page does not hold")


def _backup(path: str, source: Source, keys: list[bytes]) -> Within:
    data = source.read(0, source.size)
    for number, held in enumerate(keys):
        key = key_of(held)
        if not key:
            continue
        try:
            plain = whatsapp(data, key, named_12=path.lower().endswith(".crypt12"))
        except WrongSecretError:
            continue
        return Within(plain, b"", number, False, "the tag of AES-GCM over the whole backup")
    raise WrongSecretError("the tag of AES-GCM does not hold")
