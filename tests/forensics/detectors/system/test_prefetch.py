"""Prefetch files, packed and plain; the unpacker against the vectors that Microsoft published."""

from __future__ import annotations

import contextlib
import random

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import prefetch
from forensics.detectors.system._specimens import packed_plainly, packed_prefetch
from forensics.detectors.system._specimens import prefetch as made
from forensics.detectors.system._xpress import XpressError, unpack
from forensics.model import Grade, Locator


def table(lengths: dict[int, int]) -> bytes:
    codes = [lengths.get(each, 0) for each in range(512)]
    return bytes(codes[at] | codes[at + 1] << 4 for at in range(0, 512, 2))


# [MS-XCA] 3.2: the alphabet as literals, and 300 octets as one match.
ALPHABET = table({**{97 + each: 5 if each < 22 else 4 for each in range(26)}, 256: 4})
ALPHABET_CODES = bytes.fromhex("d8523ed794115be9195ff9d67cdf8d0400000000")
REPEATED = table({97: 3, 98: 3, 99: 2, 256: 2, 287: 2}) + bytes.fromhex("a8dc0000ff2601")


def test_the_published_vectors() -> None:
    assert ALPHABET[48:62] == bytes.fromhex("50555555555555555555 55454404".replace(" ", ""))
    assert unpack(ALPHABET + ALPHABET_CODES, 26)[0] == b"abcdefghijklmnopqrstuvwxyz"
    assert unpack(REPEATED, 300)[0] == b"abc" * 100


def test_two_blocks_and_damage() -> None:
    draw = random.Random(7)
    first, second = draw.randbytes(65_536), draw.randbytes(100)
    packed = packed_plainly(first)[: 256 + 65_536 + 32 + 4]
    data, length = unpack(packed_plainly(second), 100)
    assert data == second
    assert length <= len(packed_plainly(second))
    assert unpack(packed, 65_536)[0] == first
    for bad in (bytes(300), b"\x11" * 300, table({97: 1, 256: 1, 257: 1}) + bytes(40)):
        with pytest.raises(XpressError):
            unpack(bad, 100)
    with pytest.raises(XpressError):
        unpack(table({97: 1, 300: 1}) + b"\xff" * 40, 100)  # a match before the start
    for _ in range(200):
        damaged = bytearray(REPEATED)
        damaged[draw.randrange(256, len(damaged))] ^= 1 << draw.randrange(8)
        with contextlib.suppress(XpressError):
            assert len(unpack(bytes(damaged), 300)[0]) <= 300


@pytest.mark.parametrize("version", [17, 23, 26, 30, 31])
def test_runs_volumes_and_files(version: int) -> None:
    data = made(version)
    step = "ntfs:/Windows/Prefetch/ELECTRUM-4.5.5.EXE-A1B2C3D4.pf"
    (found,) = prefetch.DETECTOR.examine(BytesLayer(data, Locator(step)), 0)
    assert found.grade == Grade.C3
    assert found.fields["run_count"].value == 7
    assert found.fields["program"].value == "Electrum"
    assert found.fields["last_run"].value == "2024-02-29T00:00:00Z"
    assert found.fields["path"].value == "\\VOLUME{01da6ab64b2a3f80-8d1c5a3f}\\WALLETS\\ELECTRUM-4.5.5.EXE"
    assert [each.meaning for each in found.events] == [
        *["program run"] * (1 if version < 26 else 2),
        "volume 8D1C-5A3F created",
    ]
    assert ("ON_VOLUME", "8D1C-5A3F") in {(each.rule, each.target) for each in found.links}


def test_a_packed_file_in_free_space_ends_where_its_codes_do() -> None:
    data = packed_prefetch()
    (found,) = prefetch.DETECTOR.examine(BytesLayer(b"\xff" * 512 + data + b"\xff" * 4_096), 512)
    assert found.span.offset == 512
    assert len(data) - 4 <= found.span.length <= len(data)
    assert found.grade == Grade.C2
    assert found.fields["packed"].value is True
    assert not list(prefetch.DETECTOR.examine(BytesLayer(data[:500]), 0))
