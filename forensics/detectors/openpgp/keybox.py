"""GnuPG's keybox, `pubring.kbx` (2.1 and later): each key with what the program knows of it.

| offset | first blob | blob of a key |
|---|---|---|
| 0 | u32 length 32 | u32 length |
| 4 | type 1 | type 2; 0 when deleted |
| 5 | version 1 | version 1 or 2 |
| 8 | `KBXf` | u32 offset and u32 length of the key's packets |
| 16 | u32 created | u16 number and u16 size of key entries: fingerprint, keygrip (version 2) |
| 20 | u32 last maintenance | then serial, user ids, signatures, trust, u32 time of the newest packet, u32 time of import |
| end | | SHA-1 of what is before it |

All integers are big-endian. A deleted key keeps its packets until the file is written anew.

Not recorded: where a key came from (that is in its trust packet) and what it was used for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.openpgp._keys import Certificate, certificates
from forensics.detectors.openpgp._packets import read_packets
from forensics.detectors.openpgp._report import event, moment, tell_key
from forensics.detectors.openpgp._specimens import KEYBOX
from forensics.detectors.openpgp._verify import self_signed
from forensics.errors import FormatError
from forensics.model import ByteRun, Check, Clock, Field, Finding, Grade, Layer, Outcome, Sensitivity

MOST_BLOBS = 100_000
LARGEST_BLOB = 5 << 20  # the program's own limit
MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class _Blob:
    """A blob of a key: its packets, keygrips in hex, times in seconds since 1970, and whether SHA-1 holds."""

    deleted: bool
    keyblock: bytes
    keyblock_at: int
    grips: tuple[str, ...]
    ephemeral: bool
    newest: int
    imported: int
    sound: bool


class Keybox:
    """pubring.kbx."""

    kind: ClassVar[str] = "openpgp/keybox"
    title: ClassVar[str] = "GnuPG keybox"
    version: ClassVar[int] = 3
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"KBXf", at=8, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("GnuPG: kbx/keybox-blob.c, kbx/keybox-update.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = KEYBOX

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """One finding for each OpenPGP key of the keybox that starts at `at`, deleted ones too."""
        first = layer.read(at, 32)
        if len(first) < 32 or first[:6] != b"\0\0\0\x20\1\1" or first[8:12] != b"KBXf":
            return
        place = at + 32
        for _ in range(MOST_BLOBS):
            head = layer.read(place, 6)
            length = int.from_bytes(head[:4], "big")
            if len(head) < 6 or not 40 <= length <= LARGEST_BLOB or head[4] > 3:
                return
            if head[4] in (0, 2) and head[5] in (1, 2):
                yield from self._key(layer, place, length)
            place += length

    def _key(self, layer: Layer, place: int, length: int) -> Iterator[Finding]:
        data = layer.read(place, length)
        try:
            blob = _read_blob(data, length)
        except FormatError:
            return
        chain = read_packets(blob.keyblock)
        keys, strange = certificates(chain.packets, 1)
        if not keys:
            return
        key = keys[0]
        proof = self_signed(key)
        grade = _grade(blob, key, proof)
        story = tell_key(key, proof)
        story.fields["keygrips"] = blob.grips
        for grip in blob.grips:
            story.link("HAS_KEYGRIP", "openpgp/agent_key", grip.upper())
        story.fields["deleted"] = blob.deleted
        story.fields["ephemeral"] = blob.ephemeral
        if blob.imported:
            story.fields["imported"] = moment(blob.imported)
            story.events.append(replace(event(blob.imported, "key imported"), clock=Clock.DEVICE))
        if blob.newest:
            story.fields["newest_packet"] = moment(blob.newest)
        if blob.deleted:
            story.caveats.append("The key was deleted from the keybox; its octets are still there.")
        if len(data) < length:
            story.caveats.append("The keybox is cut off in this key.")
        elif not blob.sound and not blob.deleted:
            story.caveats.append("The checksum of the blob does not hold.")
        block = ByteRun(place + blob.keyblock_at, len(blob.keyblock))
        whole = not chain.fault and not strange
        yield finding(
            self,
            layer,
            place,
            len(data),
            grade=grade,
            value=key.primary.fingerprint,
            checks=(
                Check("SHA-1 of the blob", Outcome.PASS if blob.sound else Outcome.FAIL, 160),
                Check("packet sequence", Outcome.PASS if whole else Outcome.FAIL, 32),
                Check("self-signature", proof, 80),
            ),
            fields={name: Field(value, block) for name, value in story.fields.items()},
            events=tuple(story.events),
            links=tuple(story.links),
            caveats=tuple(story.caveats),
            sensitivity=Sensitivity.NORMAL,
        )


def _grade(blob: _Blob, key: Certificate, proof: Outcome) -> Grade:
    if proof is Outcome.PASS:
        return Grade.C4
    if proof is Outcome.FAIL:
        return Grade.C2 if blob.sound else Grade.C1
    return Grade.C3 if blob.sound else Grade.C2 if key.primary.strict else Grade.C1


def _read_blob(data: bytes, length: int) -> _Blob:
    """Raises: FormatError where offsets leave the blob."""

    def number(at: int, width: int) -> int:
        if at + width > len(data):
            raise FormatError("blob cut off")
        return int.from_bytes(data[at : at + width], "big")

    kind, version, flags = data[4], data[5], number(6, 2)
    start, size = number(8, 4), number(12, 4)
    count, width = number(16, 2), number(18, 2)
    if start + size > length or start < 20 or width not in (28, 56) or not 0 < count <= MOST_ENTRIES:
        raise FormatError("offsets leave the blob")
    grips: tuple[str, ...] = ()
    if version == 2 and width == 56:
        entries = (20 + each * width for each in range(count))
        grips = tuple(grip.hex() for each in entries if any(grip := data[each + 36 : each + 56]))
    at = 20 + count * width
    at += 2 + number(at, 2)
    for _ in range(2):  # user ids, then signatures
        at += 4 + number(at, 2) * number(at + 2, 2)
    newest, imported = number(at + 8, 4), number(at + 12, 4)
    stored = data[-20:]
    digest = hashlib.sha1(data[:-20], usedforsecurity=False).digest()
    md5 = bytes(4) + hashlib.md5(data[:-20], usedforsecurity=False).digest()  # GnuPG before 2.1
    return _Blob(
        deleted=kind == 0,
        keyblock=data[start : start + size],
        keyblock_at=start,
        grips=grips,
        ephemeral=bool(flags & 2),
        newest=newest,
        imported=imported,
        sound=len(data) == length and stored in (digest, md5),
    )


DETECTOR: Detector = Keybox()
