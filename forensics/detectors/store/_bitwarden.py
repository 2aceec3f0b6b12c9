"""What a store or an export of Bitwarden says in clear: accounts, their key derivation, their encrypted items.

| version   | layout                                                                                          |
|-----------|-------------------------------------------------------------------------------------------------|
| to 2022   | one object: `userEmail`, `kdf`, `kdfIterations`, `encKey`, `keyHash`, `ciphers_<user>`           |
| 2022-2023 | `<user>`: { `profile`, `keys`, `data`.`ciphers`.`encrypted` }                                    |
| from 2024 | `user_<user>_<part>_<name>`; addresses in `global_account_accounts`                             |
| export    | `encrypted`, `encKeyValidation_DO_NOT_EDIT`; with a password `salt`, `kdfType`, `data`           |

Source: Bitwarden clients, libs/common (state providers and their migrations), vault-export-core.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from forensics.detectors.wallet._objects import Json, items, mapping, string

MOST_ACCOUNTS = 20
SEALED = re.compile(r"[02]\.[A-Za-z0-9+/]{22}==\|[A-Za-z0-9+/=]{4,}(?:\|[A-Za-z0-9+/]{43}=)?")
KDFS = {0: "pbkdf2-sha256", 1: "Argon2id"}
_KEYED = re.compile(r"user_([0-9a-f-]{36})_(?:masterPassword_masterKeyEncryptedUserKey|masterPasswordUnlock_\w{1,40})")
_LONGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class Account:
    """One account, or one export (`data` then holds all of it). `salt` is the address, or an export's own."""

    salt: str
    kdf: int
    rounds: int
    memory: int  # MiB
    lanes: int
    key: str  # protected key of the account, or the check of an export
    key_hash: str = ""
    data: str = ""
    sealed_items: list[Json] = field(default_factory=list)


def accounts(value: dict[str, Json]) -> list[Account]:
    """The accounts of an object in any of the layouts, in order, at most 20."""
    if "encKeyValidation_DO_NOT_EDIT" in value:
        found = [_export(value)]
    elif "profile" in value and "keys" in value:
        found = [_nested(value)]
    elif "encKey" in value:
        found = [_flat(value)]
    else:
        users = dict.fromkeys(match[1] for name in value if (match := _KEYED.fullmatch(name)))
        found = [_keyed(value, user) for user in list(users)[:MOST_ACCOUNTS]]
    return [each for each in found if each is not None]


def _made(cost: dict[str, Json], salt: str, key: str) -> Account | None:
    """An account, if its key is one and its key derivation is known."""
    kdf = _number(cost, "kdfType", "kdf")
    if not SEALED.fullmatch(key) or kdf not in KDFS:
        return None
    rounds = _number(cost, "iterations", "kdfIterations")
    memory, lanes = _number(cost, "memory", "kdfMemory"), _number(cost, "parallelism", "kdfParallelism")
    return Account(salt, kdf, rounds, memory, lanes, key)


def _number(cost: dict[str, Json], *names: str) -> int:
    found = next((cost[each] for each in names if each in cost), 0)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _export(value: dict[str, Json]) -> Account | None:
    made = _made(value, string(value.get("salt")), string(value["encKeyValidation_DO_NOT_EDIT"]))
    return made and replace(made, data=string(value.get("data"), _LONGEST), sealed_items=items(value.get("items")))


def _nested(value: dict[str, Json]) -> Account | None:
    profile, keys = mapping(value["profile"]), mapping(value["keys"])
    older = string(mapping(keys.get("cryptoSymmetricKey")).get("encrypted"))
    made = _made(profile, string(profile.get("email")), string(keys.get("masterKeyEncryptedUserKey")) or older)
    held = mapping(mapping(mapping(value.get("data")).get("ciphers")).get("encrypted"))
    return made and replace(made, key_hash=string(profile.get("keyHash")), sealed_items=list(held.values()))


def _flat(value: dict[str, Json]) -> Account | None:
    made = _made(value, string(value.get("userEmail")), string(value["encKey"]))
    held = next((mapping(each) for name, each in value.items() if name.startswith("ciphers_")), {})
    return made and replace(made, key_hash=string(value.get("keyHash")), sealed_items=list(held.values()))


def _keyed(value: dict[str, Json], user: str) -> Account | None:
    def of(name: str) -> Json:
        return value.get(f"user_{user}_{name}")

    unlock = mapping(of("masterPasswordUnlock_masterPasswordUnlockKey"))
    known = mapping(mapping(value.get("global_account_accounts")).get(user))
    made = _made(
        mapping(unlock.get("kdf")) or mapping(of("kdfConfig_kdfConfig")),
        string(unlock.get("salt")) or string(known.get("email")),
        string(unlock.get("masterKeyWrappedUserKey")) or string(of("masterPassword_masterKeyEncryptedUserKey")),
    )
    held = list(mapping(of("ciphers_ciphers")).values())
    return made and replace(made, key_hash=string(of("masterPassword_masterKeyHash")), sealed_items=held)
