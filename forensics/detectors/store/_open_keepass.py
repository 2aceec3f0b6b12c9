"""Databases of KeePass 2 to 4, opened with a given password, key file or both.

    composite = SHA-256(SHA-256(password) || key of the key file), each where it is given
    transformed = AES-KDF or Argon2 of it;  key = SHA-256(master seed || transformed)
    version 4: key of block n = SHA-512(n || SHA-512(master seed || transformed || 1)); the header is block 2^64 - 1
    versions 2, 3: the plain text begins with the octets of field 9; then blocks of u32, SHA-256, u32 length

Key files: XML with base64 (1.0) or hexadecimal with a checksum (2.0); 32 octets; 64 hexadecimal digits; else the
SHA-256 of the file.

Source: KeePass, KDBX file format specification and "Composite master key"; KeePassXC, src/keys, src/format.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import zlib
from collections.abc import Callable, Iterator

from argon2.low_level import Type
from Crypto.Cipher import Salsa20
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.detectors.store import _kdbx
from forensics.detectors.store._accounts import note_account
from forensics.detectors.store._kdbx import Header
from forensics.detectors.store._kdbx_tree import StoredEntry, tree
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc, argon2
from forensics.errors import FormatError
from forensics.model import Value

MOST_SHOWN = 1_000  # entries in one answer
_LARGEST = 64 << 20
_MOST_ROUNDS = 1 << 30
_SALSA_IV = bytes.fromhex("e830094b97205d2a")
_CHUNK = 1 << 16  # blocks of AES-KDF in one call
_NO_STREAM, _SALSA, _CHACHA = 0, 2, 3


def keepass(data: bytes, secret: bytes, key_file: bytes = b"") -> Opened:
    """The HMAC of the header (version 4) or the known beginning of the plain text prove what was given."""
    told = _kdbx.header(data)
    if told is None:
        raise FormatError("no header of KeePass 2")
    document, stream, proof = None, b"", ""
    for composite in _composites(secret, key_file):
        transformed = _transformed(told, composite)
        try:
            if told.major >= 4:
                document, number, stream = _fourth(told, data, transformed)
                proof = "HMAC-SHA-256 of the header and of each block"
            else:
                document = _earlier(told, data, transformed)
                number, stream = int.from_bytes(told.fields.get(10, b"")[:4], "little"), told.fields[8]
                proof = "32 known octets at the beginning, SHA-256 of each block"
        except WrongSecretError:
            continue
        return _read(document, _inner(number, stream), proof)
    raise WrongSecretError(
        "the HMAC of the header does not hold" if told.major >= 4 else "the plain text does not begin as it must"
    )


def _composites(secret: bytes, key_file: bytes) -> Iterator[bytes]:
    """An empty password beside a key file may mean that there is none, which is not the same."""
    key = _key_of(key_file) if key_file else b""
    if key_file and not secret:
        yield hashlib.sha256(key).digest()
    yield hashlib.sha256(hashlib.sha256(secret).digest() + key).digest()


def _key_of(file: bytes) -> bytes:
    """The key that a key file holds.

    Raises:
        FormatError: it states a checksum that does not hold.
    """
    if len(file) == 32:
        return file
    if re.fullmatch(rb"[0-9A-Fa-f]{64}", file):
        return bytes.fromhex(file.decode("ascii"))
    held = re.search(rb"<KeyFile>.{0,4096}?<Data(?:\s+Hash=\"([0-9A-Fa-f]{8})\")?\s*>([^<]{1,512})</Data>", file, re.S)
    if held is None:
        return hashlib.sha256(file).digest()
    text = b"".join(held[2].split())
    if re.search(rb"<Version>\s*2", file):
        key = bytes.fromhex(text.decode("ascii", "replace"))
        if held[1] and hashlib.sha256(key).digest()[:4] != bytes.fromhex(held[1].decode("ascii")):
            raise FormatError("the checksum of the key file does not hold")
        return key
    return base64.b64decode(text)


def _transformed(told: Header, composite: bytes) -> bytes:
    if told.kdf in (_kdbx.AES_KDF, _kdbx.AES_KDF_4):
        return aes_kdf(composite, told.salt, told.rounds)
    if told.kdf not in (_kdbx.ARGON2D, _kdbx.ARGON2ID):
        raise FormatError(f"a key derivation that is not known, {told.kdf.hex()}")
    kind = Type.D if told.kdf == _kdbx.ARGON2D else Type.ID
    return argon2(
        composite, told.salt, told.rounds, told.number("M") >> 10, told.number("P"), kind=kind, version=told.number("V")
    )


def aes_kdf(composite: bytes, seed: bytes, rounds: int) -> bytes:
    """Both halves encrypted `rounds` times: each is what CBC makes of zeros with the half as its vector."""
    if not 0 < rounds <= _MOST_ROUNDS or len(seed) != 32:
        raise FormatError("rounds or a seed that no database has")
    halves = []
    for half in (composite[:16], composite[16:]):
        context = Cipher(algorithms.AES(seed), modes.CBC(half)).encryptor()
        left, last, zeros = rounds, b"", bytes(16 * min(rounds, _CHUNK))
        while left:
            count = min(left, _CHUNK)
            last = context.update(zeros[: 16 * count])[-16:]
            left -= count
        halves.append(last)
    return hashlib.sha256(b"".join(halves)).digest()


def _decrypted(told: Header, key: bytes, body: bytes) -> bytes:
    which, iv = told.fields[2], told.fields[7]
    if which == _kdbx.CHACHA20 and len(iv) == 12:
        context = Cipher(algorithms.ChaCha20(key, bytes(4) + iv), None).decryptor()
        return context.update(body)
    if which != _kdbx.AES or len(iv) != 16:
        raise FormatError(f"a cipher that is not read, {_kdbx.CIPHERS.get(which, which.hex())}")
    if told.major >= 4:
        return aes_cbc(key, iv, body)
    context = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()  # its padding is behind the last block
    return context.update(body[: len(body) // 16 * 16])


def _unpacked(told: Header, plain: bytes) -> bytes:
    if told.fields.get(3, b"")[:1] != b"\x01":
        return plain
    try:
        return zlib.decompressobj(31).decompress(plain, _LARGEST)
    except zlib.error as error:
        raise FormatError("the plain text does not unpack") from error


def _fourth(told: Header, data: bytes, transformed: bytes) -> tuple[bytes, int, bytes]:
    """Document, number and key of the inner stream of version 4."""
    base = hashlib.sha512(told.fields[4] + transformed + b"\1").digest()

    def key(number: int) -> bytes:
        return hashlib.sha512(struct.pack("<Q", number) + base).digest()

    at = told.length + 32
    if not hmac.compare_digest(hmac.digest(key(0xFFFFFFFFFFFFFFFF), data[: told.length], "sha256"), data[at : at + 32]):
        raise WrongSecretError("the HMAC of the header does not hold")
    at, pieces = at + 32, []
    for number in range(len(data)):
        size = int.from_bytes(data[at + 32 : at + 36], "little")
        block = data[at + 36 : at + 36 + size]
        if len(block) != size or len(data) < at + 36:
            raise FormatError("the password is right, but the database is cut off")
        if not hmac.compare_digest(
            hmac.digest(key(number), struct.pack("<QI", number, size) + block, "sha256"), data[at : at + 32]
        ):
            raise FormatError(f"the password is right, but block {number} is damaged")
        if not size:
            break
        pieces.append(block)
        at += 36 + size
    plain = _unpacked(told, _decrypted(told, hashlib.sha256(told.fields[4] + transformed).digest(), b"".join(pieces)))
    at, number, stream = 0, _NO_STREAM, b""
    while at + 5 <= len(plain):
        kind, size = plain[at], int.from_bytes(plain[at + 1 : at + 5], "little")
        value, at = plain[at + 5 : at + 5 + size], at + 5 + size
        if kind == 0:
            break
        if kind == 1:
            number = int.from_bytes(value[:4], "little")
        elif kind == 2:
            stream = value
    return plain[at:], number, stream


def _earlier(told: Header, data: bytes, transformed: bytes) -> bytes:
    """The document of versions 2 and 3."""
    key = hashlib.sha256(told.fields[4] + transformed).digest()
    plain = _decrypted(told, key, data[told.length :])
    if not hmac.compare_digest(plain[:32], told.fields[9]):
        raise WrongSecretError("the plain text does not begin as it must")
    at, pieces = 32, []
    while True:
        stated, size = plain[at + 4 : at + 36], int.from_bytes(plain[at + 36 : at + 40], "little")
        block = plain[at + 40 : at + 40 + size]
        if len(stated) < 32 or len(block) != size:
            raise FormatError("the password is right, but the database is cut off")
        if not size:
            break
        if hashlib.sha256(block).digest() != stated:
            raise FormatError("the password is right, but a block is damaged")
        pieces.append(block)
        at += 40 + size
    return _unpacked(told, b"".join(pieces))


def _inner(number: int, key: bytes) -> Callable[[bytes], bytes]:
    """What reveals protected values, in their order."""
    if number == _SALSA:
        return Salsa20.new(key=hashlib.sha256(key).digest(), nonce=_SALSA_IV).decrypt
    if number == _CHACHA:
        wide = hashlib.sha512(key).digest()
        return Cipher(algorithms.ChaCha20(wide[:32], bytes(4) + wide[32:44]), None).decryptor().update
    if number == _NO_STREAM:
        return lambda value: value
    raise FormatError(f"an inner stream that is not known, {number}")


def _read(document: bytes, reveal: Callable[[bytes], bytes], proof: str) -> Opened:
    told = tree(document, reveal)
    opened = Opened(proof)
    opened.fields["database"] = told.name
    opened.fields["program"] = told.generator
    opened.fields["entries_in_all"] = len(told.entries)
    opened.fields["complete"] = not told.more and len(told.entries) <= MOST_SHOWN
    opened.fields["entries"] = tuple(_shown(each) for each in told.entries[:MOST_SHOWN])
    for each in told.entries:
        note_account(opened, each.strings.get("UserName", ""), each.strings.get("URL", ""))
        named = " / ".join(filter(None, (each.group, each.strings.get("Title"), each.strings.get("UserName"))))
        for name, text in each.strings.items():
            if text and (name in ("Password", "Notes") or name in each.hidden):
                opened.secrets.append((f"{name} of {named}" + (", earlier" if each.historic else ""), text))
    return opened


def _shown(entry: StoredEntry) -> dict[str, Value]:
    """An entry without what is secret."""
    clear = {name: text for name, text in entry.strings.items() if name not in entry.hidden}
    shown: dict[str, Value] = {
        "title": clear.get("Title", ""),
        "user": clear.get("UserName", ""),
        "url": clear.get("URL", ""),
        "group": entry.group,
        "created": entry.times.get("CreationTime", ""),
        "changed": entry.times.get("LastModificationTime", ""),
        "used": entry.times.get("LastAccessTime", ""),
    }
    if entry.historic:
        shown["earlier_state"] = True
    if entry.attachments:
        shown["attachments"] = tuple(entry.attachments[:50])
    return shown
