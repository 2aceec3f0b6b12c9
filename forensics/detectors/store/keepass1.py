"""Databases of KeePass 1 (KDB).

| offset | length | content                                                        |
|--------|--------|----------------------------------------------------------------|
| 0      | 8      | `03 D9 A2 9A 65 FB 4B B5`                                      |
| 8      | 4, 4   | flags (2 AES, 8 Twofish), version 0003xxxx                     |
| 16     | 16, 16 | master seed, IV                                                |
| 48     | 4, 4   | number of groups, of entries                                   |
| 56     | 32     | SHA-256 of the plain text                                      |
| 88     | 32, 4  | transform seed, rounds of AES                                  |
| 124    |        | ciphertext to the end of the file                              |

Not recorded outside the encryption: names, entries, times, the length of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

HEADER = 124
_LARGEST = 64 << 20
_INLINE = 256 << 10  # ciphertext that is put into the form of password recovery
_MOST_ENTRIES = 1 << 20
_MOST_ROUNDS = 100_000_000
_CIPHERS = {2: "AES-256-CBC", 8: "Twofish-256-CBC"}

_HEAD = b"".join(
    (
        bytes.fromhex("03d9a29a65fb4bb5"),
        (3).to_bytes(4, "little"),
        (0x00030004).to_bytes(4, "little"),
        bytes(range(32)),
        (2).to_bytes(4, "little"),
        (5).to_bytes(4, "little"),
        bytes(range(64)),
        (600_000).to_bytes(4, "little"),
    )
)
_WHOLE = _HEAD + bytes(range(96))
_HAND = "by hand, from the source of KeePass 1 as documented; counted octets"


class KeePass1:
    """One database."""

    kind: ClassVar[str] = "store/keepass1"
    title: ClassVar[str] = "KeePass 1 database"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("KeePass 1.x: PwStructs.h, PW_DBHEADER", "hashcat mode 13400")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("whole", _WHOLE, ("encrypted",), _HAND),
        Specimen("cut off in its header", _WHOLE[:100], None, _HAND + ", cut"),
        Specimen("another version", _WHOLE.replace(b"\4\0\3\0", b"\4\0\7\0"), None, _HAND + ", changed"),
        Specimen("look-alike: the magic alone", _WHOLE[:8] + bytes(200), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database that starts at `at`."""
        head = layer.read(at, HEADER)
        if len(head) < HEADER:
            return
        flags, version = (int.from_bytes(head[each : each + 4], "little") for each in (8, 12))
        groups, entries, rounds = (int.from_bytes(head[each : each + 4], "little") for each in (48, 52, 120))
        algorithm = 8 if flags & 8 else 2
        if version >> 16 != 3 or not flags & 10 or not 0 < groups <= _MOST_ENTRIES or entries > _MOST_ENTRIES:
            return
        if not 0 < rounds <= _MOST_ROUNDS:
            return
        size = min(layer.size - at - HEADER, _LARGEST) if at == 0 else 0
        body = layer.read(at + HEADER, size) if 0 < size <= _INLINE else b""
        parts = [head[16:32], head[88:120], head[32:48], head[56:88]]
        export = f"$keepass$*1*{rounds}*{int(algorithm == 8)}*" + "*".join(each.hex() for each in parts)
        yield finding(
            self,
            layer,
            at,
            HEADER + size,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("magic, version and counts", Outcome.PASS, 90),),
            fields={
                "version": Field(f"1 ({version:08x})", ByteRun(at + 12, 4)),
                "encryption": Field(f"everything, {_CIPHERS[algorithm]}", ByteRun(at + 8, 4)),
                "groups": Field(groups, ByteRun(at + 48, 4)),
                "entries": Field(entries, ByteRun(at + 52, 4)),
                "kdf": Field("AES-KDF", ByteRun(at + 88, 36)),
                "kdf_rounds": Field(rounds, ByteRun(at + 120, 4)),
                "kdf_salt": Field(head[88:120].hex(), ByteRun(at + 88, 32)),
                "hash_export": Field(f"{export}*1*{len(body)}*{body.hex()}" if body else Absent.NOT_PARSED),
            },
            caveats=("Only the header is taken: where the database ends is not stated.",) if at else (),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = KeePass1()
