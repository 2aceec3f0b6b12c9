"""Containers by their first bytes; raw images of one and many files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.evidence.integrity import Verdict, verify
from forensics.evidence.ranges import Ranges, merged
from forensics.model import ByteRun


def image_of(tmp_path: Path, *contents: bytes) -> Image:
    paths = []
    for number, content in enumerate(contents):
        paths.append(tmp_path / f"a.{number:03d}")
        paths[-1].write_bytes(content)
    return open_image(open_segments(paths))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"LEF2\x0d\x0a\x81\x00", "Lx01"),
        (b"AFF10\r\n\x00", "Advanced Forensic Format"),
        (bytes.fromhex("4146460000000011000000180000000262616473"), "without its header"),
        (bytes(4096) + b"koly\0\0\0\4\0\0\2\0" + bytes(500), "cannot be"),
        (b"COWD" + bytes(600), "ESX"),
    ],
)
def test_names_containers_by_magic(tmp_path: Path, head: bytes, words: str) -> None:
    with pytest.raises(EvidenceError, match=words):
        image_of(tmp_path, head)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Dear Sir,\n" * 100, "text"),
        (b"PK\x03\x04" + bytes(600), "ZIP"),
        (b"%PDF-1.7" + bytes(600), "PDF"),
        (b"\x01\x02\x03", "less than one sector"),
    ],
)
def test_ordinary_files_are_read_with_a_caveat(tmp_path: Path, content: bytes, words: str) -> None:
    image = image_of(tmp_path, content)
    assert image.format == "raw"
    assert image.read(0, 10_000) == content
    assert any(words in caveat for caveat in image.caveats)


def test_nothing_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="empty"):
        image_of(tmp_path, b"")
    with pytest.raises(EvidenceError, match="no file"):
        open_image([])


def test_split_raw_reads_as_one(tmp_path: Path) -> None:
    parts = (b"a" * 700, b"b" * 700, b"", b"c" * 13)
    image = image_of(tmp_path, *parts)
    whole = b"".join(parts)
    assert image.size == len(whole)
    assert any("is empty" in caveat for caveat in image.caveats)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(-3, len(whole) + 3), st.integers(-1, len(whole) + 3))
    def check(offset: int, length: int) -> None:
        expected = whole[offset : offset + length] if offset >= 0 and length > 0 else b""
        assert image.read(offset, length) == expected
        assert list(image.runs(offset, length)) == ([ByteRun(offset, len(expected))] if expected else [])

    check()


def test_a_raw_file_that_shrinks_gives_zeros_and_says_where(tmp_path: Path) -> None:
    image = image_of(tmp_path, b"x" * 2000)
    (tmp_path / "a.000").write_bytes(b"x" * 1000)
    assert image.read(0, 2000) == b"x" * 1000 + bytes(1000)
    assert image.bad_runs == (ByteRun(1000, 1000),)
    assert verify(image).verdict is Verdict.DAMAGED


def test_raw_has_no_stored_digest(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    image = image_of(tmp_path, b"x" * 5_000_000)
    result = verify(image, ("md5", "sha256"), lambda done, total: seen.append((done, total)))
    assert result.verdict is Verdict.NONE_STORED
    assert set(result.computed) == {"md5", "sha256"}
    assert seen[-1] == (5_000_000, 5_000_000)
    image.stored_digests["md5"] = result.computed["md5"]
    assert verify(image, ("sha256",)).verdict is Verdict.VERIFIED
    image.stored_digests["md5"] = "0" * 32
    differing = verify(image, ("sha256",))
    assert differing.verdict is Verdict.DIFFERS
    assert differing.differing == ("md5",)


def test_hashing_goes_on_where_no_thread_may_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = image_of(tmp_path, b"x" * 5_000_000)
    expected = verify(image).computed

    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    assert verify(image).computed == expected


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=12))
def test_ranges_merge_to_the_same_bytes(pairs: list[tuple[int, int]]) -> None:
    ranges = Ranges()
    covered: set[int] = set()
    for offset, length in pairs:
        ranges.add(offset, length)
        covered.update(range(offset, offset + length))
    out = ranges.all()
    assert {byte for run in out for byte in range(run.offset, run.end)} == covered
    assert all(a.end < b.offset for a, b in pairwise(out))
    assert merged(out) == out
