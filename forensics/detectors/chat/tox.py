"""Profiles of Tox: `*.tox` of qTox, Toxic, uTox, aTox; their sections as toxcore writes them.

| part         | content                                                                              |
|--------------|--------------------------------------------------------------------------------------|
| 8            | zeros, then 1F 1B ED 15                                                                |
| section      | u32 length, u16 type, CE 01, content; on big-endian computers all turned round             |
| type 1       | nospam (4), public key (32), secret key (32)                                             |
| type 3       | contacts of 2,216: status, key (32), request (1,024), its length at 1,058, name (128),      |
|              | its length at 1,188, message (1,007), at 2,208 when last seen (u64)                        |
| types 4 to 6 | own name, status message, status                                                         |
| type 255     | the end                                                                                |
| encrypted    | `toxEsave`, salt (32), nonce (24), box: scrypt of the passphrase, XSalsa20 and Poly1305      |

Lengths in a contact and its time are in network order. The Tox ID is key, nospam and the exclusive or of their
pairs of octets. The secret key must give the public one on Curve25519, which proves the profile.

Not recorded: messages (Toxic keeps a log, qTox a database), when the profile was made.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.chat._specimens_tox import TOX
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Secret,
    Sensitivity,
    Value,
)

PLAIN, ENCRYPTED = {b"\0\0\0\0\x1f\x1b\xed\x15": "little", b"\0\0\0\0\x15\xed\x1b\x1f": "big"}, b"toxEsave"
_COOKIE = 0x01CE
LARGEST = 16 << 20
FRIEND = 2_216
MOST_SECTIONS, MOST_FRIENDS = 64, 5_000
_KEYS, _FRIENDS, _NAME, _MESSAGE, _END = 1, 3, 4, 5, 255


class Tox:
    """Reads one profile."""

    kind: ClassVar[str] = "chat/tox"
    title: ClassVar[str] = "Profile of Tox"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x00\x00\x00\x00\x1f\x1b\xed\x15", at=0, wide=False),
        Trigger(rb"\x00\x00\x00\x00\x15\xed\x1b\x1f", at=0, wide=False),
        Trigger(rb"toxEsave", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("toxcore: toxcore/Messenger.c, state.h", "toxcore: toxencryptsave")
    specimens: ClassVar[tuple[Specimen, ...]] = TOX

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The profile at `at`."""
        head = layer.read(at, 80)
        if head[:8] == ENCRYPTED and len(head) == 80:
            yield from self._locked(layer, at, head)
        elif head[:8] in PLAIN:
            yield from self._plain(layer, at)

    def _locked(self, layer: Layer, at: int, head: bytes) -> Iterator[Finding]:
        named = layer.locator.step.endswith(".tox")
        if len(set(head[8:])) < 40:  # 72 random octets have some 63 values
            return
        size = layer.size - at if named and at == 0 else len(head)
        yield finding(
            self,
            layer,
            at,
            size,
            grade=Grade.C3 if named else Grade.C1,
            value=Absent.ENCRYPTED,
            checks=(
                passed("mark, and what follows looks random", 20),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields={"salt": Field(head[8:40].hex(), ByteRun(at + 8, 32))},
            caveats=("The profile is locked: its passphrase is needed (scrypt, XSalsa20 and Poly1305).",),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _plain(self, layer: Layer, at: int) -> Iterator[Finding]:
        sections, end, ended = _sections(layer, at)
        keys_at, keys = sections.get(_KEYS, (0, b""))
        if len(keys) != 68:
            return
        nospam, public, secret = keys[:4], keys[4:36], keys[36:]
        proved = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw() == public
        if not proved and not ended:
            return
        address = tox_id(public, nospam)
        fields = {
            "tox_id": Field(address, ByteRun(keys_at, 36)),
            "public_key": Field(public.hex().upper(), ByteRun(keys_at + 4, 32)),
            "secret_key": Field(Secret(secret.hex().upper()), ByteRun(keys_at + 36, 32)),
        }
        for number, name in ((_NAME, "name"), (_MESSAGE, "status_message")):
            if number in sections:
                place, data = sections[number]
                fields[name] = Field(data.decode("utf-8", "replace")[:1_007], ByteRun(place, len(data)))
        friends, events, more = _friends(*sections.get(_FRIENDS, (0, b"")))
        if friends:
            fields["contacts"] = Field(tuple(friends), ByteRun(*_span(sections[_FRIENDS])))
        caveats = [] if ended else ["The profile is cut off or damaged behind what is told."]
        if not proved:
            caveats.append("The secret key does not belong to the public key.")
        if more:
            caveats.append("The list of contacts is not whole.")
        yield finding(
            self,
            layer,
            at,
            end - at,
            grade=Grade.C4 if proved else Grade.C2,
            value=public.hex(),
            checks=(
                Check("the public key follows from the secret one", Outcome.PASS if proved else Outcome.FAIL, 256),
                Check("sections up to the end", Outcome.PASS if ended else Outcome.FAIL, 60),
            ),
            fields=fields,
            events=tuple(events),
            links=(
                Link("ACCOUNT_OF", "tox", public.hex()),
                *(Link("CONTACT_OF", "tox", str(each["public_key"]).lower()) for each in friends[:500]),
            ),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.SECRET,
        )


def tox_id(public: bytes, nospam: bytes) -> str:
    """The address that is given to others: 76 hexadecimal digits."""
    body = public + nospam
    check = bytearray(2)
    for index, octet in enumerate(body):
        check[index % 2] ^= octet
    return (body + check).hex().upper()


def _sections(layer: Layer, at: int) -> tuple[dict[int, tuple[int, bytes]], int, bool]:
    """The first section of each type with its place; where they end, and whether with the mark of the end."""
    found: dict[int, tuple[int, bytes]] = {}
    big = PLAIN[layer.read(at, 8)] == "big"
    place = at + 8
    for _ in range(MOST_SECTIONS):
        head = layer.read(place, 8)
        length, tag = struct.unpack(">II" if big else "<II", head.ljust(8, b"\0"))
        kind = tag & 0xFFFF
        if len(head) < 8 or tag >> 16 != _COOKIE or place + 8 + length > min(layer.size, at + LARGEST):
            return found, place, False
        if kind == _END:
            return found, place + 8, True
        found.setdefault(kind, (place + 8, layer.read(place + 8, length)))
        place += 8 + length
    return found, place, False


def _friends(place: int, data: bytes) -> tuple[list[dict[str, Value]], list[Event], bool]:
    """Contacts, when each was last seen, and whether some are left over."""
    friends: list[dict[str, Value]] = []
    events: list[Event] = []
    for at in range(0, len(data) - FRIEND + 1, FRIEND):
        one = data[at : at + FRIEND]
        if len(friends) >= MOST_FRIENDS:
            return friends, events, True
        if not any(one[1:33]):
            continue
        name = _text(one[1_060:1_188], one[1_188:1_190])
        told: dict[str, Value] = {
            "public_key": one[1:33].hex().upper(),
            "name": name,
            "status": one[0],
            "span_offset": place + at,
            "span_length": FRIEND,
        }
        if message := _text(one[1_190:2_197], one[2_198:2_200]):
            told["status_message"] = message
        if one[0] < 3 and (request := _text(one[33:1_057], one[1_058:1_060])):
            told["request"] = request
        if (seen := _seen(one[2_208:2_216])) is not None:
            told["last_seen"] = f"{seen:%Y-%m-%dT%H:%M:%SZ}"
            stored = str(int(seen.timestamp()))
            who = name or one[1:33].hex().upper()
            events.append(Event(seen, timedelta(seconds=1), f"{who} last seen", stored, Clock.DEVICE))
        friends.append(told)
    return friends, events, len(data) % FRIEND != 0


def _text(data: bytes, length: bytes) -> str:
    size = int.from_bytes(length, "big")
    if size > len(data):
        size = int.from_bytes(length, "little")
    return data[: min(size, len(data))].decode("utf-8", "replace").rstrip("\0")


def _seen(data: bytes) -> datetime | None:
    """A plausible time in either order."""
    for value in (int.from_bytes(data, "big"), int.from_bytes(data, "little")):
        if 1_300_000_000 < value < 4_102_444_800:
            return datetime.fromtimestamp(value, UTC)
    return None


def _span(section: tuple[int, bytes]) -> tuple[int, int]:
    return section[0], len(section[1])


DETECTOR: Detector = Tox()
