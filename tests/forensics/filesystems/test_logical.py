"""Logical evidence: an E01 of ewfacquire made into an L01 with a tree of files; libewf reads the same tree."""

from __future__ import annotations

import contextlib
import hashlib
import random
import struct
import subprocess
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyewf
import pytest

from forensics.errors import EvidenceError, FormatError, ImpoundError
from forensics.evidence.container import open_image
from forensics.evidence.ewf import LogicalImage
from forensics.evidence.ewf_reference import cross_check
from forensics.evidence.handles import discover, open_segments
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.logical import LogicalFileSystem, is_logical
from forensics.model import EntryKind, Storage
from forensics.volumes.table import volumes
from forensics.volumes.volume import VolumeLayer

MOMENT = 1_709_208_000
FIELDS = ["p", "n", "id", "ls", "be", "cr", "ac", "wr", "mo", "dl", "ha", "sha", "du"]
FILES = {
    "letter.txt": b"the ledger\n" * 400,
    "größe €.bin": hashlib.shake_256(b"l01").digest(70_000),
    "empty": b"",
    "wrong digest.txt": b"changed since" * 50,
}


def row(below: int, name: str, **fields: object) -> list[str]:
    """The two lines of an entry."""
    values = {"n": name, **fields}
    return [f"0\t{below}", "\t".join(str(values.get(field, "")) for field in FIELDS)]


def tree_of(files: dict[str, bytes]) -> tuple[list[str], bytes]:
    """A device, a folder in it, and the files, the first of them named twice."""
    rows, data = [], b""
    for number, (name, content) in enumerate(files.items()):
        digest = hashlib.md5(b"other" if name.startswith("wrong") else content).hexdigest() if content else ""
        rows += row(
            0, name, id=number, ls=len(content), be=f"1 {len(data):x} {len(content):x}" if content else "",
            cr=MOMENT, wr=MOMENT + 1, ha=digest, sha=hashlib.sha1(content).hexdigest() if number < 2 else "",
        )  # fmt: skip
        data += content
    first = next(iter(files.values()))
    again = row(0, "again.txt", ls=len(first), be=f"1 0 {len(first):x}", du=0)
    lines = [*row(1, "", p=1), *row(2, "C", p=1), *again, *row(len(files), "a folder", p=1, wr=MOMENT), *rows]
    return lines, data


def text_of(lines: list[str], total: int) -> bytes:
    others = (("perm", "p\tpr", "1\t10"), ("srce", "p\tn", "1\t"), ("sub", "p\tn", "1\t"))
    empty = [line for name, fields, root in others for line in (name, "0\t1", fields, "0\t0", root, "")]
    head = ["5", "rec", "tb\tcl", f"{total}\t1", "", *empty, "entry", "0\t1", "\t".join(FIELDS)]
    return "\r\n".join([*head, *lines, "", ""]).encode("utf-16-le")


def logical(path: Path, text: bytes, data: bytes) -> Path:
    """An L01: the sections of an E01 without its digests, with `ltypes` and `ltree` before the second volume data."""
    plain = path.with_suffix(".dat")
    plain.write_bytes(data + bytes(-len(data) % 512))
    words: list[str | Path] = [
        "ewfacquire",
        "-u",
        "-q",
        "-f",
        "encase6",
        "-c",
        "deflate:fast",
        "-t",
        plain.with_suffix(""),
        plain,
    ]
    subprocess.run(words, check=True, capture_output=True)
    raw = plain.with_suffix(".E01").read_bytes()
    head = hashlib.md5(text).digest() + struct.pack("<Q", len(text)) + bytes(24)
    head = head[:24] + zlib.adler32(head).to_bytes(4, "little") + head[28:]
    more = [(b"ltypes", bytes(6)), (b"ltree", head + text)]
    out, at = bytearray(b"LVF" + raw[3:13]), 13
    while True:
        kind = raw[at : at + 16].rstrip(b"\0")
        following = int.from_bytes(raw[at + 16 : at + 24], "little")
        body = raw[at + 76 : following] if following > at else b""
        parts = [(kind, body)] if kind not in (b"digest", b"hash") else []
        for name, content in (more if kind == b"data" else []) + parts:
            end = len(out) + 76 + len(content) if name != b"done" else len(out)
            descriptor = struct.pack("<16sQQ40x", name, end, 76 + len(content))
            out += descriptor + zlib.adler32(descriptor).to_bytes(4, "little") + content
        if kind == b"done":
            break
        at = following
    path.write_bytes(out)
    return path


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines, data = tree_of(FILES)
    return logical(tmp_path_factory.mktemp("l01") / "a.L01", text_of(lines, len(data)), data)


def opened(path: Path) -> LogicalFileSystem:
    image = open_image(open_segments([path]))
    assert isinstance(image, LogicalImage)
    (volume,) = volumes(image).volumes
    layer = VolumeLayer(image, volume.index, volume.offset, volume.length)
    assert is_logical(layer)
    return LogicalFileSystem(layer)


