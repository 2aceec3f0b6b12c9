"""Key packets and transferable keys: fingerprints, user ids, self-signatures (RFC 9580 §5.5, §10.1).

Key versions 2 to 4 (RFC 1991, 4880), 5 (LibrePGP) and 6 (RFC 9580). Only the public part is read; of the
secret part no more than how it is protected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from forensics.detectors.openpgp import _packets as p
from forensics.detectors.openpgp._packets import Packet
from forensics.detectors.openpgp._signatures import Signature, read_signature
from forensics.errors import FormatError

RSA = frozenset({1, 2, 3})
ALGORITHMS = {
    1: "RSA", 2: "RSA (encrypt only)", 3: "RSA (sign only)", 8: "Kyber", 16: "Elgamal", 17: "DSA",
    18: "ECDH", 19: "ECDSA", 20: "Elgamal (sign and encrypt)", 22: "EdDSA", 25: "X25519", 26: "X448",
    27: "Ed25519", 28: "Ed448", 30: "ML-DSA-65+Ed25519", 31: "ML-DSA-87+Ed448", 35: "ML-KEM-768+X25519",
    36: "ML-KEM-1024+X448", 99: "SM2",
}  # fmt: skip
_NUMBERS = {1: 2, 2: 2, 3: 2, 16: 3, 17: 4, 20: 3}  # public multiprecision integers
_RAW = {25: 32, 26: 56, 27: 32, 28: 57}  # RFC 9580 §5.5.5.7-10: octets of a bare public key
_RAW_BITS = {25: 256, 26: 448, 27: 256, 28: 456}
CURVES = {
    "2a8648ce3d030107": ("NIST P-256", 256),
    "2b81040022": ("NIST P-384", 384),
    "2b81040023": ("NIST P-521", 521),
    "2b8104000a": ("secp256k1", 256),
    "2b2403030208010107": ("brainpoolP256r1", 256),
    "2b240303020801010b": ("brainpoolP384r1", 384),
    "2b240303020801010d": ("brainpoolP512r1", 512),
    "2b06010401da470f01": ("Ed25519", 256),
    "2b6570": ("Ed25519", 256),
    "2b060104019755010501": ("Curve25519", 256),
    "2b656e": ("Curve25519", 256),
    "2b656f": ("X448", 448),
    "2b6571": ("Ed448", 456),
    "2a811ccf5501822d": ("SM2", 256),
}
MOST_NUMBER_BITS = 16_384
MOST_USER_IDS = 500
MOST_SUBKEYS = 500
MOST_SIGNATURES = 20_000
LONGEST_USER_ID = 2_048


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, or the public part of a secret one. `created` in seconds since 1970.

    `numbers` are its integers in stored order, `curve_id` the object identifier in hexadecimal, `point`
    the stored point. `strict` says that every stated size agreed with its content.
    """

    version: int
    created: int
    algorithm: int
    bits: int
    fingerprint: str
    key_id: str
    public: bytes
    numbers: tuple[int, ...]
    curve_id: str
    point: bytes
    strict: bool
    protection: str
    valid_days: int = 0

    @property
    def algorithm_name(self) -> str:
        """Its algorithm in words."""
        return ALGORITHMS.get(self.algorithm, f"algorithm {self.algorithm}")

    @property
    def curve(self) -> str:
        """The curve in words, empty where there is none."""
        return CURVES.get(self.curve_id, (self.curve_id, 0))[0]


