"""Signatures held against keys that stand elsewhere on the evidence.

    | signed                     | what is hashed before the signature's own octets (RFC 9580 §5.2.4, §7)            |
    |----------------------------|-------------------------------------------------------------------------------------|
    | a clear-signed text        | its lines without trailing blanks, without the escape "- ", parted by CR LF            |
    | a file, signature of type 0 | its octets                                                                            |
    | a file, type 1             | its octets, ends of lines as CR LF                                                    |
    | a user id, types 10 to 13  | the key's packet, then B4, u32 length, the user id                                     |

Not held: signatures within messages that are compressed or signed in one pass, and those of version 5, which hash
what a literal packet says of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forensics.detectors.base import BytesLayer
from forensics.detectors.openpgp._keys import Certificate, Key, certificates, frame
from forensics.detectors.openpgp._messages import read_message
from forensics.detectors.openpgp._packets import read_packets
from forensics.detectors.openpgp._signatures import Signature
from forensics.detectors.openpgp._text import decode, find_block
from forensics.detectors.openpgp._verify import holds, user_id
from forensics.primitives import onion
from forensics.primitives.ed25519_point import is_point

MOST = 1_000  # signatures held in one question
LONGEST_TEXT = 8 << 20
MOST_NAMES = 500
SHOWN = 2_000  # letters of a signed text
_ONION = re.compile(rb"(?<![a-z2-7])[a-z2-7]{54}[aiqy]d(?![a-z2-7])", re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Held:
    """A signature whose key is there: whether it holds, by which certificate, and what of it was signed."""

    holds: bool
    certificate: Certificate
    key: Key
    signature: Signature
    certified: str = ""  # the fingerprint of the key that was certified
    user_id: str = ""  # and the user id


def keys_in(data: bytes) -> list[Certificate]:
    """The keys in a finding's octets: armour, packets, or a blob of a keybox."""
    if data[:1] == b"-":
        block = find_block(BytesLayer(data), min(len(data), 20))
        armour = decode(block.text) if block else None
        data = armour.octets if armour else b""
    elif data[4:5] in (b"\0", b"\2") and len(data) > 20 and not data[0] & 0x80:  # a blob: u32 length, its kind
        start, size = (int.from_bytes(data[at : at + 4], "big") for at in (8, 12))
        data = data[start : start + size]
    found, _ = certificates(read_packets(data).packets, MOST)
    return found


def signatures_in(data: bytes) -> tuple[list[Signature], bytes | None]:
    """The signatures of a finding's octets, and the text that they sign where it stands before them."""
    text = None
    if data[:1] == b"-":
        block = find_block(BytesLayer(data), min(len(data), 20))
        if block is not None and block.type == "SIGNED MESSAGE":
            text = clear_text(block.text)
            block = find_block(BytesLayer(data), min(len(data), block.end + 14))
        armour = decode(block.text) if block else None
        data = armour.octets if armour else b""
    return read_message(read_packets(data).packets).signatures[:MOST], text


def clear_text(stored: bytes) -> bytes:
    """The text that a clear-signed block signs, of what stands between its first line and its signature."""
    lines = _LINE_END.split(stored)
    first = next((number for number, line in enumerate(lines[1:], 1) if not line.strip()), 0)
    body = lines[first + 1 :]
    if body and not body[-1]:
        body.pop()  # the line feed before the signature is not signed
    return b"\r\n".join(line.removeprefix(b"- ").rstrip(b" \t") for line in body)


def held(signatures: Iterable[Signature], content: bytes, keys: Iterable[Certificate]) -> Iterator[Held]:
    """Signatures of a text or file whose key is among `keys`; a content of CR LF is left as it is."""
    certificates_ = list(keys)
    for signature in signatures:
        if signature.type not in (0, 1):
            continue
        signed = b"\r\n".join(_LINE_END.split(content)) if signature.type == 1 else content
        for certificate, key in _of(signature, certificates_):
            outcome = holds(key, signature, signed)
            if outcome is not None:
                yield Held(outcome, certificate, key, signature)


def certifications(keys: Iterable[Certificate]) -> Iterator[Held]:
    """Signatures on user ids by another key that is there."""
    certificates_ = list(keys)
    tried = 0
    for certificate in certificates_:
        primary = frame(certificate.primary.version, certificate.primary.public)
        for signature, component in certificate.signatures:
            if component < 0 or not 0x10 <= signature.type <= 0x13 or signature.issuer == certificate.primary.key_id:
                continue
            named = certificate.user_ids[component]
            for signer, key in _of(signature, certificates_):
                tried += 1
                if tried > MOST:
                    return
                outcome = holds(key, signature, primary + user_id(named, signature.version))
                if outcome is not None:
                    text = named[:SHOWN].decode("utf-8", "replace")
                    yield Held(outcome, signer, key, signature, certificate.primary.fingerprint, text)


def onions(text: bytes) -> list[str]:
    """Names of onion services of version 3 in a text, each once, whose checksum holds."""
    found = dict.fromkeys(each[0].lower() for each in _ONION.finditer(text))
    keys = ((name, onion.decode(name)) for name in found)
    return [f"{name.decode('ascii')}.onion" for name, key in keys if key is not None and is_point(key)][:MOST_NAMES]


def _of(signature: Signature, keys: list[Certificate]) -> Iterator[tuple[Certificate, Key]]:
    """Certificates and keys in them that a signature names as its maker, each key once."""
    seen: set[str] = set()
    for certificate in keys:
        for key in (certificate.primary, *certificate.subkeys):
            named = signature.issuer_fingerprint == key.fingerprint or signature.issuer == key.key_id
            if named and key.fingerprint not in seen:
                seen.add(key.fingerprint)
                yield certificate, key
