"""Decoders beside the tools that made the bytes, and bombs."""

from __future__ import annotations

import binascii
import functools
import gzip
import html
import io
import json
import quopri
import random
import re
import shutil
import subprocess
import time
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import lz4.block
import lz4.frame
import pytest

from forensics.detectors.base import BytesLayer
from forensics.primitives.crc32c import crc32c
from forensics.sweep.decoders import decoders
from forensics.sweep.decoders.base import Decoded, Decoder
from forensics.sweep.patterns import width_of

BOMB = 1 << 28  # decoded bytes of a bomb
PATIENCE = 2.0  # seconds of the processor


def by_kind(kind: str) -> Decoder:
    (decoder,) = [each for each in decoders() if each.kind == kind]
    return decoder


def text(size: int = 300_000, seed: int = 3) -> bytes:
    draw = random.Random(seed)
    words = [b"half", b"delivery", b"note", b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", b"price:", b"0.05", b"\n"]
    out = io.BytesIO()
    while out.tell() < size:
        out.write(draw.choice(words) + b" %d " % draw.randrange(1 << 20))
    return out.getvalue()[:size]


def decoded(kind: str, data: bytes, limit: int = 1 << 26) -> list[Decoded]:
    """What the decoder makes of all its places in `data`."""
    decoder = by_kind(kind)
    places: set[int] = set()
    for trigger in decoder.triggers:
        for match in re.finditer(trigger.pattern, data, re.DOTALL):
            places.add(match.end() if trigger.at is None else match.start() - trigger.at)
            if trigger.at is not None:
                assert match.end() - match.start() == width_of(trigger.pattern)
    layer = BytesLayer(data)
    return [each for at in sorted(places) for each in decoder.decode(layer, at, limit)]


def tool(*words: str, given: bytes) -> bytes:
    return subprocess.run(words, input=given, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("gzip", ("gzip", "-c")),
        ("gzip", ("gzip", "-1", "-c")),
        ("bzip2", ("bzip2", "-1", "-c")),
        ("xz", ("xz", "-c")),
        ("xz", ("xz", "-c", "--check=sha256")),
        ("zstd", ("zstd", "-q", "-c")),
        ("zstd", ("zstd", "-q", "-19", "--no-check", "-c")),
        ("lz4", ("lz4", "-q", "-c")),
        ("lz4", ("lz4", "-q", "-9", "-BD", "-B4", "--content-size", "-c")),
    ],
)
def test_what_the_tool_wrote(kind: str, words: tuple[str, ...]) -> None:
    plain = text()
    encoded = tool(*words, given=plain)
    found = decoded(kind, bytes(77) + encoded + b"behind it" * 300)
    (only,) = [each for each in found if each.source.offset == 77]
    assert only.data == plain
    assert only.complete
    assert only.source.length == len(encoded)
    half = decoded(kind, encoded[: len(encoded) // 2])[0]
    assert not half.complete
    assert half.source.end <= len(encoded) // 2
    assert plain.startswith(half.data)
    damaged = bytearray(encoded)
    damaged[-6 if kind == "gzip" else len(encoded) * 3 // 4] ^= 0x10
    (hurt,) = [each for each in decoded(kind, bytes(damaged)) if each.source.offset == 0]
    assert hurt.data != plain or not hurt.complete


def test_members_of_a_gzip_file_are_streams_of_their_own() -> None:
    parts = [text(5000, seed) for seed in range(3)]
    found = decoded("gzip", b"".join(map(gzip.compress, parts)))
    assert [each.data for each in found] == parts
    assert all(each.complete for each in found)


@pytest.mark.parametrize("words", [(), ("-Z", "bzip2"), ("-0",), ("-P", "secret")])
def test_zip_archives(words: tuple[str, ...], tmp_path: Path) -> None:
    parts = {f"note{number}.txt": text(60_000, number) for number in range(3)}
    for name, plain in parts.items():
        (tmp_path / name).write_bytes(plain)
    subprocess.run(["zip", "-q", *words, "out.zip", *parts], cwd=tmp_path, check=True)
    found = decoded("zip", b"before it" + (tmp_path / "out.zip").read_bytes())
    if words in (("-0",), ("-P", "secret")):
        assert not found
        return
    assert {each.name: each.data for each in found} == parts
    assert all(each.complete for each in found)


def test_zip_members_with_lengths_behind_them_and_lzma() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe, plain = Pipe(), text(80_000)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("größe.txt", plain)
    (streamed,) = decoded("zip", pipe.data)
    assert (streamed.name, streamed.data, streamed.complete) == ("größe.txt", plain, True)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("note.txt", plain)
    (member,) = decoded("zip", held.getvalue())
    assert (member.data, member.complete) == (plain, True)


@pytest.mark.parametrize(
    "words",
    [
        ("-m0=lzma2",),
        ("-m0=lzma",),
        ("-m0=bzip2",),
        ("-m0=deflate",),
        ("-m0=bcj", "-m1=lzma"),
        ("-m0=delta:4", "-m1=lzma2"),
        ("-ms=off",),
        ("-mhc=off",),
    ],
)
def test_7z_archives(words: tuple[str, ...], tmp_path: Path) -> None:
    parts = {f"note{number}.txt": text(60_000, number) for number in range(3)}
    parts["program"] = Path(shutil.which("ls") or "").read_bytes()
    for name, plain in parts.items():
        (tmp_path / name).write_bytes(plain)
    (tmp_path / "empty").touch()
    subprocess.run(["7z", "a", "-bso0", "-bsp0", *words, "out.7z", *parts, "empty"], cwd=tmp_path, check=True)
    archive = (tmp_path / "out.7z").read_bytes()
    found = decoded("7z", b"before" + archive + b"behind")
    assert {each.name: each.data for each in found} == parts
    assert all(each.complete for each in found)
    cut = decoded("7z", archive, 100_000)
    assert sum(len(each.data) for each in cut) <= 100_000
    assert any(not each.complete for each in cut)


@pytest.mark.parametrize("words", [("-psecret",), ("-psecret", "-mhe=on"), ("-m0=ppmd",)])
def test_7z_archives_that_cannot_be_decoded_are_named(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(text(9000))
    subprocess.run(["7z", "a", "-bso0", "-bsp0", *words, "out.7z", "note.txt"], cwd=tmp_path, check=True)
    (only,) = decoded("7z", (tmp_path / "out.7z").read_bytes())
    assert not only.data
    assert only.caveat.startswith("Not decoded: ")


def test_firefox_files() -> None:
    plain = json.dumps([text(20_000, seed).decode() for seed in range(5)]).encode()
    encoded = b"mozLz40\0" + len(plain).to_bytes(4, "little") + lz4.block.compress(plain, store_size=False)
    for behind in (b"", bytes(5000)):
        (only,) = decoded("mozlz4", encoded + behind)
        assert only.data == plain
        assert only.complete
        assert only.source.length == len(encoded)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\\n", b"\\r\\n"])
@pytest.mark.parametrize("width", [60, 64, 76])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_wrapped_base64(newline: bytes, width: int, size: int) -> None:
    plain = random.Random(width).randbytes(20_000 + size)
    encoded = binascii.b2a_base64(plain, newline=False)
    lines = newline.join(encoded[at : at + width] for at in range(0, len(encoded), width))
    for body in (lines, lines.replace(b"/", b"\\/") if newline[:1] == b"\\" else lines):
        found = decoded("base64", b"{'body': '" + body + b"'}")
        assert [each.data for each in found] == [plain]
        # Each place holds the characters of its bytes.
        for (start, offset, length), (stop, *_rest) in zip(
            found[0].places, [*found[0].places[1:], (len(plain), 0, 0)], strict=True
        ):
            piece = (b"{'body': '" + body)[offset : offset + length].replace(b"\\", b"")
            assert binascii.b2a_base64(plain[start:stop], newline=False).rstrip(b"=") in piece


def test_long_base64() -> None:
    plain = random.Random(1).randbytes(3 << 20)
    for encoded in (binascii.b2a_base64(plain, newline=False), *[binascii.b2a_base64(plain)]):
        start = time.process_time()
        (only,) = decoded("base64", b'"' + encoded + b'"')
        assert only.data == plain
        assert time.process_time() - start < PATIENCE
    encoded = binascii.b2a_base64(plain[: 1 << 20], newline=False).replace(b"/", b"\\/")
    lines = b"\\r\\n".join(re.findall(rb"(?:\\/|[^\\]){1,76}", encoded))
    start = time.process_time()
    (only,) = decoded("base64", b'"' + lines + b'"')
    assert only.data == plain[: 1 << 20]
    assert time.process_time() - start < PATIENCE
    (cut,) = decoded("base64", b'"' + binascii.b2a_base64(plain) + b'"', 1000)
    assert cut.data == plain[:1000]
    assert not cut.complete


def test_python_codecs() -> None:
    lines = [f"user{number}@x.example?a=<{number}>&ü=\"1\" / 'ok' \U0001f600" for number in range(2000)]
    many = [line.encode() for line in lines]
    (found,) = decoded("percent", "\n".join(urllib.parse.quote(line, safe="") for line in lines).encode())
    assert found.data == b"\n".join(many)
    (found,) = decoded("json", "\n".join(json.dumps(line) for line in lines).encode())
    assert found.data == b"\n".join(many)
    numbered = ["".join(f"&#{ord(each)};" if each not in "aeiou" else each for each in line) for line in lines]
    (found,) = decoded("html", "\n".join(numbered).encode())
    assert found.data == b"\n".join(many)
    (found,) = decoded("html", "\n".join(html.escape(line) for line in lines).encode())
    assert found.data == b"\n".join(many)
    body = "\n".join(line * 3 for line in lines).encode()
    (found,) = decoded("quoted-printable", quopri.encodestring(body))
    assert found.data.rstrip(b"\n") == body


@pytest.mark.parametrize("kind", ["percent", "html", "json", "quoted-printable"])
def test_dense_escapes_cost_little(kind: str) -> None:
    unit = {
        "percent": b"a%20b%3Dc%26d%2F",
        "html": b"&#64;&amp;x ",
        "json": b"http:\\/\\/x\\u0040",
        "quoted-printable": b"x" * 60 + b"=\r\nx=3D\r\n",
    }[kind]
    data = unit * (200_000 // len(unit))
    start = time.process_time()
    assert len(decoded(kind, data)) == 1
    assert time.process_time() - start < PATIENCE


def test_crc32c() -> None:
    # RFC 3720, B.4
    assert crc32c([bytes(32), b"\xff" * 32, bytes(range(32)), b""]) == [0x8A9136AA, 0x62A8AB43, 0x46DD794E, 0]
    blocks = [random.Random(size).randbytes(size) for size in range(0, 400, 7)]
    assert crc32c(blocks) == [crc32c([each])[0] for each in blocks]


def _deflated(size: int) -> bytes:
    """`size` zero bytes as raw DEFLATE, made without holding them."""
    state = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(1 << 20)
    return b"".join(state.compress(piece) for _ in range(size >> 20)) + state.flush()


def _gzip() -> bytes:
    return b"\x1f\x8b\x08" + bytes(5) + b"\2\3" + _deflated(BOMB) + bytes(4) + BOMB.to_bytes(4, "little")


def _zip() -> bytes:
    body = _deflated(BOMB)
    head = b"PK\3\4\x14\0\0\0\x08\0" + bytes(8) + len(body).to_bytes(4, "little") + BOMB.to_bytes(4, "little")
    return head + b"\1\0\0\0a" + body


def _zeros(*words: str) -> Callable[[], bytes]:
    def made() -> bytes:
        with subprocess.Popen(["head", "-c", str(BOMB), "/dev/zero"], stdout=subprocess.PIPE) as zeros:
            return subprocess.run(words, stdin=zeros.stdout, capture_output=True, check=True).stdout

    return made


def _mozlz4() -> bytes:
    return b"mozLz40\0" + BOMB.to_bytes(4, "little") + b"\x1fa\1\0" + b"\xff" * (BOMB // 255) + b"\0"


def _zstd_runs() -> bytes:
    """A frame of blocks that repeat one byte: 4 bytes make 128 KiB."""
    block = (131_072 << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    return b"\x28\xb5\x2f\xfd\x00\x58" + block * (BOMB >> 17) + (131_072 << 3 | 3).to_bytes(3, "little") + b"\0"


@functools.cache
def made_once(bomb: Callable[[], bytes]) -> bytes:
    return bomb()


BOMBS: list[tuple[str, Callable[[], bytes]]] = [
    ("gzip", _gzip),
    ("zip", _zip),
    ("bzip2", _zeros("bzip2", "-c")),
    ("xz", _zeros("xz", "-0", "-c")),
    ("zstd", _zeros("zstd", "-q", "-1", "-c")),
    ("zstd", _zstd_runs),
    ("lz4", _zeros("lz4", "-q", "-c")),
    ("mozlz4", _mozlz4),
]


@pytest.mark.parametrize(("kind", "bomb"), BOMBS, ids=lambda each: getattr(each, "__name__", each))
@pytest.mark.parametrize("limit", [1000, 16 << 20])
def test_bombs_end_at_the_limit(kind: str, bomb: Callable[[], bytes], limit: int) -> None:
    data = made_once(bomb)
    layer = BytesLayer(data)
    start = time.process_time()
    (only,) = by_kind(kind).decode(layer, 0, limit)
    assert time.process_time() - start < PATIENCE
    assert len(only.data) == limit
    assert not only.complete


def test_a_7z_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    with (tmp_path / "zeros").open("wb") as held:
        held.truncate(BOMB)
    subprocess.run(["7z", "a", "-bso0", "-bsp0", "-mx=1", "out.7z", "zeros"], cwd=tmp_path, check=True)
    layer = BytesLayer((tmp_path / "out.7z").read_bytes())
    start = time.process_time()
    (only,) = by_kind("7z").decode(layer, 0, 1 << 20)
    assert time.process_time() - start < PATIENCE
    assert len(only.data) == 1 << 20
    assert not only.complete
