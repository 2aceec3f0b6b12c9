"""Vaults of browser extensions in the form of MetaMask's, opened with a given password."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forensics.detectors.wallet._escaped import unescaped
from forensics.detectors.wallet._held import tell, tell_phrase, tell_private
from forensics.detectors.wallet._objects import Json, mapping, string
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc, pbkdf2
from forensics.detectors.wallet.coinbase import ROUNDS as COINBASE_ROUNDS
from forensics.detectors.wallet.coinbase import sealed_of
from forensics.detectors.wallet.trust_wallet import passwords as trust_passwords
from forensics.errors import FormatError
from forensics.primitives import bip32, bip39, secp256k1
from forensics.primitives.first_addresses import ethereum_address

_MOST_ACCOUNTS = 50
_LARGEST = 16 << 20


def metamask(data: bytes, secret: bytes, more: bytes = b"") -> Opened:
    """A vault: the tag of AES-GCM proves the password; that of the phone by padding and grammar.

    TronLink and Trust Wallet lock such a vault with what they make of the password, Trust Wallet by the salts in
    `more`.
    """
    value = unescaped(data)
    if value is None:
        raise FormatError("the vault's own text is no JSON")
    salt = string(value.get("salt"), 200)
    opened = Opened("tag of AES-GCM")
    if "cipher" in value:
        plain = _phone(value, salt, secret)
        opened.check = "padding and grammar of the vault"
    else:
        parameters = mapping(mapping(value.get("keyMetadata")).get("params"))
        rounds = _number(parameters.get("iterations")) or 10_000
        iv, body = (base64.b64decode(string(value.get(name), _LARGEST)) for name in ("iv", "data"))
        plain, made = _first_opened(_variants(secret, more), base64.b64decode(salt), rounds, (iv, body))
        if made:
            opened.fields["password_as_made_by"] = made
    try:
        held = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise FormatError("what was encrypted is no JSON") from error
    if isinstance(held, list):
        for ring in held[:32]:
            _ring(opened, mapping(ring))
    elif isinstance(held, str):
        _text(opened, held)
    else:
        tell(opened, held)
    return opened


def _variants(secret: bytes, more: bytes) -> Iterator[tuple[bytes, str]]:
    """The password, and what other programs make of it, with their names."""
    yield secret, ""
    yield hashlib.sha256(secret + b"<trlk>").hexdigest().encode(), "TronLink"
    for each in trust_passwords(secret, more):
        yield each, "Trust Wallet"


def _first_opened(
    variants: Iterable[tuple[bytes, str]], salt: bytes, rounds: int, sealed: tuple[bytes, bytes]
) -> tuple[bytes, str]:
    for given, name in variants:
        try:
            return AESGCM(pbkdf2("sha256", given, salt, rounds)).decrypt(*sealed, None), name
        except (InvalidTag, ValueError):
            continue
    raise WrongSecretError("the tag of AES-GCM does not hold")


def _text(opened: Opened, held: str) -> None:
    """A vault of one text: JSON again, a seed, a key, or the password of another vault."""
    if held[:1] in ("{", "["):
        tell(opened, held)
    elif bip39.languages(held.split()):
        tell_phrase(opened, held)
    elif len(held) >= 40:
        tell_private(opened, held)
    else:
        opened.secrets.append(("password", held))


def coinbase(data: bytes, secret: bytes) -> Opened:
    """An entry of Coinbase Wallet: the tag of AES-GCM proves the password."""
    value = unescaped(data)
    sealed = sealed_of(value) if value is not None else None
    if sealed is None:
        raise FormatError("an entry that is not whole")
    variants = ((secret, ""),)
    plain, _ = _first_opened(variants, sealed.salt, COINBASE_ROUNDS, (sealed.iv, sealed.body))
    opened = Opened("tag of AES-GCM")
    _text(opened, plain.decode("utf-8", "replace"))
    return opened


def _phone(value: dict[str, Json], salt: str, secret: bytes) -> bytes:
    """The phone takes the text of the salt, not what it encodes."""
    iv, body = _hex(value.get("iv")), base64.b64decode(string(value.get("cipher"), _LARGEST))
    for given in (salt.encode(), base64.b64decode(salt)):
        try:
            plain = aes_cbc(pbkdf2("sha512", secret, given, 5_000), iv, body)
            json.loads(plain)
        except ValueError:
            continue
        except WrongSecretError:
            continue
        return plain
    raise WrongSecretError("neither padding nor grammar hold")


def _ring(opened: Opened, ring: dict[str, Json]) -> None:
    kind, held = string(ring.get("type"), 60), ring.get("data")
    known = opened.fields.get("keyrings", ())
    opened.fields["keyrings"] = (*(known if isinstance(known, tuple) else ()), kind)
    if isinstance(held, list):
        for each in held[:_MOST_ACCOUNTS]:
            private = _hex(each) if isinstance(each, str) else b""
            if secp256k1.is_private(private):
                opened.secrets.append(("private_key", private.hex()))
                opened.addresses.append(("address/ethereum", ethereum_address(secp256k1.public_key(private))))
        return
    stored = mapping(held)
    mnemonic = stored.get("mnemonic")
    if isinstance(mnemonic, dict):
        mnemonic = [mnemonic[each] for each in sorted(mnemonic, key=lambda name: (len(name), name))]
    if isinstance(mnemonic, list):
        octets = [each for each in mnemonic if isinstance(each, int) and 0 <= each < 256]
        phrase = bytes(octets).decode("utf-8", "replace")
    else:
        phrase = string(mnemonic)
    if not phrase:
        return
    opened.secrets.append(("seed", phrase))
    path = string(stored.get("hdPath"), 60)
    if not re.fullmatch(r"m(?:/[0-9]{1,9}'?){1,6}", path):
        path = "m/44'/60'/0'/0"
    opened.fields["derivation"] = path
    _derived(opened, phrase, path, max(1, min(_number(stored.get("numberOfAccounts")), _MOST_ACCOUNTS)))


def _derived(opened: Opened, phrase: str, path: str, count: int) -> None:
    master = bip32.master(bip39.seed(phrase))
    branch = None if master is None else bip32.derive(master, path)
    for number in range(count if branch else 0):
        one = None if branch is None else bip32.child(branch, number)
        if one is not None:
            opened.addresses.append(("address/ethereum", ethereum_address(one.public)))


def _hex(value: Json) -> bytes:
    try:
        return bytes.fromhex(string(value).removeprefix("0x"))
    except ValueError as error:
        raise FormatError("a value is not hexadecimal") from error


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0
