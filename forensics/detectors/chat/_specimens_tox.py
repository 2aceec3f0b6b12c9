"""Known answers: profiles of Tox of people who do not exist, with the secret key 00 01 … 1F."""

from __future__ import annotations

import hashlib

from forensics.detectors.base import Specimen

_SECRET = bytes(range(32))
_PUBLIC = bytes.fromhex("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f")


def _section(kind: int, data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + kind.to_bytes(2, "little") + b"\xce\x01" + data


def _friend(key: bytes, name: bytes, seen: int) -> bytes:
    start = (b"\x04" + key).ljust(1_060, b"\0") + name.ljust(128, b"\0") + len(name).to_bytes(2, "big")
    return start.ljust(2_208, b"\0") + seen.to_bytes(8, "big")


def _profile(secret: bytes) -> bytes:
    friends = _friend(b"\x11" * 32, b"Tallow", 1_709_251_198) + _friend(b"\x22" * 32, b"", 0)
    return (
        b"\0\0\0\0\x1f\x1b\xed\x15"
        + _section(1, b"\1\2\3\4" + _PUBLIC + secret)
        + _section(4, b"Wick")
        + _section(5, b"by candle light")
        + _section(3, friends)
        + _section(255, b"")
    )


_BOX = b"".join(hashlib.sha256(bytes([each])).digest() for each in range(4))
TOX = (
    Specimen("a profile", _profile(_SECRET), (_PUBLIC.hex(),), "by hand, in the form of toxcore 0.2"),
    Specimen("a secret key of another", _profile(bytes(31) + b"\x40"), (_PUBLIC.hex(),), "by hand, changed"),
    Specimen("cut in the contacts", _profile(_SECRET)[:1_500], (_PUBLIC.hex(),), "by hand, cut"),
    Specimen("cut in the keys", _profile(_SECRET)[:60], None, "by hand, cut"),
    Specimen("locked", b"toxEsave" + _BOX, ("encrypted",), "by hand: digests for the box"),
    Specimen("the mark in prose", b"toxEsave is the mark of a locked profile; " * 3, None, "by hand"),
)
