"""Signature packets (RFC 9580 §5.2): who made them, when, and what they say about a key."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.errors import FormatError

MOST_SUBPACKETS = 1_000


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature. Times in seconds since 1970, life times in seconds; -1 where not stored.

    `issuer` is a key id (16 hexadecimal digits) or empty, `issuer_fingerprint` likewise. `hashed` are the
    octets of the packet that are hashed, `left` the first two octets of the digest, `material` the rest.
    """

    version: int
    type: int
    algorithm: int
    digest: int
    created: int
    key_lifetime: int
    issuer: str
    issuer_fingerprint: str
    signer_user_id: str
    primary: bool
    flags: int
    reason: str
    hashed: bytes
    left: bytes
    salt: bytes
    material: bytes


def read_signature(body: bytes) -> Signature:
    """The signature in the body of a packet with tag 2.

    Raises:
        FormatError: not a signature, or cut off.
    """
    if len(body) < 10:
        raise FormatError("signature cut off")
    version = body[0]
    if version in (2, 3):
        return _old(body)
    if version not in (4, 5, 6):
        raise FormatError("unknown version of a signature")
    width = 4 if version == 6 else 2
    start = 4 + width
    length = int.from_bytes(body[4:start], "big")
    end = start + length
    unhashed_start = end + width
    unhashed_end = unhashed_start + int.from_bytes(body[end:unhashed_start], "big")
    if unhashed_end + 2 > len(body):
        raise FormatError("signature cut off")
    signed = _subpackets(body[start:end])
    stored = {**_subpackets(body[unhashed_start:unhashed_end]), **signed}
    at = unhashed_end + 2
    salt = b""
    if version == 6:
        size = body[at] if at < len(body) else 0
        salt = body[at + 1 : at + 1 + size]
        at += 1 + size
    fingerprint = stored.get(33, b"")[1:].hex()
    issuer = stored.get(16, b"").hex()
    if not issuer and fingerprint:
        issuer = fingerprint[-16:] if len(fingerprint) == 40 else fingerprint[:16]
    return Signature(
        version=version,
        type=body[1],
        algorithm=body[2],
        digest=body[3],
        created=_seconds(signed.get(2)),
        key_lifetime=_seconds(signed.get(9)),
        issuer=issuer,
        issuer_fingerprint=fingerprint,
        signer_user_id=signed.get(28, b"")[:1024].decode("utf-8", "replace"),
        primary=signed.get(25, b"\0") != b"\0",
        flags=signed[27][0] if signed.get(27) else -1,
        reason=signed.get(29, b"")[1:1024].decode("utf-8", "replace"),
        hashed=body[:end],
        left=body[unhashed_end : unhashed_end + 2],
        salt=salt,
        material=body[at:],
    )


def _old(body: bytes) -> Signature:
    """Versions 2 and 3: five hashed octets, the key id, two algorithms, two octets of the digest."""
    if len(body) < 20 or body[1] != 5:
        raise FormatError("signature cut off")
    return Signature(
        version=body[0], type=body[2], algorithm=body[15], digest=body[16],
        created=int.from_bytes(body[3:7], "big"), key_lifetime=-1, issuer=body[7:15].hex(),
        issuer_fingerprint="", signer_user_id="", primary=False, flags=-1, reason="", hashed=body[2:7],
        left=body[17:19], salt=b"", material=body[19:],
    )  # fmt: skip


def _seconds(stored: bytes | None) -> int:
    return int.from_bytes(stored, "big") if stored is not None and len(stored) == 4 else -1


def _subpackets(area: bytes) -> dict[int, bytes]:
    """Subpackets by type, the first of each; the critical bit is dropped.

    Raises:
        FormatError: a length that leaves the area.
    """
    found: dict[int, bytes] = {}
    at = 0
    for _ in range(MOST_SUBPACKETS):
        if at >= len(area):
            return found
        octet = area[at]
        if octet < 192:
            length, at = octet, at + 1
        elif octet < 255:
            length = ((octet - 192) << 8) + (area[at + 1] if at + 1 < len(area) else 0) + 192
            at += 2
        else:
            length, at = int.from_bytes(area[at + 1 : at + 5], "big"), at + 5
        if length == 0 or at + length > len(area):
            raise FormatError("subpacket leaves its area")
        found.setdefault(area[at] & 0x7F, area[at + 1 : at + length])
        at += length
    raise FormatError("too many subpackets")
