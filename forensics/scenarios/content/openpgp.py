"""OpenPGP keys and messages made packet by packet (RFC 9580, version 4 keys): repeatable, and worthless.

Keys are Ed25519 with a Curve25519 subkey in the older coding that every GnuPG since 2.1 reads, or RSA.
"""

from __future__ import annotations

import base64
import hashlib
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

from Crypto.Cipher import AES
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from forensics.scenarios.chance import Chance
from forensics.scenarios.content.codes import crc24

_ED25519 = bytes.fromhex("092b06010401da470f01")
_CURVE25519 = bytes.fromhex("0a2b060104019755010501")
_RSA, _ECDH, _EDDSA = 1, 18, 22
_SHA256, _AES128, _AES256 = 8, 7, 9
_RSA_BITS = 2048
Signer = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Rsa:
    """An RSA key pair."""

    modulus: int
    exponent: int
    private: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key with one user ID and, for Curve25519, a subkey for encryption."""

    public: bytes
    subkey: bytes
    certificate: bytes
    encryption: bytes

    @property
    def fingerprint(self) -> str:
        """Forty hexadecimal digits in lower case."""
        return _fingerprint(self.public).hex()


def armour(kind: str, data: bytes, *, comment: str = "", newline: str = "\n") -> str:
    """Packets as an armoured block, 64 characters a line, with its checksum."""
    text = base64.b64encode(data).decode()
    lines = [f"-----BEGIN PGP {kind}-----"]
    if comment:
        lines.append(f"Comment: {comment}")
    lines.append("")
    lines += [text[at : at + 64] for at in range(0, len(text), 64)]
    lines.append("=" + base64.b64encode(crc24(data).to_bytes(3, "big")).decode())
    lines.append(f"-----END PGP {kind}-----")
    return newline.join(lines) + newline


def curve_key(chance: Chance, user: str, made: int) -> Key:
    """An Ed25519 key that signs, with a Curve25519 subkey that is encrypted to."""
    signer = Ed25519PrivateKey.from_private_bytes(chance.octets("ed25519", 32))
    point = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = struct.pack(">BIB", 4, made, _EDDSA) + _ED25519 + _number(b"\x40" + point)
    receiver = X25519PrivateKey.from_private_bytes(chance.octets("x25519", 32))
    shared = receiver.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    subkey = struct.pack(">BIB", 4, made, _ECDH) + _CURVE25519 + _number(b"\x40" + shared)
    subkey += bytes((3, 1, _SHA256, _AES128))

    def sign(digest: bytes) -> bytes:
        signature = signer.sign(digest)
        return _number(signature[:32]) + _number(signature[32:])

    return _assembled(public, subkey, user, made, _EDDSA, sign, shared)


def rsa_key(chance: Chance, user: str, made: int) -> Key:
    """An RSA key of 2048 bits with an RSA subkey."""
    pair, second = rsa_pair(chance.within("primary")), rsa_pair(chance.within("subkey"))
    public = struct.pack(">BIB", 4, made, _RSA) + _integer(pair.modulus) + _integer(pair.exponent)
    subkey = struct.pack(">BIB", 4, made, _RSA) + _integer(second.modulus) + _integer(second.exponent)

    def sign(digest: bytes) -> bytes:
        info = bytes.fromhex("3031300d060960864801650304020105000420") + digest
        padded = b"\0\x01" + b"\xff" * (_RSA_BITS // 8 - 3 - len(info)) + b"\0" + info
        return _integer(pow(int.from_bytes(padded, "big"), pair.private, pair.modulus))

    return _assembled(public, subkey, user, made, _RSA, sign, b"")


def encrypted(chance: Chance, to: Key, text: str, name: str, when: int) -> bytes:
    """A message for the Curve25519 subkey of `to`: one session key packet and one data packet with MDC."""
    session = chance.octets("session", 32)
    ephemeral = X25519PrivateKey.from_private_bytes(chance.octets("ephemeral", 32))
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(to.encryption))
    param = _CURVE25519 + bytes((_ECDH, 3, 1, _SHA256, _AES128)) + b"Anonymous Sender    "
    param += _fingerprint(to.subkey)
    wrapping = hashlib.sha256(b"\0\0\0\x01" + shared + param).digest()[:16]
    plain = bytes((_AES256,)) + session + struct.pack(">H", sum(session) & 0xFFFF)
    padding = 8 - len(plain) % 8
    wrapped = aes_key_wrap(wrapping, plain + bytes((padding,)) * padding)
    point = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    body = b"\x03" + _fingerprint(to.subkey)[-8:] + bytes((_ECDH,)) + _number(b"\x40" + point)
    body += bytes((len(wrapped),)) + wrapped
    literal = b"t" + bytes((len(name),)) + name.encode() + struct.pack(">I", when) + text.encode()
    start = chance.octets("prefix", 16)
    clear = start + start[-2:] + _packet(11, literal) + b"\xd3\x14"
    clear += hashlib.sha1(clear).digest()
    cipher = AES.new(session, AES.MODE_CFB, iv=bytes(16), segment_size=128)
    padded = clear + bytes(-len(clear) % 16)
    return _packet(1, body) + _packet(18, b"\x01" + cipher.encrypt(padded)[: len(clear)])


def rsa_pair(chance: Chance) -> Rsa:
    """An RSA key pair of 2048 bits from chance."""
    p = _prime(chance.within("p"), _RSA_BITS // 2)
    q = _prime(chance.within("q"), _RSA_BITS // 2)
    return Rsa(p * q, 65537, pow(65537, -1, math.lcm(p - 1, q - 1)))


def _prime(chance: Chance, bits: int) -> int:
    small = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2))]
    number = int.from_bytes(chance.octets("start", bits // 8), "big") | 3 << (bits - 2) | 1
    while True:
        if all(number % d for d in small) and (number - 1) % 65537 and _probably_prime(number):
            return number
        number += 2


def _probably_prime(number: int) -> bool:
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd //= 2
        twos += 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19):
        value = pow(base, odd, number)
        if value in (1, number - 1):
            continue
        for _ in range(twos - 1):
            value = value * value % number
            if value == number - 1:
                break
        else:
            return False
    return True


def _assembled(
    public: bytes, subkey: bytes, user: str, made: int, algorithm: int, sign: Signer, encryption: bytes
) -> Key:
    name = user.encode()
    own = _fingerprint(public)
    hashed = b"\x16\x21\x04" + own + b"\x05\x02" + struct.pack(">I", made) + b"\x02\x1b\x03"
    hashed += b"\x05\x0b\x09\x08\x07\x02" + b"\x03\x15\x08\x0a" + b"\x02\x1e\x01"
    subject = _hashable(public) + b"\xb4" + struct.pack(">I", len(name)) + name
    certification = _signature(0x13, algorithm, hashed, own, subject, sign)
    hashed = b"\x16\x21\x04" + own + b"\x05\x02" + struct.pack(">I", made) + b"\x02\x1b\x0c"
    binding = _signature(0x18, algorithm, hashed, own, _hashable(public) + _hashable(subkey), sign)
    certificate = _packet(6, public) + _packet(13, name) + certification + _packet(14, subkey) + binding
    return Key(public, subkey, certificate, encryption)


def _signature(kind: int, algorithm: int, hashed: bytes, own: bytes, subject: bytes, sign: Signer) -> bytes:
    head = bytes((4, kind, algorithm, _SHA256)) + struct.pack(">H", len(hashed)) + hashed
    digest = hashlib.sha256(subject + head + b"\x04\xff" + struct.pack(">I", len(head))).digest()
    issuer = b"\x09\x10" + own[-8:]
    body = head + struct.pack(">H", len(issuer)) + issuer + digest[:2] + sign(digest)
    return _packet(2, body)


def _packet(tag: int, body: bytes) -> bytes:
    if tag in (1, 2, 6, 13, 14):  # the older framing, as GnuPG writes it
        if len(body) < 256:
            return bytes((0x80 | tag << 2, len(body))) + body
        return bytes((0x81 | tag << 2,)) + struct.pack(">H", len(body)) + body
    if len(body) < 192:
        return bytes((0xC0 | tag, len(body))) + body
    if len(body) < 8384:
        size = len(body) - 192
        return bytes((0xC0 | tag, 192 + (size >> 8), size & 0xFF)) + body
    return bytes((0xC0 | tag, 0xFF)) + struct.pack(">I", len(body)) + body


def _hashable(body: bytes) -> bytes:
    return b"\x99" + struct.pack(">H", len(body)) + body


def _fingerprint(body: bytes) -> bytes:
    return hashlib.sha1(_hashable(body)).digest()


def _number(data: bytes) -> bytes:
    return _integer(int.from_bytes(data, "big"))


def _integer(value: int) -> bytes:
    return struct.pack(">H", value.bit_length()) + value.to_bytes((value.bit_length() + 7) // 8, "big")
