"""Key files of Monero, opened with a given password.

| step | what |
|------|------|
| 1 | the key is CryptoNight of the password, once (rounds are not stored, and one is the default) |
| 2 | ChaCha20 of all behind the length, ChaCha8 in files before 2018 |
| 3 | JSON, whose `key_data` is epee's binary storage; the oldest files have that alone |
| 4 | where `encrypted_secret_keys` is set, both secret keys are under a stream of CryptoNight of the key and `k` |

Facts: Monero `src/wallet/wallet2.cpp` (load_keys), `src/cryptonote_basic/account.cpp` (key stream),
`contrib/epee/include/storages/portable_storage_from_bin.h`. The text proves the password, public keys the secret ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from forensics.detectors.wallet._objects import Json, string
from forensics.detectors.wallet._open_monero_cache import Keys, tell_cache
from forensics.detectors.wallet._opened import Opened, WrongSecretError
from forensics.detectors.wallet.monero_keys import varint
from forensics.errors import FormatError
from forensics.model import Value
from forensics.primitives import monero_keys, monero_seed
from forensics.primitives.chacha import chacha, chacha20
from forensics.primitives.cryptonight import slow_hash

_STORAGE = b"\x01\x11\x01\x01\x01\x01\x02\x01\x01"
_DEEPEST, _MOST_FIELDS = 8, 1_000
_ACCOUNTS, _SUBADDRESSES = 3, 10
_TOLD = ("seed_language", "refresh_height", "multisig", "multisig_threshold", "key_on_device", "device_name")
_LANGUAGES = {
    "English": "english",
    "Deutsch": "german",
    "Español": "spanish",
    "Français": "french",
    "Italiano": "italian",
    "Nederlands": "dutch",
    "Português": "portuguese",
    "русский язык": "russian",
    "日本語": "japanese",
    "简体中文 (中国)": "chinese_simplified",
    "Esperanto": "esperanto",
    "Lojban": "lojban",
}
_SIZES = {1: 8, 2: 4, 3: 2, 4: 1, 5: 8, 6: 4, 7: 2, 8: 1, 9: 8, 11: 1}
_STRING, _OBJECT = 10, 12


def monero(data: bytes, secret: bytes, more: bytes = b"") -> Opened:
    """The grammar of the text proves the password; secret keys that give the public ones prove these.

    `more` is the cache beside the key file, if there is one.
    """
    size, start = varint(data, 8)
    if size <= 0 or size != len(data) - start:
        raise FormatError("the length does not fit to the file")
    key = slow_hash(secret)
    settings, stored = _content(key, data[:8], data[start:])
    keys = dict(_fields(_Reader(stored, len(_STORAGE))))
    spend_public, view_public = keys.get("m_spend_public_key", b""), keys.get("m_view_public_key", b"")
    if len(spend_public) != 32 or len(view_public) != 32:
        raise FormatError("the account has no public keys")
    opened = Opened("grammar of the text")
    network = monero_keys.NETWORKS.get(_number(settings.get("nettype", 0)), "mainnet")
    opened.fields["network"] = network if "nettype" in settings else "not stored; addresses as of mainnet"
    opened.fields["watch_only"] = watched = _number(settings.get("watch_only")) == 1
    for name in _TOLD:
        value = settings.get(name)
        if isinstance(value, int | str) and value != "":
            opened.fields[name] = value if isinstance(value, int) else string(value, 100)
    created = int.from_bytes(keys.get("m_creation_timestamp", b""), "little")
    if 1_300_000_000 < created < 4_102_444_800:
        opened.fields["created"] = f"{datetime.fromtimestamp(created, UTC):%Y-%m-%d %H:%M:%S} UTC"
    address = monero_keys.address(spend_public, view_public, network)
    opened.addresses.append(("address/monero", address))
    secrets = _secrets(keys, key, bool(_number(settings.get("encrypted_secret_keys"))))
    _told(opened, secrets, (spend_public, view_public), watched=watched, network=network)
    if more:
        tell_cache(opened, more, Keys(key, secrets[1], secrets[0], spend_public), network)
    return opened


def _content(key: bytes, iv: bytes, body: bytes) -> tuple[dict[str, Json], bytes]:
    """The settings, and the account in epee's storage."""
    for plain in (chacha20(key, iv, body), chacha(key, iv, body, 8)):
        if plain.startswith(_STORAGE):
            return {}, plain
        if not plain.lstrip().startswith(b"{"):
            continue
        try:
            value = json.loads(plain.decode("latin-1"), strict=False)
        except (ValueError, RecursionError):
            continue
        account = value.get("key_data") if isinstance(value, dict) else None
        stored = account.encode("latin-1", "replace") if isinstance(account, str) else b""
        if stored.startswith(_STORAGE):
            return value, stored
    raise WrongSecretError("what was decrypted is no account of Monero")


