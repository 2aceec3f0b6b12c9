"""Stored times of every kind, and names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.filesystems.names import shown
from forensics.filesystems.times import from_dos, from_exfat, from_filetime, from_unix

U64 = st.integers(0, (1 << 64) - 1)


def test_known_values() -> None:
    assert from_filetime("m", 116444736000000000).when == datetime(1970, 1, 1, tzinfo=UTC)
    assert from_filetime("m", 116444736000000019).when == datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert from_unix("m", -1, None).when == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert from_unix("m", 1, 999_999_999).as_stored == "1.999999999"
    assert from_dos("m", 0x5D78, 0xBF7D, 199).when == datetime(2026, 11, 24, 23, 59, 59, 990000, tzinfo=UTC)
    assert from_exfat("m", 0x5D780000, 0, 0x80 | 0x7F & -4).when == datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.mark.parametrize("stored", [0, (1 << 64) - 1, 1 << 63])
def test_never_and_nonsense_have_no_moment_but_their_text(stored: int) -> None:
    time = from_filetime("m", stored)
    assert time.when is None
    assert time.as_stored == str(stored)


@given(U64, st.integers(-(1 << 40), 1 << 40), st.one_of(st.none(), st.integers(0, (1 << 30) - 1)))
def test_no_value_is_an_error(filetime: int, seconds: int, nanoseconds: int | None) -> None:
    assert from_filetime("m", filetime).as_stored == str(filetime)
    assert from_unix("m", seconds, nanoseconds).field == "m"


@given(st.integers(0, 65535), st.integers(0, 65535), st.integers(0, 255), st.integers(0, 255))
def test_no_word_is_an_error(date: int, time: int, tens: int, offset: int) -> None:
    dos = from_dos("m", date, time, tens)
    exfat = from_exfat("m", date << 16 | time, tens, offset)
    assert dos.zone == "unknown"
    assert exfat.zone == ("utc" if offset & 0x80 else "unknown")
    assert (dos.when is None) or dos.when.tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"a.txt", "a.txt"), ("ünï".encode(), "ünï"), (b"a\xffb", "a\\xffb"), (b"a\nb", "a\nb"), (b"", "")],
)
def test_names_are_shown_and_kept(raw: bytes, text: str) -> None:
    assert shown(raw) == (text, None if b"\xff" not in raw else raw)
