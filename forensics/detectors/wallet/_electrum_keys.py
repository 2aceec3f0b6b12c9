"""Key stores of Electrum: public keys, what is plain, what is encrypted, and the form for password recovery."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from forensics.detectors.wallet._objects import Json, mapping, string
from forensics.model import Value
from forensics.primitives import base58, secp256k1

MOST_STORES = 32
LARGEST_EXPORTED = 16 << 10  # mode 21700 takes the whole ciphertext up to here, 21800 its first 1,024 octets
_PRIVATE = re.compile(r"[xyzYZtuvUV]prv[1-9A-HJ-NP-Za-km-z]{100,112}")
_HEX_SEED = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?")


@dataclass(slots=True)
class Keystore:
    """One key store. `secrets` are name and text of what is plain; `hash_export` of what is not."""

    name: str
    type: str
    public: list[str] = field(default_factory=list)
    derivation: str = ""
    fingerprint: str = ""
    device: str = ""
    seed_type: str = ""
    secrets: list[tuple[str, str]] = field(default_factory=list)
    plain_keys: int = 0
    encrypted_keys: int = 0
    encrypted: bool = False
    hash_export: str = ""

    def described(self) -> dict[str, Value]:
        """What may be shown of it."""
        told: dict[str, Value] = {"name": self.name, "type": self.type, "encrypted": self.encrypted}
        for name in ("derivation", "fingerprint", "device", "seed_type"):
            if text := getattr(self, name):
                told[name] = text
        if self.plain_keys or self.encrypted_keys:
            told |= {"plain_keys": self.plain_keys, "encrypted_keys": self.encrypted_keys}
        told["public_keys"] = tuple(self.public)
        return told


@dataclass(frozen=True, slots=True)
class Blob:
    """A wallet that is encrypted whole."""

    magic: str
    whole: bool
    hash_export: str


def keystores(value: dict[str, Json]) -> list[Keystore]:
    """The key stores of a wallet, of whatever generation."""
    found: list[Keystore] = []
    for name in ("keystore", *(each for each in value if re.fullmatch(r"x\d{1,2}/", each))):
        if isinstance(value.get(name), dict) and len(found) < MOST_STORES:
            found.append(_modern(name, mapping(value[name])))
    if not found:
        found.append(_early(value))
    return found


def _modern(name: str, stored: dict[str, Json]) -> Keystore:
    store = Keystore(name, string(stored.get("type"), 40))
    store.public += [text for text in (string(stored.get("xpub"), 200), string(stored.get("mpk"), 200)) if text]
    store.derivation = string(stored.get("derivation"), 100)
    store.fingerprint = string(stored.get("root_fingerprint"), 20)
    store.device = " ".join(
        text for text in (string(stored.get("hw_type"), 40), string(stored.get("label"), 100)) if text
    )
    store.seed_type = string(stored.get("seed_type"), 40)
    old = store.type == "old"
    for key in ("seed", "xprv", "passphrase"):
        _take(store, key, string(stored.get(key), 2_048), 1 if old and key == "seed" else 2 if key == "xprv" else 0)
    _take_pairs(store, mapping(stored.get("keypairs")))
    return store


def _early(value: dict[str, Json]) -> Keystore:
    """Wallets before 2.7 keep their keys at the top."""
    single = string(value.get("master_public_key"), 200)
    store = Keystore("wallet", "old" if single else "bip32")
    if single:
        store.public.append(single)
    for text in mapping(value.get("master_public_keys")).values():
        if string(text, 200):
            store.public.append(string(text, 200))
    for account in list(mapping(value.get("accounts")).values())[:100]:
        one = mapping(account)
        mpk = string(one.get("mpk"), 200)
        if mpk and mpk not in store.public:
            store.public.append(mpk)
        imported = {str(address): pair for address, pair in mapping(one.get("imported")).items()}
        pairs: dict[str, Json] = {}
        for address, pair in imported.items():
            if isinstance(pair, list) and len(pair) > 1:
                pairs[address] = pair[1]
        _take_pairs(store, pairs)
    _take_pairs(store, mapping(value.get("imported_keys")))
    for text in mapping(value.get("master_private_keys")).values():
        _take(store, "xprv", string(text, 2_048), 2)
    version = value.get("seed_version")
    _take(store, "seed", string(value.get("seed"), 2_048), 1 if version == 4 or store.type == "old" else 0)
    return store


def _take(store: Keystore, key: str, text: str, form: int) -> None:
    """Take a seed or private key in: plain ones are secrets, others give the form for password recovery."""
    if not text:
        return
    blob = _ciphertext(text)
    if blob is None or (key == "seed" and is_old_seed(text)):
        store.secrets.append((key, text))
        return
    store.encrypted = True
    if form and not store.hash_export:
        store.hash_export = f"$electrum${form}*{blob[:16].hex()}*{blob[16:32].hex()}"


def _take_pairs(store: Keystore, pairs: dict[str, Json]) -> None:
    for each in pairs.values():
        text = string(each, 512)
        if not text:
            continue
        blob = _ciphertext(text)
        if blob is None:
            store.plain_keys += 1
            continue
        store.encrypted = True
        store.encrypted_keys += 1
        if not store.hash_export:
            store.hash_export = f"$electrum$3*{blob[-32:-16].hex()}*{blob[-16:].hex()}"


def _ciphertext(text: str) -> bytes | None:
    """Initialisation vector and blocks of AES, if the text is base64 of that."""
    if " " in text or ":" in text:
        return None
    try:
        blob = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return blob if len(blob) >= 32 and len(blob) % 16 == 0 else None


def is_old_seed(text: str) -> bool:
    """Whether it is a plain seed of version 1: hexadecimal, of 16 or 32 octets."""
    return _HEX_SEED.fullmatch(text) is not None


def is_private(text: str) -> bool:
    """Whether it is a plain extended private key."""
    return _PRIVATE.fullmatch(text) is not None


def checked(public: str) -> bool:
    """Whether a master public key holds: base58check of 78 octets, or (version 1) the 64 octets of a point."""
    if re.fullmatch(r"[0-9a-f]{128}", public):
        return secp256k1.point(b"\x04" + bytes.fromhex(public)) is not None
    payload = base58.decode_check(public.encode("ascii")) if public.isascii() and len(public) <= 112 else None
    return payload is not None and len(payload) == 78


def read_blob(text: bytes) -> Blob | None:
    """The parts of a wallet that is encrypted whole, from its base64; None where it is none."""
    usable = len(text.rstrip(b"=")) // 4 * 4
    try:
        head = base64.b64decode(text[:52])
    except binascii.Error:
        return None
    if len(head) < 37 or secp256k1.point(head[4:37]) is None:
        return None
    magic = head[:4].decode("ascii")
    try:
        data = base64.b64decode(text)
    except binascii.Error:
        data = base64.b64decode(text[:usable])
        return Blob(magic, False, "")
    body = data[37:-32]
    whole = len(body) >= 16 and len(body) % 16 == 0
    return Blob(magic, whole, "".join(_export(magic, data, body)) if whole else "")


def _export(magic: str, data: bytes, body: bytes) -> Iterator[str]:
    if magic != "BIE1":
        return
    form = 4 if len(body) <= LARGEST_EXPORTED else 5
    yield f"$electrum${form}*{data[4:37].hex()}*"
    yield (body if form == 4 else body[:1_024]).hex()
    yield f"*{data[-32:].hex()}"
