"""Exif: places, times and zones, spans, and structures made to harm."""

from __future__ import annotations

import struct
import time
from datetime import UTC, datetime

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.media import _specimens as known
from forensics.detectors.media.exif import DETECTOR
from forensics.model import Event, Finding, Grade, Link, Sensitivity


def _one(data: bytes) -> Finding:
    (found,) = DETECTOR.examine(BytesLayer(data), 0)
    return found


def test_everything_that_was_written() -> None:
    found = _one(known._JPEG)
    fields = {name: each.value for name, each in found.fields.items()}
    assert found.grade is Grade.C3
    assert found.value == "52.510000,-13.370000"
    assert found.sensitivity is Sensitivity.PERSONAL
    assert (fields["make"], fields["model"], fields["serial"]) == ("Lumo", "L-1", "0042")
    assert fields["altitude_metres"] == "34.50"
    assert (fields["width"], fields["height"]) == (1, 1)
    assert Link("TAKEN_WITH", "device", "Lumo L-1 0042") in found.links


def test_a_tiff_file_counts_where_an_entry_starts() -> None:
    assert _one(known._TIFF).value == "52.510000,-13.370000"


def test_times_carry_their_zone() -> None:
    taken, fixed = _one(known._JPEG).events
    assert (taken.when, taken.zone) == (datetime(2024, 2, 29, 8, 11, 12, tzinfo=UTC), "+02:00")
    assert taken.as_stored == "2024:02:29 10:11:12 +02:00"
    assert (fixed.meaning, fixed.zone) == ("position fixed", "utc")
    assert fixed.when == datetime(2024, 2, 29, 8, 11, 10, tzinfo=UTC)


def test_time_without_zone_says_so() -> None:
    event: Event = _one(known._JPEG.replace(b"+02:00", b"\0\0\0\0\0\0")).events[0]
    assert (event.when.hour, event.zone) == (10, "unknown")


def test_spans_hold_the_stored_octets() -> None:
    found = _one(known._JPEG)
    for name, text in (("make", b"Lumo"), ("taken", b"2024:02:29 10:11:12"), ("serial", b"0042")):
        span = found.fields[name].span
        assert span is not None
        assert known._JPEG[span.offset : span.end].rstrip(b"\0") == text


@pytest.mark.parametrize("stored", [b"0000:00:00 00:00:00", b"    :  :     :  :  ", b"2024:02:30 10:11:12"])
def test_no_time_is_made_of_what_is_none(stored: bytes) -> None:
    found = _one(known._JPEG.replace(b"2024:02:29 10:11:12", stored))
    assert [each.meaning for each in found.events] == ["position fixed"]
    assert bool(found.caveats) is (b"30" in stored)


def _tiff(entries: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    table = b"".join(struct.pack("<HHII", *each) for each in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + table + struct.pack("<I", following)


@pytest.mark.parametrize(
    "data",
    [
        _tiff([(0x010F, 2, 4, 0x41414141), (0x8769, 4, 1, 8), (0x8825, 4, 1, 8)], 8),
        _tiff([(0x010F, 2, 4, 0x41414141)] + [(0x9000 + each, 5, 0xFFFFFFFF, 0) for each in range(60)]),
        b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 0x010F, 2, 4, 0x41414141) * 65_535,
        _tiff([(0x010F, 2, 0x7FFFFFFF, 8), (0x0131, 2, 4, 0x41414141)]),
    ],
    ids=["directories in a ring", "counts at the limit", "65,535 entries", "text longer than the file"],
)
def test_hostile_structures_end(data: bytes) -> None:
    started = time.perf_counter()
    found = _one(data)
    assert time.perf_counter() - started < 0.5
    assert found.grade is Grade.C2
    assert found.caveats
