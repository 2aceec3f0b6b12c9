"""Ex01 images, built by the published layout; libewf reads the same bytes from them, as a second reader."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from pathlib import Path

import pytest

from forensics.errors import EvidenceError, ImpoundError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.ewf_reference import EwfReference
from forensics.evidence.handles import discover, open_segments
from forensics.evidence.integrity import Verdict, verify
from forensics.model import ByteRun

CHUNK = 64 * 512
SET = bytes(range(16))


class Writer:
    """One segment: a head, then sections, each with its descriptor behind it."""

    def __init__(self, number: int, method: int = 1) -> None:
        self.raw = bytearray(b"EVF2\x0d\x0a\x81\x00\x02\x01" + struct.pack("<HI", method, number) + SET)
        self._before = 0

    def section(self, kind: int, data: bytes, flags: int = 0, padding: int = 0) -> None:
        padding += -len(data) % 16
        data += bytes(-len(data) % 16)
        self.raw += data
        body = struct.pack("<IIQQII", kind, flags | 1, self._before, len(data), 64, padding)
        body += hashlib.md5(data).digest() + bytes(12)
        self._before = len(self.raw)
        self.raw += body + struct.pack("<I", zlib.adler32(body))

    def text(self, kind: int, values: dict[str, str]) -> None:
        lines = ("1", "main", "\t".join(values), "\t".join(values.values()), "", "")
        self.section(kind, zlib.compress(b"\xff\xfe" + "\n".join(lines).encode("utf-16-le")))

    def summed(self, kind: int, data: bytes) -> None:
        self.section(kind, data + struct.pack("<I", zlib.adler32(data)))

    def chunks(self, data: bytes, first: int, *, pack: bool) -> None:
        """Chunks and their table; whole chunks of one pattern are stored as that."""
        places, body, start = b"", b"", len(self.raw)
        for at in range(0, len(data), CHUNK):
            chunk = data[at : at + CHUNK]
            if pack and chunk == chunk[:8] * (CHUNK // 8):
                places += chunk[:8] + struct.pack("<II", 0, 5)
                continue
            packed = zlib.compress(chunk)
            flags = 1 if pack and len(packed) < len(chunk) else 2
            stored = packed if flags == 1 else chunk + struct.pack("<I", zlib.adler32(chunk))
            places += struct.pack("<QII", start + len(body), len(stored), flags)
            body += stored + bytes(-len(stored) % 16)
        self.section(3, body)
        head = struct.pack("<QII", first, len(places) // 16, 0)
        table = head + struct.pack("<I", zlib.adler32(head)) + bytes(12)
        table += places + struct.pack("<I", zlib.adler32(places)) + bytes(12)
        self.section(4, table)


def medium(size: int) -> bytes:
    noise = random.Random(8)
    parts = [b"the ledger of the stall " * 4000, noise.randbytes(CHUNK * 2), bytes(CHUNK * 2), b"8 bytes." * 12_288]
    return (b"".join(parts) * (size // 100_000 + 1))[:size]


def write(stem: Path, data: bytes, *, pieces: int = 1, pack: bool = True, errors: bytes = b"") -> list[Path]:
    """An image in so many segments."""
    count = -(-len(data) // CHUNK)
    each = -(-count // pieces)
    paths = []
    for number in range(1, pieces + 1):
        segment = Writer(number)
        segment.text(1, {"ts": str(len(data) // 512), "bp": "512", "dt": "f", "md": "WD"})
        segment.text(2, {"nm": "x", "cn": "7", "ex": "J. Doe", "tb": str(count), "cp": "1", "sb": "64", "gr": "64"})
        part = data[(number - 1) * each * CHUNK : number * each * CHUNK]
        segment.chunks(part, (number - 1) * each, pack=pack)
        if number == pieces:
            if errors:
                head = struct.pack("<I12x", len(errors) // 16)
                head += struct.pack("<I", zlib.adler32(head)) + bytes(12)
                segment.section(5, head + errors + struct.pack("<I", zlib.adler32(errors)) + bytes(12))
            segment.summed(8, hashlib.md5(data).digest())
            segment.summed(9, hashlib.sha1(data).digest())
        segment.section(15 if number == pieces else 13, b"")
        paths.append(stem.with_suffix(f".Ex{number:02d}"))
        paths[-1].write_bytes(segment.raw)
    return paths


def opened(path: Path) -> Image:
    return open_image(open_segments(discover(path)))


@pytest.mark.parametrize("pack", [True, False])
@pytest.mark.parametrize("pieces", [1, 3])
def test_reads_what_libewf_reads(tmp_path: Path, pieces: int, pack: bool) -> None:
    data = medium(1_000_448)
    paths = write(tmp_path / "a", data, pieces=pieces, pack=pack)
    assert discover(paths[-1]) == tuple(paths)
    image = opened(paths[0])
    assert (image.format, image.size) == ("ex01", len(data))
    assert image.read(0, len(data)) == data
    assert image.read(CHUNK - 5, 70_000) == data[CHUNK - 5 :][:70_000]
    assert EwfReference(image.segments).read(0, len(data)) == data
    result = verify(image)
    assert (result.verdict, result.disagreements) == (Verdict.VERIFIED, ())
    assert set(result.stored) == {"md5", "sha1"}
    assert (image.acquisition["examiner"], image.acquisition["model"]) == ("J. Doe", "WD")


@pytest.mark.parametrize("pack", [True, False])
def test_every_damaged_chunk_is_named(tmp_path: Path, pack: bool) -> None:
    data = b"".join(random.Random(n).randbytes(CHUNK // 2) + bytes(CHUNK // 2) for n in range(12))
    path = write(tmp_path / "a", data, pack=pack)[0]
    noise, whole = random.Random(4), path.read_bytes()
    marks = [
        whole.index(data[n * CHUNK :][:64] if not pack else zlib.compress(data[n * CHUNK :][:CHUNK])) for n in range(12)
    ]
    for _ in range(40):
        chosen = sorted(noise.sample(range(12), 2))
        raw = bytearray(whole)
        for n in chosen:
            raw[marks[n] + noise.randrange(200, 15_000)] ^= 1 << noise.randrange(8)
        path.write_bytes(raw)
        image = opened(path)
        image.read(0, len(data))
        assert [run.offset // CHUNK for run in image.bad_runs for _ in range(run.length // CHUNK)][:1] == chosen[:1]
        assert sum(run.length for run in image.bad_runs) == 2 * CHUNK


def test_read_errors_of_the_acquisition_are_told(tmp_path: Path) -> None:
    errors = struct.pack("<QI4xQI4x", 10, 2, 100, 1)
    image = opened(write(tmp_path / "a", medium(200_192), errors=errors)[0])
    assert image.acquisition_errors == (ByteRun(5120, 1024), ByteRun(51_200, 512))
    assert any("1,536 bytes" in each for each in image.caveats)


def test_a_missing_last_segment_is_told(tmp_path: Path) -> None:
    data = medium(20 * CHUNK)
    paths = write(tmp_path / "a", data, pieces=2)
    paths[1].unlink()
    image = opened(paths[0])
    assert image.read(0, len(data)) == data[: 10 * CHUNK] + bytes(10 * CHUNK)
    assert image.bad_runs == (ByteRun(10 * CHUNK, 10 * CHUNK),)
    assert any("segments are absent" in each for each in image.caveats)
    with pytest.raises(EvidenceError, match="segment 2"):
        open_image(open_segments([*write(tmp_path / "b", data, pieces=2)][::-1][:1]))


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.Ex01"
    path.write_bytes(Writer(1, 2).raw)
    with pytest.raises(EvidenceError, match="bzip2"):
        opened(path)
    sealed = Writer(1)
    sealed.section(2, bytes(64), flags=2)
    path.write_bytes(sealed.raw)
    with pytest.raises(EvidenceError, match="encrypted"):
        opened(path)
    path.write_bytes(write(tmp_path / "b", medium(CHUNK))[0].read_bytes()[:-10])
    with pytest.raises(EvidenceError, match="cut short"):
        opened(path)


def test_a_name_that_looks_like_a_segment_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.exif").write_bytes(bytes(600))
    assert discover(tmp_path / "a.exif") == (tmp_path / "a.exif",)


def test_mutants_are_read_or_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "a", medium(6 * CHUNK))[0].read_bytes()
    path, noise, read = tmp_path / "b.Ex01", random.Random(3), 0
    for _ in range(300):
        raw = bytearray(whole[: noise.randrange(33, len(whole)) if noise.random() < 0.1 else len(whole)])
        for _ in range(noise.randrange(1, 4)):
            at = noise.randrange(len(raw))
            raw[at] ^= 1 << noise.randrange(8)
            if noise.random() < 0.5:  # behind the checksum's back
                at = len(raw) - 64
                raw[at + noise.randrange(28)] ^= 1 << noise.randrange(8)
                raw[-4:] = struct.pack("<I", zlib.adler32(bytes(raw[-64:-4])))
        path.write_bytes(raw)
        segments = open_segments([path])
        try:
            image = open_image(segments)
            assert len(image.read(0, 1 << 20)) == min(image.size, 1 << 20)
            read += 1
        except ImpoundError:
            pass
        finally:
            segments[0].close()
    assert read
