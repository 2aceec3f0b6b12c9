"""What opening a wallet or a store with a given secret gives, and the steps that several formats share.

Nothing here guesses: one secret, one derivation, and the format's own check decides.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from dataclasses import dataclass, field

from argon2.low_level import Type, core, error_to_str, ffi
from Crypto.Protocol.KDF import scrypt as portable_scrypt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.errors import FormatError
from forensics.model import Value
from forensics.primitives import secp256k1

MOST_ADDRESSES = 1_000
_LARGEST = 64 << 20
_MOST_MEMORY = 2 << 30
_MOST_WORK = 1 << 24  # n times p
_MOST_ROUNDS = 20_000_000
_MOST_FILLED = 1 << 28  # KiB over all passes of Argon2


class WrongSecretError(FormatError):
    """The format's own check does not hold with this secret."""


@dataclass(slots=True)
class Opened:
    """A wallet or a store that was opened.

    `check` says in words what proves it. `addresses` are pairs of kind and address, `keys` extended public
    keys; `secrets` names and texts that must leave the worker masked. `links` are rule, kind and target of what
    entries name.
    """

    check: str
    fields: dict[str, Value] = field(default_factory=dict)
    addresses: list[tuple[str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    secrets: list[tuple[str, str]] = field(default_factory=list)
    links: dict[tuple[str, str, str], None] = field(default_factory=dict)  # in order, each once


def scrypt(secret: bytes, salt: bytes, n: int, r: int, p: int, size: int = 32) -> bytes:
    """The derived key. OpenSSL refuses n of 2^(16 r) and more, which published vectors have.

    Raises:
        FormatError: parameters that no wallet has, or more memory than a worker may take.
    """
    if n < 2 or n & n - 1 or not 0 < r <= 64 or not 0 < p <= 64 or not 0 < size <= 64:
        raise FormatError("parameters of scrypt that no wallet has")
    if 128 * n * r > _MOST_MEMORY or n * p > _MOST_WORK:
        raise FormatError("scrypt with these parameters takes more memory or time than allowed")
    try:
        return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, dklen=size, maxmem=128 * n * r + (64 << 20))
    except ValueError:
        derived = portable_scrypt(secret, salt, size, N=n, r=r, p=p)
        return bytes(derived)


def argon2(
    secret: bytes,
    salt: bytes,
    rounds: int,
    kibibytes: int,
    lanes: int,
    *,
    kind: Type = Type.ID,
    version: int = 0x13,
    size: int = 32,
) -> bytes:
    """The key, all lanes on one thread: a confined worker has no other, and OpenSSL insists on more.

    Raises:
        FormatError: parameters that the library refuses, or more memory or time than a worker may take.
    """
    if kibibytes << 10 > _MOST_MEMORY or not 0 < rounds * kibibytes <= _MOST_FILLED or not 0 < lanes <= 256:
        raise FormatError("Argon2 with these parameters takes more memory or time than allowed")
    out, given, seed = ffi.new("uint8_t[]", size), ffi.new("uint8_t[]", secret), ffi.new("uint8_t[]", salt)
    told = {
        "version": version, "out": out, "outlen": size, "pwd": given, "pwdlen": len(secret), "salt": seed,
        "saltlen": len(salt), "t_cost": rounds, "m_cost": kibibytes, "lanes": lanes, "threads": 1,
    }  # fmt: skip
    context = ffi.new("argon2_context *", told)  # what is not named is null
    result = core(context, kind.value)
    if result:
        raise FormatError(f"Argon2: {error_to_str(result)}")
    return bytes(ffi.buffer(out, size))


def pbkdf2(digest: str, secret: bytes, salt: bytes, rounds: int, size: int = 32) -> bytes:
    """The derived key.

    Raises:
        FormatError: more rounds than any wallet has.
    """
    if not 0 < rounds <= _MOST_ROUNDS:
        raise FormatError("rounds that no wallet has")
    return hashlib.pbkdf2_hmac(digest, secret, salt, rounds, size)


def aes_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Plain text of AES-CBC without its padding.

    Raises:
        WrongSecretError: there is no padding as PKCS#7 has it.
    """
    if not data or len(data) % 16:
        raise FormatError("ciphertext is not in whole blocks")
    context = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    plain = context.update(data) + context.finalize()
    count = plain[-1]
    if not 1 <= count <= 16 or plain[-count:] != bytes((count,)) * count:
        raise WrongSecretError("the padding does not hold")
    return plain[:-count]


def ecies(number: int, blob: bytes) -> bytes:
    """The text that Electrum and Sparrow compress and encrypt to a key: magic, point, ciphertext, HMAC.

    Both points of the shared abscissa are tried against the HMAC.

    Raises:
        WrongSecretError: the HMAC does not hold.
    """
    point, body, mac = blob[4:37], blob[37:-32], blob[-32:]
    number %= secp256k1.ORDER
    if not number:
        raise WrongSecretError("the password gives no key")
    private = ec.derive_private_key(number, ec.SECP256K1())
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), point)
    abscissa = private.exchange(ec.ECDH(), public)
    for sign in (b"\x02", b"\x03"):
        stream = hashlib.sha512(sign + abscissa).digest()
        if hmac.compare_digest(hmac.digest(stream[32:], blob[:-32], hashlib.sha256), mac):
            packed = aes_cbc(stream[16:32], stream[:16], body)
            try:
                return zlib.decompressobj().decompress(packed, _LARGEST)
            except zlib.error as error:
                raise FormatError("what was encrypted is not compressed") from error
    raise WrongSecretError("the HMAC does not hold")
