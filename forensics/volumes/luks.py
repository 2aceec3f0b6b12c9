"""LUKS 1 and 2: from a passphrase to the volume key, and the key to plain bytes.

| LUKS 1 | LUKS 2 |
|---|---|
| 0 `LUKS\\xba\\xbe`, version, cipher, hash, payload, digest, eight key slots | 0 and a copy: binary header, then JSON: keyslots, digests, segments |

A key slot holds the volume key, split over many stripes and encrypted under a key derived from the
passphrase; the digest tells whether it is right. As in *LUKS1 On-Disk Format Specification* 1.2.3 and
*LUKS2 On-Disk Format Specification* 1.1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2i, Argon2id

from forensics.errors import EvidenceError, FormatError
from forensics.volumes.ciphers import SectorCipher, named
from forensics.volumes.readable import Readable

MAGIC = b"LUKS\xba\xbe"
_SECOND = b"SKUL\xba\xbe"
_SECOND_AT = (0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000)
_ACTIVE = 0x00AC71F3
_SLOTS = 8
_LARGEST_JSON = 4 << 20
_MOST_ITERATIONS = 50_000_000
_MOST_MEMORY = 4 << 20  # KiB that Argon2 may ask for
_LARGEST_SLOT = 16 << 20
_HASHES = frozenset(("sha1", "sha224", "sha256", "sha384", "sha512", "ripemd160"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A volume whose key is known. `offset` and `length` are bytes of the volume that hold its payload.

    `first` is the number of the first sector for the cipher.
    """

    offset: int
    length: int
    cipher: str
    sector: int
    first: int
    key: bytes

    def decryptor(self) -> SectorCipher:
        """What decrypts its sectors."""
        return named(self.cipher, self.key, self.sector)


@dataclass(frozen=True, slots=True)
class _Slot:
    offset: int
    cipher: str
    key_size: int
    stripes: int
    split_hash: str
    derive: Mapping[str, Any]


def unlock(volume: Readable, passphrase: bytes) -> Opened:
    """Open a volume with a passphrase, or with the bytes of a key file.

    Raises:
        EvidenceError: no key slot takes it.
        FormatError: a header that cannot be, or a method that is not supported.
    """
    head = volume.read(0, 4096)
    version = int.from_bytes(head[6:8], "big")
    if head[:6] == MAGIC and version == 1:
        return _first(volume, head, passphrase)
    return _second(volume, passphrase)


def derived(derive: Mapping[str, Any], passphrase: bytes, length: int) -> bytes:
    """A key from a passphrase, by PBKDF2 or Argon2, within limits.

    Raises:
        FormatError: another method, or parameters out of limits.
    """
    kind = derive["type"]
    salt = derive["salt"]
    if kind == "pbkdf2":
        name, rounds = _hash(derive["hash"]), int(derive["iterations"])
        if not 0 < rounds <= _MOST_ITERATIONS:
            raise FormatError(f"{rounds:,} iterations of its key derivation cannot be")
        return hashlib.pbkdf2_hmac(name, passphrase, salt, rounds, length)
    if kind in ("argon2id", "argon2i"):
        memory, rounds, lanes = int(derive["memory"]), int(derive["time"]), int(derive["cpus"])
        if memory > _MOST_MEMORY or not 0 < rounds <= 1000 or not 0 < lanes <= 64:
            raise FormatError(f"Argon2 with {memory:,} KiB, {rounds:,} rounds and {lanes:,} lanes is out of limits")
        form = Argon2id if kind == "argon2id" else Argon2i
        return form(salt=salt, length=length, iterations=rounds, lanes=lanes, memory_cost=memory).derive(passphrase)
    raise FormatError(f"the key derivation {str(kind)[:40]!r} is not supported")


def _hash(name: Any) -> str:
    if name not in _HASHES:
        raise FormatError(f"the hash {str(name)[:40]!r} is not supported")
    return str(name)


def _merge(material: bytes, size: int, stripes: int, name: str) -> bytes:
    """The key from its stripes (anti-forensic splitter, LUKS1 §2.4)."""
    held = bytes(size)
    for stripe in range(stripes):
        piece = material[stripe * size : (stripe + 1) * size]
        held = bytes(a ^ b for a, b in zip(held, piece, strict=True))
        if stripe < stripes - 1:
            held = _diffuse(held, name)
    return held


def _diffuse(data: bytes, name: str) -> bytes:
    size = hashlib.new(name).digest_size
    out = b""
    for number, at in enumerate(range(0, len(data), size)):
        piece = data[at : at + size]
        out += hashlib.new(name, struct.pack(">I", number) + piece).digest()[: len(piece)]
    return out


