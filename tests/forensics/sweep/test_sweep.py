"""Segments, the narrowed view, and two engines that must find the same."""

from __future__ import annotations

import hashlib
import random

import pytest

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer
from forensics.model import Locator, Secret
from forensics.sweep.catalogue import build
from forensics.sweep.narrow import NarrowLayer, runs_of_wide_text
from forensics.sweep.segments import Claim, Segment, Strength, paint
from forensics.sweep.space import WINDOW, Space

ADDRESS = b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


def test_painted_segments_cover_the_image_once_and_the_stronger_holds() -> None:
    draw = random.Random(7)
    for _ in range(200):
        claims = [
            Claim(draw.randrange(1000), draw.randrange(1, 300), owner, 0, draw.choice(list(Strength)), owner)
            for owner in range(draw.randrange(12))
        ]
        segments = list(paint(1000, sorted(claims, key=lambda each: each.offset)))
        assert segments[0].start == 0
        assert segments[-1].end == 1000
        position = 0
        for segment in segments:
            assert segment.start == position
            position = segment.end
            over = [each for each in claims if each.offset <= segment.start < each.offset + each.length]
            if not over:
                assert segment.owner == -1
                continue
            strongest = max(over, key=lambda each: (each.strength, -claims.index(each)))
            assert segment.owner == strongest.owner
            assert segment.inner == segment.start - strongest.offset


def test_wide_text_is_seen_at_both_parities() -> None:
    text = "hidden: " + ADDRESS.decode()
    for lead in (b"\xff\xfe", b"\xff\xfe\x01"):
        data = lead + text.encode("utf-16-le") + b"\xff\xff"
        ((low, high),) = runs_of_wide_text(data)
        assert data[low:high].decode("utf-16-le").endswith(ADDRESS.decode())
        narrow = NarrowLayer(BytesLayer(data), low & 1)
        assert ADDRESS in narrow.read(0, narrow.size)


def _sweep(data: bytes, segments: list[Segment], engine: str) -> list[tuple[str, str, int, int]]:
    layer = BytesLayer(data)
    space = Space(build(detectors(), engine), layer, segments, lambda _: layer)
    space.sweep(0, len(data))
    return sorted((f.kind, str(f.value), f.span.offset, f.span.length) for f in (held.finding for held in space.found))


def test_the_portable_engine_finds_what_hyperscan_finds() -> None:
    pieces = [specimen.data for each in detectors() for specimen in each.specimens if len(specimen.data) < 20_000]
    noise = hashlib.shake_256(b"noise").digest(2000)
    data = b"\n".join(piece + b"\n" + noise[n % 1900 : n % 1900 + 64] for n, piece in enumerate(pieces))
    whole = [Segment(0, len(data), 0, 0)]
    found = _sweep(data, whole, "hyperscan")
    assert len(found) > 20
    assert _sweep(data, whole, "re2") == found


def test_text_at_the_end_of_a_file_is_not_spoilt_by_its_slack() -> None:
    data = b"pay " + ADDRESS + b"leftovers of another file" + bytes(100)
    end = 4 + len(ADDRESS)
    layers = [BytesLayer(data[:end]), BytesLayer(data[end:], base=end)]
    segments = [Segment(0, end, 0, 0), Segment(end, len(data), 1, 0)]
    space = Space(build(detectors()), BytesLayer(data), segments, lambda number: layers[number])
    space.sweep(0, len(data))
    assert [str(each.finding.value) for each in space.found] == [ADDRESS.decode()]


@pytest.mark.parametrize("before", [b"", b"\0", b"ab", b"abc"])
@pytest.mark.parametrize("behind", [b"", b"\xff\xff", b"\0\0", " now".encode("utf-16-be")])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_wide_text_of_either_order_is_found_once(codec: str, before: bytes, behind: bytes) -> None:
    text = f"pay {ADDRESS.decode()}".encode(codec)
    data = before + text + behind + bytes([0xFE]) * 8
    layer = BytesLayer(data)
    space = Space(build(detectors()), layer, [Segment(0, layer.size, 0, 0)], lambda _: layer)
    space.sweep(0, layer.size)
    (held,) = space.found
    assert held.finding.value == ADDRESS.decode()
    start = held.finding.runs[0].offset
    assert data[start : start + 2 * len(ADDRESS)].replace(b"\0", b"")[:33] == ADDRESS[:33]


PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize("behind", [bytes(20), b" and more of it", b"\nanother line here", b"tail", b""])
@pytest.mark.parametrize("codec", ["ascii", "utf-16-le"])
def test_a_row_of_words_at_the_end_of_a_file_is_its_own(codec: str, behind: bytes) -> None:
    text = f"seed {PHRASE}".encode(codec)
    data = b"\xfe" * 40 + text + behind.decode().encode(codec) + b"\xfe" * 40
    end = 40 + len(text)
    whole = BytesLayer(data, Locator("metadata file"))  # its runs cover all, as those of $MFT do
    layers = [whole, BytesLayer(data[40:end], Locator("file"), base=40), whole]
    segments = [Segment(0, 40, 0, 0), Segment(40, end, 1, 0), Segment(end, len(data), 2, end)]
    space = Space(build(detectors()), BytesLayer(data), segments, lambda number: layers[number])
    space.sweep(0, len(data))
    (held,) = (each for each in space.found if each.finding.kind == "seed/bip39")
    assert held.segment == 1
    assert held.finding.value == Secret(PHRASE)


def test_wide_text_beyond_the_last_known_owner_ends_the_sweep() -> None:
    """A run of UTF-16 text that goes on behind the segments of a unit kept a worker busy for ever."""
    data = (b"\0\xff" * 700 + "a text that goes on and on ".encode("utf-16-le") * 40)[:2400]
    layer = BytesLayer(data)
    for end in (1500, 1501, 1502, 2399):
        space = Space(build((), "re2", ()), layer, [Segment(0, end, 0, 0)], lambda _: layer)
        space.sweep(0, 1480)
        assert space.found == []


def test_two_units_that_meet_where_two_words_meet_find_each_word_once() -> None:
    """Both found the address behind the edge, the second as its own; the case refused it, and the examination ended."""
    data = (b"1" * 8192 + b"write to person@vendor.example, mirror@vendor.example").ljust(20000, b"\0")
    segments = [Segment(0, 8192, 0, 0), Segment(8192, 20000, 1, 0)]
    layers = [BytesLayer(data[:8192], Locator("first")), BytesLayer(data[8192:], Locator("second"))]

    def found(*ranges: tuple[int, int]) -> list[tuple[str, int]]:
        made = []
        for low, high in ranges:
            space = Space(build(detectors()), BytesLayer(data), segments, lambda number: layers[number])
            space.sweep(low, high)
            made += [(held.finding.kind, held.finding.span.offset) for held in space.found]
        return sorted(made)

    wanted = [("contact/email", 9), ("contact/email", 32)]
    assert found((0, 20000)) == wanted
    assert found((0, 8192), (8192, 20000)) == wanted
    assert found((0, 8200), (8200, 20000)) == wanted


@pytest.mark.parametrize("inside", [1, 10, 33, 34, 35])
def test_a_word_of_its_own_over_the_edge_of_a_window(inside: int) -> None:
    """Two owners' words touch shortly before a window ends: the second is told once, by the window it ends in."""
    edge = WINDOW - inside
    data = b"a" * edge + ADDRESS + b" " + b"." * 3000
    layer = BytesLayer(data)
    segments = [Segment(0, edge, 0, 0), Segment(edge, len(data), 1, 0)]
    layers = [BytesLayer(data[:edge]), BytesLayer(data[edge:])]
    space = Space(build(detectors(), "re2", ()), layer, segments, layers.__getitem__)
    space.sweep(0, len(data))
    found = [(held.finding.value, held.segment, held.finding.span.offset) for held in space.found]
    assert (ADDRESS.decode(), 1, 0) in found
    assert len(found) == len(set(found))
    halves = []
    for low, high in ((0, WINDOW), (WINDOW, len(data))):
        unit = Space(build(detectors(), "re2", ()), layer, segments, layers.__getitem__)
        unit.sweep(low, high)
        halves += [(held.finding.value, held.segment, held.finding.span.offset) for held in unit.found]
    assert sorted(map(str, halves)) == sorted(map(str, found))
