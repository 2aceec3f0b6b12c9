"""Writes a physical volume of Core Storage with one encrypted logical volume (FileVault 2) around given bytes.

No tool on Linux writes one. As libyal's *FileVault Drive Encryption (FVDE) format* has it: a header of 512 bytes; a metadata
block that says where the encrypted ones are; of these a list of logical volumes (0x0105), the encryption context (0x0019), the
volume (0x001a) and its pieces (0x0305). All keys have 16 bytes, wrapped as in RFC 3394; AES-XTS counts sectors of the logical volume.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

BLOCK = 4096
UNIT = 8192  # of metadata
SECTOR = 512
ROUNDS = 1000
LABEL, HIDDEN, UNITS = 16, 32, 16  # blocks of the first metadata and of the encrypted one, and units of the latter
FIRST = 256  # block of the first piece
GROUP, PHYSICAL, FAMILY, LOGICAL = (UUID(hashlib.sha256(word).hexdigest()[:32]) for word in (b"g", b"p", b"f", b"l"))
_METADATA_KEY = hashlib.sha256(b"metadata").digest()[:16]
_VOLUME_KEY = hashlib.sha256(b"volume").digest()[:16]
_OUTER_KEY = hashlib.sha256(b"outer").digest()[:16]


def _crc32c(data: bytes) -> int:
    table = _table()
    state = 0xFFFFFFFF
    for byte in data:
        state = state >> 8 ^ table[(state ^ byte) & 0xFF]
    return state


def _table() -> list[int]:
    out = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)  # noqa: PLW2901
        out.append(byte)
    return out


def _summed(raw: bytes) -> bytes:
    return struct.pack("<II", _crc32c(raw[8:]), 0xFFFFFFFF) + raw[8:]


def _unit(kind: int, number: int, identifier: int, body: bytes) -> bytes:
    head = struct.pack("<IIHHIQQQQIIQ", 0, 0, 1, kind, 1, 1, identifier, number, 0, UNIT, 0, 0)
    return _summed((head + body).ljust(UNIT, b"\0"))


def _xts(key: bytes, data: bytes, size: int, first: int = 0) -> bytes:
    out = b""
    for at in range(0, len(data), size):
        tweak = (first + at // size).to_bytes(16, "little")
        context = Cipher(algorithms.AES(key), modes.XTS(tweak)).encryptor()
        out += context.update(data[at : at + size]) + context.finalize()
    return out


def _context(secrets: Sequence[str]) -> bytes:
    """The plist that says what opens the volume."""
    users = ""
    for secret in secrets:
        salt = hashlib.sha256(secret.encode()).digest()[:16]
        stretched = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, ROUNDS, 16)
        wrapped = aes_key_wrap(stretched, _OUTER_KEY)
        raw = struct.pack("<II16sII24s112xI", 3, 16, salt, 16, 24, wrapped, ROUNDS).ljust(284, b"\0")
        users += "<dict><key>PassphraseWrappedKEKStruct</key><data>" + base64.b64encode(raw).decode() + "</data></dict>"
    raw = struct.pack("<II24s", 16, 24, aes_key_wrap(_OUTER_KEY, _VOLUME_KEY)).ljust(256, b"\0")
    return (
        "<dict><key>com.apple.corestorage.lvf.encryption.context</key><dict>"
        "<key>ConversionInfo</key><dict><key>ConversionStatus</key><string>Complete</string></dict>"
        f"<key>CryptoUsers</key><array>{users}</array>"
        "<key>WrappedVolumeKeys</key><array><dict><key>BlockAlgorithm</key><string>None</string></dict><dict>"
        "<key>BlockAlgorithm</key><string>AES-XTS</string><key>KEKWrappedVolumeKeyStruct</key><data>"
        f"{base64.b64encode(raw).decode()}</data></dict></array></dict></dict>"
    ).encode()


def pieces(size: int, count: int) -> list[tuple[int, int, int]]:
    """(logical block, blocks, physical block) of each piece of a volume of `size` bytes; the last lies first."""
    blocks = -(-size // BLOCK)
    each = -(-blocks // count)
    logical = range(0, blocks, each)
    return [
        (at, min(each, blocks - at), FIRST + (len(logical) - 1 - number) * (each + 8))
        for number, at in enumerate(logical)
    ]


def made(plain: bytes, secrets: Sequence[str], count: int = 1) -> bytearray:
    """A physical volume whose logical one holds `plain` in `count` pieces and opens with any of `secrets`."""
    plain = plain.ljust(-(-len(plain) // BLOCK) * BLOCK, b"\0")
    parts = pieces(len(plain), count)
    blocks = max(physical + length for _, length, physical in parts) + 64
    data = bytearray(blocks * BLOCK)
    head = struct.pack("<IIHHI32xIIQQ16x2sIHII", 0, 0, 1, 0x10, 1, SECTOR, 0, 0, len(data), b"CS", 1, 0, BLOCK, UNIT)
    head += struct.pack("<4Q32xII128s", LABEL, LABEL + 2, LABEL + 4, LABEL + 6, 16, 2, _METADATA_KEY)
    data[:512] = _summed((head + PHYSICAL.bytes + GROUP.bytes).ljust(512, b"\0"))
    group = (
        f"<dict><key>com.apple.corestorage.lvg.uuid</key><string>{str(GROUP).upper()}</string>"
        "<key>com.apple.corestorage.lvg.name</key><string>Group</string>"
        f"<key>com.apple.corestorage.lvg.physicalVolumes</key><array><string>{str(PHYSICAL).upper()}</string></array></dict>"
    ).encode()
    body = bytearray(UNIT - 64)
    struct.pack_into("<I", body, 0, UNIT)
    struct.pack_into("<IIII", body, 156, 256, 512, len(group), len(group))
    struct.pack_into("<QQQQQQ", body, 256 - 64, 1, UNITS * UNIT // BLOCK, 0, 0, HIDDEN, HIDDEN + UNITS * UNIT // BLOCK)
    body[512 - 64 : 512 - 64 + len(group)] = group
    for number in range(4):
        at = (LABEL + 2 * number) * BLOCK
        data[at : at + UNIT] = _unit(0x11, LABEL + 2 * number, 1, bytes(body))
    context = _context(secrets)
    logical = (
        f"<dict><key>com.apple.corestorage.lv.familyUUID</key><string>{str(FAMILY).upper()}</string>"
        "<key>com.apple.corestorage.lv.name</key><string>Macintosh HD</string>"
        f'<key>com.apple.corestorage.lv.size</key><integer size="64">0x{len(plain):x}</integer>'
        f"<key>com.apple.corestorage.lv.uuid</key><string>{str(LOGICAL).upper()}</string></dict>"
    ).encode()
    inner = struct.pack("<32xQIIII24x", 0, len(context), len(context), 64 + 80, len(context)) + context
    about = struct.pack("<QQ24xQ8xIIII", 7, 8, 9, len(logical), len(logical), 64 + 72, len(logical)) + logical
    table = struct.pack("<II", len(parts), 0)
    for at, length, physical in parts:
        table += struct.pack("<QQI12xQ", 0, at, length, physical)
    volumes = struct.pack("<IIQQ", 1, 0, 7, 0)
    bodies = ((0x105, 5, volumes), (0x19, 6, inner), (0x1A, 7, about), (0x305, 8, table))
    units = [_unit(kind, number, each, body) for number, (kind, each, body) in enumerate(bodies)]
    sealed = _xts(_METADATA_KEY + PHYSICAL.bytes, b"".join(units), UNIT)
    for place in (HIDDEN * BLOCK, HIDDEN * BLOCK + UNITS * UNIT):
        data[place : place + len(sealed)] = sealed
    key = _VOLUME_KEY + hashlib.sha256(_VOLUME_KEY + FAMILY.bytes).digest()[:16]
    for at, length, physical in parts:
        piece = plain[at * BLOCK : (at + length) * BLOCK]
        data[physical * BLOCK : (physical + length) * BLOCK] = _xts(key, piece, SECTOR, at * BLOCK // SECTOR)
    return data
