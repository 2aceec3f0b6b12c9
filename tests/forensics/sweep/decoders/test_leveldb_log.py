"""Divided values of LevelDB's logs, written by the rules of its document."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.model import Locator
from forensics.sweep.catalogue import catalogue
from forensics.sweep.decoders.leveldb_log import DECODER

BLOCK = 32_768
FILE = Locator("ext4:/u/Local Extension Settings/x/000003.log")


def checksum(data: bytes) -> bytes:
    """CRC-32C bit by bit, masked, as it is stored."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8 & 0xFFFFFFFF).to_bytes(4, "little")


def log_of(batches: list[bytes]) -> bytes:
    """A log by the rules of LevelDB's document: the rest of a block that has no room for a head is zero."""
    out = bytearray()
    for batch in batches:
        left, first = batch, True
        while first or left:
            room = BLOCK - len(out) % BLOCK
            if room < 7:
                out += bytes(room)
                continue
            piece, left = left[: room - 7], left[room - 7 :]
            kind = bytes(((1 if first else 4) if not left else (2 if first else 3),))
            out += checksum(kind + piece) + len(piece).to_bytes(2, "little") + kind + piece
            first = False
    return bytes(out)


def test_each_value_that_was_divided_is_joined_once() -> None:
    values = [bytes((65 + number,)) * size for number, size in enumerate((100, 40_000, 10, 25_485, 150_000, 5))]
    data = log_of(values)
    layer = BytesLayer(data, FILE)
    found = list(DECODER.decode(layer, 0, 1 << 30))
    joined = b"".join(each.data for each in found)
    for value in values:
        whole = value in data
        assert (value in joined) is not whole, "what is whole stays below; what was divided is joined"
    for each in found:
        for start, place, length in each.places:
            assert each.data[start : start + length] == data[place : place + length]


def test_a_piece_in_deleted_space_is_joined_by_its_middle_fragment() -> None:
    value = b"a vault, long enough " * 5_000
    data = bytes(777) + log_of([value]) + bytes(99)
    middle = data.index(b"\xf9\x7f\x03") + 3
    (found,) = DECODER.decode(BytesLayer(data, Locator("unallocated")), middle, 1 << 20)
    assert found.data == value
    assert not list(DECODER.decode(BytesLayer(data, FILE), middle, 1 << 20)), "in a log they are joined from its start"


def test_a_fragment_with_a_flipped_bit_is_not_joined() -> None:
    data = bytearray(log_of([b"x" * 80_000]))
    data[40_000] ^= 4
    assert not list(DECODER.decode(BytesLayer(bytes(data), FILE), 0, 1 << 20))


def test_logs_are_asked_for_by_name() -> None:
    known = catalogue()
    number = len(known.detectors) + [each.kind for each in known.decoders].index("leveldb-log")
    assert number in known.named("/u/default/local storage/leveldb/000123.log")
    assert number not in known.named("/var/log/syslog.log")
