"""E01 images of ewfacquire read back; damage and absence named exactly."""

from __future__ import annotations

import random
import re
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.errors import EvidenceError
from forensics.evidence.cache import ChunkCache
from forensics.evidence.container import open_image
from forensics.evidence.ewf import EwfImage
from forensics.evidence.ewf_reference import cross_check
from forensics.evidence.handles import discover, open_segments
from forensics.evidence.integrity import Verdict, verify
from forensics.evidence.ranges import merged
from forensics.model import ByteRun
from tests.figures import chance, trials


@contextmanager
def opened(first: Path, cache_bytes: int = 1 << 20) -> Iterator[EwfImage]:
    segments = open_segments(discover(first))
    try:
        image = open_image(segments, cache_bytes=cache_bytes)
        assert isinstance(image, EwfImage)
        yield image
    finally:
        for segment in segments:
            segment.close()


def sections(data: bytes) -> dict[str, tuple[int, int]]:
    """Type -> (offset of the descriptor, size); written again so that the reader is not its own judge."""
    out: dict[str, tuple[int, int]] = {}
    at = 13
    while True:
        kind = data[at : at + 16].rstrip(b"\0").decode()
        following, size = struct.unpack_from("<QQ", data, at + 16)
        out.setdefault(kind, (at, size))
        if kind in ("done", "next") or following <= at:
            return out
        at = following


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("encase1", ("-c", "deflate:best", "-S", "1MiB")),
        ("encase3", ("-c", "deflate:none",)),
        ("encase5", ("-c", "deflate:empty-block", "-b", "128")),
        ("encase6", ("-c", "deflate:fast", "-d", "sha1", "-S", "1MiB")),
        ("ftk", ("-c", "deflate:fast",)),
        ("linen6", ("-c", "deflate:best",)),
        ("smart", ("-c", "deflate:fast", "-S", "1MiB")),
        ("ewf", ("-c", "deflate:fast",)),
        ("ewfx", ("-c", "deflate:fast",)),
    ],
)  # fmt: skip
def test_every_format_reads_back(
    form: str, options: tuple[str, ...], acquire: Callable[..., Path], medium: bytes, md5: str
) -> None:
    with opened(acquire(form, *options)) as image:
        assert image.size == len(medium)
        assert b"".join(image.read(at, 70_001) for at in range(0, image.size, 70_001)) == medium
        assert image.read(0, image.size) == medium
        assert image.stored_digests["md5"] == md5
        assert image.acquisition["case_number"] == "C-7"
        assert image.acquisition["examiner"] == "Vale"
        assert image.bad_runs == ()
        result = verify(image)
        assert result.verdict is Verdict.VERIFIED
        assert result.disagreements == ()
        assert image.complete


def test_random_reads(encase6: Path, medium: bytes) -> None:
    with opened(encase6, cache_bytes=100_000) as image:

        @settings(max_examples=150, deadline=None)
        @given(st.integers(-10, len(medium) + 10), st.integers(-1, 2_500_000))
        def check(offset: int, length: int) -> None:
            expected = medium[offset : offset + length] if offset >= 0 and length > 0 else b""
            assert image.read(offset, length) == expected

        check()


def sectors_of(report: str) -> tuple[ByteRun, ...]:
    found = re.findall(r"at sector\(s\): (\d+) - (\d+)", report.partition("MD5")[0])
    return merged([ByteRun(int(a) * 512, (int(b) - int(a) + 1) * 512) for a, b in found])


