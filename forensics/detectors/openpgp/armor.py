"""Armoured OpenPGP blocks: keys, messages, signatures, clear-signed texts, anywhere in any bytes.

| part | octets |
|---|---|
| head | `-----BEGIN PGP <type>-----` |
| headers | `Version:`, `Comment:`, `Hash:`, `Charset:`, `MessageID:`, then a blank line |
| data | OpenPGP packets in base64 |
| checksum | `=` and 4 characters: CRC-24 of the packets; may be absent (RFC 9580 §6.1) |
| tail | `-----END PGP <type>-----` |

A clear-signed text has its own head, `Hash:` headers, the text with `- ` before lines that start with a
dash, and a signature block. Keys give one finding each, with the primary fingerprint as value.

Not recorded: who stored the block, when it came here, who read a message, and, for a message to a hidden
recipient, whom it is for. The creation time of a key is what its maker's clock said and can be set at will.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.openpgp._keys import Certificate, certificates
from forensics.detectors.openpgp._messages import Message, read_message
from forensics.detectors.openpgp._packets import Chain, read_packets
from forensics.detectors.openpgp._report import Story, tell_key, tell_message
from forensics.detectors.openpgp._specimens import ARMOUR
from forensics.detectors.openpgp._text import Armour, Block, decode, find_block, inside_signed_message
from forensics.detectors.openpgp._verify import self_signed
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

MOST_KEYS = 1_000  # of one block
LONGEST_SHOWN_TEXT = 4_096
_GRAMMAR_BITS = 32  # tag, version, algorithm, sizes and sequence of at least two packets
_SIGNATURE_BITS = 80  # collision resistance of the weakest digest counted as a proof


@dataclass(frozen=True, slots=True)
class _Read:
    """A block and what was made of it; `strange` counts packets that belong to no key."""

    layer: Layer
    block: Block
    armour: Armour
    chain: Chain
    strange: int


class Armor:
    """OpenPGP in armour."""

    kind: ClassVar[str] = "openpgp/armor"
    title: ClassVar[str] = "OpenPGP block in armour"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"BEGIN(?: |&nbsp;|\xc2\xa0)PGP(?: |&nbsp;|\xc2\xa0)"
            rb"(?:PUBLIC|PRIVATE|SECRET|MESSAGE|SIGNED|SIGNATURE|ARMORED)\b"
        ),
    )
    references: ClassVar[tuple[str, ...]] = (
        "RFC 9580 §5, §6, §7 and §10",
        "RFC 4880 (version 4)",
        "RFC 1991 (versions 2 and 3)",
        "draft-koch-librepgp (version 5)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = ARMOUR

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The block in whose first line `at` lies: one finding for each key in it, else one."""
        block = find_block(layer, at)
        if block is None:
            return
        if block.type == "SIGNED MESSAGE":
            yield from self._signed_text(layer, block)
            return
        if block.type == "SIGNATURE" and inside_signed_message(layer, block.start):
            return
        armour = decode(block.text)
        if armour is None:
            return
        chain = read_packets(armour.octets)
        keys, strange = certificates(chain.packets, MOST_KEYS)
        read = _Read(layer, block, armour, chain, strange)
        for key in keys:
            yield from self._key(read, key)
        if not keys:
            yield from self._message(read)

    def _key(self, read: _Read, key: Certificate) -> Iterator[Finding]:
        proof = self_signed(key)
        crc = read.armour.crc
        whole = not read.chain.fault and not read.strange and key.packets > 1
        grade = _key_grade(crc, whole, proof, key)
        if grade is None:
            return
        checks = (*_checks(crc, whole), Check("self-signature", proof, _SIGNATURE_BITS))
        yield self._found(read, tell_key(key, proof), grade, key.primary.fingerprint, checks, secret=key.secret)

    def _message(self, read: _Read) -> Iterator[Finding]:
        message = read_message(read.chain.packets)
        crc = read.armour.crc
        whole = not read.chain.fault and not message.strange and message.sound > 0
        if not whole and not crc and not _recognisable(message):
            return
        grade = Grade.C3 if whole and crc else Grade.C2 if whole or crc else Grade.C1
        story = tell_message(message)
        if not message.sound:
            story.caveats[:] = ["What the block holds is not made of OpenPGP packets."]
        yield self._found(read, story, grade, Absent.NONE_STORED, _checks(crc, whole), secret=False)

    def _found(
        self,
        read: _Read,
        story: Story,
        grade: Grade,
        value: str | Absent,
        checks: tuple[Check, ...],
        *,
        secret: bool,
    ) -> Finding:
        block = read.block
        body = ByteRun(block.text_start, block.text_end - block.text_start)
        fields = {name: Field(each, body) for name, each in story.fields.items()}
        fields["block"] = Field(block.type, ByteRun(block.start, block.text_start - block.start))
        if read.armour.headers:
            fields["armor_headers"] = Field(dict(read.armour.headers), body)
        return finding(
            self,
            read.layer,
            block.start,
            block.end - block.start,
            grade=grade,
            value=value,
            checks=checks,
            fields=fields,
            events=tuple(story.events),
            links=tuple(story.links),
            caveats=(*story.caveats, *_damage(block, read.armour, read.chain.fault if read.chain.packets else "")),
            sensitivity=Sensitivity.SECRET if secret else Sensitivity.NORMAL,
        )

    def _signed_text(self, layer: Layer, block: Block) -> Iterator[Finding]:
        """A clear-signed text: its own part, and the signature block that must follow."""
        signature = find_block(layer, block.end + 14) if not block.ended else None
        if signature is None or signature.type != "SIGNATURE" or signature.start != block.end:
            return
        armour = decode(signature.text)
        if armour is None:
            return
        chain = read_packets(armour.octets)
        message = read_message(chain.packets)
        if not message.signatures:
            return
        whole = not chain.fault and not message.strange
        story = tell_message(message)
        head, text, text_at = _split_text(block)
        fields = {
            name: Field(each, ByteRun(signature.text_start, signature.text_end - signature.text_start))
            for name, each in story.fields.items()
        }
        fields["block"] = Field(block.type, ByteRun(block.start, block.text_start - block.start))
        fields["digests"] = Field(head)
        fields["text"] = Field(
            text[:LONGEST_SHOWN_TEXT].decode("utf-8", "replace"),
            ByteRun(text_at, min(len(text), LONGEST_SHOWN_TEXT)),
        )
        fields["text_octets"] = Field(len(text), ByteRun(text_at, len(text)))
        yield finding(
            self,
            layer,
            block.start,
            signature.end - block.start,
            grade=Grade.C3 if whole and armour.crc else Grade.C2 if whole or armour.crc else Grade.C1,
            value=Absent.NONE_STORED,
            checks=_checks(armour.crc, whole),
            fields=fields,
            events=tuple(story.events),
            links=tuple(story.links),
            caveats=(
                "The signature was not verified: that needs the signer's key.",
                *story.caveats,
                *_damage(signature, armour, chain.fault),
            ),
        )


