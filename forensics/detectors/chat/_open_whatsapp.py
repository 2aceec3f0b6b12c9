"""Backups of WhatsApp, opened with the key that the telephone holds, or the user's 64 digits.

    | version | key of the cipher                                  | behind the ciphertext                     |
    |---------|----------------------------------------------------|-------------------------------------------|
    | 12      | the last 32 octets of the key file                 | tag (16), MD5 of all before, 4 of a number |
    | 14      | the same                                           | tag (16), MD5 of all before                |
    | 15      | HMAC(HMAC(32 zeros, root), "backup encryption" 01) | tag (16), MD5 of all before                |

A backup of several files has no MD5. The plain text of AES-256-GCM is deflated, with the head of zlib.

Source: wa-crypt-tools, docs and src/wa_crypt_tools/lib; RFC 5869 (the key of 15 is HKDF with one block).
"""

from __future__ import annotations

import hmac
import re
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.detectors.chat._whatsapp_prefix import LONGEST, Prefix, prefix
from forensics.detectors.chat.whatsapp_key import HEAD
from forensics.detectors.wallet._opened import WrongSecretError
from forensics.errors import FormatError

LARGEST = 512 << 20  # octets of the plain database
_TAG = 16
_PIECE = 1 << 20
_DIGITS = re.compile(rb"[0-9A-Fa-f]{64}")


def key_of(held: bytes) -> bytes:
    """The 32 octets of a key file, or of 64 digits; nothing if it is neither."""
    digits = bytes(each for each in held if each not in b" \t\r\n")
    if _DIGITS.fullmatch(digits):
        return bytes.fromhex(digits.decode("ascii"))
    if len(held) in (32, 131):  # without the head of a Java object
        return held[-32:]
    return held[-32:] if held[:4] == b"\xac\xed\0\5" and len(held) in (HEAD + 32, HEAD + 131) else b""


def whatsapp(data: bytes, key: bytes, *, named_12: bool) -> bytes:
    """The plain database; the tag of AES-GCM proves the key.

    Raises:
        WrongSecretError: it does not hold.
        FormatError: this is no backup, or what was encrypted is no database.
    """
    told = prefix(data[:LONGEST], named_12=named_12)
    if told is None:
        raise FormatError("no prefix of a backup")
    if told.version == 15:
        key = hmac.digest(hmac.digest(bytes(32), key, "sha256"), b"backup encryption\x01", "sha256")
    last = len(data) - (4 if told.version == 12 else 0)
    for end in (last - _TAG - 16, last - _TAG):
        packed = _decrypted(told, data[told.behind : end], data[end : end + _TAG], key)
        if packed is not None:
            return _unpacked(packed)
    raise WrongSecretError("the tag of AES-GCM does not hold")


def _decrypted(told: Prefix, body: bytes, tag: bytes, key: bytes) -> bytes | None:
    if not body or len(tag) != _TAG:
        return None
    context = Cipher(algorithms.AES(key), modes.GCM(told.nonce, tag)).decryptor()
    pieces = [context.update(body[at : at + _PIECE]) for at in range(0, len(body), _PIECE)]
    try:
        context.finalize()
    except InvalidTag:
        return None
    return b"".join(pieces)


def _unpacked(packed: bytes) -> bytes:
    try:
        plain = zlib.decompressobj().decompress(packed, LARGEST)
    except zlib.error as error:
        raise FormatError("the key is right, but what was encrypted is not deflated") from error
    if not plain.startswith(b"SQLite format 3\0"):
        raise FormatError("the key is right, but what was encrypted is no database")
    return plain