@pytest.mark.figure
def test_flipped_bits_are_found_where_ewfverify_finds_them(
    encase6: Path, tmp_path: Path, ewfverify: Callable[[Path], str], medium: bytes
) -> None:
    data = encase6.read_bytes()
    start, size = sections(data)["sectors"]
    path = tmp_path / "A-01.E01"

    def attempt(numbers: range) -> Iterator[str]:
        for number in numbers:
            draw = chance("flips", number)
            hurt = bytearray(data)
            for _ in range(draw.randint(1, 6)):
                hurt[draw.randrange(start + 76, start + size)] ^= 1 << draw.randrange(8)
            if hurt == data:
                continue
            path.write_bytes(hurt)
            with opened(path) as image:
                result = verify(image)
                named = sectors_of(ewfverify(path))
                whole = bytearray(medium)
                for run in result.bad_runs:
                    whole[run.offset : run.end] = bytes(min(run.end, len(medium)) - run.offset)
                # a bit of padding changes nothing, and a lost chunk of zeros is read as zeros: the digests still agree
                right = Verdict.VERIFIED if whole == medium else Verdict.DAMAGED
                if result.verdict is not right or result.bad_runs != named:
                    yield f"{number}: {result.verdict}, {result.bad_runs} and not {named}"
                    continue
                assert image.read(0, image.size) == whole
                assert result.disagreements == ()

    trials("flips", attempt, together=20)


def test_a_damaged_table_is_replaced_by_its_copy(encase6: Path, tmp_path: Path, medium: bytes) -> None:
    data = bytearray(encase6.read_bytes())
    start, _ = sections(bytes(data))["table"]
    data[start + 76 + 24 + 8] ^= 0xFF
    path = tmp_path / "A-01.E01"
    path.write_bytes(data)
    with opened(path) as image:
        assert image.read(0, image.size) == medium
        assert any("second copy" in caveat for caveat in image.caveats)


def test_a_file_cut_short_names_what_is_absent(acquire: Callable[..., Path], tmp_path: Path, medium: bytes) -> None:
    first = acquire("encase5", "-c", "deflate:none", "-S", "1MiB")
    for each in sorted(first.parent.iterdir())[:-1]:
        shutil.copy(each, tmp_path)
    with opened(tmp_path / first.name) as image:
        assert not image.complete
        assert any("is missing" in caveat for caveat in image.caveats)
        (absent,) = image.bad_runs
        assert absent.end == len(medium)
        assert absent.offset % image.chunk_size == 0
        assert image.read(0, absent.offset) == medium[: absent.offset]
        assert image.read(absent.offset, 10) == bytes(10)
        result = verify(image)
        assert result.verdict is Verdict.INCOMPLETE
        assert result.hashed == absent.offset


