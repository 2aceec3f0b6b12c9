"""Does a key's signature over itself hold? (RFC 9580 §5.2.4: what is hashed, and in which order.)

RSA and DSA are computed here, so that old and small keys can be checked too; curves by `cryptography`.
"""

from __future__ import annotations

import hashlib

from Crypto.Hash import RIPEMD160
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, utils

from forensics.detectors.openpgp._keys import Certificate, Key, frame
from forensics.detectors.openpgp._signatures import Signature
from forensics.model import Outcome

MOST_CHECKS = 6  # signatures tried for one key: a flooded key holds thousands
_NAMES = {
    1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224", 12: "sha3_256", 14: "sha3_512",
}  # fmt: skip
# DigestInfo prefixes of EMSA-PKCS1-v1_5 (RFC 8017 §9.2 note 1, RFC 9580 §5.2.2).
_PREFIXES = {
    1: "3020300c06082a864886f70d020505000410",
    2: "3021300906052b0e03021a05000414",
    3: "3021300906052b2403020105000414",
    8: "3031300d060960864801650304020105000420",
    9: "3041300d060960864801650304020205000430",
    10: "3051300d060960864801650304020305000440",
    11: "302d300d06096086480165030402040500041c",
    12: "3031300d060960864801650304020805000420",
    14: "3051300d060960864801650304020a05000440",
}
_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "2a8648ce3d030107": ec.SECP256R1,
    "2b81040022": ec.SECP384R1,
    "2b81040023": ec.SECP521R1,
    "2b8104000a": ec.SECP256K1,
    "2b2403030208010107": ec.BrainpoolP256R1,
    "2b240303020801010b": ec.BrainpoolP384R1,
    "2b240303020801010d": ec.BrainpoolP512R1,
}
_BY_SIZE: dict[int, hashes.HashAlgorithm] = {
    20: hashes.SHA1(),  # noqa: S303 - verified because it is what was used
    28: hashes.SHA224(),
    32: hashes.SHA256(),
    48: hashes.SHA384(),
    64: hashes.SHA512(),
}


def self_signed(certificate: Certificate) -> Outcome:
    """Whether one of the key's signatures over itself and a user id (or over itself alone) holds.

    FAIL when some could be computed and none held, and where a key of version 4 or later has signatures over
    its user ids by other keys alone: a changed bit of the key changes its number, and its own become another's.
    NOT_APPLICABLE when none is there or computable.
    """
    key = certificate.primary
    tried = others = 0
    own = False
    for signature, component in certificate.signatures:
        if tried >= MOST_CHECKS:
            break
        if component == -2 or signature.issuer not in ("", key.key_id):
            others += component >= 0 and key.version > 3
            continue
        own = True
        if component >= 0 and 0x10 <= signature.type <= 0x13:
            subject = user_id(certificate.user_ids[component], signature.version)
        elif component == -1 and signature.type == 0x1F:
            subject = b""
        else:
            continue
        outcome = holds(key, signature, frame(key.version, key.public) + subject)
        if outcome is None:
            continue
        if outcome:
            return Outcome.PASS
        tried += 1
    if tried or (others and not own):
        return Outcome.FAIL
    return Outcome.NOT_APPLICABLE


def user_id(text: bytes, version: int) -> bytes:
    """What a signature of a version hashes of a user id."""
    return text if version < 4 else b"\xb4" + len(text).to_bytes(4, "big") + text


def holds(key: Key, signature: Signature, subject: bytes) -> bool | None:
    """Whether the signature of `key` over `subject` holds; None where that cannot be computed.

    One of version 5 over a file hashes more than the file, and cannot.
    """
    if signature.version == 5 and signature.type in (0, 1):
        return None
    hashed = signature.hashed
    trailer = b""
    if signature.version == 5:
        trailer = b"\x05\xff" + len(hashed).to_bytes(8, "big")
    elif signature.version >= 4:
        trailer = bytes((signature.version, 0xFF)) + len(hashed).to_bytes(4, "big")
    digest = _digest(signature.digest, signature.salt + subject + hashed + trailer)
    if digest is None:
        return None
    if digest[:2] != signature.left and signature.version > 3:
        return False
    try:
        if key.algorithm in (1, 3):
            return _rsa(key, signature, digest)
        if key.algorithm == 17:
            return _dsa(key, signature, digest)
        return _curve(key, signature, digest)
    except (ValueError, UnsupportedAlgorithm):
        return None


def _digest(algorithm: int, data: bytes) -> bytes | None:
    if algorithm == 3:
        return RIPEMD160.new(data).digest()
    name = _NAMES.get(algorithm)
    return hashlib.new(name, data, usedforsecurity=False).digest() if name else None


def _integers(material: bytes) -> list[int]:
    found: list[int] = []
    at = 0
    while at + 2 <= len(material) and len(found) < 4:
        length = (int.from_bytes(material[at : at + 2], "big") + 7) // 8
        found.append(int.from_bytes(material[at + 2 : at + 2 + length], "big"))
        at += 2 + length
    return found


def _rsa(key: Key, signature: Signature, digest: bytes) -> bool | None:
    modulus, exponent = key.numbers
    integers = _integers(signature.material)
    if not integers or modulus < 1 << 255 or exponent.bit_length() > 64:
        return None
    width = (modulus.bit_length() + 7) // 8
    info = bytes.fromhex(_PREFIXES[signature.digest]) + digest
    expected = b"\0\1" + b"\xff" * (width - len(info) - 3) + b"\0" + info
    return pow(integers[0], exponent, modulus) == int.from_bytes(expected, "big")


def _dsa(key: Key, signature: Signature, digest: bytes) -> bool | None:
    prime, order, base, public = key.numbers
    integers = _integers(signature.material)
    if len(integers) < 2 or prime.bit_length() > 4096 or not 1 << 100 < order < 1 << 1024:
        return None
    r, s = integers[:2]
    if not (0 < r < order and 0 < s < order):
        return False
    hashed = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - order.bit_length())
    inverse = pow(s, -1, order)
    left = pow(base, hashed * inverse % order, prime)
    return left * pow(public, r * inverse % order, prime) % prime % order == r


def _curve(key: Key, signature: Signature, digest: bytes) -> bool | None:
    material = signature.material
    verifier: ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
    try:
        if key.algorithm == 19 and key.curve_id in _CURVES and len(digest) in _BY_SIZE:
            public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[key.curve_id](), key.point)
            encoded = utils.encode_dss_signature(*_integers(material)[:2])
            public.verify(encoded, digest, ec.ECDSA(utils.Prehashed(_BY_SIZE[len(digest)])))
            return True
        if key.algorithm == 22 and key.curve == "Ed25519" and key.point[:1] == b"\x40":
            halves = _integers(material)[:2]
            verifier = ed25519.Ed25519PublicKey.from_public_bytes(key.point[1:])
            verifier.verify(b"".join(each.to_bytes(32, "big") for each in halves), digest)
            return True
        if key.algorithm == 27:
            verifier = ed25519.Ed25519PublicKey.from_public_bytes(key.point)
        elif key.algorithm == 28:
            verifier = ed448.Ed448PublicKey.from_public_bytes(key.point)
        else:
            return None
        verifier.verify(material, digest)
    except (OverflowError, TypeError, InvalidSignature):
        return False
    return True
