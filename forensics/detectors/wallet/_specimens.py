"""Known answers of this family; keys and names are invented."""

from __future__ import annotations

import json
import struct
import zlib
from base64 import b64decode, b64encode

from forensics.detectors.base import Specimen

_PUBLIC = b"\x02" + bytes(range(32))
_ADDRESS = b"1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
_CREATED = 1_709_201_472  # 2024-02-29 10:11:12


def _sized(data: bytes) -> bytes:
    return bytes((len(data),)) + data


def _records(encrypted: bool) -> list[tuple[bytes, bytes]]:
    """A wallet of one key, one labelled address and one transaction."""
    master = _sized(bytes(range(48))) + _sized(b"saltsalt") + struct.pack("<II", 0, 25_000) + b"\0"
    coin = struct.pack("<I", 1) + b"\1" + bytes(36) + b"\0" + bytes(4) + b"\1" + bytes(8) + b"\0" + bytes(4)
    notes = b"\1" + _sized(b"comment") + _sized(b"order 12")
    payment = coin + bytes(32) + b"\0" + bytes(4) + b"\0" + notes + b"\0" + struct.pack("<II", 1, _CREATED + 60)
    return [
        (_sized(b"ckey") + _sized(_PUBLIC), _sized(bytes(48)))
        if encrypted
        else (_sized(b"key") + _sized(_PUBLIC), _sized(bytes(214)) + bytes(32)),
        (_sized(b"keymeta") + _sized(_PUBLIC), struct.pack("<iq", 1, _CREATED)),
        *([(_sized(b"mkey") + struct.pack("<I", 1), master)] if encrypted else []),
        (_sized(b"name") + _sized(_ADDRESS), _sized(b"stall")),
        (_sized(b"purpose") + _sized(_ADDRESS), _sized(b"receive")),
        (_sized(b"tx") + bytes(range(32)), payment + b"\1\0"),
        (_sized(b"version"), struct.pack("<I", 140_100)),
    ]


