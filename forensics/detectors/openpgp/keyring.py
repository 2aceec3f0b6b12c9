"""Binary transferable keys: `pubring.gpg`, `secring.gpg`, exported `.gpg` and `.pgp`, or loose on a disk.

| packet | tag | meaning |
|---|---|---|
| key | 6 public, 5 secret | version, creation time, algorithm, numbers |
| user id | 13, then signatures 2 | name and mail address; attribute 17 is a photo |
| subkey | 14 public, 7 secret, then signatures 2 | its own numbers |
| trust | 12 | local to a ring of GnuPG: where and when a key came from |

Each key of a ring is woken by its own first packet and gives its own finding; its end is where the next
one starts. A lone packet proves nothing: at least one whole packet of the right kind must follow.

Not recorded: who used the key, whether its secret part is elsewhere, and, outside trust packets, when it
came here. The creation time is what its maker's clock said and can be set at will.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.openpgp import _packets as p
from forensics.detectors.openpgp._keys import ALGORITHMS, Certificate, certificates
from forensics.detectors.openpgp._packets import Packet, read_packets
from forensics.detectors.openpgp._report import Story, event, moment, tell_key, text
from forensics.detectors.openpgp._specimens import KEYRING
from forensics.detectors.openpgp._verify import self_signed
from forensics.model import ByteRun, Check, Clock, Field, Finding, Grade, Layer, Outcome, Sensitivity

FIRST_PIECE = 4_096
LARGEST = 4 << 20  # of one key with all its signatures; flooded keys are larger and get a caveat
NEWEST = 2_082_758_400  # 2036-01-01
OLDEST = 662_688_000  # 1991-01-01, the year of the first release of PGP
_FOLLOWS = frozenset({p.SIGNATURE, p.USER_ID, p.USER_ATTRIBUTE, p.TRUST, p.PUBLIC_SUBKEY, p.SECRET_SUBKEY})
_GRAMMAR_BITS = 32
_SIGNATURE_BITS = 80
# The order of gpg's own enumeration of where a key came from (g10/keydb.h: keyorg).
_ORIGINS = ("unknown", "key server", "preferred key server", "DANE", "WKD", "URL", "file", "made here")

_TIME = rb"[\x27-\x7b][\x00-\xff]{3}"  # top octet of the seconds of 1990 to 2035
_ALGORITHM = rb"[\x01-\x03\x10-\x13\x16\x19-\x1c]"
_V4 = rb"[\x04-\x06]" + _TIME + _ALGORITHM
_V3 = rb"[\x02\x03]" + _TIME + rb"[\x00-\xff]{2}[\x01-\x03]"


class Keyring:
    """OpenPGP keys without armour."""

    kind: ClassVar[str] = "openpgp/keyring"
    title: ClassVar[str] = "OpenPGP key, binary"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"[\x94\x98\xc5\xc6][\x0f-\xbf]" + _V4, at=0, wide=False),
        Trigger(rb"[\x95\x99][\x00-\x1f][\x00-\xff]" + _V4, at=0, wide=False),
        Trigger(rb"[\xc5\xc6][\xc0-\xdf][\x00-\xff]" + _V4, at=0, wide=False),
        Trigger(rb"[\x96\x9a]\x00\x00[\x00-\x1f][\x00-\xff]" + _V4, at=0, wide=False),
        Trigger(rb"[\xc5\xc6]\xff\x00\x00[\x00-\x1f][\x00-\xff]" + _V4, at=0, wide=False),
        Trigger(rb"[\x95\x99][\x00-\x08][\x00-\xff]" + _V3, at=0, wide=False),
        Trigger(name="*.gpg"),
        Trigger(name="*.pgp"),
        Trigger(name="*.pkr"),
        Trigger(name="*.skr"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "RFC 9580 §4, §5.5, §10.1",
        "RFC 4880, RFC 1991 (older versions)",
        "draft-koch-librepgp (version 5)",
        "GnuPG, doc/DETAILS (trust packets)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = KEYRING

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The key that starts at `at`, if one does."""
        read = _read_key(layer, at)
        if read is None:
            return
        key, fault = read
        if not _plausible(key):
            return
        proof = self_signed(key)
        if proof is not Outcome.PASS and not _in_time(key):
            return
        grade = _grade(key, fault, proof)
        if grade is None:
            return
        story = tell_key(key, proof)
        if fault:
            story.caveats.append(f"What follows the key is not what follows a key: {fault}.")
        _tell_origin(key.trust, story)
        whole = ByteRun(at, key.end)
        yield finding(
            self,
            layer,
            at,
            key.end,
            grade=grade,
            value=key.primary.fingerprint,
            checks=(
                Check("packet sequence", Outcome.FAIL if fault else Outcome.PASS, _GRAMMAR_BITS),
                Check("self-signature", proof, _SIGNATURE_BITS),
            ),
            fields={name: Field(value, whole) for name, value in story.fields.items()},
            events=tuple(story.events),
            links=tuple(story.links),
            caveats=tuple(story.caveats),
            sensitivity=Sensitivity.SECRET if key.secret else Sensitivity.NORMAL,
        )


