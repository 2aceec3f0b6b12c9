"""Keys and addresses from a seed: BIP-39, BIP-32, Bitcoin, Ethereum, Monero.

Every key comes from a published seed number, so that every key is worthless.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from forensics.scenarios.content import curves
from forensics.scenarios.content.codes import (
    base58check,
    cryptonote,
    eip55,
    hash160,
    keccak256,
    segwit,
)

HARDENED = 0x80000000
_VERSIONS = {"xprv": 0x0488ADE4, "xpub": 0x0488B21E, "zprv": 0x04B2430C, "zpub": 0x04B24746}


@cache
def words() -> tuple[str, ...]:
    """The English list of BIP-39."""
    text = files("resources").joinpath("words/bip39/english.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def phrase(entropy: bytes) -> str:
    """The BIP-39 phrase of 16 to 32 bytes of entropy."""
    bits = len(entropy) * 8
    check = bits // 32
    number = int.from_bytes(entropy, "big") << check | hashlib.sha256(entropy).digest()[0] >> (8 - check)
    count = (bits + check) // 11
    return " ".join(words()[number >> 11 * (count - 1 - place) & 2047] for place in range(count))


def phrase_holds(text: str) -> bool:
    """Whether a phrase of list words has the right checksum."""
    numbers = [words().index(word) for word in text.split()]
    number = 0
    for value in numbers:
        number = number << 11 | value
    bits = len(numbers) * 11
    check = bits // 33
    entropy = (number >> check).to_bytes((bits - check) // 8, "big")
    return phrase(entropy) == text


def phrase_seed(text: str, passphrase: str = "") -> bytes:
    """The 64-byte seed of a BIP-39 phrase."""
    salt = "mnemonic" + unicodedata.normalize("NFKD", passphrase)
    return hashlib.pbkdf2_hmac("sha512", text.encode(), salt.encode(), 2048)


@dataclass(frozen=True, slots=True)
class Node:
    """A private node of a BIP-32 tree."""

    key: int
    chain: bytes
    depth: int = 0
    parent: bytes = bytes(4)
    number: int = 0

    @classmethod
    def master(cls, seed: bytes) -> Node:
        """The root of the tree."""
        digest = hmac.new(b"Bitcoin seed", seed, hashlib.sha512).digest()
        return cls(int.from_bytes(digest[:32], "big") % curves.ORDER, digest[32:])

    @property
    def point(self) -> curves.Pair:
        """The public key as a point."""
        return curves.times_generator(self.key)

    @property
    def public(self) -> bytes:
        """The public key, compressed."""
        return curves.compressed(self.point)

    @property
    def fingerprint(self) -> bytes:
        """The first four bytes of the public key's hash."""
        return hash160(self.public)[:4]

    def child(self, number: int) -> Node:
        """The child of that number; 2^31 and above are hardened."""
        start = b"\0" + self.key.to_bytes(32, "big") if number >= HARDENED else self.public
        digest = hmac.new(self.chain, start + number.to_bytes(4, "big"), hashlib.sha512).digest()
        key = (int.from_bytes(digest[:32], "big") + self.key) % curves.ORDER
        return Node(key, digest[32:], self.depth + 1, self.fingerprint, number)

    def at(self, path: str) -> Node:
        """The node at a path such as `84'/0'/0'/0/5`."""
        node = self
        for step in path.split("/"):
            node = node.child(int(step.rstrip("'h")) + (HARDENED if step[-1] in "'h" else 0))
        return node

    def extended(self, form: str) -> str:
        """The node as `xprv…`, `xpub…`, `zprv…` or `zpub…`."""
        key = b"\0" + self.key.to_bytes(32, "big") if form.endswith("prv") else self.public
        head = _VERSIONS[form].to_bytes(4, "big") + bytes((self.depth,)) + self.parent
        return base58check(head + self.number.to_bytes(4, "big") + self.chain + key)

    def wif(self, *, short: bool = True) -> str:
        """The private key in wallet import format, for a compressed public key or not."""
        return base58check(b"\x80" + self.key.to_bytes(32, "big") + (b"\x01" if short else b""))


def p2pkh(node: Node) -> str:
    """A pay-to-public-key-hash address."""
    return base58check(b"\0" + hash160(node.public))


def p2sh_p2wpkh(node: Node) -> str:
    """A nested segregated-witness address."""
    return base58check(b"\x05" + hash160(b"\0\x14" + hash160(node.public)))


def p2wpkh(node: Node) -> str:
    """A version-0 address of a key hash."""
    return segwit(hash160(node.public), 0)


def p2wsh(node: Node) -> str:
    """A version-0 address of a script: the node's key and OP_CHECKSIG."""
    return segwit(hashlib.sha256(b"\x21" + node.public + b"\xac").digest(), 0)


def p2tr(node: Node) -> str:
    """A taproot address spendable by key alone."""
    x, y = node.point
    tag = hashlib.sha256(b"TapTweak").digest()
    tweak = hashlib.sha256(tag + tag + x.to_bytes(32, "big")).digest()
    even = (x, y if y % 2 == 0 else curves.FIELD - y)
    point = curves.add(even, curves.times_generator(int.from_bytes(tweak, "big")))
    if point is None:
        raise ValueError("no such address")
    return segwit(point[0].to_bytes(32, "big"), 1)


def ethereum(node: Node) -> str:
    """An Ethereum address with its checksum."""
    return eip55(keccak256(curves.uncompressed(node.point)[1:])[12:])


@dataclass(frozen=True, slots=True)
class Monero:
    """A Monero account: the private spend key, from which the view key follows."""

    spend: int

    @classmethod
    def drawn(cls, octets: bytes) -> Monero:
        """An account from 32 bytes."""
        return cls(int.from_bytes(octets, "little") % curves.ED_ORDER)

    @property
    def view(self) -> int:
        """The private view key."""
        digest = keccak256(self.spend.to_bytes(32, "little"))
        return int.from_bytes(digest, "little") % curves.ED_ORDER

    def address(self) -> str:
        """The standard address."""
        spend = curves.ed_packed(curves.ed_multiply(self.spend))
        return cryptonote(18, spend + curves.ed_packed(curves.ed_multiply(self.view)))

    def subaddress(self, major: int, minor: int) -> str:
        """The sub-address of an account and number."""
        data = b"SubAddr\0" + self.view.to_bytes(32, "little")
        data += major.to_bytes(4, "little") + minor.to_bytes(4, "little")
        step = int.from_bytes(keccak256(data), "little") % curves.ED_ORDER
        point = curves.ed_multiply((self.spend + step) % curves.ED_ORDER)
        view = curves.ed_multiply(self.view, point)
        return cryptonote(42, curves.ed_packed(point) + curves.ed_packed(view))