def _candidates(volume: Readable, slots: Iterator[_Slot], passphrase: bytes) -> Iterator[tuple[_Slot, bytes]]:
    for slot in slots:
        length = slot.key_size * slot.stripes
        if not 0 < length <= _LARGEST_SLOT or not 16 <= slot.key_size <= 512:
            raise FormatError(f"a key slot of {slot.stripes:,} stripes of {slot.key_size:,} bytes cannot be")
        under = derived(slot.derive, passphrase, int(slot.derive["length"]))
        padded = -(-length // 512) * 512
        material = volume.read(slot.offset, padded)
        if len(material) < padded:
            continue
        plain = named(slot.cipher, under, 512).decrypt(material, 0)
        yield slot, _merge(plain[:length], slot.key_size, slot.stripes, slot.split_hash)


def _wrong() -> EvidenceError:
    return EvidenceError("the key", "does not open this LUKS volume")


# --- LUKS 1


def _first(volume: Readable, head: bytes, passphrase: bytes) -> Opened:
    name, mode, hash_name = (head[at : at + 32].split(b"\0")[0].decode("ascii", "replace") for at in (8, 40, 72))
    payload, size = struct.unpack_from(">II", head, 104)
    digest, salt, rounds = head[112:132], head[132:164], int.from_bytes(head[164:168], "big")
    cipher = f"{name}-{mode}"
    hash_name = _hash(hash_name)

    def slots() -> Iterator[_Slot]:
        for number in range(_SLOTS):
            active, count, slot_salt, offset, stripes = struct.unpack_from(">II32sII", head, 208 + number * 48)
            if active == _ACTIVE:
                derive = {"type": "pbkdf2", "hash": hash_name, "iterations": count, "salt": slot_salt, "length": size}
                yield _Slot(offset * 512, cipher, size, stripes, hash_name, derive)

    for _, key in _candidates(volume, slots(), passphrase):
        found = derived({"type": "pbkdf2", "hash": hash_name, "iterations": rounds, "salt": salt}, key, 20)
        if hmac.compare_digest(found, digest):
            start = payload * 512
            if not 0 < start < volume.size:
                raise FormatError(f"its payload would begin at {start:,}")
            return Opened(start, (volume.size - start) // 512 * 512, cipher, 512, 0, key)
    raise _wrong()


# --- LUKS 2


def _json(volume: Readable) -> Any:
    """The JSON area of the newer sound header."""
    best: tuple[int, Any] | None = None
    for at, magic in ((0, MAGIC), *((place, _SECOND) for place in _SECOND_AT)):
        head = volume.read(at, 4096)
        if head[:6] != magic or int.from_bytes(head[6:8], "big") != 2 or len(head) < 4096:
            continue
        size, sequence = struct.unpack_from(">QQ", head, 8)
        if not 4096 < size <= _LARGEST_JSON + 4096:
            continue
        name = head[72:104].split(b"\0")[0].decode("ascii", "replace")
        whole = volume.read(at, size)
        if name not in _HASHES or len(whole) < size:
            continue
        state = hashlib.new(name, whole[:448] + bytes(64) + whole[512:])
        if state.digest() != head[448 : 448 + state.digest_size]:
            continue
        try:
            found = json.loads(whole[4096:].split(b"\0")[0])
        except (ValueError, RecursionError):
            continue
        if best is None or sequence > best[0]:
            best = (sequence, found)
    if best is None:
        raise FormatError("neither LUKS2 header is sound")
    return best[1]


def _second(volume: Readable, passphrase: bytes) -> Opened:
    try:
        return _open_second(volume, _json(volume), passphrase)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        if isinstance(error, EvidenceError | FormatError):
            raise
        raise FormatError(f"its LUKS2 description lacks or misstates {str(error)[:80]}") from error


def _derivation(kdf: Mapping[str, Any], length: int) -> dict[str, Any]:
    return {**kdf, "salt": base64.b64decode(kdf["salt"]), "length": length}


def _open_second(volume: Readable, found: Any, passphrase: bytes) -> Opened:
    segments = sorted(found["segments"].items(), key=lambda item: int(item[0]))
    number, segment = next((n, s) for n, s in segments if s["type"] == "crypt")
    if len(segments) > 1 or "integrity" in segment:
        raise FormatError("several segments, or sectors with integrity tags, are not supported")
    digests = [each for each in found["digests"].values() if number in each["segments"]]

    def slots(digest: Any) -> Iterator[_Slot]:
        for name in digest["keyslots"]:
            slot = found["keyslots"].get(name)
            if slot is None or slot["type"] != "luks2":
                continue
            area, split = slot["area"], slot["af"]
            yield _Slot(
                int(area["offset"]),
                area["encryption"],
                int(slot["key_size"]),
                int(split["stripes"]),
                _hash(split["hash"]),
                _derivation(slot["kdf"], int(area["key_size"])),
            )

    for digest in digests:
        wanted = base64.b64decode(digest["digest"])
        for _, key in _candidates(volume, slots(digest), passphrase):
            if hmac.compare_digest(derived(_derivation(digest, 0), key, len(wanted)), wanted):
                return _segment(volume, segment, key)
    raise _wrong()


def _segment(volume: Readable, segment: Any, key: bytes) -> Opened:
    start, sector = int(segment["offset"]), int(segment["sector_size"])
    if not 0 < start < volume.size or sector not in (512, 1024, 2048, 4096):
        raise FormatError(f"a segment at {start:,} with sectors of {sector:,} bytes cannot be")
    length = volume.size - start if segment["size"] == "dynamic" else min(int(segment["size"]), volume.size - start)
    return Opened(start, length // sector * sector, segment["encryption"], sector, int(segment["iv_tweak"]), key)
