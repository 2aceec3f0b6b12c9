"""What a decrypted vault holds, whatever its program: seed phrases, entropy, private keys, by the names they go by.

| name | value |
|---|---|
| `mnemonic`, `mnemonicPhase`, `mnemonicPhrase`, `seed`, `seedPhrase`, `phrase` | words, or their octets as a list |
| `entropy`, `entropyHex` | entropy of BIP-39: hexadecimal, a list, or an object by place |
| `privateKey`, `private_key` | hexadecimal, base58, or an object with `data` |
| `address` | an address, which is told where its form is known |

Texts that are JSON again are read, too. First addresses are derived as wallets show them (`first_addresses`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from forensics.detectors.wallet._objects import Json
from forensics.detectors.wallet._opened import Opened
from forensics.primitives import bip32, bip39, secp256k1
from forensics.primitives.first_addresses import accounts, ethereum_address

_PHRASES = frozenset(("mnemonic", "mnemonicphase", "mnemonicphrase", "seed", "seedphrase", "phrase"))
_ENTROPY = frozenset(("entropy", "entropyhex"))
_PRIVATE = frozenset(("privatekey", "private_key", "encryptedprivatekey"))
_DEEPEST, _MOST = 12, 2_000
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_COINS = {"BTC": "address/bitcoin", "ETH": "address/ethereum"}


def tell(opened: Opened, value: Json) -> None:
    """Add to `opened` what `value` holds: secrets, and the addresses that follow from them."""
    phrases: dict[str, None] = {}
    for name, each in _members(value, 0, [_MOST]):
        if name in _PHRASES and (phrase := _phrase(each)):
            phrases[phrase] = None
        elif name in _ENTROPY and (octets := _octets(each)) and len(octets) in (16, 20, 24, 28, 32):
            phrases[" ".join(bip39.phrase(octets))] = None
        elif name in _PRIVATE:
            tell_private(opened, each)
        elif name == "address" and isinstance(each, str) and _ETHEREUM.fullmatch(each):
            opened.addresses.append(("address/ethereum", each))
    for phrase in phrases:
        tell_phrase(opened, phrase)
    opened.addresses[:] = dict.fromkeys(opened.addresses)


def tell_phrase(opened: Opened, phrase: str) -> None:
    """A seed phrase, the account keys and the first addresses that wallets show for it."""
    opened.secrets.append(("seed", phrase))
    if not bip39.languages(phrase.split()):
        return
    master = bip32.master(bip39.seed(phrase))
    for account in accounts(master) if master else ():
        opened.addresses.append((_COINS[account.coin], account.address))
        opened.keys.append(account.key)


def tell_private(opened: Opened, value: Json) -> None:
    """A private key, and the Ethereum address that it has on secp256k1."""
    if isinstance(value, dict):
        value = value.get("data")
    octets = _octets(value)
    if octets is not None and secp256k1.is_private(octets):
        opened.secrets.append(("private_key", octets.hex()))
        opened.addresses.append(("address/ethereum", ethereum_address(secp256k1.public_key(octets))))
    elif octets:
        opened.secrets.append(("private_key", octets.hex()))
    elif isinstance(value, str) and 40 <= len(value) <= 200 and value.isalnum():
        opened.secrets.append(("private_key", value))


def _members(value: Json, depth: int, left: list[int]) -> Iterator[tuple[str, Json]]:
    """Names in lower case and values of all members at any depth, at most as many as `left` says."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return
    if isinstance(value, dict):
        for name, each in value.items():
            left[0] -= 1
            if left[0] < 0:
                return
            yield name.lower(), each
            yield from _members(each, depth + 1, left)
    elif isinstance(value, list):
        for each in value[:_MOST]:
            yield from _members(each, depth + 1, left)


def _phrase(value: Json) -> str:
    """The words of a phrase; empty where it is none, encrypted for example."""
    if isinstance(value, dict):
        value = value.get("data", value)
    octets = None if isinstance(value, str) else _octets(value)
    text = octets.decode("utf-8", "replace") if octets else value if isinstance(value, str) else ""
    return text if 11 <= text.count(" ") <= 24 and len(text) <= 500 and text.replace(" ", "").isalpha() else ""


def _octets(value: Json) -> bytes | None:
    """Octets that are written in hexadecimal, as a list of numbers, or as an object by place."""
    if isinstance(value, str):
        try:
            return bytes.fromhex(value.removeprefix("0x"))
        except ValueError:
            return None
    if isinstance(value, dict):
        value = [value[str(place)] for place in range(len(value)) if str(place) in value]
    if isinstance(value, list) and len(value) <= 1_000:
        numbers = [each for each in value if isinstance(each, int) and 0 <= each < 256]
        return bytes(numbers) if len(numbers) == len(value) else None
    return None
