"""Databases of KeePass 2, KeePassXC and their kin (KDBX 2 to 4).

| part    | content                                                                                    |
|---------|--------------------------------------------------------------------------------------------|
| magic   | `03 D9 A2 9A 67 FB 4B B5`, u16 minor and major version                                     |
| header  | numbered fields in clear (`_kdbx`): cipher, key derivation, seeds, IV                      |
| proof   | version 4: SHA-256 and HMAC of the header                                                  |
| content | encrypted XML of groups and entries (`_kdbx_tree`), in blocks with an HMAC each in version 4 |

The header is in clear and names cipher, key derivation and its cost. From version 4 a SHA-256 stands behind it, so
that damage and chance are told apart without a password.

Not recorded outside the encryption: names, entries, any time, whether a key file is needed beside the password.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.store import _kdbx
from forensics.detectors.store._kdbx import Header
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_LARGEST_HEADER = 64 << 10


def _fields(width: int, **more: bytes) -> bytes:
    return b"".join(
        bytes((int(name[1:]),)) + len(value).to_bytes(width, "little") + value for name, value in more.items()
    )


def _third(body: bytes) -> bytes:
    seed, rounds = bytes(range(32)), (60_000).to_bytes(8, "little")
    return (
        _kdbx.MAGIC
        + bytes((1, 0, 3, 0))
        + _fields(
            2, f2=_kdbx.AES, f3=bytes((1, 0, 0, 0)), f4=seed, f5=seed[::-1], f6=rounds, f7=seed[:16], f8=seed, f9=seed,
            f10=bytes((2, 0, 0, 0)), f0=b"\r\n\r\n",
        )
        + body
    )  # fmt: skip


def _fourth() -> bytes:
    numbers = ((b"I", 5, 14), (b"M", 5, 65_536), (b"P", 4, 2), (b"V", 4, 19))
    cost = b"".join(
        bytes((kind,)) + bytes((1, 0, 0, 0)) + name + bytes((8 if kind == 5 else 4, 0, 0, 0))
        + value.to_bytes(8 if kind == 5 else 4, "little")
        for name, kind, value in numbers
    )  # fmt: skip
    which = b"\x42\x05\0\0\0$UUID\x10\0\0\0" + _kdbx.ARGON2ID + b"\x42\x01\0\0\0S\x20\0\0\0" + bytes(range(32))
    head = _kdbx.MAGIC + bytes((0, 0, 4, 0))
    head += _fields(4, f2=_kdbx.CHACHA20, f3=bytes((1, 0, 0, 0)), f4=bytes(range(32)), f7=bytes(range(12)))
    head += _fields(4, f11=b"\0\1" + which + cost + b"\0", f0=b"\r\n\r\n")
    block = bytes(32) + (40).to_bytes(4, "little") + bytes(range(40))
    return head + hashlib.sha256(head).digest() + bytes(32) + block + bytes(36)


_HAND = "by hand, from the published specification of KDBX; counted octets"
_THIRD, _FOURTH = _third(bytes(range(64))), _fourth()


class KeePass:
    """One database."""

    kind: ClassVar[str] = "store/keepass"
    title: ClassVar[str] = "KeePass 2 database"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "KeePass: KDBX file format specification",
        "hashcat modes 13400, 34300; John's keepass2john",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("version 3", _THIRD, ("encrypted",), _HAND),
        Specimen("version 4", _FOURTH, ("encrypted",), _HAND),
        Specimen("version 4, last block cut off", _FOURTH[:-20], ("encrypted",), _HAND + ", cut"),
        Specimen(
            "version 4, header changed", _FOURTH.replace(b"\x0e", b"\x0f", 1), ("encrypted",), _HAND + ", changed"
        ),
        Specimen("header cut off", _THIRD[:150], None, _HAND + ", cut"),
        Specimen("look-alike: the magic alone", _kdbx.MAGIC + bytes(200), None, "by hand"),
        Specimen("look-alike: a version to come", _kdbx.MAGIC + bytes((0, 0, 9, 0)) + _THIRD[12:], None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database that starts at `at`."""
        data = layer.read(at, _LARGEST_HEADER)
        told = _kdbx.header(data)
        if told is None or (told.major < 4 and told.fields[2] not in _kdbx.CIPHERS):
            return
        length, whole = _kdbx.extent(layer, at, told)
        caveats = []
        if told.sound is False:
            caveats.append("The checksum of the header does not hold: it is damaged or was changed.")
        if told.major >= 4 and not whole:
            caveats.append("The database is cut off.")
        if told.major < 4 and at:
            caveats.append("This version states no length: what follows is taken, up to 1 MiB.")
        checked = {None: Outcome.NOT_APPLICABLE, True: Outcome.PASS, False: Outcome.FAIL}[told.sound]
        yield finding(
            self,
            layer,
            at,
            length,
            grade=Grade.C3 if told.sound and whole else Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(
                Check("magic and fields of the header", Outcome.PASS, 64),
                Check("SHA-256 of the header", checked, 256),
            ),
            fields=dict(_told(told, at, layer.read(at + told.length, 64))),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _told(told: Header, at: int, behind: bytes) -> Iterator[tuple[str, Field]]:
    def span(number: int) -> ByteRun | None:
        run = told.spans.get(number)
        return ByteRun(at + run.offset, run.length) if run else None

    derived = 11 if told.major >= 4 else 6
    kdf = _kdbx.KDFS.get(told.kdf, told.kdf.hex())
    yield "version", Field(f"{told.major}.{told.minor}", ByteRun(at + 8, 4))
    yield "encryption", Field(f"everything, {_kdbx.CIPHERS.get(told.fields[2], told.fields[2].hex())}", span(2))
    yield "compressed", Field(told.fields.get(3, b"")[:1] == b"\x01", span(3))
    yield "kdf", Field(kdf, span(derived))
    yield "kdf_rounds", Field(told.rounds, span(derived))
    yield "kdf_salt", Field(told.salt.hex(), span(11 if told.major >= 4 else 5))
    if kdf.startswith("Argon2"):
        yield "kdf_memory", Field(told.number("M"), span(11))
        yield "kdf_lanes", Field(told.number("P"), span(11))
        yield "kdf_version", Field(told.number("V"), span(11))
    export = hash_export(told, behind)
    yield "hash_export", Field(export or Absent.NOT_PARSED)


def hash_export(told: Header, behind: bytes) -> str:
    """The form of password recovery; `behind` are the 64 octets behind the header, empty where it is cut off."""
    seed = told.fields[4].hex()
    if told.major < 4:
        if len(behind) < 32 or told.fields[2] not in (_kdbx.AES, _kdbx.TWOFISH):
            return ""
        parts = [seed, told.salt.hex(), told.fields[7].hex(), told.fields[9].hex(), behind[:32].hex()]
        return f"$keepass$*2*{told.rounds}*{int(told.fields[2] == _kdbx.TWOFISH)}*" + "*".join(parts)
    if len(behind) < 64 or told.kdf not in _kdbx.KDFS:
        return ""
    cost = [told.kdf[:4].hex(), *(str(told.number(name)) for name in "MVP")]
    return "*".join(["$keepass$*4", str(told.rounds), *cost, seed, told.salt.hex(), told.raw.hex(), behind[32:].hex()])


DETECTOR: Detector = KeePass()