def _read_key(layer: Layer, at: int) -> tuple[Certificate, str] | None:
    """The key at `at` and what stands behind it that should not; reads no more than it needs."""
    size = FIRST_PIECE
    while True:
        data = layer.read(at, size)
        if not data or not data[0] & 0x80:
            return None
        chain = read_packets(data, most=20_000)
        mine, behind = _own(chain.packets)
        more = len(data) == size and size < LARGEST
        cut = bool(mine) and not mine[-1].complete
        if not mine or (len(mine) == 1 and not cut and not more):
            return None
        if more and (cut or (behind is None and chain.fault in ("", "last packet cut off"))):
            if not _starts_well(mine):
                return None
            size *= 4
            continue
        keys, _ = certificates(mine, 1)
        if not keys:
            return None
        if cut:
            return keys[0], ""
        if behind is not None:
            return keys[0], "" if behind.tag in p.KNOWN or behind.tag >= 40 else "a packet of an unknown kind"
        return keys[0], chain.fault if not chain.packets[-1].complete else ""


def _starts_well(packets: list[Packet]) -> bool:
    """Whether the first packets are those of a key, before more is read for it."""
    keys, _ = certificates(packets[:1], 1)
    return bool(keys) and _plausible(keys[0])


def _own(packets: tuple[Packet, ...]) -> tuple[list[Packet], Packet | None]:
    """The packets of the first key, and the packet behind them."""
    if not packets or packets[0].tag not in (p.PUBLIC_KEY, p.SECRET_KEY):
        return [], None
    mine = [packets[0]]
    for packet in packets[1:]:
        if packet.tag not in _FOLLOWS and packet.tag not in (p.MARKER, p.PADDING) and packet.tag < 40:
            return mine, packet
        mine.append(packet)
    return mine, None


def _plausible(key: Certificate) -> bool:
    """The strict test of what no checksum guards: sizes and algorithm."""
    primary = key.primary
    if primary.algorithm not in ALGORITHMS or not primary.strict:
        return False
    if primary.numbers and (primary.bits < 384 or not all(primary.numbers)):
        return False
    return not primary.point or any(primary.point)


def _in_time(key: Certificate) -> bool:
    """Whether the creation time is one that a true key has, or none."""
    return not key.primary.created or OLDEST <= key.primary.created < NEWEST


def _grade(key: Certificate, fault: str, proof: Outcome) -> Grade | None:
    if proof is Outcome.PASS:
        return Grade.C4
    followed = bool(key.user_ids or key.signatures or key.subkeys)
    if not followed or (not key.primary.created and not key.signatures):
        return None
    if any(0 in each[:-1] for each in key.user_ids):
        return None
    if proof is Outcome.FAIL:
        return Grade.C1
    return Grade.C3 if key.complete and not fault and key.user_ids and key.signatures else Grade.C2


def _tell_origin(trust: list[bytes], story: Story) -> None:
    """Where and when GnuPG got the key, from its trust packet.

    Two octets of validity, `gpg`, 1 for a key, origin, u32 time, u8 length and text of a URL (seen in rings
    written by gpg 2.2.40).
    """
    for each in trust:
        if each[2:5] != b"gpg" or len(each) < 12 or each[5] != 1:
            continue
        place = each[6] & 0x0F
        story.fields["origin"] = _ORIGINS[place] if place < len(_ORIGINS) else "unknown"
        seconds = int.from_bytes(each[7:11], "big")
        if seconds:
            story.fields["imported"] = moment(seconds)
            story.events.append(replace(event(seconds, "key imported"), clock=Clock.DEVICE))
        url = text(each[12 : 12 + each[11]])
        if url:
            story.fields["origin_url"] = url
            story.link("KEY_FROM_URL", "url", url)
        return


DETECTOR: Detector = Keyring()
