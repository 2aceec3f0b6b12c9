"""AFF4 containers, built with `zipfile` as the standard lays them out, read back byte for byte."""

from __future__ import annotations

import hashlib
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cramjam
import lz4.block
import lz4.frame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.errors import EvidenceError, ImpoundError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.evidence.integrity import Verdict, verify
from forensics.evidence.turtle import TYPE, Term, parse
from forensics.model import ByteRun

CHUNK, EACH = 4096, 16
VOLUME, IMAGE, MAP, STREAM = (f"aff4://0000000{n}-c9f7-4cd7-bf15-67d733dc43bc" for n in range(4))
HEAD = """@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix aff4: <http://aff4.org/Schema#> .
"""


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


METHODS: dict[str, Callable[[bytes], bytes]] = {
    "https://www.ietf.org/rfc/rfc1950.txt": zlib.compress,
    "https://tools.ietf.org/html/rfc1951": raw_deflate,
    "http://code.google.com/p/snappy/": lambda data: bytes(cramjam.snappy.compress_raw(data)),
    "https://code.google.com/p/lz4/": lambda data: lz4.block.compress(data, store_size=False),
    "https://github.com/lz4/lz4": lz4.frame.compress,
    "": lambda data: data,
}
SNAPPY = "http://code.google.com/p/snappy/"


def medium(size: int, seed: int = 5) -> bytes:
    """Zeros, words and noise in turn, so that some chunks pack and some do not."""
    noise = random.Random(seed)
    out = b""
    while len(out) < size:
        out += (bytes(3000), b"the ledger of the stall " * 200, noise.randbytes(5000))[noise.randrange(3)]
    return out[:size]


