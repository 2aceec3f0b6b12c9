"""The keys of saved logins of Firefox, opened with a given primary password, and the logins beside them.

Facts: `_nss`; the keys are NSS's own, `password-check` is what proves the password.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from forensics.detectors.browser._nss import CHECK, revealed
from forensics.detectors.browser._told import UNIX, moment
from forensics.detectors.browser.firefox_keys import keys_of
from forensics.detectors.store._accounts import note_account
from forensics.detectors.wallet._opened import Opened, WrongSecretError
from forensics.errors import FormatError
from forensics.model import Value
from forensics.primitives.sqlite.source import Bytes

MOST_LOGINS = 1_000


def firefox_keys(data: bytes, secret: bytes, beside: bytes = b"") -> Opened:
    """A known text proves the password, padding each login. `beside` is a list of logins in JSON."""
    told = keys_of(Bytes(data), 0)
    if told is None:
        raise FormatError("no row of a primary password")
    if told.check.opened(told.salt, secret) != CHECK:
        raise WrongSecretError("the known text is not what is decrypted")
    opened = Opened("the text password-check, of 14 octets")
    keys: dict[tuple[bytes, int], bytes] = {}
    for number, stored in told.held:
        key = stored.opened(told.salt, secret)
        if key is not None:
            keys[number, len(key)] = key
            opened.secrets.append((f"key {number.hex()}", key.hex()))
    entries: dict[str, Value] = {}
    failed = 0
    for each in _logins(beside):
        guid = str(each.get("guid", len(entries)))
        user, password = (_text(each.get(name), keys) for name in ("encryptedUsername", "encryptedPassword"))
        if user is None or password is None:
            failed += 1
        elif guid not in entries:
            site = str(each.get("hostname", ""))[:2_048]
            entries[guid] = _shown(each, site, user)
            opened.secrets.append((f"Password of {user} at {site}", password))
            note_account(opened, user, site)
    opened.fields["entries_in_all"] = len(entries)
    opened.fields["not_decrypted"] = failed
    opened.fields["entries"] = tuple(entries.values())
    return opened


def _logins(beside: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(beside or b"[]")
    except (ValueError, RecursionError) as error:
        raise FormatError("the logins beside the keys are no JSON") from error
    return [each for each in found if isinstance(each, dict)][:MOST_LOGINS] if isinstance(found, list) else []


def _text(stored: object, keys: dict[tuple[bytes, int], bytes]) -> str | None:
    try:
        plain = revealed(base64.b64decode(stored, validate=True), keys) if isinstance(stored, str) else None
    except binascii.Error:
        return None
    return None if plain is None else plain.decode("utf-8", "replace")[:10_000]


def _shown(login: dict[str, Any], site: str, user: str) -> Value:
    def when(name: str) -> str:
        value = login.get(name)
        found = moment(value, UNIX, 1_000) if isinstance(value, int) else None
        return found.isoformat() if found else ""

    return {
        "title": str(login.get("httpRealm") or "")[:500],
        "user": user,
        "url": site,
        "created": when("timeCreated"),
        "changed": when("timePasswordChanged"),
        "used": when("timeLastUsed"),
    }
