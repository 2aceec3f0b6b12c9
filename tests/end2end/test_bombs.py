"""Sixty files that unfold, nest, repeat or overflow: each is answered, memory stays bounded, the files beside are read."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import random
import resource
import sqlite3
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.figures import ROOT, chance, trials

LARGEST = 1536 << 20  # bytes that any one process of the program may hold
SECONDS = 150
ZEROS = bytes(1 << 20)

Bomb = Callable[[random.Random], bytes]


def _gzip(mebibytes: int) -> bytes:
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=9, mtime=0) as file:
        for _ in range(mebibytes):
            file.write(ZEROS)
    return made.getvalue()


def _zip(names: list[str], data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name in names:
            archive.writestr(name, data)
    return made.getvalue()


def _nested(levels: int, wrap: Callable[[bytes], bytes]) -> bytes:
    data = b"write to nobody@vendor.example"
    for _ in range(levels):
        data = wrap(data)
    return data


def _overlapping(count: int) -> bytes:
    """Many entries of a directory that all name the one stream."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = kernel.compress(ZEROS * 4) + kernel.flush()
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), 4 << 20, 1, 0) + b"a"
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(body), 4 << 20, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(entry) * count, len(head) + len(body), 0)
    return head + body + entry * count + end


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(ZEROS * 64, 9))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + text
        + chunk(b"IDAT", zlib.compress(ZEROS, 9))
        + chunk(b"IEND", b"")
    )


def _sqlite(*statements: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as base:
        for each in statements:
            base.execute(each)
        base.commit()
        return base.serialize()


def _tiff(count: int) -> bytes:
    """A JPEG whose EXIF directory names itself as the next, and a tag of four milliard values."""
    tags = struct.pack("<HHII", 0x010F, 2, count, 8) * 50
    body = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 50) + tags + struct.pack("<I", 8)
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xd9"


def _mail(levels: int) -> bytes:
    made = b"From: a@vendor.example\r\nDate: Mon, 3 Jun 2024 10:00:00 +0200\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    for level in range(levels):
        made += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return made


def _tar(draw: random.Random) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for number in range(3000):
            info = tarfile.TarInfo("../" * 40 + str(number))
            info.size = 0
            archive.addfile(info)
    return made.getvalue()


def _armour(draw: random.Random) -> bytes:
    length = b"\xc1\xff\xff\xff\xff\xff" + draw.randbytes(100)
    return b"-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(length * 500) + b"-----END PGP MESSAGE-----\n"


KINDS: dict[str, Bomb] = {
    "flat.gz": lambda draw: _gzip(draw.randrange(200, 1024)),
    "nested.gz": lambda draw: _nested(draw.randrange(20, 300), gzip.compress),
    "gz of gz.gz": lambda draw: gzip.compress(_gzip(512)),
    "flat.zip": lambda draw: _zip(["a"], bytes(draw.randrange(64, 200) << 20)),
    "nested.zip": lambda draw: _nested(draw.randrange(10, 60), lambda data: _zip([f"{n}.zip" for n in range(2)], data)),
    "many.zip": lambda draw: _zip([f"{n}" for n in range(5000)], b"x" * 1000),
    "overlapping.zip": lambda draw: _overlapping(draw.randrange(1000, 5000)),
    "flat.bz2": lambda draw: bz2.compress(ZEROS * draw.randrange(64, 128)),
    "flat.xz": lambda draw: lzma.compress(ZEROS * draw.randrange(64, 128), preset=1),
    "picture.png": lambda draw: _png(draw.choice((30_000, (1 << 31) - 1)), 30_000),
    "tags.jpg": lambda draw: _tiff(draw.choice((0xFFFFFFFF, 0x7FFFFFFF))),
    "laughs.xml": lambda draw: (
        b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a0 'ha'>"
        + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]><account version='1.0'>&a11;</account>"
    ),
    "deep.json": lambda draw: b'{"seed_version":17,"keystore":' + b"[" * 200_000,
    "digits.json": lambda draw: b'{"wallet_type":"standard","seed_version":' + b"9" * 2_000_000 + b"}",
    "view.sqlite": lambda draw: _sqlite(
        "CREATE VIEW moz_places AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x AS url FROM c",
        "CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, place_id, visit_date)",
    ),
    "column.sqlite": lambda draw: _sqlite(
        "CREATE TABLE urls (id INTEGER PRIMARY KEY, url AS (zeroblob(900000000)), title, visit_count)",
        "INSERT INTO urls (title) VALUES ('x')",
    ),
    "tables.sqlite": lambda draw: _sqlite(*[f"CREATE TABLE t{n} (a, b, c)" for n in range(draw.randrange(500, 2000))]),
    "deep.eml": lambda draw: _mail(draw.randrange(500, 5000)),
    "base58.txt": lambda draw: bytes(draw.choices(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=4 << 20)),
    "aaaa.txt": lambda draw: b"a" * (4 << 20) + b"@" + b"a." * (1 << 20),
    "base64.txt": lambda draw: _nested(draw.randrange(5, 20), base64.encodebytes),
    "names.tar.gz": _tar,
    "lengths.asc": _armour,
    "words.txt": lambda draw: b"abandon " * 500_000,
    "ones.txt": lambda draw: b"4539 6829 " * 400_000,
}


def kind_of(number: int) -> str:
    return list(KINDS)[number % len(KINDS)]


@pytest.mark.figure
def test_each_bomb_is_answered_within_bounds(tmp_path: Path) -> None:
    def attempt(numbers: range) -> Iterator[str]:
        folder = tmp_path / f"{numbers.start}"
        tree, image, case = folder / "tree", folder / "disk.raw", folder / "case"
        tree.mkdir(parents=True)
        for number in numbers:
            kind = kind_of(number)
            (tree / f"{number} {kind}").write_bytes(KINDS[kind](chance("bombs", number)))
            (tree / f"{number}.txt").write_text(f"write to person{number}@vendor.example soon\n")
        with image.open("wb") as file:
            file.truncate(256 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, image], check=True, capture_output=True)
        impound("case", "new", case, "--number", "B-1", "--examiner", "A. Examiner")
        impound("add", case, image)
        impound("examine", case, "--progress", "none")
        held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
        if held > LARGEST:
            yield f"{numbers}: a process of {held >> 20:,} MiB"
        found = {json.loads(line)["value"] for line in impound("findings", case, "--json").splitlines()}
        listed = [json.loads(line) for line in impound("tree", case, "--json").splitlines()]
        digests = {each["path"]: each.get("sha256") for each in listed}
        for number in numbers:
            name = f"{number} {kind_of(number)}"
            if not digests.get(f"/{name}"):
                yield f"{name} has no digest"
            if f"person{number}@vendor.example" not in found:
                yield f"the file beside {name} was not searched"

    trials("bombs", attempt, together=60)


def impound(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-m", "forensics.commands.main", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=SECONDS, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    return done.stdout
