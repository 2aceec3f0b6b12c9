"""What holds for every detector, asked of every specimen."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest

from forensics.custody import mj1
from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer, Detector, Specimen, Trigger
from forensics.model import Absent, Finding, Grade, Locator, Secret
from forensics.sweep.wire import finding_record

PADDINGS = {"zeros": b"\0", "newlines": b"\n"}
BEHIND = 700
OFFSETS = (0, 1, 511)
MUTATIONS = 300
FIELD_NAMES = frozenset(files("resources.languages").joinpath("field_names.txt").read_text("utf-8").split("\n"))
COSTLY = 1 << 16  # specimens above this length get fewer mutations

# Formats whose text is the same: each pair may claim one span.
SAME_TEXT: frozenset[frozenset[str]] = frozenset(
    {
        frozenset({"seed/bip39", "seed/electrum"}),
        frozenset({"file/mail", "mail/message"}),  # the file that was carved, and what it says
        frozenset({"file/lnk", "system/shortcut"}),
    }
)

CASES = [(detector, specimen) for detector in detectors() for specimen in detector.specimens]
NAMES = [f"{detector.kind}: {specimen.name}" for detector, specimen in CASES]


def text(finding: Finding) -> str:
    """The value as a specimen writes it."""
    value = finding.value
    if isinstance(value, Secret):
        return value.text
    return value.value if isinstance(value, Absent) else value


@cache
def expression(trigger: Trigger) -> re.Pattern[bytes]:
    return re.compile(trigger.pattern)


def calls(detector: Detector, data: bytes, start: int) -> list[int]:
    """The offsets that the triggers give for an artefact at `start`, in order, each once."""
    wanted: set[int] = set()
    for trigger in detector.triggers:
        if trigger.name and start == 0:
            wanted.add(0)
        if not trigger.pattern:
            continue
        for match in expression(trigger).finditer(data):
            if trigger.at is None:
                wanted.add(match.end())
            elif match.start() >= trigger.at and (not trigger.anchored or match.start() == trigger.at):
                wanted.add(match.start() - trigger.at)
    return sorted(wanted)


def examined(detector: Detector, layer: BytesLayer, offsets: list[int]) -> Iterator[Finding]:
    many = getattr(detector, "examine_many", None)
    if many is not None:
        yield from many(layer, offsets)
    else:
        for offset in offsets:
            yield from detector.examine(layer, offset)


def scan(detector: Detector, data: bytes, start: int = 0, beside: tuple[tuple[str, bytes], ...] = ()) -> list[Finding]:
    """Every distinct finding in `data`, and in the files `beside` it."""
    layer = BytesLayer(data, companions={suffix: BytesLayer(each, Locator(suffix)) for suffix, each in beside})
    seen: dict[tuple[str, str, int, int], Finding] = {}
    for each in examined(detector, layer, calls(detector, data, start)):
        seen.setdefault((str(each.locator), text(each), each.span.offset, each.span.length), each)
    return list(seen.values())


def carved(detector: Detector) -> bool:
    """Whether the artefact is found anywhere, so that padding must not hide it."""
    return any(trigger.pattern and not trigger.anchored for trigger in detector.triggers)


def inside(each: Finding, size: int) -> None:
    assert each.runs or each.span.length == 0
    assert each.span.offset >= 0
    assert each.span.end <= size
    for run in each.runs:
        assert run.offset >= 0
        assert run.end <= size
    for name, field in each.fields.items():
        assert field.span is None or 0 <= field.span.offset <= field.span.end <= size, name
        assert re.sub(r"[_ ]\d+$", "", name) in FIELD_NAMES or name.startswith("setting "), (
            f"{name!r} has no line in resources/languages/field_names.txt, by which it is translated"
        )


def of(detector: Detector, kind: str) -> bool:
    return frozenset({detector.kind, kind}) in SAME_TEXT


@pytest.mark.parametrize("detector", detectors(), ids=lambda each: each.kind)
def test_a_detector_says_what_it_is(detector: Detector) -> None:
    assert detector.title
    assert detector.title[0].isupper()
    assert detector.version >= 1
    assert detector.references
    assert detector.triggers
    assert len(detector.specimens) >= 4
    assert any(specimen.expect for specimen in detector.specimens)
    assert any(specimen.expect is None for specimen in detector.specimens)
    names = [specimen.name for specimen in detector.specimens]
    assert len(set(names)) == len(names)
    assert all(specimen.origin for specimen in detector.specimens)
    module = __import__(type(detector).__module__, fromlist=["__doc__"])
    assert module.__doc__
    assert "|--" in module.__doc__, "the docstring lacks the table of the layout"


@pytest.mark.parametrize(("detector", "specimen"), CASES, ids=NAMES)
def test_a_specimen_gives_exactly_what_it_holds(detector: Detector, specimen: Specimen) -> None:
    wanted = sorted(specimen.expect or ())
    plain = scan(detector, specimen.data, beside=specimen.companions)
    sizes = {suffix: len(data) for suffix, data in specimen.companions}
    for each in plain:
        inside(each, sizes.get(str(each.locator), len(specimen.data)))
        assert each.kind == detector.kind
        assert each.detector == f"{detector.kind}@{detector.version}"
        assert each.checks
    assert sorted(map(text, plain)) == wanted
    if not carved(detector) or specimen.companions:
        return
    for padding in PADDINGS.values():
        for offset in OFFSETS:
            data = padding * offset + specimen.data + padding * BEHIND
            found = scan(detector, data, offset)
            assert sorted(map(text, found)) == wanted, f"at {offset}"
            for each in found:
                inside(each, len(data))


@pytest.mark.parametrize(("detector", "specimen"), CASES, ids=NAMES)
def test_damage_never_raises(detector: Detector, specimen: Specimen) -> None:
    data, draw = specimen.data, random.Random(specimen.name)
    places = calls(detector, data, 0) or [0]
    count = MUTATIONS if len(data) < COSTLY else MUTATIONS // 10
    cuts = range(len(data)) if len(data) <= count // 2 else draw.sample(range(len(data)), count // 2)
    flips = range(8 * len(data))
    if len(flips) > count // 2:
        flips = draw.sample(flips, count // 2)  # type: ignore[assignment]
    variants = [data[:cut] for cut in cuts]
    for flip in flips:
        damaged = bytearray(data)
        damaged[flip // 8] ^= 1 << flip % 8
        variants.append(bytes(damaged))
    for variant in variants:
        layer = BytesLayer(variant)
        for each in examined(detector, layer, [place for place in places if place <= len(variant)]):
            inside(each, len(variant))


@pytest.mark.parametrize(("detector", "specimen"), CASES, ids=NAMES)
def test_no_other_detector_claims_the_same_bytes(detector: Detector, specimen: Specimen) -> None:
    if specimen.expect is None:
        return
    own = {each.span for each in scan(detector, specimen.data)}
    for other in detectors():
        if other is detector or of(detector, other.kind) or hasattr(other, "places"):  # a file holds its artefacts
            continue
        for each in scan(other, specimen.data):
            if any(not trigger.name for trigger in other.triggers) and each.grade >= Grade.C1:
                assert each.span not in own, f"{other.kind} claims {text(each)!r}"


def report(_number: int, _start: int, end: int, _flags: int, told: set[int]) -> None:
    told.add(end)


PATTERNS = [(detector, trigger) for detector in detectors() for trigger in detector.triggers if trigger.pattern]


@pytest.mark.parametrize(
    ("detector", "trigger"),
    PATTERNS,
    ids=[f"{each.kind}: {trigger.pattern!r:.40}" for each, trigger in PATTERNS],
)
def test_the_engines_agree_on_a_trigger(detector: Detector, trigger: Trigger) -> None:
    re2 = pytest.importorskip("re2")
    hyperscan = pytest.importorskip("hyperscan")
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    second = re2.compile(trigger.pattern, options)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=[trigger.pattern], ids=[0], elements=1, flags=[hyperscan.HS_FLAG_DOTALL])
    plain = re.compile(trigger.pattern, re.DOTALL)
    for specimen in detector.specimens:
        data = b"\n" + specimen.data + b"\n"
        ends = [match.end() for match in plain.finditer(data)]
        assert [match.end() for match in second.finditer(data)] == ends
        told: set[int] = set()
        database.scan(data, match_event_handler=report, context=told)
        assert set(ends) <= told


@pytest.mark.parametrize(("detector", "specimen"), CASES, ids=NAMES)
def test_the_ledger_takes_what_is_found(detector: Detector, specimen: Specimen) -> None:
    for each in scan(detector, specimen.data, beside=specimen.companions):
        record = finding_record(each, detector.title, b"key")
        assert mj1.loads(mj1.dumps(record)) == record