def stream(data: bytes, method: str, digests: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The segments of an image stream, by the name behind its address."""
    out: dict[str, bytes] = {}
    for number in range(0, len(data), CHUNK * EACH):
        bevy, index = b"", b""
        sums = dict.fromkeys(digests, b"")
        for at in range(number, min(number + CHUNK * EACH, len(data)), CHUNK):
            chunk = data[at : at + CHUNK]
            whole = chunk.ljust(CHUNK, b"\0")
            packed = METHODS[method](whole)
            packed = packed if len(packed) < CHUNK - 16 else whole
            index += struct.pack("<QI", len(bevy), len(packed))
            bevy += packed
            for name in digests:
                sums[name] += hashlib.new(name, chunk).digest()
        name = f"{number // (CHUNK * EACH):08d}"
        out |= {name: bevy, f"{name}.index": index} | {f"{name}.{each}": value for each, value in sums.items()}
    return out


def said(size: int, stored: int, method: str, more: str = "", on_map: str = "") -> str:
    """Statements about an image of a map over one stream."""
    packed = f"aff4:compressionMethod <{method}> ;" if method else ""
    return f"""{HEAD}
<{IMAGE}> a aff4:DiskImage, aff4:ContiguousImage, aff4:Image ; aff4:dataStream <{MAP}> ;
  {more} aff4:size "{size}"^^xsd:long .
<{MAP}> a aff4:Map ; aff4:dependentStream <{STREAM}> ; {on_map} aff4:size "{size}"^^xsd:long .
<{STREAM}> a aff4:ImageStream ; aff4:chunkSize {CHUNK} ; aff4:chunksInSegment "{EACH}"^^xsd:int ; {packed}
  aff4:size "{stored}"^^xsd:long .
<{IMAGE}x> a aff4:CaseDetails ; aff4:examiner "J. Doe"^^xsd:string ; aff4:caseName "Case \\"7\\"" .
"""


def mapped(*entries: tuple[int, int, int, int]) -> bytes:
    return b"".join(struct.pack("<QQQI", *each) for each in entries)


def write(path: Path, statements: str, segments: dict[str, bytes], version: str = "1", volume: str = VOLUME) -> Path:
    """A volume: `segments` by whole address."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("container.description", volume)
        archive.writestr("version.txt", f"major={version}\nminor=0\ntool=by hand\n")
        for address, content in segments.items():
            name = address.removeprefix(f"{volume}/").replace("aff4://", "aff4%3A%2F%2F")
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
        archive.writestr("information.turtle", statements, zipfile.ZIP_DEFLATED)
        archive.comment = volume.encode()
    return path


def simple(path: Path, data: bytes, method: str = SNAPPY, digests: tuple[str, ...] = (), more: str = "") -> Path:
    """An image that is one stream from end to end."""
    segments = {f"{STREAM}/{name}": content for name, content in stream(data, method, digests).items()}
    segments |= {f"{MAP}/map": mapped((0, len(data), 0, 0)), f"{MAP}/idx": f"{STREAM}\n".encode()}
    return write(path, said(len(data), len(data), method, more), segments)


def opened(*paths: Path) -> Image:
    return open_image(open_segments(paths))


def hashes(data: bytes) -> str:
    return (
        "aff4:hash "
        + ", ".join(
            f'"{hashlib.new(name.lower(), data).hexdigest()}"^^aff4:{name}' for name in ("MD5", "SHA1", "SHA256")
        )
        + " ;"
    )


@pytest.mark.parametrize("method", METHODS)
def test_reads_chunks_of_each_kind(tmp_path: Path, method: str) -> None:
    data = medium(300_001)
    image = opened(simple(tmp_path / "a.aff4", data, method, more=hashes(data)))
    assert (image.format, image.size) == ("aff4", len(data))
    assert image.read(0, len(data)) == data
    result = verify(image)
    assert result.verdict is Verdict.VERIFIED
    assert set(result.stored) == {"md5", "sha1", "sha256"}
    assert image.acquisition["examiner"] == "J. Doe"
    assert image.acquisition["case_number"] == 'Case "7"'

    @settings(max_examples=60, deadline=None)
    @given(st.integers(-3, len(data) + 3), st.integers(-1, 80_000))
    def check(offset: int, length: int) -> None:
        assert image.read(offset, length) == (data[offset : offset + length] if offset >= 0 and length > 0 else b"")

    check()


def test_a_wrong_digest_is_told(tmp_path: Path) -> None:
    data = medium(100_000)
    image = opened(simple(tmp_path / "a.aff4", data, more=hashes(data + b"x")))
    assert verify(image).verdict is Verdict.DIFFERS


@pytest.mark.parametrize("digests", [("sha1",), ("md5", "sha256"), ("blake2b",)])
def test_digests_of_chunks_name_every_damaged_chunk(tmp_path: Path, digests: tuple[str, ...]) -> None:
    data = random.Random(1).randbytes(40 * CHUNK + 100)  # noise is stored as it is: nothing else would tell
    path = simple(tmp_path / "a.aff4", data, digests=digests, more=hashes(data))
    assert verify(opened(path)).verdict is Verdict.VERIFIED
    raw = bytearray(path.read_bytes())
    for chunk in (0, 17, 40):
        raw[bytes(raw).index(data[chunk * CHUNK :][:100]) + 50] ^= 4
    path.write_bytes(raw)
    result = verify(opened(path))
    assert result.verdict is Verdict.DAMAGED
    assert result.bad_runs == (ByteRun(0, CHUNK), ByteRun(17 * CHUNK, CHUNK), ByteRun(40 * CHUNK, 100))


def test_a_map_with_gaps_and_symbolic_streams(tmp_path: Path) -> None:
    data = medium(10 * CHUNK)
    names = [STREAM, "http://aff4.org/Schema#SymbolicStreamFF", "aff4:UnreadableData", "http://aff4.org/Schema#Zero"]
    entries = [
        (50_000, 700, 5000, 0),  # out of order, and not at the bounds of chunks
        (0, 5000, 0, 0),
        (5000, 3000, 5000, 1),
        (8000, 2000, 8000, 2),
        (10_000, 40_000 - 10_000, 0, 3),
        (60_000, 20_000, 300, 0),
    ]
    size = 90_000
    segments = {f"{STREAM}/{name}": content for name, content in stream(data, SNAPPY).items()}
    segments |= {f"{MAP}/map": mapped(*entries), f"{MAP}/idx": "\n".join(names).encode()}
    gap = "aff4:mapGapDefaultStream aff4:UnknownData ;"
    image = opened(write(tmp_path / "a.aff4", said(size, len(data), SNAPPY, on_map=gap), segments))
    want = bytearray((b"UNKNOWN" * size)[:size])
    want[:5000], want[5000:8000] = data[:5000], b"\xff" * 3000
    want[8000:10_000] = (b"UNREADABLEDATA" * 1000)[8000:10_000]
    want[10_000:40_000], want[50_000:50_700], want[60_000:80_000] = bytes(30_000), data[5000:5700], data[300:20_300]
    assert image.read(0, size) == bytes(want)
    lost = (ByteRun(8000, 2000), ByteRun(40_000, 10_000), ByteRun(50_700, 9300), ByteRun(80_000, 10_000))
    assert image.acquisition_errors == lost
    assert any("could not read 2,000 bytes" in each for each in image.caveats)
    assert any("29,300 bytes were not acquired" in each for each in image.caveats)


def test_repeated_words_begin_anew_after_a_mebibyte(tmp_path: Path) -> None:
    segments = {f"{MAP}/map": mapped((0, 3 << 20, 0, 0)), f"{MAP}/idx": b"aff4:UnknownData"}
    image = opened(write(tmp_path / "a.aff4", said(3 << 20, 1, ""), segments))
    assert image.read((1 << 20) - 6, 12) == (b"UNKNOWN" * 149797)[(1 << 20) - 6 : 1 << 20] + b"UNKNOW"


def test_damage_is_named_in_addresses_of_the_image(tmp_path: Path) -> None:
    data = random.Random(2).randbytes(4 * CHUNK)
    segments = {f"{STREAM}/{name}": content for name, content in stream(data, SNAPPY, ("sha1",)).items()}
    segments[f"{STREAM}/00000000"] = segments[f"{STREAM}/00000000"].replace(data[CHUNK : CHUNK + 9], b"damaged!!")
    segments |= {f"{MAP}/map": mapped((10_000, 2 * CHUNK, CHUNK // 2, 0)), f"{MAP}/idx": STREAM.encode()}
    image = opened(write(tmp_path / "a.aff4", said(30_000, len(data), SNAPPY), segments))
    image.read(0, 30_000)
    assert image.bad_runs == (ByteRun(10_000 + CHUNK // 2, CHUNK),)


def test_a_missing_segment_is_a_range_of_zeros(tmp_path: Path) -> None:
    data = medium(3 * CHUNK * EACH)
    segments = {f"{STREAM}/{name}": content for name, content in stream(data, SNAPPY).items()}
    del segments[f"{STREAM}/00000001"]
    segments |= {f"{MAP}/map": mapped((0, len(data), 0, 0)), f"{MAP}/idx": STREAM.encode()}
    image = opened(write(tmp_path / "a.aff4", said(len(data), len(data), SNAPPY), segments))
    assert image.read(0, CHUNK * EACH) == data[: CHUNK * EACH]
    image.read(0, len(data))
    assert image.bad_runs == (ByteRun(CHUNK * EACH, CHUNK * EACH),)


def test_a_striped_image_needs_all_its_files(tmp_path: Path) -> None:
    data = medium(6 * CHUNK)
    half, other, second = len(data) // 2, f"{STREAM}2", f"{VOLUME}2"
    segments = {f"{STREAM}/{name}": content for name, content in stream(data[:half], SNAPPY).items()}
    book = {
        f"{MAP}/map": mapped((0, half, 0, 0), (half, half, 0, 1)),
        f"{MAP}/idx": f"{STREAM}\n{other}\n".encode(),
    }
    first = write(tmp_path / "a_1.aff4", said(len(data), half, SNAPPY), segments | book)
    more = {f"{other}/{name}": content for name, content in stream(data[half:], SNAPPY).items()}
    statements = said(len(data), half, SNAPPY).replace(STREAM, other)
    rest = write(tmp_path / "a_2.aff4", statements, more | book, volume=second)
    assert opened(first, rest).read(0, len(data)) == data
    assert opened(rest, first).read(0, len(data)) == data
    with pytest.raises(EvidenceError, match="give all files"):
        opened(first)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("version other than 1", {"version": "0"}),
        ("points nowhere", {"book": mapped((0, 100, 0, 7))}),
        ("overlap", {"book": mapped((0, 100, 0, 0), (50, 100, 0, 0))}),
        ("overlap, or lie behind", {"book": mapped((0, 1 << 40, 0, 0))}),
        ("cut short", {"book": mapped((0, 100, 0, 0))[:-1]}),
        ("not known", {"method": "http://example.org/packer"}),
        ("encrypted", {"more": "aff4:x 1 . <aff4://e> a aff4:EncryptedStream ; aff4:y 1 . <aff4://f>"}),
        ("AFF4-L", {"more": "aff4:x 1 . <aff4://e> a aff4:FileImage ; aff4:y 1 . <aff4://f>"}),
        ("has no prefix", {"more": "aff5:x 1 ;"}),
    ],
)
def test_what_is_not_read_is_said(tmp_path: Path, words: str, change: dict[str, object]) -> None:
    data = medium(CHUNK)
    segments = {f"{STREAM}/{name}": content for name, content in stream(data, SNAPPY).items()}
    segments |= {f"{MAP}/map": bytes(change.get("book") or mapped((0, CHUNK, 0, 0))), f"{MAP}/idx": STREAM.encode()}  # type: ignore[call-overload]
    statements = said(CHUNK, CHUNK, str(change.get("method", SNAPPY)), str(change.get("more", "")))
    with pytest.raises(EvidenceError, match=words):
        opened(write(tmp_path / "a.aff4", statements, segments, str(change.get("version", "1"))))


def test_the_digest_of_a_map_is_compared(tmp_path: Path) -> None:
    data = medium(CHUNK)
    segments = {f"{STREAM}/{name}": content for name, content in stream(data, SNAPPY).items()}
    segments |= {f"{MAP}/map": mapped((0, CHUNK, 0, 0)), f"{MAP}/idx": STREAM.encode()}
    for content, caveat in ((segments[f"{MAP}/map"], False), (b"another", True)):
        on_map = f'aff4:mapPointHash "{hashlib.sha512(content).hexdigest()}"^^aff4:SHA512 ;'
        image = opened(write(tmp_path / "a.aff4", said(CHUNK, CHUNK, SNAPPY, on_map=on_map), segments))
        assert any("not the one whose sha512" in each for each in image.caveats) is caveat


def test_mutants_are_read_or_refused(tmp_path: Path) -> None:
    whole = simple(tmp_path / "a.aff4", medium(20 * CHUNK), digests=("sha1",)).read_bytes()
    path, noise = tmp_path / "b.aff4", random.Random(11)
    read = 0
    for _ in range(300):
        raw = bytearray(whole[: noise.randrange(len(whole)) if noise.random() < 0.2 else len(whole)])
        for _ in range(noise.randrange(1, 4)):
            raw[
                noise.randrange(len(raw) or 1) if noise.random() < 0.3 else -noise.randrange(1, min(2000, len(raw)))
            ] ^= 1 << noise.randrange(8)
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


def test_turtle_as_writers_spell_it() -> None:
    graph = parse(
        "@prefix : <aff4://v/> . PREFIX a4: <http://s#>\n# a note\n"
        ':x a a4:Image , a4:Map;; a4:size 12 ; a4:t """two\nlines "q" """ , "\\u00e9"@de . # the end'
    )
    assert graph == {
        "aff4://v/x": {
            TYPE: [Term("http://s#Image"), Term("http://s#Map")],
            "http://s#size": [Term("12", literal=True)],
            "http://s#t": [Term('two\nlines "q" ', literal=True), Term("é", literal=True)],
        }
    }
    for wrong in ("<a> <b> [ ] .", "<a> <b>", "<a> <b> 'x", "x:y a <b> .", "@base <x> ."):
        with pytest.raises(ValueError, match=r"expected|read|prefix"):
            parse(wrong)