@dataclass(slots=True)
class Certificate:
    """A transferable key: the primary and all that follows it up to the next."""

    primary: Key
    secret: bool
    user_ids: list[bytes] = field(default_factory=list)
    photos: int = 0
    subkeys: list[Key] = field(default_factory=list)
    broken_subkeys: int = 0
    signatures: list[tuple[Signature, int]] = field(default_factory=list)  # -1 key, n user id, -2 other
    trust: list[bytes] = field(default_factory=list)
    packets: int = 0
    end: int = 0
    complete: bool = True


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.strict = True

    def take(self, length: int) -> bytes:
        piece = self.data[self.at : self.at + length]
        if len(piece) < length:
            raise FormatError("key packet cut off")
        self.at += length
        return piece

    def number(self) -> bytes:
        bits = int.from_bytes(self.take(2), "big")
        if bits > MOST_NUMBER_BITS:
            raise FormatError("number too large")
        octets = self.take((bits + 7) // 8)
        if int.from_bytes(octets, "big").bit_length() != bits:
            self.strict = False
        return octets


def read_key(body: bytes, secret: bool) -> Key:
    """The key in the body of a key packet (tags 5, 6, 7, 14).

    Raises:
        FormatError: not a key, or cut off before its public part ends.
    """
    reader = _Reader(body)
    version = reader.take(1)[0]
    if version not in (2, 3, 4, 5, 6):
        raise FormatError("unknown version of a key")
    created = int.from_bytes(reader.take(4), "big")
    valid_days = int.from_bytes(reader.take(2), "big") if version < 4 else 0
    algorithm = reader.take(1)[0]
    if version < 4 and algorithm not in RSA:
        raise FormatError("old key that is not RSA")
    size = int.from_bytes(reader.take(4), "big") if version > 4 else None
    material = reader.at
    numbers, curve_id, point, bits = _material(reader, algorithm, size, secret)
    if size is not None and reader.at - material != size:
        raise FormatError("key material of another size than stated")
    public = body[: reader.at]
    if not secret and reader.at != len(body):
        if algorithm not in ALGORITHMS:
            public = body
        else:
            raise FormatError("octets behind a public key")
    fingerprint, key_id = _fingerprint(version, public, numbers)
    return Key(
        version, created, algorithm, bits, fingerprint, key_id, public,
        tuple(int.from_bytes(each, "big") for each in numbers), curve_id, point, reader.strict,
        _protection(body[reader.at :], version) if secret else "", valid_days,
    )  # fmt: skip


def _material(reader: _Reader, algorithm: int, size: int | None, secret: bool) -> tuple[list[bytes], str, bytes, int]:
    if algorithm in _NUMBERS:
        numbers = [reader.number() for _ in range(_NUMBERS[algorithm])]
        return numbers, "", b"", int.from_bytes(numbers[0], "big").bit_length()
    if algorithm in (18, 19, 22, 99):
        length = reader.take(1)[0]
        if length in (0, 255):
            raise FormatError("no curve")
        curve_id = reader.take(length).hex()
        point = reader.number()
        if algorithm == 18:
            reader.take(reader.take(1)[0])
        return [], curve_id, point, CURVES.get(curve_id, ("", 0))[1]
    if algorithm in _RAW:
        return [], "", reader.take(_RAW[algorithm]), _RAW_BITS[algorithm]
    if size is not None:
        reader.take(size)
    elif secret:
        raise FormatError("secret key of an unknown algorithm")
    else:
        reader.at = len(reader.data)
    return [], "", b"", 0


def _fingerprint(version: int, public: bytes, numbers: list[bytes]) -> tuple[str, str]:
    """Fingerprint and key id, each version by its own rule."""
    if version < 4:
        digest = hashlib.md5(numbers[0] + numbers[1], usedforsecurity=False).hexdigest()
        return digest, numbers[0][-8:].hex().rjust(16, "0")
    framed = frame(version, public)
    if version == 4:
        digest = hashlib.sha1(framed, usedforsecurity=False).hexdigest()
        return digest, digest[-16:]
    digest = hashlib.sha256(framed).hexdigest()
    return digest, digest[:16]


def frame(version: int, public: bytes) -> bytes:
    """The octets of a key as they are hashed."""
    if version <= 4:
        return b"\x99" + (len(public) & 0xFFFF).to_bytes(2, "big") + public
    return (b"\x9a" if version == 5 else b"\x9b") + len(public).to_bytes(4, "big") + public


def _protection(rest: bytes, version: int) -> str:
    """How the secret part is protected: plain, encrypted, on a card, absent or unknown."""
    if not rest:
        return "unknown"
    usage = rest[0]
    if usage == 0:
        return "plain"
    if usage < 253:
        return "encrypted"
    at = 1 + (version >= 5) + 1 + (usage == 253) + (version == 6)  # counts and identifiers before the S2K
    stub = rest[at : at + 6]
    if stub[:1] == b"\x65" and stub[2:5] == b"GNU":
        return {1: "absent", 2: "on a card"}.get(stub[5] if len(stub) > 5 else 0, "unknown")
    return "encrypted"


def certificates(packets: Iterable[Packet], most: int) -> tuple[list[Certificate], int]:
    """Transferable keys in a row of packets, and how many packets belong to none of them."""
    found: list[Certificate] = []
    current: Certificate | None = None
    component = -1
    strange = 0
    for packet in packets:
        if packet.tag in (p.PUBLIC_KEY, p.SECRET_KEY):
            if len(found) >= most:
                break
            current = None
            secret = packet.tag == p.SECRET_KEY
            try:
                current = Certificate(read_key(packet.body, secret), secret)
            except FormatError:
                strange += 1
                continue
            component = -1
            found.append(current)
        elif current is None or packet.tag not in p.KNOWN:
            strange += current is None
        elif not _add(current, packet, component):
            strange += 1
        elif packet.tag == p.USER_ID:
            component = len(current.user_ids) - 1
        elif packet.tag in (p.USER_ATTRIBUTE, p.PUBLIC_SUBKEY, p.SECRET_SUBKEY):
            component = -2
        if current is not None:
            current.packets += 1
            current.end = packet.end
            current.complete = current.complete and packet.complete
    return found, strange


def _add(certificate: Certificate, packet: Packet, component: int) -> bool:
    """Put one packet where it belongs; False when it cannot stand in a key."""
    tag = packet.tag
    if tag == p.USER_ID:
        if not packet.complete:
            return False
        if len(certificate.user_ids) < MOST_USER_IDS:
            certificate.user_ids.append(packet.body[:LONGEST_USER_ID])
    elif tag == p.USER_ATTRIBUTE:
        certificate.photos += 1
    elif tag in (p.PUBLIC_SUBKEY, p.SECRET_SUBKEY):
        if len(certificate.subkeys) < MOST_SUBKEYS:
            try:
                certificate.subkeys.append(read_key(packet.body, tag == p.SECRET_SUBKEY))
            except FormatError:
                certificate.broken_subkeys += 1
    elif tag == p.SIGNATURE:
        if len(certificate.signatures) < MOST_SIGNATURES and packet.complete:
            try:
                certificate.signatures.append((read_signature(packet.body), component))
            except FormatError:
                return False
    elif tag == p.TRUST:
        if len(certificate.trust) < MOST_SIGNATURES:
            certificate.trust.append(packet.body[:256])
    else:
        return tag in (p.MARKER, p.PADDING)
    return True
