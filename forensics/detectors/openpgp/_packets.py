"""The framing of OpenPGP packets (RFC 9580 §4), in old and new form.

    octet 0   1 0 t t t t l l   old form: tag 0-15, length of 1, 2 or 4 octets, or to the end
              1 1 t t t t t t   new form: length of 1, 2 or 5 octets, or in partial pieces

Every stated length is held against the bytes that are there; a packet that is cut off is the last.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_PACKETS = 50_000
MAY_BE_PARTIAL = frozenset({8, 9, 11, 18, 20})  # RFC 9580 §4.2.1.4: data packets only

PKESK, SIGNATURE, SKESK, ONE_PASS, SECRET_KEY, PUBLIC_KEY, SECRET_SUBKEY = range(1, 8)
COMPRESSED, ENCRYPTED, MARKER, LITERAL, TRUST, USER_ID, PUBLIC_SUBKEY = range(8, 15)
USER_ATTRIBUTE, SEIPD, MDC, AEAD, PADDING = range(17, 22)
KNOWN = frozenset({*range(1, 15), *range(17, 22)})


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its tag, where its header starts, where its body starts and what of it is there.

    `body_start` holds for the first piece; `contiguous` says that the body was not in pieces.
    """

    tag: int
    start: int
    body_start: int
    body: bytes
    complete: bool
    contiguous: bool
    end: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Packets in a row. `fault` is empty when the row ended exactly where the data ended."""

    packets: tuple[Packet, ...]
    end: int
    fault: str


def read_packets(data: bytes, start: int = 0, most: int = MOST_PACKETS) -> Chain:
    """Packets of `data` from `start`, until the data end or stop making sense."""
    found: list[Packet] = []
    at = start
    while at < len(data):
        if len(found) >= most:
            return Chain(tuple(found), at, "too many packets")
        packet = _read_packet(data, at)
        if packet is None:
            return Chain(tuple(found), at, "no packet where one must be")
        found.append(packet)
        at = packet.end
        if not packet.complete:
            return Chain(tuple(found), at, "last packet cut off")
    return Chain(tuple(found), at, "")


def _read_packet(data: bytes, at: int) -> Packet | None:
    octet = data[at]
    if not octet & 0x80:
        return None
    if octet & 0x40:
        return _new_form(data, at, octet & 0x3F)
    tag, kind = (octet >> 2) & 0x0F, octet & 3
    if not tag:
        return None
    width = (1, 2, 4, 0)[kind]
    body = at + 1 + width
    if kind == 3:
        return Packet(tag, at, body, data[body:], tag in MAY_BE_PARTIAL, True, len(data))
    if body > len(data):
        return Packet(tag, at, len(data), b"", False, True, len(data))
    return _whole(data, tag, at, body, int.from_bytes(data[at + 1 : body], "big"))


def _new_form(data: bytes, at: int, tag: int) -> Packet | None:
    if not tag:
        return None
    pieces: list[bytes] = []
    first = cursor = at + 1
    while cursor < len(data):
        octet = data[cursor]
        width = 1 if octet < 192 or 224 <= octet < 255 else 2 if octet < 224 else 5
        if cursor + width > len(data):
            break
        if octet < 192:
            length = octet
        elif octet < 224:
            length = ((octet - 192) << 8) + data[cursor + 1] + 192
        elif octet == 255:
            length = int.from_bytes(data[cursor + 1 : cursor + 5], "big")
        else:
            length = 1 << (octet & 0x1F)
            if tag not in MAY_BE_PARTIAL:
                return None
        cursor += width
        if not pieces:
            first = cursor
        partial = 224 <= octet < 255
        if not partial and not pieces:
            return _whole(data, tag, at, cursor, length)
        pieces.append(data[cursor : cursor + length])
        cursor += length
        if not partial:
            end = min(cursor, len(data))
            return Packet(tag, at, first, b"".join(pieces), cursor <= len(data), False, end)
    return Packet(tag, at, first, b"".join(pieces), False, not pieces, len(data))


def _whole(data: bytes, tag: int, start: int, body: int, length: int) -> Packet:
    end = min(body + length, len(data))
    return Packet(tag, start, body, data[body:end], body + length <= len(data), True, end)
