"""What NSS encrypts: DER of an algorithm and an encrypted text, with a key from the primary password or one it holds.

    SEQUENCE { SEQUENCE { PBES2, { { PBKDF2, { salt, rounds, length, HMAC-SHA-256 } }, { AES-256-CBC, IV 14 } } }, text }
    SEQUENCE { SEQUENCE { PBE-SHA1-3DES, { salt, rounds } }, text }                      before Firefox 75
    SEQUENCE { key id, SEQUENCE { 3DES-CBC or AES-256-CBC, IV }, text }                  a user name or a password

The password goes in as SHA-1(global salt || password). The IV of PBES2 is its own DER, `04 0E` and 14 octets.

Source: NSS, lib/softoken/sftkpwd.c, lowpbe.c; lib/pk11wrap/pk11sdr.c.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.errors import FormatError

CHECK = b"password-check"
_DEEPEST = 8
_MOST_PARTS = 16
_MOST_ROUNDS = 20_000_000
_SEQUENCE, _OCTETS, _INTEGER, _OBJECT = 0x30, 0x04, 0x02, 0x06
PBES2, _PBE_3DES = bytes.fromhex("2a864886f70d01050d"), bytes.fromhex("2a864886f70d010c050103")
_AES_CBC, _3DES_CBC = bytes.fromhex("60864801650304012a"), bytes.fromhex("2a864886f70d0307")

Part = bytes | list["Part"]


def der(data: bytes, depth: int = 0) -> list[Part]:
    """The values in `data`: octets of strings, numbers and identifiers, lists of sequences.

    Raises:
        FormatError: it is no such DER.
    """
    found: list[Part] = []
    at = 0
    while at < len(data):
        if len(found) >= _MOST_PARTS or depth > _DEEPEST:
            raise FormatError("more parts in DER than allowed")
        tag, size, at = data[at], data[at + 1] if at + 1 < len(data) else 0xFF, at + 2
        if size & 0x80:
            width = size & 0x7F
            if not 1 <= width <= 3:
                raise FormatError("a length in DER that is none")
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        value = data[at : at + size]
        if len(value) != size or tag not in (_SEQUENCE, _OCTETS, _INTEGER, _OBJECT, 0x05):
            raise FormatError("DER that is cut off or of other types")
        found.append(der(value, depth + 1) if tag == _SEQUENCE else value)
        at += size
    return found


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text encrypted with the primary password. `rounds` of PBKDF2; 0 for the older form."""

    salt: bytes
    rounds: int
    iv: bytes
    text: bytes

    def opened(self, global_salt: bytes, password: bytes) -> bytes | None:
        """Its plain octets; None where the padding does not hold."""
        stretched = hashlib.sha1(global_salt + password).digest()  # noqa: S324  # NSS says so
        if self.rounds:
            if self.rounds > _MOST_ROUNDS:
                raise FormatError("rounds that no Firefox has")
            key = hashlib.pbkdf2_hmac("sha256", stretched, self.salt, self.rounds, 32)
            return _unpadded(Cipher(algorithms.AES(key), modes.CBC(self.iv)), self.text, 16)
        key, iv = _older(stretched, self.salt)
        return _unpadded(Cipher(TripleDES(key), modes.CBC(iv)), self.text, 8)


def sealed(data: bytes) -> Sealed | None:
    """What `data` says; None where it is neither of the two forms."""
    match _parts(data):
        case [[[bytes(which), [[_, [bytes(salt), bytes(rounds), *_]], [bytes(cipher), bytes(iv)]]], bytes(text)]] if (
            which == PBES2 and cipher == _AES_CBC and len(iv) == 14 and len(rounds) <= 4
        ):
            return Sealed(salt, int.from_bytes(rounds, "big") or 1, b"\x04\x0e" + iv, text)
        case [[[bytes(which), [bytes(salt), _]], bytes(text)]] if which == _PBE_3DES and len(salt) == 20:
            return Sealed(salt, 0, b"", text)
    return None


def revealed(data: bytes, keys: dict[tuple[bytes, int], bytes]) -> bytes | None:
    """A user name or password, with the key of its id and of the length that its cipher takes; None without one."""
    match _parts(data):
        case [[bytes(number), [bytes(cipher), bytes(iv)], bytes(text)]] if len(iv) == (16 if cipher == _AES_CBC else 8):
            key = keys.get((number, 32 if cipher == _AES_CBC else 24))
            if key is None or cipher not in (_AES_CBC, _3DES_CBC):
                return None
            algorithm = algorithms.AES(key) if cipher == _AES_CBC else TripleDES(key)
            return _unpadded(Cipher(algorithm, modes.CBC(iv)), text, 16 if cipher == _AES_CBC else 8)
    return None


def _parts(data: bytes) -> list[Part]:
    try:
        return der(data)
    except FormatError:
        return []


def _older(stretched: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Key and IV of the form before PBES2."""
    chained = hashlib.sha1(stretched + salt).digest()  # noqa: S324

    def keyed(data: bytes) -> bytes:
        return hmac.digest(chained, data, "sha1")

    padded = salt.ljust(20, b"\0")
    made = keyed(padded + salt) + keyed(keyed(padded) + salt)
    return made[:24], made[-8:]


def _unpadded(cipher: Cipher[modes.CBC], text: bytes, block: int) -> bytes | None:
    if not text or len(text) % block:
        return None
    context = cipher.decryptor()
    plain = context.update(text) + context.finalize()
    count = plain[-1]
    return plain[:-count] if 1 <= count <= block and plain.endswith(bytes((count,)) * count) else None