def test_half_a_file_and_a_bare_header(encase6: Path, tmp_path: Path) -> None:
    data = encase6.read_bytes()
    path = tmp_path / "A-01.E01"
    path.write_bytes(data[: len(data) // 2])
    with opened(path) as image:
        assert not image.complete
        assert image.bad_runs
        assert verify(image).verdict is Verdict.INCOMPLETE
    for length in (0, 1, 8, 13, 60, 200):
        path.write_bytes(data[:length])
        segments = open_segments([path])
        if 1 <= length < 8:  # too short to show what it is
            assert open_image(segments).format == "raw"
        else:
            with pytest.raises(EvidenceError):
                open_image(segments)
        for segment in segments:
            segment.close()


def test_segments_must_be_of_one_image_and_in_order(acquire: Callable[..., Path], tmp_path: Path) -> None:
    one = acquire("encase6", "-c", "deflate:none", "-S", "1MiB")
    two = acquire("encase6", "-c", "deflate:none", "-S", "1MiB")
    for number, source in enumerate((one, two.with_suffix(".E02")), 1):
        data = bytearray(source.read_bytes())  # this ewfacquire leaves the identifier of the set empty
        at, _ = sections(bytes(data))["volume" if number == 1 else "data"]
        data[at + 76 + 64 : at + 76 + 80] = bytes([number]) * 16
        reseal(data, at + 76, 1048)
        (tmp_path / f"x.E0{number}").write_bytes(data)
    with pytest.raises(EvidenceError, match="belongs to another image"), opened(tmp_path / "x.E01"):
        pass
    shutil.copy(one.with_suffix(".E03"), tmp_path / "x.E02")
    with pytest.raises(EvidenceError, match="says that it is segment 3"), opened(tmp_path / "x.E01"):
        pass


def reseal(data: bytearray, at: int, length: int) -> None:
    data[at + length : at + length + 4] = zlib.adler32(bytes(data[at : at + length])).to_bytes(4, "little")


def test_loops_and_lies_in_sections_end_in_words(encase6: Path, tmp_path: Path) -> None:
    data = encase6.read_bytes()
    found = sections(data)
    path = tmp_path / "A-01.E01"

    def read(hurt: bytearray) -> tuple[str, ...]:
        path.write_bytes(hurt)
        try:
            with opened(path) as image:
                image.read(0, min(image.size, 4 << 20))
                return image.caveats
        except EvidenceError as error:
            return (str(error),)

    loop = bytearray(data)
    at, _ = found["table"]
    loop[at + 16 : at + 24] = struct.pack("<Q", found["sectors"][0])
    reseal(loop, at, 72)
    assert any("points back" in caveat for caveat in read(loop))

    at, _ = found["volume"]
    for where, value in ((4, 1 << 31), (8, 1 << 31), (12, 0), (12, 1 << 31), (16, 1 << 62)):
        lie = bytearray(data)
        lie[at + 76 + where : at + 76 + where + 8] = struct.pack("<Q", value)
        reseal(lie, at + 76, 1048)
        assert read(lie)

    at, _ = found["table"]
    for count in (0, 1 << 31, 1 << 24):
        lie = bytearray(data)
        lie[at + 76 : at + 80] = struct.pack("<I", count)
        reseal(lie, at + 76, 20)
        read(lie)


def test_mutated_containers_never_escape(encase6: Path, tmp_path: Path) -> None:
    generator = random.Random(9)
    data = encase6.read_bytes()
    found = sections(data)
    spots = [at + generator.randrange(400) for at, _ in found.values() for _ in range(40)]
    path = tmp_path / "A-01.E01"
    for spot in spots:
        hurt = bytearray(data)
        for _ in range(generator.randint(1, 4)):
            hurt[min(spot + generator.randrange(8), len(hurt) - 1)] = generator.randrange(256)
        for at, _ in found.values():
            if generator.random() < 0.6 and at + 76 <= len(hurt):
                reseal(hurt, at, 72)
        path.write_bytes(hurt)
        try:
            with opened(path) as image:
                image.read(0, 1 << 16)
                image.read(max(image.size - 70_000, 0), 70_000)
        except EvidenceError:
            pass


def test_a_bomb_in_a_chunk_is_not_inflated(encase6: Path, tmp_path: Path) -> None:
    data = bytearray(encase6.read_bytes())
    at, _ = sections(bytes(data))["sectors"]
    bomb = zlib.compress(bytes(50_000_000), 9)[:8000]
    data[at + 76 : at + 76 + len(bomb)] = bomb
    path = tmp_path / "A-01.E01"
    path.write_bytes(data)
    with opened(path) as image:
        assert image.read(0, 10) == bytes(10)
        assert image.bad_runs[0] == ByteRun(0, image.chunk_size)


def test_the_second_reader_sees_a_difference(encase6: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(encase6) as image:
        assert cross_check(image) == ()
        real = image.read
        monkeypatch.setattr(image, "read", lambda offset, length: real(offset, length)[:-1] + b"!")
        assert any("differ" in each for each in cross_check(image))
        image.stored_digests["md5"] = "0" * 32
        assert any("stored md5" in each for each in cross_check(image))


def test_the_cache_forgets_the_oldest() -> None:
    cache = ChunkCache(100)
    for number in range(5):
        cache.put(number, bytes(30))
    assert [cache.get(number) is not None for number in range(5)] == [False, False, True, True, True]
    cache.get(2)
    cache.put(9, bytes(30))
    assert cache.get(2) is not None
    assert cache.get(3) is None
