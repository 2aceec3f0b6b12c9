"""Messages and loose signatures: recipients, signers and what else is legible without any key.

RFC 9580 §5.1 (public-key encrypted session key), §5.3, §5.4 (one-pass signature), §5.9 (literal data), §10.3.
"""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from forensics.detectors.openpgp import _packets as p
from forensics.detectors.openpgp._packets import Packet, read_packets
from forensics.detectors.openpgp._signatures import Signature, read_signature
from forensics.errors import FormatError

LEGIBLE = 65_536  # octets taken out of a compressed packet: its head names signer and file
DEEPEST = 4
MOST_RECIPIENTS = 1_000
HIDDEN = "0" * 16
_ENCRYPTED = {
    p.ENCRYPTED: "encrypted, no integrity check",
    p.SEIPD: "encrypted and integrity protected",
    p.AEAD: "AEAD (LibrePGP)",
}


@dataclass(slots=True)
class Message:
    """What a message or a row of signatures says of itself. Key ids and fingerprints in lower-case hex."""

    recipients: list[str] = field(default_factory=list)
    passwords: int = 0
    encryption: str = ""
    encrypted_octets: int = 0
    compressed: bool = False
    signers: list[str] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    name: str = ""
    literal_time: int = 0
    literal: bool = False
    strange: int = 0
    sound: int = 0
    complete: bool = True


def read_message(packets: Iterable[Packet], into: Message | None = None, depth: int = 0) -> Message:
    """Gather what the packets say; those that cannot stand in a message are counted as strange."""
    message = into or Message()
    for packet in packets:
        message.complete = message.complete and (packet.complete or depth > 0)
        try:
            understood = _read(packet, message, depth)
        except (FormatError, IndexError):
            understood = False
        if understood:
            message.sound += 1
        else:
            message.strange += 1
    return message


def _read(packet: Packet, message: Message, depth: int) -> bool:
    tag, body = packet.tag, packet.body
    if tag == p.PKESK:
        recipient = _recipient(body)
        if recipient and len(message.recipients) < MOST_RECIPIENTS:
            message.recipients.append(recipient)
        return bool(recipient)
    if tag == p.SKESK:
        message.passwords += 1
        return body[0] in (4, 5, 6)
    if tag in _ENCRYPTED:
        version = body[0] if tag != p.ENCRYPTED else 0
        message.encryption = _ENCRYPTED[tag] + (f", version {version}" if version else "")
        message.encrypted_octets = len(body)
        return tag == p.ENCRYPTED or version in (1, 2)
    if tag == p.SIGNATURE:
        signature = read_signature(body)
        message.signatures.append(signature)
        _note_signer(message, signature.issuer_fingerprint or signature.issuer)
        return True
    if tag == p.ONE_PASS:
        if body[0] == 3 and len(body) == 13:
            _note_signer(message, body[4:12].hex())
        return body[0] in (3, 6)
    if tag == p.LITERAL:
        return _literal(body, message)
    if tag == p.COMPRESSED:
        message.compressed = True
        inner = _decompress(body)
        if inner and depth < DEEPEST:
            read_message(read_packets(inner).packets, message, depth + 1)
        return body[0] in (0, 1, 2, 3)
    return tag in (p.MARKER, p.PADDING, p.MDC)


def _note_signer(message: Message, signer: str) -> None:
    if not signer:
        return
    for known in message.signers:
        if known == signer or known.endswith(signer) or signer.endswith(known):
            return
    message.signers.append(signer)


def _recipient(body: bytes) -> str:
    """Key id (version 2, 3) or fingerprint (version 6) of the recipient; empty when malformed."""
    if body[0] in (2, 3) and len(body) > 10 and body[9] in (1, 2, 8, 16, 18, 20, 25, 26, 29, 35, 36, 99, 105):
        return body[1:9].hex()
    if body[0] == 6 and len(body) > 2:
        size = body[1]
        if size == 0:
            return HIDDEN
        if size in (21, 33) and len(body) > size + 2:
            return body[3 : 2 + size].hex()
    return ""


def _literal(body: bytes, message: Message) -> bool:
    if len(body) < 6 or body[:1] not in b"btulm1":
        return False
    end = 2 + body[1]
    if end + 4 > len(body):
        return False
    message.literal = True
    message.name = body[2:end].decode("utf-8", "replace")
    message.literal_time = int.from_bytes(body[end : end + 4], "big")
    return True


def _decompress(body: bytes) -> bytes:
    """The first octets of compressed data, empty where they cannot be had."""
    data = body[1 : 1 + 4 * LEGIBLE]
    try:
        if body[0] == 0:
            return data[:LEGIBLE]
        if body[0] == 1:
            return zlib.decompressobj(-15).decompress(data, LEGIBLE)
        if body[0] == 2:
            return zlib.decompressobj().decompress(data, LEGIBLE)
        if body[0] == 3:
            return bz2.BZ2Decompressor().decompress(data, LEGIBLE)
    except (zlib.error, OSError, ValueError):
        return b""
    return b""
