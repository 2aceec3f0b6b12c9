"""Bitcoin Core wallets, opened with a given passphrase."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from forensics.detectors._berkeley import open_btree
from forensics.detectors._sqlite import open_database
from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet._core_records import Contents, MasterKey, Reader, gather
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, aes_cbc
from forensics.errors import FormatError
from forensics.primitives import base58, bech32, secp256k1
from forensics.primitives.hash160 import hash160

_MOST_RECORDS = 500_000
_MOST_ROUNDS = 50_000_000
# kind, version bytes of keys and scripts, of keys, prefix of witness addresses
_COINS = (
    ("address/bitcoin", (b"\x00", b"\x05"), b"\x00", "bc"),
    ("address/litecoin", (b"\x30", b"\x32"), b"\x30", "ltc"),
    ("address/dogecoin", (b"\x1e", b"\x16"), b"\x1e", ""),
    ("address/dash", (b"\x4c", b"\x10"), b"\x4c", ""),
)


def core(data: bytes, secret: bytes) -> Opened:
    """The padding of the master key, then a private key that gives its public key, prove the passphrase."""
    contents, sealed = Contents(), list[tuple[bytes, bytes]]()
    for key, value in _records(data):
        gather(contents, key, value, None, False)
        pair = _sealed(key, value)
        if pair is not None and len(sealed) < MOST_ADDRESSES:
            sealed.append(pair)
    if not contents.master_keys:
        raise FormatError("the wallet holds no encrypted master key")
    master = _master(contents.master_keys, secret)
    opened = Opened("padding of the master key")
    agree = 0
    for public, ciphertext in sealed:
        iv = hashlib.sha256(hashlib.sha256(public).digest()).digest()[:16]
        try:
            private = aes_cbc(master, iv, ciphertext)
        except WrongSecretError:
            continue
        if secp256k1.is_private(private) and secp256k1.public_key(private, short=len(public) == 33) == public:
            agree += 1
    opened.fields["private_keys"] = len(sealed)
    opened.fields["private_keys_that_give_their_public_key"] = agree
    if agree:
        opened.check += f"; {agree} of {len(sealed)} private keys give their public keys"
    opened.secrets.append(("master_key", master.hex()))
    kind, version, hrp = _coin(contents)
    for public, _ in sealed if not contents.descriptors else ():
        opened.addresses.append((kind, base58.encode_check(version + hash160(public))))
        if len(public) == 33 and hrp:
            opened.addresses.append((kind, bech32.encode_witness(hrp, 0, hash160(public))))
    return opened


def _coin(contents: Contents) -> tuple[str, bytes, str]:
    """Kind, version byte and prefix of addresses, by those that are labelled; the file does not name its coin."""
    for name in contents.labels:
        payload = base58.decode_check(name.encode("ascii", "replace"))
        for kind, versions, version, hrp in _COINS:
            if (payload is not None and payload[:1] in versions) or (hrp and name.startswith(hrp + "1")):
                return kind, version, hrp
    return _COINS[0][0], _COINS[0][2], _COINS[0][3]


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    layer = BytesLayer(data)
    if data[:6] == b"SQLite":
        database = open_database(layer, 0)
        table = next((each for each in database.tables() if each.name == "main"), None) if database else None
        for row in database.rows(table.root, _MOST_RECORDS) if database and table else ():
            key, value = row.values[:2] if len(row.values) >= 2 else (None, None)
            if isinstance(key, bytes) and isinstance(value, bytes):
                yield key, value
        return
    tree = open_btree(layer, 0)
    for record in tree.records(_MOST_RECORDS) if tree else ():
        if record.key != b"main":
            yield record.key, record.value


def _sealed(key: bytes, value: bytes) -> tuple[bytes, bytes] | None:
    """Public key and encrypted private key of a record."""
    try:
        reader = Reader(key)
        kind = reader.blob()
        if kind not in (b"ckey", b"walletdescriptorckey"):
            return None
        if kind == b"walletdescriptorckey":
            reader.take(32)
        return reader.blob(), Reader(value).blob()
    except FormatError:
        return None


def _master(keys: list[MasterKey], secret: bytes) -> bytes:
    for each in keys:
        if each.method != 0 or not 0 < each.rounds <= _MOST_ROUNDS:
            continue
        state = hashlib.sha512(secret + each.salt).digest()
        for _ in range(each.rounds - 1):
            state = hashlib.sha512(state).digest()
        try:
            master = aes_cbc(state[:32], state[32:48], each.ciphertext)
        except WrongSecretError:
            continue
        if len(master) == 32:
            return master
    raise WrongSecretError("the padding of the master key does not hold")
