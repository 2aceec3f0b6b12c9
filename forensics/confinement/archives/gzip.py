"""gzip: the header before, and checksum and length behind, one packed stream (RFC 1952). Nothing is unpacked.

| offset | length | what |
|--------|--------|------|
| 0      | 3      | 1F 8B, method 8 |
| 3      | 1      | flags: 04 extra fields, 08 name, 10 comment |
| 4      | 4      | time of the last change, seconds since 1970; 0: none |
| 10     |        | extra fields, name, comment, stream |
| -8     | 4, 4   | CRC-32, length of what was packed modulo 2^32, of the last stream |
"""

from __future__ import annotations

from forensics.confinement.archives.base import Archive, Member, utc
from forensics.errors import FormatError
from forensics.model import Layer

MAGIC = b"\x1f\x8b\x08"
_EXTRA, _NAMED = 0x04, 0x08
_HEAD = 1 << 17


def read(layer: Layer) -> Archive:
    """The one member.

    Raises:
        FormatError: it ends before its checksum.
    """
    if layer.size < 18:
        raise FormatError("gzip: it ends before its checksum")
    head, tail = layer.read(0, min(_HEAD, layer.size)), layer.read(layer.size - 8, 8)
    flags, seconds, at = head[3], int.from_bytes(head[4:8], "little"), 10
    if flags & _EXTRA:
        at += 2 + int.from_bytes(head[10:12], "little")
    name = head[at:].split(b"\0", 1)[0] if flags & _NAMED else b""
    member = Member(
        name.decode("latin-1") or "(no name stored)",
        "file",
        int.from_bytes(tail[4:], "little"),
        layer.size,
        utc(seconds) if seconds else "",
        check=f"{int.from_bytes(tail[:4], 'little'):08X}",
        span=(0, at + len(name)),
    )
    note = "length and checksum are those behind the last stream, the length without what is over 4 GiB"
    return Archive("gzip", (member,), note=note)
