"""Known answers: opened stores of Telegram Desktop, and its containers, put together by hand from their layouts.

`_specimens_telegram` has the key file. What is locked here is random octets: only the container is true.
"""

from __future__ import annotations

import hashlib
import struct

from forensics.detectors.base import Specimen

_HAND = "by hand, in the form of Telegram Desktop 5.2"
_VERSION = struct.pack("<I", 5_002_001)
_DAY = 2_460_370  # 29 February 2024


def _noise(count: int) -> bytes:
    return b"".join(hashlib.sha256(bytes([each, 9])).digest() for each in range(-(-count // 32)))[:count]


def container(*arrays: bytes | None) -> bytes:
    """A file `TDF$` of arrays; None is one that is not there."""
    body = b"".join(b"\xff" * 4 if each is None else struct.pack(">I", len(each)) + each for each in arrays)
    end = hashlib.md5(body + struct.pack("<I", len(body)) + _VERSION + b"TDF$", usedforsecurity=False)
    return b"TDF$" + _VERSION + body + end.digest()


def text(words: str | None) -> bytes:
    """A QString."""
    data = (words or "").encode("utf-16-be")
    return b"\xff" * 4 if words is None else struct.pack(">I", len(data)) + data


def account(user: int, centre: int, *keys: int) -> bytes:
    """A sign-in with keys for these centres."""
    listed = struct.pack(">I", len(keys)) + b"".join(struct.pack(">I", each) + _noise(256) for each in keys)
    body = b"\xff" * 8 + struct.pack(">QI", user, centre) + listed + bytes(4)
    return struct.pack(">II", 75, len(body)) + body


def user_map(user: int, first: str, last: str, phone: str, name: str, more: bytes = b"") -> bytes:
    """A map that starts with the user, then `more`."""
    told = struct.pack(">QQIQIIII", 1 << 55 | user, 0x77FFFFFFFFFFFFFF, 1, 5, 0x80000000, 4, 0, 0)
    told += b"".join(map(text, (first, last, phone, name))) + struct.pack(">QI", 7, 0)
    told += text("") + struct.pack(">III", 0, 0, 0xFFFFFFFF) + text("about")
    return struct.pack(">II", 21, len(told)) + told + more


def _when(thousandths: int) -> bytes:
    return struct.pack(">qIB", _DAY, thousandths, 1)


def sent(*paths: str) -> bytes:
    """Places of files, whole."""
    rows = [struct.pack(">QQI", 3, 4, 0) + text(each) + b"\xff" * 4 + _when(1_000) + b"\0\0\2\0" for each in paths]
    return b"".join(rows) + bytes(20) + b"\xff" * 8 + _when(2_000) + bytes(4) + bytes(8) + b"\xff" * 4


def draft(partner: int, *texts: str) -> bytes:
    """Drafts to a user."""
    head = struct.pack(">QQI", 0xFFFFFFFFFFFFFF03, 1 << 55 | partner, len(texts))
    return head + b"".join(struct.pack(">q", 1) + text(each) + b"\xff" * 4 + struct.pack(">qi", 0, 0) for each in texts)


_ONE = container(_noise(352))
_MAP = user_map(
    4_242_000_111, "Vee", "", "49900000111", "kiln_v",
    struct.pack(">IIQQ", 1, 1, 0x0123456789ABCDEF, 1 << 55 | 77) + struct.pack(">IQ", 4, 0xFEDC),
)  # fmt: skip
_ACCOUNT = account(4_242_000_111, 2, 2, 4)
_OLD = struct.pack(">IIIII", 75, 276, 4242, 2, 1) + struct.pack(">I", 2) + _noise(256) + bytes(4)
_SENT = sent("/home/v/menu.jpg", "C:/Users/v/Desktop/label.pdf")
_DRAFT = draft(77, "two as before", "post it on Monday")
_CACHE = b"TDEF" + _noise(4_096)

FILES = (
    Specimen("one array", _ONE, ("encrypted",), _HAND),
    Specimen("a map", container(None, None, _noise(80)), ("encrypted",), _HAND),
    Specimen("an octet changed", _ONE[:99] + bytes((_ONE[99] ^ 1,)) + _ONE[100:], None, "by hand, changed"),
    Specimen("cut", _ONE[:-9], None, "by hand, cut"),
    Specimen("look-alike: the magic in prose", b"TDF$ab\0\0\0 is the magic", None, "by hand"),
)
CACHED = (
    Specimen("a file", _CACHE, ("encrypted",), _HAND),
    Specimen("cut in its head", _CACHE[:90], None, "by hand, cut"),
    Specimen("look-alike: the magic alone", b"TDEF" + bytes(4_000), None, "by hand"),
    Specimen("look-alike: text", b"TDEF" + b"a text that goes on " * 100, None, "by hand"),
)
ACCOUNTS = (
    Specimen("an account with two keys", _ACCOUNT, ("4242000111",), _HAND),
    Specimen("before 2.7.5", _OLD, ("4242",), "by hand, in the form of Telegram Desktop 2.1"),
    Specimen("cut", _ACCOUNT[:28], None, "by hand, cut"),
    Specimen("a count too high", _ACCOUNT[:28] + b"\0\0\0\3" + _ACCOUNT[32:], None, "by hand, changed"),
    Specimen("look-alike: no user", account(0, 2, 2), None, "by hand"),
)
MAPS = (
    Specimen("a user, a draft, places of files", _MAP, ("49900000111",), _HAND),
    Specimen("cut within the user", _MAP[:60], None, "by hand, cut"),
    Specimen("look-alike: another tag", _MAP[:16] + b"\x76" + _MAP[17:], None, "by hand, changed"),
    Specimen("look-alike: a group", _MAP[:8] + b"\x00\x81" + _MAP[10:], None, "by hand, changed"),
)
SENT = (
    Specimen("two files", _SENT, ("/home/v/menu.jpg", "C:/Users/v/Desktop/label.pdf"), _HAND),
    Specimen("the first octets lost", _SENT[30:], ("C:/Users/v/Desktop/label.pdf",), "by hand, cut"),
    Specimen("look-alike: its last entry alone", _SENT[-61:], None, "by hand, cut"),
    Specimen("without its last entry", _SENT[:120], None, "by hand, cut"),
)
DRAFTS = (
    Specimen("two drafts", _DRAFT, ("two as before", "post it on Monday"), _HAND),
    Specimen("cut", _DRAFT[:60], None, "by hand, cut"),
    Specimen("look-alike: text that is none", _DRAFT.replace(b"\0w", b"\xd8w"), None, "by hand, changed"),
    Specimen("look-alike: a count too high", _DRAFT[:16] + b"\0\0\3\xff" + _DRAFT[20:], None, "by hand, changed"),
)
