"""Binary OpenPGP messages and detached signatures, as files: `.gpg`, `.pgp`, `.sig` or of any name.

| packets | meaning |
|---|---|
| 1, 1, …, 3, …, then 9, 18 or 20 | encrypted to keys (1) or passwords (3) |
| 4, …, 11, 2, … | text or file with its signatures |
| 2, 2, … | detached signatures |
| 8 | compressed: one of the others inside |

Only the start of an entry counts: a row of packets elsewhere has nothing to be told by.

Not recorded: to whom, where the key id is 0; when a message was encrypted; the name of the file, when
it is inside of the encryption.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.openpgp import _packets as p
from forensics.detectors.openpgp._messages import read_message
from forensics.detectors.openpgp._packets import read_packets
from forensics.detectors.openpgp._report import tell_message
from forensics.detectors.openpgp._specimens import MESSAGE
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome

HEAD = 1 << 20  # octets that are parsed; of the rest only the lengths of packets are read
MOST_PIECES = 100_000
_STARTS = frozenset({p.PKESK, p.SKESK, p.SIGNATURE, p.ONE_PASS, p.COMPRESSED, p.LITERAL, p.MARKER, p.SEIPD, p.AEAD})
_KEY_ALGORITHM = rb"[\x01\x02\x08\x10\x12\x14\x19\x1a\x63]"


class MessageFile:
    """An OpenPGP message without armour."""

    kind: ClassVar[str] = "openpgp/message"
    title: ClassVar[str] = "OpenPGP message, binary"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"[\x84\xc1][\x1a-\xbf]\x03[\x00-\xff]{8}" + _KEY_ALGORITHM, at=0, anchored=True, wide=False),
        Trigger(rb"\x85[\x00-\x10][\x00-\xff]\x03[\x00-\xff]{8}" + _KEY_ALGORITHM, at=0, anchored=True, wide=False),
        Trigger(rb"\xc1[\xc0-\xdf][\x00-\xff]\x03[\x00-\xff]{8}" + _KEY_ALGORITHM, at=0, anchored=True, wide=False),
        Trigger(rb"\xc1[\x20-\xbf]\x06[\x00\x15\x21]", at=0, anchored=True, wide=False),
        Trigger(rb"[\x8c\xc3][\x04-\x80][\x04-\x06][\x01-\x1a]", at=0, anchored=True, wide=False),
        Trigger(
            rb"[\x88\xc2][\x20-\xbf][\x04-\x06][\x00-\x50][\x01-\x1c][\x01-\x0e]\x00", at=0, anchored=True, wide=False
        ),
        Trigger(rb"[\x89\xc2][\x00-\xdf][\x00-\xff][\x03-\x06]", at=0, anchored=True, wide=False),
        Trigger(rb"[\x90\xc4]\x0d\x03[\x00\x01]", at=0, anchored=True, wide=False),
        Trigger(rb"\xa3[\x01-\x03]", at=0, anchored=True, wide=False),
        Trigger(rb"\xc8[\x10-\xbf\xe0-\xfe][\x01-\x03]", at=0, anchored=True, wide=False),
        Trigger(rb"\xc8[\xc0-\xdf][\x00-\xff][\x01-\x03]", at=0, anchored=True, wide=False),
        Trigger(rb"[\xca\xa8]\x03PGP", at=0, anchored=True, wide=False),
        Trigger(name="*.gpg"),
        Trigger(name="*.pgp"),
        Trigger(name="*.sig"),
    )
    references: ClassVar[tuple[str, ...]] = ("RFC 9580 §10.3", "draft-koch-librepgp (packet 20)")
    specimens: ClassVar[tuple[Specimen, ...]] = MESSAGE

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The message that starts at `at`."""
        head = layer.read(at, 16)
        if not head or not head[0] & 0x80:
            return
        first = head[0] & 0x3F if head[0] & 0x40 else (head[0] >> 2) & 0x0F
        if first not in _STARTS:
            return
        end, count, whole = _extent(layer, at)
        if not count:
            return
        data = layer.read(at, min(HEAD, end - at))
        chain = read_packets(data, most=10_000)
        message = read_message(chain.packets)
        if not message.sound or message.strange > message.sound:
            return
        encrypted = bool(message.encryption)
        signed = bool(message.signatures or message.signers)
        if message.recipients or message.passwords:
            if not encrypted and whole:
                return
        elif not (signed or message.literal or encrypted):
            return
        fits = whole and end == layer.size
        exact = fits and not message.strange
        if not fits and (not (encrypted or message.recipients) or message.strange):
            return
        story = tell_message(message)
        if not whole:
            story.caveats.append("The message is cut off.")
        span = ByteRun(at, min(end - at, len(data)))
        yield finding(
            self,
            layer,
            at,
            end - at,
            grade=Grade.C3 if exact and (encrypted or signed) else Grade.C2,
            value=Absent.NONE_STORED,
            checks=(
                Check("packet sequence", Outcome.PASS, 32),
                Check("ends with the file", Outcome.PASS if exact else Outcome.FAIL, 24),
            ),
            fields={name: Field(value, span) for name, value in story.fields.items()},
            events=tuple(story.events),
            links=tuple(story.links),
            caveats=tuple(story.caveats),
        )


def _extent(layer: Layer, at: int) -> tuple[int, int, bool]:
    """Where the row of packets ends, how many there are, and whether the last one is whole.

    Only heads are read, so that a message of gigabytes costs little.
    """
    count = 0
    start, size = at, layer.size
    for _ in range(MOST_PIECES):
        if at >= size:
            return at, count, True
        head = layer.read(at, 6)
        if not head[0] & 0x80:
            return at, count, at > start
        step, indeterminate = _step(head)
        if not step:
            return at, count, at > start and len(head) == 6
        count += 1
        if indeterminate:
            return size, count, True
        at, partial = at + step[0], step[1]
        for _ in range(MOST_PIECES):
            if not partial or at >= size:
                break
            length, partial = _length(layer.read(at, 5))
            at += length
        if at > size or partial:
            return min(at, size), count, False
    return at, count, False


def _step(head: bytes) -> tuple[tuple[int, bool] | None, bool]:
    """Octets to the next packet or piece, whether a piece follows; and whether the length is open."""
    octet = head[0]
    tag = octet & 0x3F if octet & 0x40 else (octet >> 2) & 0x0F
    if tag not in p.KNOWN and tag < 40:
        return None, False
    if octet & 0x40:
        length, partial = _length(head[1:])
        return (1 + length, partial) if length else None, False
    width = (1, 2, 4, 0)[octet & 3]
    if not width:
        return (0, False), True
    if len(head) < 1 + width:
        return None, False
    return (1 + width + int.from_bytes(head[1 : 1 + width], "big"), False), False


def _length(stored: bytes) -> tuple[int, bool]:
    """Octets of a length and of what it counts, and whether another piece follows; 0 where cut off."""
    if not stored:
        return 0, False
    octet = stored[0]
    if octet < 192:
        return 1 + octet, False
    if octet < 224:
        return (2 + ((octet - 192) << 8) + stored[1] + 192, False) if len(stored) > 1 else (0, False)
    if octet == 255:
        return (5 + int.from_bytes(stored[1:5], "big"), False) if len(stored) > 4 else (0, False)
    return 1 + (1 << (octet & 0x1F)), True


DETECTOR: Detector = MessageFile()