def _key_grade(crc: bool | None, whole: bool, proof: Outcome, key: Certificate) -> Grade | None:
    """The grade of a key; None where too little holds to name it."""
    if proof is Outcome.PASS:
        return Grade.C4
    if crc and proof is not Outcome.FAIL and whole:
        return Grade.C3
    if crc:
        return Grade.C2
    if crc is False or proof is Outcome.FAIL:
        return Grade.C1 if key.packets > 1 else None
    if key.primary.strict and key.packets > 1:
        return Grade.C2
    return Grade.C1 if whole or key.primary.strict else None


def _recognisable(message: Message) -> bool:
    """Whether a damaged block still starts with what a message or signature starts with."""
    return bool(message.recipients or message.signatures or message.literal) or message.sound > 1


def _checks(crc: bool | None, whole: bool) -> tuple[Check, ...]:
    held = Outcome.NOT_APPLICABLE if crc is None else Outcome.PASS if crc else Outcome.FAIL
    sequence = Outcome.PASS if whole else Outcome.FAIL
    return Check("CRC-24", held, 24), Check("packet sequence", sequence, _GRAMMAR_BITS)


def _damage(block: Block, armour: Armour, fault: str) -> Iterator[str]:
    if armour.crc is False:
        yield "The checksum does not hold: something in the block was altered or lost."
    if not block.ended:
        yield "The block has no end; it is cut off."
    if fault:
        yield f"The packets do not end where the data end: {fault}."


def _split_text(block: Block) -> tuple[str, bytes, int]:
    """The digest names, the text and its offset in the layer."""
    data = block.text
    at = 0
    names: list[str] = []
    while at < len(data) and len(names) < 20:
        end = data.find(b"\n", at)
        if end < 0:
            break
        line = data[at:end].strip()
        if line.lower().startswith(b"hash:"):
            names.append(line[5:60].decode("ascii", "replace").strip())
        elif line or names:
            at = end + 1 if not line else at
            break
        at = end + 1
    return ", ".join(names), data[at:], block.text_start + at


DETECTOR: Detector = Armor()
