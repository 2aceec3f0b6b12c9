"""What stands in clear before an encrypted backup of WhatsApp; its layout is told in `whatsapp_backup`."""

from __future__ import annotations

from dataclasses import dataclass, field

from forensics.detectors.chat.tango import wire

LONGEST = 600


@dataclass(frozen=True, slots=True)
class Prefix:
    """Version 12, 14 or 15; where the ciphertext begins; the nonce; salt and Google's number of 12 and 14."""

    version: int
    start: int  # of the protocol buffer
    behind: int
    nonce: bytes
    salt: bytes = b""
    number: bytes = b""
    told: dict[str, str] = field(default_factory=dict)  # the program's version, the end of the telephone number


def prefix(head: bytes, *, named_12: bool) -> Prefix | None:
    """The prefix at the beginning of a file; `named_12` says that its name ends in crypt12."""
    if len(head) < 80:
        return None
    if head[:2] == b"\0\1" and named_12:
        return Prefix(12, 3, 67, head[51:67], head[3:35], head[35:51])
    start = 2 if head[1] == 1 else 1
    behind = start + head[0]
    fields = dict(wire(head[start:behind]))
    inner = fields.get(2 if fields.get(1) == 0 else 3)
    if fields.get(1) not in (0, 1) or not isinstance(inner, bytes):
        return None
    inside = dict(wire(inner))
    version = 14 if fields[1] == 0 else 15
    nonce, salt, number = (inside.get(each, b"") for each in ((5, 3, 4) if version == 14 else (1, 0, 0)))
    if not isinstance(nonce, bytes) or not isinstance(salt, bytes) or not isinstance(number, bytes):
        return None
    if len(nonce) != 16 or (version == 14 and (len(salt) != 32 or len(number) != 16)):
        return None
    info, told = fields.get(4), {}
    for key, name in ((1, "program_version"), (3, "telephone_number_ends")):
        value = dict(wire(info)).get(key) if isinstance(info, bytes) else None
        if isinstance(value, bytes) and value.isascii() and len(value) < 40:
            told[name] = value.decode()
    return Prefix(version, start, behind, nonce, salt, number, told)
