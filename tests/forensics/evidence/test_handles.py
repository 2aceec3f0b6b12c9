"""Segments by name, opening, identity, and reading round lost sectors."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from forensics.errors import EvidenceError, UnreadableRun
from forensics.evidence.handles import SegmentFile, discover, open_segments


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"x")


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["a.E01", "a.E02", "a.E03"], "a.E01"),
        (["a.e01", "a.e02"], "a.e01"),
        (["a.s01", "a.s02"], "a.s01"),
        (["a.001", "a.002", "a.003"], "a.001"),
        (["a.raw.000", "a.raw.001"], "a.raw.000"),
        (["a.aa", "a.ab", "a.ac"], "a.aa"),
        (["disk.dd"], "disk.dd"),
        (["only.001"], "only.001"),
    ],
)
def test_finds_all_segments_in_order(tmp_path: Path, names: list[str], first: str) -> None:
    touch(tmp_path, *names, "other.E01", "a.txt", "b.E02", "a.E01.txt", "a.gz", "a.log")
    assert [path.name for path in discover(tmp_path / first)] == names


def test_any_segment_leads_to_the_whole_set(tmp_path: Path) -> None:
    touch(tmp_path, "a.E01", "a.E02", "a.E03")
    assert [path.name for path in discover(tmp_path / "a.E02")] == ["a.E01", "a.E02", "a.E03"]


def test_numbering_goes_on_from_99_to_letters(tmp_path: Path) -> None:
    names = [f"a.E{number:02d}" for number in range(1, 100)]
    names += [f"a.E{high}{low}" for high in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for low in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    names += ["a.FAA", "a.FAB"]
    touch(tmp_path, *names)
    assert [path.name for path in discover(tmp_path / "a.E01")] == names


@pytest.mark.parametrize(
    ("names", "first", "missing"),
    [
        (["a.E01", "a.E02", "a.E04"], "a.E01", "a.E03"),
        (["a.E02", "a.E03"], "a.E02", None),
        (["a.e01", "a.e03"], "a.e01", "a.e02"),
        (["a.001", "a.003"], "a.001", "a.002"),
        (["a.000", "a.002"], "a.000", "a.001"),
        (["a.002", "a.003"], "a.002", "a.001"),
        (["a.aa", "a.ac"], "a.aa", "a.ab"),
        ([f"a.E{number:02d}" for number in range(1, 100)] + ["a.EAB"], "a.E01", "a.EAA"),
    ],
)
def test_names_the_missing_segment(tmp_path: Path, names: list[str], first: str, missing: str | None) -> None:
    touch(tmp_path, *names)
    if missing is None:  # without a first segment the name says nothing; the container will
        assert discover(tmp_path / first) == (tmp_path / first,)
        return
    with pytest.raises(EvidenceError, match=f"segment {missing} of the image is missing"):
        discover(tmp_path / first)


def test_refuses_what_is_not_a_regular_file(tmp_path: Path) -> None:
    touch(tmp_path, "a.raw")
    (tmp_path / "link").symlink_to(tmp_path / "a.raw")
    os.mkfifo(tmp_path / "pipe")
    for name, words in (
        ("link", "is a link"),
        ("pipe", "not a regular file"),
        (".", "folder"),
        ("no", "No such"),
    ):
        with pytest.raises(EvidenceError, match=words):
            open_segments([tmp_path / name])
    with pytest.raises(EvidenceError, match="there is no such file"):
        discover(tmp_path / "no")


def test_identity_tells_on_every_change(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(b"abc")
    (segment,) = open_segments([path])
    before = segment.identity()
    assert segment.identity() == before
    path.write_bytes(b"abd")
    os.utime(path, ns=(before.mtime_ns, before.mtime_ns))
    after = segment.identity()
    segment.close()
    assert after.mtime_ns == before.mtime_ns
    assert after != before


def test_zero_fills_exactly_the_lost_sectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.raw"
    content = bytes(range(1, 256)) * 257
    path.write_bytes(content)
    (segment,) = open_segments([path])
    broken = {7, 8, 40, 127}
    real = os.pread

    def failing(fd: int, length: int, offset: int) -> bytes:
        if fd == segment.fd and any(offset < (each + 1) * 512 and each * 512 < offset + length for each in broken):
            raise OSError(errno.EIO, "Input/output error")
        return real(fd, length, offset)

    monkeypatch.setattr(os, "pread", failing)
    lost: list[tuple[int, int]] = []
    data = segment.pread_zero_filled(100, 65_400, lambda at, size: lost.append((at, size)))
    with pytest.raises(UnreadableRun, match="Input/output error"):
        segment.pread(100, 65_400)
    segment.close()
    expected = bytearray(content[100:65_500])
    for each in broken:
        first, last = max(each * 512, 100), min((each + 1) * 512, 65_500)
        expected[first - 100 : last - 100] = bytes(last - first)
    assert data == expected
    covered = sorted({at // 512 for at, _ in lost})
    assert covered == sorted(broken)
    assert sum(size for _, size in lost) == 3 * 512 + 65_500 - 127 * 512


def test_no_descriptor_is_left_open_after_a_refusal(tmp_path: Path) -> None:
    touch(tmp_path, "a")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(EvidenceError):
        open_segments([tmp_path / "a", tmp_path / "b"])
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_reads_stop_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    (segment,) = open_segments([path])
    assert segment == SegmentFile("a", segment.fd, 10)
    assert segment.pread(8, 10) == b"89"
    assert segment.pread(10, 1) == b""
    segment.close()


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["a.dd.1", "a.dd.2", "a.dd.3", "a.dd.4"], "a.dd.1"),
        ([f"a.{number}" for number in range(1, 12)], "a.1"),
        (["xaa", "xab", "xac", "xad"], "xaa"),
        (["disk1of3.raw", "disk2of3.raw", "disk3of3.raw"], "disk1of3.raw"),
        (["a.img.000", "a.img.001"], "a.img.000"),
    ],
)
def test_split_raw_is_found_by_every_naming(tmp_path: Path, names: list[str], given: str) -> None:
    touch(tmp_path, *names, "notes.txt", "zzzzz")
    assert [path.name for path in discover(tmp_path / given)] == names
    (tmp_path / names[-2]).unlink()
    if len(names) > 2:
        with pytest.raises(EvidenceError, match=f"segment {names[-2]} of the image is missing"):
            discover(tmp_path / given)


def test_names_that_only_look_like_segments_stand_alone(tmp_path: Path) -> None:
    touch(tmp_path, "manual.1", "canvasaa", "page1of2.jpg")
    for name in ("manual.1", "canvasaa", "page1of2.jpg"):
        assert discover(tmp_path / name) == (tmp_path / name,)