class _Reader:
    """A place in epee's storage, which only moves on."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def take(self, size: int) -> bytes:
        """So many octets."""
        part = self._data[self._at : self._at + size]
        if len(part) != size:
            raise FormatError("the account is cut off")
        self._at += size
        return part

    def number(self) -> int:
        """A length: its lowest two bits tell how many octets it has."""
        first = self.take(1)[0]
        return int.from_bytes(bytes((first,)) + self.take((1 << (first & 3)) - 1), "little") >> 2


def _fields(reader: _Reader, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Name and octets of every plain value, of this section and those within."""
    count = reader.number()
    if depth > _DEEPEST or count > _MOST_FIELDS:
        raise FormatError("the account is nested too deep or has too many fields")
    for _ in range(count):
        name = reader.take(reader.take(1)[0]).decode("latin-1")
        kind = reader.take(1)[0]
        if kind in _SIZES:
            yield name, reader.take(_SIZES[kind])
        elif kind == _STRING:
            yield name, reader.take(reader.number())
        elif kind == _OBJECT:
            yield from _fields(reader, depth + 1)
        else:
            raise FormatError("the account has a value of a kind that is not known")


def _secrets(keys: dict[str, bytes], key: bytes, covered: bool) -> tuple[bytes, bytes]:
    """Secret spend and view key, without the stream that covers them."""
    both = keys.get("m_spend_secret_key", b"") + keys.get("m_view_secret_key", b"")
    if len(both) != 64:
        raise FormatError("the account has no secret keys")
    if covered:
        iv = keys.get("m_encryption_iv", b"")
        if len(iv) != 8:
            raise FormatError("the account has no initial value")
        both = chacha20(slow_hash(key + b"k"), iv, both)
    return both[:32], both[32:]


def _told(
    opened: Opened, secrets: tuple[bytes, bytes], publics: tuple[bytes, bytes], *, watched: bool, network: str
) -> None:
    """Which of the secret keys give their public ones, and what follows from them."""
    (spend, view), (spend_public, view_public) = secrets, publics
    if monero_seed.public(view) == view_public and any(view):
        opened.check += "; the view key gives its public key"
        opened.secrets.append(("view_key", view.hex()))
        places = [(account, index) for account in range(_ACCOUNTS) for index in range(_SUBADDRESSES + 1)]
        for account, index in places[1:]:
            one = monero_keys.subaddress(view, spend_public, account, index, network)
            if one is not None:
                opened.addresses.append(("address/monero", one))
    if watched:
        opened.fields["spend_key"] = "none stored: this wallet can only watch"
        return
    if not any(spend) or monero_seed.public(spend) != spend_public:
        opened.fields["spend_key"] = "not in this file: multisig or a device"
        return
    opened.check += "; the spend key gives its public key"
    opened.secrets.append(("spend_key", spend.hex()))
    language = _LANGUAGES.get(str(opened.fields.get("seed_language", "")))
    if language and monero_keys.is_view_of(spend, view):
        opened.secrets.append(("seed", monero_seed.phrase(spend, language)))


def _number(value: Json | Value) -> int:
    return value if isinstance(value, int) else 0