def test_files_lie_where_the_tree_says(evidence: Path) -> None:
    system = opened(evidence)
    found = {each.path: each for each in system.walk()}
    assert list(found) == ["/C", "/C/again.txt", "/C/a folder", *(f"/C/a folder/{name}" for name in FILES)]
    for name, content in FILES.items():
        entry = found[f"/C/a folder/{name}"]
        assert (entry.kind, entry.size) == (EntryKind.FILE, len(content))
        if content:
            assert EntryLayer(system, entry).read(0, entry.size) == content
            assert system.read_entry(entry, 5, 100) == content[5:105]
        assert {each.field: each.when for each in entry.times} == {
            "created": datetime.fromtimestamp(MOMENT, UTC),
            "modified": datetime.fromtimestamp(MOMENT + 1, UTC),
        }
    assert found["/C/again.txt"].runs == found["/C/a folder/letter.txt"].runs
    assert found["/C/a folder"].kind is EntryKind.DIRECTORY
    assert not system.refused
    assert system.caveats == ("3 files have a stated digest that was compared; 1 of them differ",)
    assert [name for name, each in found.items() if each.caveats] == ["/C/a folder/wrong digest.txt"]


def of_libewf(entry: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for each in entry.sub_file_entries:
        yield f"{path}/{each.name}", each
        yield from of_libewf(each, f"{path}/{each.name}")


def test_libewf_reads_the_same_tree(evidence: Path) -> None:
    handle = pyewf.handle()
    handle.open([str(evidence)])
    theirs = dict(of_libewf(handle.get_root_file_entry()))
    system = opened(evidence)
    ours = {each.path: each for each in system.walk()}
    assert list(ours) == list(theirs)
    for path, entry in ours.items():
        other = theirs[path]
        if entry.kind is EntryKind.FILE and entry.size:
            assert other.size == entry.size
            assert other.read_buffer_at_offset(entry.size, 0) == EntryLayer(system, entry).read(0, entry.size)
            stated = FILES.get(path.rpartition("/")[2])
            assert stated is None or other.get_creation_time_as_integer() == MOMENT
    handle.close()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["0\t1"], "tree ends early"),
        (["zero\tone", "x"], "no number of entries"),
        (["0\t99999999999", "1"], "no number of entries"),
        ([*row(2, "", p=1), *row(0, "one", ls=5, be="1 0 5")], "no number of entries"),
        ([line for _ in range(1200) for line in row(1, "deep", p=1)], "deep; the rest was not read"),
    ],
)
def test_a_tree_that_cannot_be(tmp_path: Path, lines: list[str], words: str) -> None:
    system = opened(logical(tmp_path / "a.L01", text_of(lines, 512), b"x" * 512))
    assert len(list(system.walk())) <= 1000
    assert any(words in each for each in system.refused)


def test_places_that_cannot_be(tmp_path: Path) -> None:
    lines = [
        *row(4, "", p=1),
        *row(0, "behind", ls=5, be="1 fffffff 5"),
        *row(0, "huge", ls=1 << 50, be=f"1 0 {1 << 50:x}"),
        *row(0, "none", ls=5),
        *row(0, "odd", ls=5, be="1 -1 zz"),
    ]
    system = opened(logical(tmp_path / "a.L01", text_of(lines, 512), b"x" * 512))
    for entry in system.walk():
        assert entry.caveats
        assert entry.storage is (Storage.PLAIN if entry.path == "/huge" else Storage.NONE)
        with pytest.raises(EvidenceError):
            EntryLayer(system, entry).read(0, min(entry.size, 1 << 16))


def test_damage_is_said(evidence: Path, tmp_path: Path) -> None:
    raw = evidence.read_bytes()
    damaged = tmp_path / "a.L01"
    at = raw.index("letter.txt".encode("utf-16-le"))
    damaged.write_bytes(raw[:at] + b"L" + raw[at + 1 :])
    assert any("fails its MD5" in each for each in open_image(open_segments([damaged])).caveats)
    start = raw.index(b"ltree\0")
    damaged.write_bytes(raw[: start + 4] + b"X" + raw[start + 5 :])
    with pytest.raises(FormatError, match="without a tree"):
        opened(damaged)
    chance = random.Random(3)
    for turn in range(150):
        changed = bytearray(raw)
        for _ in range(4):
            changed[chance.randrange(start - 2000, len(raw))] ^= 1 << chance.randrange(8)
        damaged.write_bytes(changed if turn % 3 else raw[: chance.randrange(13, len(raw))])
        with contextlib.suppress(ImpoundError):
            system = opened(damaged)
            for entry in system.walk():
                with contextlib.suppress(EvidenceError):
                    EntryLayer(system, entry).read(0, min(entry.size, 1 << 16))


def test_segments_are_found_from_the_first(evidence: Path, tmp_path: Path) -> None:
    for name in ("a.L01", "a.L02", "b.L02"):
        (tmp_path / name).write_bytes(evidence.read_bytes() if name == "a.L01" else b"x")
    assert [each.name for each in discover(tmp_path / "a.L01")] == ["a.L01", "a.L02"]


def test_both_readers_agree_on_the_bytes(evidence: Path) -> None:
    image = open_image(open_segments([evidence]))
    assert isinstance(image, LogicalImage)
    assert cross_check(image) == ()
