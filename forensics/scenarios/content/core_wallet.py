"""Bitcoin Core wallets: the SQLite descriptor form and the older Berkeley DB form."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from Crypto.Cipher import AES

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import coins, curves
from forensics.scenarios.content.berkeley import Pair, btree
from forensics.scenarios.content.codes import descriptor_checksum, hash160, sha256d

MAINNET = 0xF9BEB4D9
_DESCRIPTORS, _PLAIN_VERSION = 1 << 34, 169900
_ROUNDS = 25000


@dataclass(frozen=True, slots=True)
class Label:
    """An address with its label and purpose."""

    address: str
    label: str
    purpose: str = "receive"


def sized(data: bytes) -> bytes:
    """Bytes behind their compact size."""
    if len(data) < 253:
        return bytes((len(data),)) + data
    return b"\xfd" + struct.pack("<H", len(data)) + data


def record_key(name: str, rest: bytes = b"") -> bytes:
    """The key of a wallet record."""
    return sized(name.encode()) + rest


def private_der(key: int, point: curves.Pair) -> bytes:
    """A private key as Core stores it unencrypted: DER with the parameters of the curve."""
    base = curves.compressed(curves.GENERATOR)
    parameters = bytes.fromhex("020101302c06072a8648ce3d0101022100") + curves.FIELD.to_bytes(32, "big")
    parameters += bytes.fromhex("3006040100040107") + b"\x04\x21" + base
    parameters += b"\x02\x21\x00" + curves.ORDER.to_bytes(32, "big") + b"\x02\x01\x01"
    out = bytes.fromhex("3081d30201010420") + key.to_bytes(32, "big") + b"\xa0\x81\x85\x30\x81\x82"
    return out + parameters + b"\xa1\x24\x03\x22\x00" + curves.compressed(point)


def descriptor_wallet(master: coins.Node, labels: Sequence[Label], made: int) -> bytes:
    """An unencrypted descriptor wallet with a receiving and a change branch."""
    records: dict[bytes, bytes] = {
        record_key("flags"): struct.pack("<Q", _DESCRIPTORS | 4),
        record_key("minversion"): struct.pack("<i", _PLAIN_VERSION),
        record_key("version"): struct.pack("<i", 279900),
        record_key("orderposnext"): struct.pack("<q", 0),
    }
    for branch, active in ((0, "activeexternalspk"), (1, "activeinternalspk")):
        text = f"wpkh({master.extended('xpub')}/84h/0h/0h/{branch}/*)"
        text += "#" + descriptor_checksum(text)
        identity = hashlib.sha256(text.encode()).digest()
        value = sized(text.encode()) + struct.pack("<Qiii", made, 12, 0, 1012)
        records[record_key("walletdescriptor", identity)] = value
        der = private_der(master.key, master.point)
        key = record_key("walletdescriptorkey", identity + sized(master.public))
        records[key] = sized(der) + sha256d(master.public + der)
        records[record_key(active, b"\x02")] = identity
    for label in labels:
        where = sized(label.address.encode())
        records[record_key("name", where)] = sized(label.label.encode())
        records[record_key("purpose", where)] = sized(label.purpose.encode())
    return key_value_database(records, MAINNET)


def key_value_database(records: dict[bytes, bytes], application: int) -> bytes:
    """A SQLite file with Core's one table; what depends on the library's version is fixed."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA auto_vacuum = 0")
        signed = application - (1 << 32) if application >> 31 else application
        connection.execute(f"PRAGMA application_id = {signed}")
        connection.execute("CREATE TABLE main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)")
        connection.executemany("INSERT INTO main VALUES(?, ?)", records.items())
        connection.commit()
        data = bytearray(connection.serialize())
    finally:
        connection.close()
    struct.pack_into(">I", data, 24, 1)
    struct.pack_into(">II", data, 92, 1, 3040001)
    return bytes(data)


def legacy_wallet(
    chance: Chance, master: coins.Node, labels: Sequence[Label], gone: Sequence[Label], made: int, passphrase: str
) -> bytes:
    """An encrypted Berkeley DB wallet: keys and labels, one payment, and labels that were deleted."""
    pairs = [
        Pair(record_key("version"), struct.pack("<i", 169900)),
        Pair(record_key("minversion"), struct.pack("<i", 169900)),
        Pair(record_key("orderposnext"), struct.pack("<q", 1)),
        Pair(record_key("bestblock_nomerkle"), struct.pack("<i", 169900) + b"\x01" + chance.octets("block", 32)),
    ]
    secret = chance.octets("master key", 32)
    salt = chance.octets("salt", 8)
    digest = hashlib.sha512(passphrase.encode() + salt).digest()
    for _ in range(_ROUNDS - 1):
        digest = hashlib.sha512(digest).digest()
    wrapped = AES.new(digest[:32], AES.MODE_CBC, digest[32:48]).encrypt(secret + b"\x10" * 16)
    value = sized(wrapped) + sized(salt) + struct.pack("<II", 0, _ROUNDS) + sized(b"")
    pairs.append(Pair(record_key("mkey", struct.pack("<I", 1)), value))
    for number in range(6):
        node = master.at(f"0'/0'/{number}'")
        public = sized(node.public)
        iv = sha256d(node.public)[:16]
        cipher = AES.new(secret, AES.MODE_CBC, iv).encrypt(node.key.to_bytes(32, "big") + b"\x10" * 16)
        pairs.append(Pair(record_key("ckey", public), sized(cipher) + sha256d(cipher)))
        path = f"m/0'/0'/{number}'".encode()
        meta = struct.pack("<iq", 10, made + 60 * number) + sized(path) + hash160(master.public)
        pairs.append(Pair(record_key("keymeta", public), meta))
    chain = struct.pack("<iI", 2, 6) + hash160(master.public) + struct.pack("<I", 0)
    pairs.append(Pair(record_key("hdchain"), chain))
    pairs.append(_payment(chance, hash160(master.at("0'/0'/0'").public), made + 86400))
    for label in [*labels, *gone]:
        where = sized(label.address.encode())
        deleted = label in gone
        pairs.append(Pair(record_key("name", where), sized(label.label.encode()), deleted))
        pairs.append(Pair(record_key("purpose", where), sized(label.purpose.encode()), deleted))
    return btree(pairs, "main", chance.octets("file", 20))


def _payment(chance: Chance, program: bytes, when: int) -> Pair:
    """A received transaction with the times that a wallet adds."""
    raw = struct.pack("<i", 2) + b"\x01" + chance.octets("previous", 32) + struct.pack("<I", 1) + b"\0"
    raw += b"\xfd\xff\xff\xff\x01" + struct.pack("<q", 1_250_000) + b"\x16\0\x14" + program + bytes(4)
    extra = {"fromaccount": "", "n": "0", "timesmart": str(when)}
    value = raw + chance.octets("in block", 32) + b"\0" + struct.pack("<i", 3) + b"\0"
    value += bytes((len(extra),)) + b"".join(sized(k.encode()) + sized(v.encode()) for k, v in extra.items())
    value += b"\0" + struct.pack("<IIBB", 1, when, 0, 0)
    return Pair(record_key("tx", sha256d(raw)), value)
