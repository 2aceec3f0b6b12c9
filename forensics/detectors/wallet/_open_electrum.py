"""Electrum wallets, opened with a given password: the whole file, or seed and keys in it."""

from __future__ import annotations

import base64
import hashlib

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet._electrum_keys import is_old_seed
from forensics.detectors.wallet._objects import Json, mapping, parse, string
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, aes_cbc, ecies
from forensics.errors import FormatError
from forensics.primitives import base58, bip32, electrum_old, secp256k1

_ADDRESS_KINDS = {"1": "address/bitcoin", "3": "address/bitcoin", "b": "address/bitcoin"}


def electrum(data: bytes, secret: bytes) -> Opened:
    """By the HMAC of the file, or by the keys that come out."""
    if data[:5] == b"QklFM":
        plain, check = _whole(data, secret), "HMAC-SHA-256 of the file"
    else:
        plain, check = data, ""
    layer = BytesLayer(plain)
    found = parse(layer, len(plain) - len(plain.lstrip()))
    if found is None:
        raise FormatError("the wallet's own text cannot be read")
    opened = Opened(check)
    _told(opened, found.value)
    proofs = list(_keys(opened, found.value, secret))
    if proofs:
        opened.check = "; ".join(filter(None, [check, *dict.fromkeys(proofs)]))
    elif not check:
        raise FormatError("nothing in this wallet is encrypted")
    return opened


def _whole(data: bytes, secret: bytes) -> bytes:
    """The text of a file that is encrypted as a whole."""
    blob = base64.b64decode(data)
    if blob[:4] != b"BIE1":
        raise FormatError("the file is encrypted for a hardware device, not with a password")
    return ecies(int.from_bytes(hashlib.pbkdf2_hmac("sha512", secret, b"", 1_024), "big"), blob)


def _told(opened: Opened, value: dict[str, Json]) -> None:
    """Addresses and labels that stand in the wallet."""
    stored = mapping(value.get("addresses"))
    names: list[Json] = [each for role in stored.values() if isinstance(role, list) for each in role]
    if not names:
        names = list(stored)
    for each in names[:MOST_ADDRESSES]:
        kind = _ADDRESS_KINDS.get(string(each, 128)[:1])
        if kind is not None:
            opened.addresses.append((kind, string(each, 128)))
    labels = mapping(value.get("labels"))
    opened.fields["labels"] = {name[:128]: string(text, 1_024) for name, text in list(labels.items())[:MOST_ADDRESSES]}
    opened.fields["wallet_type"] = string(value.get("wallet_type"), 40)
    version = value.get("seed_version")
    opened.fields["seed_version"] = version if isinstance(version, int) else 0


def _stores(value: dict[str, Json]) -> list[dict[str, Json]]:
    names = ["keystore", *(f"x{number}/" for number in range(1, 16))]
    found = [mapping(value[name]) for name in names if isinstance(value.get(name), dict)]
    return found or [value]


def _keys(opened: Opened, value: dict[str, Json], secret: bytes) -> list[str]:
    """Decrypt seeds and keys of each store; what proves them."""
    key = hashlib.sha256(hashlib.sha256(secret).digest()).digest()
    proofs: list[str] = []
    for store in _stores(value):
        public = [text for name in ("xpub", "mpk", "master_public_key") if (text := string(store.get(name), 200))]
        public += [string(each, 200) for each in mapping(store.get("master_public_keys")).values()]
        opened.keys += [each for each in public if each not in opened.keys]
        seed = _plain(store.get("seed"), key)
        if seed:
            opened.secrets.append(("seed", seed))
            if is_old_seed(seed):
                opened.secrets.append(("seed_words", electrum_old.phrase(seed)))
            proofs += _old_seed(seed, public)
        private = [store.get("xprv"), *mapping(store.get("master_private_keys")).values()]
        for stored in private:
            text = _plain(stored, key)
            if text:
                opened.secrets.append(("xprv", text))
                proofs += _private(text, public)
        pairs = {**mapping(store.get("keypairs")), **mapping(store.get("imported_keys"))}
        for account in list(mapping(store.get("accounts")).values())[:100]:
            held = mapping(account).get("imported") if isinstance(account, dict) else None
            for both in mapping(held).values():
                if isinstance(both, list) and len(both) > 1:
                    pairs[string(both[0], 200)] = both[1]
        for name, stored in list(pairs.items())[:MOST_ADDRESSES]:
            text = _plain(stored, key)
            if text:
                opened.secrets.append(("private_key", text))
                if _pair(name, text):
                    proofs.append("a private key gives its stored public key")
    return proofs


def _plain(stored: Json, key: bytes) -> str:
    """The text of a field; it is returned as it is where it is not encrypted. Empty where there is none."""
    text = string(stored, 8_192)
    if not text or " " in text or is_old_seed(text):
        return text
    try:
        blob = base64.b64decode(text, validate=True)
    except ValueError:
        return ""
    if len(blob) < 32 or len(blob) % 16:
        return ""
    return aes_cbc(key, blob[:16], blob[16:]).decode("utf-8", "replace")


def _private(text: str, public: list[str]) -> list[str]:
    key = bip32.decode(text.encode("ascii", "replace"))
    if key is None:
        raise WrongSecretError("what comes out is no extended private key")
    return ["the private key gives the stored public key"] if str(bip32.neutered(key)) in public else []


def _old_seed(seed: str, public: list[str]) -> list[str]:
    """A seed of Electrum 1.x, in hexadecimal or words."""
    digits = electrum_old.seed(seed.split()) or seed
    if len(digits) not in (32, 64) or not all(each in "0123456789abcdef" for each in digits):
        return []
    master = electrum_old.master_key(digits)
    return ["the seed gives the stored public key"] if master is not None and master.hex() in public else []


def _pair(public: str, text: str) -> bool:
    payload = base58.decode_check(text.rpartition(":")[2].encode("ascii", "replace"))
    if payload is None or len(payload) not in (33, 34) or not secp256k1.is_private(payload[1:33]):
        return False
    return secp256k1.public_key(payload[1:33], short=len(payload) == 34).hex() == public
