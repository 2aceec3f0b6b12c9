"""Stores and exports of Bitwarden, opened with a given master password or that of an export.

    master = PBKDF2-SHA-256(password, address, rounds) or Argon2id(password, SHA-256(address), rounds, memory, lanes)
    keys = HKDF-Expand(master, "enc"), HKDF-Expand(master, "mac"); an old account's `0.` is encrypted with master itself
    text = type . IV | AES-256-CBC | HMAC-SHA-256(IV || ciphertext), each base64

Source: Bitwarden security white paper; clients, libs/common/src/key-management.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable

from forensics.detectors.store._accounts import note_account
from forensics.detectors.store._bitwarden import SEALED, Account, accounts
from forensics.detectors.wallet._objects import Json, items, mapping, string
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc, argon2, pbkdf2
from forensics.errors import FormatError
from forensics.model import Value

MOST_ITEMS = 5_000
MOST_SHOWN = 1_000
_LARGEST = 64 << 20
_SECRETS = (("Password", "password"), ("One-time code", "totp"))
_TYPES = {1: "login", 2: "note", 3: "card", 4: "identity", 5: "SSH key"}

Keys = tuple[bytes, bytes]


def bitwarden(data: bytes, secret: bytes) -> Opened:
    """The HMAC of the protected key (of an export's check) proves the password; that of each text is held, too."""
    try:
        told = accounts(mapping(json.loads(data)))
    except (ValueError, RecursionError) as error:
        raise FormatError("the store's own text is no JSON") from error
    if not told:
        raise FormatError("no account whose key is known")
    opened, shown, failed = Opened(""), list[Value](), 0
    for account in told:
        if not account.data and not account.salt:
            raise FormatError("the export opens with the key of the account only")
        try:
            keys = _keys(account, secret)
        except WrongSecretError:
            continue
        if account.data:
            opened.check = "HMAC-SHA-256 of the export's check"
            document = mapping(json.loads(unsealed(account.data, keys)))
            held, key = items(document.get("items")), None
        else:
            opened.check = (
                "HMAC-SHA-256 of the account's key" if account.key[0] == "2" else "padding of the account's key"
            )
            plain = unsealed(account.key, keys)
            if len(plain) not in (32, 64):
                raise FormatError("the account's key is of another length")
            key = (plain[:32], plain[32:])
            held = account.sealed_items
            opened.secrets.append((f"key of {account.salt}", plain.hex()))
        for item in held[:MOST_ITEMS]:
            try:
                shown.append(_item(opened, mapping(item), key))
            except FormatError:  # one of an organisation, whose key is not in the store, or a damaged one
                failed += 1
    if not opened.check:
        raise WrongSecretError("the HMAC of the key does not hold")
    opened.fields["entries_in_all"] = len(shown)
    opened.fields["not_decrypted"] = failed
    opened.fields["entries"] = tuple(shown[:MOST_SHOWN])
    return opened


def _keys(account: Account, secret: bytes) -> Keys:
    """Keys of what the password protects; the check of it is held.

    Raises:
        WrongSecretError: it does not hold.
    """
    salt = account.salt.encode() if account.data else account.salt.strip().lower().encode()
    if account.kdf == 0:
        master = pbkdf2("sha256", secret, salt, account.rounds)
    else:
        master = argon2(secret, hashlib.sha256(salt).digest(), account.rounds, account.memory << 10, account.lanes)
    old = account.key.startswith("0.")
    keys = (master, b"") if old else (_expanded(master, b"enc"), _expanded(master, b"mac"))
    unsealed(account.key, keys)
    return keys


def _expanded(key: bytes, info: bytes) -> bytes:
    """HKDF-Expand with SHA-256, one block (RFC 5869)."""
    return hmac.digest(key, info + b"\1", "sha256")


def unsealed(text: str, keys: Keys) -> bytes:
    """Plain octets of an encrypted text.

    Raises:
        WrongSecretError: its HMAC, or its padding where it has none, does not hold.
        FormatError: it is no such text.
    """
    if len(text) > _LARGEST or not SEALED.fullmatch(text):
        raise FormatError("no text of Bitwarden")
    try:
        iv, body, *mac = (base64.b64decode(each, validate=True) for each in text[2:].split("|"))
    except binascii.Error as error:
        raise FormatError("no text of Bitwarden") from error
    if text[0] == "2" and not (mac and hmac.compare_digest(hmac.digest(keys[1], iv + body, "sha256"), mac[0])):
        raise WrongSecretError("the HMAC does not hold")
    return aes_cbc(keys[0], iv, body)


def _item(opened: Opened, item: dict[str, Json], keys: Keys | None) -> Value:
    """What may be shown of an item; its secrets are noted. `keys` is None where it is in clear."""
    if keys is not None and isinstance(item.get("key"), str):
        plain = unsealed(string(item["key"]), keys)
        keys = (plain[:32], plain[32:])

    def clear(value: Json) -> str:
        stored = string(value, 1 << 20)
        return stored if keys is None or not stored else unsealed(stored, keys).decode("utf-8", "replace")

    login = mapping(item.get("login"))
    name, user = clear(item.get("name")), clear(login.get("username"))
    places = [clear(mapping(each).get("uri")) for each in items(login.get("uris"))[:50]]
    if not places and login.get("uri"):
        places = [clear(login["uri"])]
    _secrets(opened, item, login, " / ".join(filter(None, (name, user))), clear)
    note_account(opened, user, *places)
    kind = item.get("type")
    return {
        "title": name,
        "user": user,
        "url": " ".join(places),
        "type": _TYPES.get(kind, "unknown") if isinstance(kind, int) else "unknown",
        "created": string(item.get("creationDate"), 40),
        "changed": string(item.get("revisionDate"), 40),
        "deleted": string(item.get("deletedDate"), 40),
    }


def _secrets(
    opened: Opened, item: dict[str, Json], login: dict[str, Json], named: str, clear: Callable[[Json], str]
) -> None:
    for what, member in _SECRETS:
        if text := clear(login.get(member)):
            opened.secrets.append((f"{what} of {named}", text))
    if text := clear(item.get("notes")):
        opened.secrets.append((f"Notes of {named}", text))
    for each in items(item.get("fields"))[:100]:
        one = mapping(each)
        if text := clear(one.get("value")):
            opened.secrets.append((f"{clear(one.get('name'))} of {named}", text))
    for part in ("card", "identity", "sshKey"):
        for member, value in list(mapping(item.get(part)).items())[:40]:
            if isinstance(value, str) and (text := clear(value)):
                opened.secrets.append((f"{member} of {named}", text))
    for each in items(item.get("passwordHistory"))[:50]:
        if text := clear(mapping(each).get("password")):
            opened.secrets.append((f"Password of {named}, earlier", text))
