"""Extended keys: reading them, and deriving their children.

Facts: BIP-32 (layout, derivation, test vectors 1 to 5), SLIP-132 (version bytes of other scripts and
coins). 78 bytes: version 4, depth 1, parent fingerprint 4, child number 4 (big-endian), chain code 32,
key 33; a private key starts with a zero byte.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from dataclasses import dataclass, replace

from forensics.primitives import base58, secp256k1
from forensics.primitives.hash160 import hash160

LENGTH = 78
HARDENED = 1 << 31


@dataclass(frozen=True, slots=True)
class Version:
    """What four version bytes stand for."""

    prefix: str
    private: bool
    coin: str
    network: str
    script: str


def _pair(names: str, public: int, private: int, coin: str, network: str, script: str) -> dict[int, Version]:
    first, second = names.split("/")
    return {
        public: Version(first, False, coin, network, script),
        private: Version(second, True, coin, network, script),
    }


VERSIONS: dict[int, Version] = (
    _pair("xpub/xprv", 0x0488B21E, 0x0488ADE4, "BTC", "mainnet", "p2pkh or any")
    | _pair("ypub/yprv", 0x049D7CB2, 0x049D7878, "BTC", "mainnet", "p2wpkh in p2sh")
    | _pair("zpub/zprv", 0x04B24746, 0x04B2430C, "BTC", "mainnet", "p2wpkh")
    | _pair("Ypub/Yprv", 0x0295B43F, 0x0295B005, "BTC", "mainnet", "multisig p2wsh in p2sh")
    | _pair("Zpub/Zprv", 0x02AA7ED3, 0x02AA7A99, "BTC", "mainnet", "multisig p2wsh")
    | _pair("tpub/tprv", 0x043587CF, 0x04358394, "BTC", "testnet", "p2pkh or any")
    | _pair("upub/uprv", 0x044A5262, 0x044A4E28, "BTC", "testnet", "p2wpkh in p2sh")
    | _pair("vpub/vprv", 0x045F1CF6, 0x045F18BC, "BTC", "testnet", "p2wpkh")
    | _pair("Upub/Uprv", 0x024289EF, 0x024285B5, "BTC", "testnet", "multisig p2wsh in p2sh")
    | _pair("Vpub/Vprv", 0x02575483, 0x02575048, "BTC", "testnet", "multisig p2wsh")
    | _pair("Ltub/Ltpv", 0x019DA462, 0x019D9CFE, "LTC", "mainnet", "p2pkh or any")
    | _pair("Mtub/Mtpv", 0x01B26EF6, 0x01B26792, "LTC", "mainnet", "p2wpkh in p2sh")
    | _pair("dgub/dgpv", 0x02FACAFD, 0x02FAC398, "DOGE", "mainnet", "p2pkh or any")
)


@dataclass(frozen=True, slots=True)
class ExtendedKey:
    """The parts of an extended key. `key` is 33 bytes: a compressed point, or zero and a private key."""

    version: int
    depth: int
    parent: bytes
    child: int
    chain: bytes
    key: bytes

    @property
    def meaning(self) -> Version:
        """Coin, network and script that the version stands for."""
        return VERSIONS[self.version]

    @property
    def public(self) -> bytes:
        """The compressed public key."""
        return secp256k1.public_key(self.key[1:]) if self.meaning.private else self.key

    @property
    def fingerprint(self) -> bytes:
        """The first four bytes of the HASH160 of the public key."""
        return hash160(self.public)[:4]

    def __str__(self) -> str:
        payload = b"".join(
            (
                self.version.to_bytes(4, "big"),
                bytes((self.depth,)),
                self.parent,
                self.child.to_bytes(4, "big"),
                self.chain,
                self.key,
            )
        )
        return base58.encode_check(payload)


def parse(payload: bytes) -> ExtendedKey | None:
    """Read 78 bytes; None where a rule of BIP-32 is broken or the version is unknown."""
    if len(payload) != LENGTH:
        return None
    version = int.from_bytes(payload[:4], "big")
    meaning = VERSIONS.get(version)
    if meaning is None:
        return None
    read = ExtendedKey(
        version,
        payload[4],
        payload[5:9],
        int.from_bytes(payload[9:13], "big"),
        payload[13:45],
        payload[45:],
    )
    if read.depth == 0 and (read.child or read.parent != bytes(4)):
        return None
    if meaning.private:
        return read if read.key[0] == 0 and secp256k1.is_private(read.key[1:]) else None
    return read if secp256k1.point(read.key) else None


def decode(text: bytes) -> ExtendedKey | None:
    """Read the text form."""
    payload = base58.decode_check(text) if len(text) == 111 else None
    return None if payload is None else parse(payload)


def master(seed: bytes, version: int = 0x0488ADE4) -> ExtendedKey | None:
    """The master key of a seed; None for the rare seeds that give none."""
    digest = hmac.digest(b"Bitcoin seed", seed, hashlib.sha512)
    if not secp256k1.is_private(digest[:32]):
        return None
    return ExtendedKey(version, 0, bytes(4), 0, digest[32:], b"\0" + digest[:32])


def neutered(key: ExtendedKey) -> ExtendedKey:
    """The public half of a private extended key; a public one unchanged."""
    meaning = key.meaning
    if not meaning.private:
        return key
    return replace(key, version=_public_version(key.version), key=key.public)


@functools.cache
def _public_version(private: int) -> int:
    wanted = replace(VERSIONS[private], private=False, prefix="")
    return next(number for number, each in VERSIONS.items() if replace(each, prefix="") == wanted)


def child(key: ExtendedKey, number: int, *, named: bool = True, public: bytes = b"") -> ExtendedKey | None:
    """Child `number` of a key (add `HARDENED` for a hardened one); None where it does not exist.

    Without `named` the parent's fingerprint is left out: it costs more than the rest. `public` is the key's
    public key, where it is at hand.

    Raises:
        ValueError: a hardened child of a public key, or a depth above 255.
    """
    private = key.meaning.private
    if number >= HARDENED and not private:
        raise ValueError("a public key has no hardened children")
    if key.depth == 255:
        raise ValueError("the depth of an extended key is one byte")
    if not public and (named or number < HARDENED):
        public = key.public
    own = key.key if number >= HARDENED else public
    digest = hmac.digest(key.chain, own + number.to_bytes(4, "big"), hashlib.sha512)
    left, chain = digest[:32], digest[32:]
    if private:
        total = int.from_bytes(left, "big") + int.from_bytes(key.key, "big")
        if int.from_bytes(left, "big") >= secp256k1.ORDER or total % secp256k1.ORDER == 0:
            return None
        derived = b"\0" + (total % secp256k1.ORDER).to_bytes(32, "big")
    else:
        parent = secp256k1.point(key.key)
        step = secp256k1.public_point(left) if secp256k1.is_private(left) else None
        together = secp256k1.added(parent, step) if parent and step else None
        if together is None:
            return None
        derived = secp256k1.compressed(together)
    parent_name = hash160(public)[:4] if named else bytes(4)
    return ExtendedKey(key.version, key.depth + 1, parent_name, number, chain, derived)


def derive(key: ExtendedKey, path: str) -> ExtendedKey | None:
    """Follow a path such as `m/84'/0'/0'/0/0`; None where a step does not exist.

    Raises:
        ValueError: the path is not one, or asks a public key for a hardened child.
    """
    at: ExtendedKey | None = key
    steps = [step for step in path.split("/") if step not in ("m", "M", "")]
    for place, step in enumerate(steps, 1):
        if at is None:
            break
        hardened = step[-1:] in ("'", "h", "H")
        number = int(step[:-1] if hardened else step) + (HARDENED if hardened else 0)
        at = child(at, number, named=place == len(steps))
    return at
