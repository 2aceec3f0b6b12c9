"""The parts of an Armory wallet of version 1: head, root, and the stream of entries behind.

Each key record has 237 octets, and four octets of double SHA-256 behind each of its parts:

| offset | length | content                                                          |
|--------|--------|------------------------------------------------------------------|
| 0      | 20 + 4 | HASH160 of the public key                                        |
| 24     | 4, 8   | version; flags: 1 private key, 2 public key, 4 encrypted         |
| 36     | 32 + 4 | chain code                                                       |
| 72     | 8, 8   | place in the chain (-1 root, -2 imported); depth                 |
| 88     | 16 + 4 | initial value of AES                                             |
| 108    | 32 + 4 | private key                                                      |
| 144    | 65 + 4 | public key                                                       |
| 213    | 8, 8   | first and last time seen in a block; then heights, 4 and 4        |

The chain: the next public key is the last one times (its double SHA-256 xor the chain code).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from forensics.primitives import secp256k1
from forensics.primitives.hash160 import hash160

MAGIC = b"\xbaWALLET\0"
HEAD, BLOCK, KEY = 334, 512, 237
ROOT = HEAD + BLOCK
ENTRIES = ROOT + KEY + 1_024
PRIVATE, PUBLIC, ENCRYPTED = 1, 2, 4
WALLET_ENCRYPTED, WATCHING = 1, 2
IMPORTED = -2
MOST = 20_000
_PARTS = ((0, 20), (36, 32), (88, 16), (108, 32), (144, 65))


def doubled(data: bytes) -> bytes:
    """Double SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


@dataclass(frozen=True, slots=True)
class Key:
    """One record of 237 octets. `broken` counts its parts whose checksum does not hold."""

    at: int
    digest: bytes
    flags: int
    chain: bytes
    place: int
    iv: bytes
    private: bytes
    public: bytes
    seen: tuple[int, int]
    broken: int

    @property
    def sound(self) -> bool:
        """Whether the public key gives the address."""
        return hash160(self.public) == self.digest


@dataclass(slots=True)
class Entries:
    """What stands behind the head: keys, comments of addresses and of payments, deleted entries."""

    keys: list[Key] = field(default_factory=list)
    addresses: list[tuple[bytes, str, int]] = field(default_factory=list)
    payments: list[tuple[bytes, str, int]] = field(default_factory=list)
    deleted: int = 0
    end: int = 0
    whole: bool = True


def key(data: bytes, at: int) -> Key | None:
    """The record at `at`; None where it is cut off or its address is not intact."""
    one = data[at : at + KEY]
    if len(one) < KEY or not _holds(one, 0, 20):
        return None
    place = int.from_bytes(one[72:80], "little", signed=True)
    first, last = struct.unpack_from("<QQ", one, 213)
    return Key(
        at=at,
        digest=one[:20],
        flags=int.from_bytes(one[28:36], "little"),
        chain=one[36:68],
        place=place,
        iv=one[88:104],
        private=one[108:140],
        public=one[144:209],
        seen=(first, last),
        broken=sum(not _holds(one, start, size) for start, size in _PARTS),
    )


def _holds(one: bytes, start: int, size: int) -> bool:
    part, check = one[start : start + size], one[start + size : start + size + 4]
    return doubled(part)[:4] == check or not (any(part) or any(check))


def entries(data: bytes, at: int = ENTRIES) -> Entries:
    """All entries up to the first that is none."""
    found = Entries(end=at)
    while at < len(data) and len(found.keys) + len(found.addresses) + len(found.payments) < MOST:
        kind = data[at]
        if kind == 0:
            one = key(data, at + 21)
            if one is None or one.digest != data[at + 1 : at + 21]:
                found.whole = False
                break
            found.keys.append(one)
            at += 21 + KEY
        elif kind in (1, 2, 4):
            name = {1: 20, 2: 32, 4: 0}[kind]
            start = at + 3 + name
            size = int.from_bytes(data[start - 2 : start], "little")
            if start + size > len(data):
                found.whole = False
                break
            if kind == 4:
                found.deleted += 1
            else:
                text = data[start : start + size].decode("utf-8", "replace")
                told = found.addresses if kind == 1 else found.payments
                told.append((data[at + 1 : at + 1 + name], text, start))
            at = start + size
        else:
            found.whole = False
            break
        found.end = at
    return found


def chained(root: Key, count: int) -> Iterator[bytes]:
    """The HASH160 of the first keys of the chain, made of the root's public key and chain code."""
    public = root.public
    for _ in range(count):
        at = secp256k1.point(public)
        factor = int.from_bytes(doubled(public), "big") ^ int.from_bytes(root.chain, "big")
        after = secp256k1.multiplied(at, factor) if at else None
        if after is None:
            return
        public = secp256k1.uncompressed(after)
        yield hash160(public)
