"""What holds for every decoder, asked of every specimen."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import cast

import pytest

from forensics.detectors.base import BytesLayer
from forensics.sweep.decoders import decoders
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen, Seeker
from forensics.sweep.patterns import printable, width_of

OFFSETS = (0, 1, 511)
LIMIT = 1 << 20
MUTATIONS = 300
COSTLY = 1 << 13  # specimens above this length get fewer mutations

CASES = [(decoder, specimen) for decoder in decoders() for specimen in decoder.specimens]
NAMES = [f"{decoder.kind}: {specimen.name}" for decoder, specimen in CASES]


def calls(decoder: Decoder, data: bytes) -> list[int]:
    """Where the triggers wake the decoder."""
    found: set[int] = set()
    for trigger in decoder.triggers:
        if not trigger.pattern:
            found.add(0)
            continue
        for match in re.finditer(trigger.pattern, data, re.DOTALL):
            at = match.end() if trigger.at is None else match.start() - trigger.at
            if at >= 0:
                found.add(at)
    return sorted(found)


def decoded(decoder: Decoder, data: bytes, places: Sequence[int], limit: int = LIMIT) -> list[Decoded]:
    layer = BytesLayer(data)
    made: list[Decoded] = []
    for at in places:
        streams = list(decoder.decode(layer, at, limit))
        assert sum(len(each.data) for each in streams) <= limit
        assert len({each.index for each in streams}) == len(streams)
        for each in streams:
            holds(each, len(data))
        made += streams
    return made


def holds(each: Decoded, size: int) -> None:
    """What is true of any stream of a layer of `size` bytes."""
    assert each.source.length > 0
    assert 0 <= each.source.offset <= each.source.end <= size
    assert each.complete == (not each.caveat)
    assert each.data or each.caveat
    position = 0
    for start, offset, length in each.places:
        assert start >= position, "pieces are in the order of decoded bytes"
        assert start < len(each.data)
        position = start
        assert length > 0
        assert 0 <= offset <= offset + length <= size
    if each.places:
        assert each.places[0][0] == 0


@pytest.mark.parametrize("decoder", decoders(), ids=lambda each: each.kind)
def test_a_decoder_says_what_it_is(decoder: Decoder) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", decoder.kind)
    assert decoder.title
    assert decoder.version >= 1
    assert decoder.references
    assert len(decoder.specimens) >= 4
    assert any(specimen.expect for specimen in decoder.specimens)
    assert any(specimen.expect is None for specimen in decoder.specimens)
    names = [specimen.name for specimen in decoder.specimens]
    assert len(set(names)) == len(names)
    assert all(specimen.origin for specimen in decoder.specimens)
    module = __import__(type(decoder).__module__, fromlist=["__doc__"])
    assert "|--" in (module.__doc__ or ""), "the docstring lacks the table of the layout"
    assert decoder.triggers
    for trigger in decoder.triggers:
        assert trigger.pattern or trigger.name
        assert not trigger.pattern or not trigger.wide
        if trigger.at is not None:
            assert width_of(trigger.pattern) >= 4


@pytest.mark.parametrize(("decoder", "specimen"), CASES, ids=NAMES)
def test_a_specimen_gives_exactly_what_it_holds(decoder: Decoder, specimen: EncodedSpecimen) -> None:
    for offset in OFFSETS:
        data = b"\0" * offset + specimen.data
        found = decoded(decoder, data, calls(decoder, data))
        assert tuple(each.data for each in found if each.data) == (specimen.expect or ()), f"at {offset}"


@pytest.mark.parametrize(("decoder", "specimen"), CASES, ids=NAMES)
def test_damage_never_raises(decoder: Decoder, specimen: EncodedSpecimen) -> None:
    data, draw = specimen.data, random.Random(specimen.name)
    count = MUTATIONS if len(data) < COSTLY else MUTATIONS // 10
    cuts = range(len(data)) if len(data) <= count else sorted(draw.sample(range(len(data)), count))
    flips: Sequence[int] = range(8 * len(data))
    if len(flips) > count:
        flips = draw.sample(flips, count)
    variants = [data[:cut] for cut in cuts]
    for flip in flips:
        damaged = bytearray(data)
        damaged[flip // 8] ^= 1 << flip % 8
        variants.append(bytes(damaged))
    places = calls(decoder, data)
    for variant in variants:
        decoded(decoder, variant, sorted({*places, *calls(decoder, variant)}))


@pytest.mark.parametrize(("decoder", "specimen"), CASES, ids=NAMES)
def test_the_limit_holds(decoder: Decoder, specimen: EncodedSpecimen) -> None:
    places = calls(decoder, specimen.data)
    whole = b"".join(specimen.expect or ())
    for limit in (0, 1, 100):
        found = decoded(decoder, specimen.data, places, limit)
        if limit == 0:
            assert not any(each.data for each in found)
        elif len(specimen.expect or ()) == 1:
            (only,) = [each for each in found if each.data]
            assert only.data == whole[:limit]
            assert only.complete or only.caveat


@pytest.mark.parametrize("decoder", decoders(), ids=lambda each: each.kind)
def test_random_places_never_raise(decoder: Decoder) -> None:
    draw = random.Random(11)
    data = draw.randbytes(3000)
    decoded(decoder, data, [draw.randrange(len(data) + 1) for _ in range(200)])


@pytest.mark.parametrize("decoder", decoders(), ids=lambda each: each.kind)
def test_the_engines_agree_on_the_triggers(decoder: Decoder) -> None:
    re2 = pytest.importorskip("re2")
    hyperscan = pytest.importorskip("hyperscan")
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    for trigger in (each for each in decoder.triggers if each.pattern):
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[printable(trigger.pattern)], ids=[0], elements=1)
        second = re2.compile(printable(trigger.pattern), options)
        for specimen in decoder.specimens:
            data = b"\0" + specimen.data + b"\0"
            ends = [match.end() for match in re.finditer(trigger.pattern, data)]
            assert [match.end() for match in second.finditer(data)] == ends
            told: set[int] = set()
            database.scan(data, match_event_handler=lambda _n, _s, end, _f, told: told.add(end), context=told)
            assert set(ends) <= told


SEEKERS = [decoder for decoder in decoders() if hasattr(decoder, "ends")]


@pytest.mark.parametrize("decoder", SEEKERS, ids=lambda each: each.kind)
def test_what_is_sought_by_hand_is_what_the_expression_finds(decoder: Decoder) -> None:
    (trigger,) = decoder.triggers
    expression = re.compile(trigger.pattern, re.DOTALL)
    draw = random.Random(5)
    alphabet = b"ABab01+/"
    parts: list[Callable[[], bytes]] = [
        lambda: bytes(draw.choice(alphabet) for _ in range(draw.choice((3, 44, 45, 58, 59, 60, 61, 76, 130, 5000)))),
        lambda: draw.choice((b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n", b" ", b"=", b"\\/", b"\\n", b"\0", b"\xff")),
        lambda: "".join(draw.choice("ab \n7") for _ in range(draw.choice((2, 7, 8, 9, 16, 40)))).encode("utf-16-be"),
        lambda: "".join(draw.choice("ab \n7") for _ in range(draw.choice((2, 7, 8, 9, 16, 40)))).encode("utf-16-le"),
        lambda: draw.randbytes(draw.randrange(4)),
    ]
    for size in (*range(40), *[60] * 60):
        data = b"".join(draw.choice(parts)() for _ in range(size))
        wanted = {match.end() for match in expression.finditer(data)}
        position = 0
        while (match := expression.search(data, position)) is not None:  # matches that overlap, too
            wanted.add(match.end())
            position = match.start() + 1
        found = cast("Seeker", decoder).ends(memoryview(data))
        assert found == sorted(found)
        assert set(found) == wanted