def berkeley(records: list[tuple[bytes, bytes]], order: str = "<") -> bytes:
    """A b-tree file of four pages: two of meta data, the list of sub-databases, and one leaf."""
    size = 2_048

    def page(number: int, kind: int, items: list[bytes]) -> bytes:
        body, offsets, high = bytearray(size), b"", size
        for item in items:
            stored = struct.pack(order + "HB", len(item), 1) + item
            high -= -(-len(stored) // 4) * 4
            body[high : high + len(stored)] = stored
            offsets += struct.pack(order + "H", high)
        head = struct.pack(order + "8sIIIHHBB", bytes(8), number, 0, 0, len(items), high, 1, kind)
        body[: len(head) + len(offsets)] = head + offsets
        return bytes(body)

    def meta(number: int, root: int) -> bytes:
        head = struct.pack(order + "8sIIII", bytes(8), number, 0x053162, 9, size) + b"\0\x09\0\0"
        head += struct.pack(order + "IIIIII", 0, 3, 0, 0, 0, 0x20) + bytes(20)
        return (head.ljust(76, b"\0") + struct.pack(order + "III", 2, 0, 32) + struct.pack(order + "I", root)).ljust(
            size, b"\0"
        )

    leaf = page(3, 5, [each for record in sorted(records) for each in record])
    return meta(0, 1) + page(1, 5, [b"main", struct.pack(">I", 2)]) + meta(2, 3) + leaf


BERKELEY = berkeley(_records(encrypted=True))
PLAIN = berkeley(_records(encrypted=False))
# Written by SQLite 3.40 with pages of 512 octets.
DESCRIPTORS = zlib.decompress(
    b64decode(
        "eNrtVs1T00AU35ekpCDIh2CrFgygfIm06RetXmghoNAWSItSxMGkXUqhTdJmy8fgpdy8eHHGgwfPnjx59uLRg1e9efRP0PFi"
        "0hZ1HGcKzqjjyG/ydl/eZN+8t7/3dhNfjGQJ5tbVYl4inAdRCABNcBxCiDHEgr6BqtkOAYfKp5cv3qGfg0FjKWiBj4gCHYEO"
        "b9AJVoC1dXVB2UYkOYfzUlYxhZoUhVBC4BKhcETgTMvQFt7jwpH5MLcg3oyGxCQ3JyS52HyCiy1FIqPctpQr4eoHh8bhQarB"
        "dr0LUFZJ4129kDO4XZNKRK28r5le13hzpI04rKhGMMDnilqdTvD/gLE0VQrhFYK38BqewiNIwS3gDMO/g1WmfA06d6RcDpM0"
        "1lPFrEbUYsronnore43TjqIZSwNrbWw61dxyurWtveNMZ9dZm/3c+QuO7p6LrI9WoO1H3/X8NjTTDmC3cVHPqorFScvAaqWi"
        "puq4jw+rEolHxBtkLqZkttLLAlZlcdwv+zwRIUG0vQTdRNvBsp6TMrp1lF4FRpHyR1lHNdM9jUzeSNs8mAdpESiyWy8/pqVy"
        "BjxA8Bz2YRI9MdS/g1YL7eg83LOpfgqVBxhGPGg6QhLw/WVUF/ALwQGbUvN5rBCrWkzjIse7K27uL7/HgPw0LTuOQTBbxCmc"
        "3cY8Ra/aj8quRSdGES4A01Pu+Eqyq97OcL19/ZcuDwwODY9cGb065rTqUo6YYib1TDIGk38a7SPoRg+N6U+i3UrbHdVCZ2q/"
        "FuVm1mhm5Tc1s+u4EZbvNTDKgXzs/n+8o21tDN3xeL1uPujBzoB3w+kyn7u7Wkn2+/noXnQnVBDl1DRZzsR9enI2FC4UZoLJ"
        "SH7Su8iLaUkLZuJCIFYgO3vyzAZeSLozK+6gEJ/eLMyqkyVeLGmbOJAkMwUdr0+5/b5ENDNe0pemptOa/zYvzERTmAScLufI"
        "cL+rhgmjXFGF7yo+GMoXm3cElA=="
    )
)
_BY_HAND = "records and file made by hand after Bitcoin Core's sources"
BITCOIN_CORE = (
    Specimen("Berkeley DB, encrypted", BERKELEY, ("none stored",), _BY_HAND),
    Specimen("Berkeley DB, big-endian, plain", berkeley(_records(encrypted=False), ">"), ("none stored",), _BY_HAND),
    Specimen("SQLite, descriptors", DESCRIPTORS, ("none stored",), "records made by hand, file by SQLite 3.40"),
    Specimen("last page cut off", BERKELEY[:-40], ("none stored",), _BY_HAND + ", cut by hand"),
    Specimen("two of four pages", BERKELEY[:4096], None, _BY_HAND + ", cut by hand"),
    Specimen(
        "another program's b-tree",
        berkeley([(b"Name", b"bash"), (b"Version", b"5.2")]),
        None,
        "file made by hand",
    ),
    Specimen(
        "leaf with another number",
        BERKELEY.replace(b"\x03\0\0\0\0\0\0\0\0\0\0\0\x0e", b"\x09\0\0\0\0\0\0\0\0\0\0\0\x0e"),
        None,
        _BY_HAND + ", changed by hand",
    ),
    Specimen("head of a database, nothing behind it", DESCRIPTORS[:100], None, "cut by hand"),
)


# Electrum. The public key is that of BIP-32's first test vector, the old one the generator of the curve.
_XPUB = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)
_MPK = (
    "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)
_TXID = "aa" * 32


def electrum(keystore: dict[str, object], encrypted: bool) -> bytes:
    """A wallet as Electrum 4 writes it, cut down to what is read."""
    return json.dumps(
        {
            "addr_history": {"1BoatSLRHtKNngkdXEeobR76b53LETtpyT": [[_TXID, 500_000]]},
            "addresses": {"change": [], "receiving": ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT"]},
            "contacts": {"1BitcoinEaterAddressDontSendf59kuE": ["address", "eater"]},
            "db_metadata": {"creation_timestamp": _CREATED, "first_electrum_version_used": "4.5.2"},
            "keystore": keystore,
            "labels": {_TXID: "order 12", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT": "stall"},
            "seed_version": 52,
            "transactions": {_TXID: "0200"},
            "use_encryption": encrypted,
            "verified_tx3": {_TXID: [500_000, _CREATED + 600, 3, "bb" * 32]},
            "wallet_type": "standard",
        },
        indent=4,
        sort_keys=True,
    ).encode()


_WORDS = "wild father tree among universe such mobile favorite target dynamic credit identify"
ELECTRUM_PLAIN = electrum({"type": "bip32", "derivation": "m/0'", "seed": _WORDS, "xprv": None, "xpub": _XPUB}, False)
ELECTRUM_LOCKED = electrum(
    {
        "type": "bip32",
        "seed": b64encode(bytes(range(96))).decode(),
        "xprv": b64encode(bytes(range(128))).decode(),
        "xpub": _XPUB,
    },
    True,
)
ELECTRUM_PATCHED = ELECTRUM_PLAIN + (
    b',\n{"op": "remove", "path": "/labels/' + _TXID.encode() + b'"}'
    b',\n{"op": "add", "path": "/contacts/1CounterpartyXXXXXXXXXXXXXXXUWLpVr", "value": ["address", "cp"]}\n'
)
ELECTRUM_OLD = repr(
    {
        "seed_version": 4,
        "master_public_key": _MPK,
        "use_encryption": True,
        "seed": b64encode(bytes(range(64))).decode(),
        "accounts": {0: {0: ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT"], 1: []}},
        "contacts": ["1BitcoinEaterAddressDontSendf59kuE"],
        "labels": {},
    }
).encode()
ELECTRUM_WHOLE = b64encode(b"BIE1\x02" + bytes.fromhex(_MPK[:64]) + bytes(range(160)) + bytes(32))
_ELECTRUM_HAND = "by hand, in the form of Electrum 4.5; seed from Electrum's own published tests"
ELECTRUM = (
    Specimen("JSON, plain", ELECTRUM_PLAIN, (_XPUB,), _ELECTRUM_HAND),
    Specimen("JSON, keystore encrypted", ELECTRUM_LOCKED, (_XPUB,), "by hand, in the form of Electrum 4.5"),
    Specimen("JSON with patches", ELECTRUM_PATCHED, (_XPUB,), _ELECTRUM_HAND),
    Specimen("dictionary of 1.9", ELECTRUM_OLD, (_MPK,), "by hand, in the form of Electrum 1.9"),
    Specimen("encrypted whole", ELECTRUM_WHOLE, ("encrypted",), "by hand, a point and counted octets"),
    Specimen("cut off in the middle of its last values", ELECTRUM_PLAIN[:-120], (_XPUB,), _ELECTRUM_HAND + ", cut"),
    Specimen(
        "checksum of the public key wrong",
        ELECTRUM_PLAIN.replace(b"EGMcet8", b"EGMcet9"),
        (_XPUB[:-1] + "9",),
        _ELECTRUM_HAND + ", changed",
    ),
    Specimen("not on the curve", b64encode(b"BIE1\x02" + bytes(31) + b"\x05" + bytes(192)), None, "by hand"),
    Specimen("another program's settings", b'{"seed_version": 3, "type": "maze", "size": 40}', None, "by hand"),
)

# Ethereum. The two vectors of the Web3 Secret Storage Definition; the address is that of their key.
WEB3_SCRYPT = b"""{
 "crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
  "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c", "kdf": "scrypt",
  "kdfparams": {"dklen": 32, "n": 262144, "r": 1, "p": 8,
   "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
  "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},
 "address": "008aeeda4d805471df9b2a5b0f38a0c3bcba786b",
 "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3}
"""
WEB3_PBKDF2 = b"""{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},\
"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",\
"kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",\
"salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},\
"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},\
"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"""
PRESALE = (
    b'{"encseed": "' + bytes(range(96)).hex().encode() + b'", "ethaddr": "'
    b'008aeeda4d805471df9b2a5b0f38a0c3bcba786b", "email": "wick@example.invalid", "bkp": "'
    + bytes(16).hex().encode()
    + b'"}'
)
_WEB3_ADDRESS = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"
_WEB3 = "Web3 Secret Storage Definition"
KEYSTORE = (
    Specimen("scrypt, with address", WEB3_SCRYPT, (_WEB3_ADDRESS,), _WEB3),
    Specimen("PBKDF2, without address", WEB3_PBKDF2, ("none stored",), _WEB3),
    Specimen("presale", PRESALE, (_WEB3_ADDRESS,), "by hand, in the form of pyethsaletool"),
    Specimen("MAC too short", WEB3_SCRYPT.replace(b"6e3097", b"6e30"), (_WEB3_ADDRESS,), _WEB3 + ", changed"),
    Specimen("cut off", WEB3_SCRYPT[:-200], None, _WEB3 + ", cut"),
    Specimen(
        "other JSON with a ciphertext", b'{"ciphertext": "' + b"ab" * 40 + b'", "alg": "A256GCM"}', None, "by hand"
    ),
)
