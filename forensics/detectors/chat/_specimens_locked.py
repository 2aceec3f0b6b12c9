"""Known answers: keys and locked files of people who do not exist."""

from __future__ import annotations

import hashlib

from forensics.detectors.base import Specimen

NOISE = b"".join(hashlib.sha256(each.to_bytes(2, "big")).digest() for each in range(256))
# A specimen has no name, and by their name alone these files are known: see the tests.
_BACKUP = b"\0\0\0\x38\x0a\x36\x0a\x10" + NOISE[:16] + b"\x12\x20" + NOISE[16:48] + b"\x18\x01" + NOISE
LOCKED = (
    Specimen("a backup of Signal", _BACKUP, ("encrypted",), "by hand: digests for what is encrypted"),
    Specimen("a backup, cut in its header", _BACKUP[:60], None, "by hand, cut"),
    Specimen("a backup of text", _BACKUP[:60] + b"is it there? " * 400, None, "by hand"),
    Specimen("random octets without the name", NOISE, None, "by hand: digests"),
    Specimen("a database that is not locked", b"SQLite format 3\0" + NOISE, None, "by hand"),
    Specimen("zeros", bytes(8_192), None, "by hand"),
    Specimen("text", b"is it there? " * 400, None, "by hand"),
)

_GID, _SALT, _IV, _KEY = NOISE[100:116], NOISE[200:232], NOISE[300:316], NOISE[400:432]
_JAVA = b"\xac\xed\x00\x05ur\x00\x02[B\xac\xf3\x17\xf8\x06\x08T\xe0\x02\x00\x00xp\x00\x00\x00"
_KEY_FILE = _JAVA + b"\x83\x00\x01\x02" + _SALT + _GID + hashlib.sha256(_GID).digest() + bytes(16) + _KEY
WHATSAPP_KEY = (
    Specimen("a key of 12 and 14", _KEY_FILE, (_KEY.hex(),), "by hand, in the form of WhatsApp"),
    Specimen("a key of 15", _JAVA + b"\x20" + _KEY, (_KEY.hex(),), "by hand, in the form of WhatsApp"),
    Specimen("a check that fails", _KEY_FILE[:100] + b"\x55" + _KEY_FILE[101:], None, "by hand, changed"),
    Specimen("cut", _KEY_FILE[:120], None, "by hand, cut"),
    Specimen("zeros for a key", _JAVA + b"\x20" + bytes(32), None, "by hand"),
)
_INFO = b'"i\x0a\x092.22.5.13\x1a\x0267 \x00' + b"(\x01" * 47
_C14 = b"\x0a\x02\x00\x01\x12\x01\x02\x1a\x20" + _SALT + b'"\x10' + _GID + b"*\x10" + _IV
_PREFIX14 = b"\x08\x00\x12" + bytes([len(_C14)]) + _C14 + _INFO
_PREFIX15 = b"\x08\x01\x1a\x12\x0a\x10" + _IV + _INFO
WHATSAPP_BACKUP = (
    Specimen("14", bytes([len(_PREFIX14)]) + b"\x01" + _PREFIX14 + NOISE, (_GID.hex(),), "by hand, as WhatsApp writes"),
    Specimen(
        "15", bytes([len(_PREFIX15)]) + b"\x01" + _PREFIX15 + NOISE, ("encrypted",), "by hand, as WhatsApp writes"
    ),
    Specimen("15 without its flag", bytes([len(_PREFIX15)]) + _PREFIX15 + NOISE, ("encrypted",), "by hand"),
    Specimen("cut in the prefix", bytes([len(_PREFIX15)]) + b"\x01" + _PREFIX15[:40], None, "by hand, cut"),
    Specimen("text behind it", bytes([len(_PREFIX15)]) + b"\x01" + _PREFIX15 + b"is it there? " * 400, None, "by hand"),
)
_HEX = NOISE[500:532].hex()
SIGNAL_KEY = (
    Specimen("Signal, old", f'{{\n  "key": "{_HEX}",\n  "mediaPermissions": true\n}}'.encode(), (_HEX,), "by hand"),
    Specimen(
        "Session", f'{{"key":"{_HEX}","dbHasPassword":false,"opengroupPruning":true}}'.encode(), (_HEX,), "by hand"
    ),
    Specimen(
        "Signal, locked",
        f'{{\n  "encryptedKey": "763130{_HEX}{_HEX}",\n  "safeStorageBackend": "gnome_libsecret"\n}}'.encode(),
        ("encrypted",),
        "by hand",
    ),
    Specimen("a digest of something", f'{{"name": "x", "key": "{_HEX}"}}'.encode(), None, "by hand"),
    Specimen("a digit too few", f'{{"key":"{_HEX[1:]}","dbHasPassword":false}}'.encode(), None, "by hand"),
)
