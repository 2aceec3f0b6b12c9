"""UDF by mkudffs, filled by a maker of the tests: every form of allocation, deleted names, streams, partition maps."""

from __future__ import annotations

import contextlib
import hashlib
import random
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forensics.errors import EvidenceError, FormatError, ImpoundError
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.evidence.ranges import merged
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.udf import UdfFileSystem
from forensics.filesystems.udf_bridge import is_udf
from forensics.filesystems.unallocated import holding, unallocated
from forensics.model import Entry, EntryKind, Storage
from forensics.volumes.volume import VolumeLayer
from tests.forensics.filesystems.udf_maker import (
    FOLDER,
    INLINE,
    LONG,
    LONGER,
    SHORT,
    STREAMS,
    Disc,
    MetadataDisc,
    VirtualDisc,
    sealed,
)


def content(number: int, size: int) -> bytes:
    return hashlib.shake_256(b"%d" % number).digest(size)


def opened(path: Path) -> UdfFileSystem:
    image = open_image(open_segments([path]))
    layer = VolumeLayer(image, 1, 0, image.size)
    assert is_udf(layer)
    return UdfFileSystem(layer)


def named(entry: Entry) -> str:
    return entry.path + (f":{entry.stream}" if entry.stream else "")


def entries(path: Path) -> dict[str, Entry]:
    return {named(each): each for each in opened(path).walk()}


def contents(path: Path) -> dict[str, bytes]:
    """What each name holds, read in both ways."""
    system, found = opened(path), {}
    for entry in system.walk():
        if entry.kind is EntryKind.FILE and (entry.storage is not Storage.NONE or not entry.size):
            found[named(entry)] = EntryLayer(system, entry).read(0, entry.size)
            assert system.read_entry(entry, 0, entry.size) == found[named(entry)]
    assert not system.refused
    return found


def unpacked(path: Path, target: Path) -> dict[str, bytes]:
    """What 7-Zip reads of it."""
    subprocess.run(["7z", "x", "-tudf", f"-o{target}", path], check=True, capture_output=True)
    return {f"/{each.relative_to(target)}": each.read_bytes() for each in target.rglob("*") if each.is_file()}


def said(path: Path) -> dict[str, str]:
    """What udfinfo reads by way of virtual tables and metadata files, which 7-Zip does not follow."""
    done = subprocess.run(["udfinfo", path], check=True, capture_output=True, text=True)
    assert not done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if not line.startswith("start="))


def filled(disc: Disc) -> dict[str, bytes]:
    """Files in every form, in folders, with names of both widths."""
    files = {
        "/short.bin": content(1, 5000),
        "/long €.bin": content(2, 2048 * 3),
        "/inline.txt": b"in the record itself",
        "/empty": b"",
        "/folder/below.txt": content(4, 100),
    }
    form = LONG if disc.partition else SHORT
    disc.file("short.bin", files["/short.bin"], form)
    disc.file("long €.bin", files["/long €.bin"], LONG)
    disc.file("inline.txt", files["/inline.txt"], INLINE)
    disc.file("empty", b"", form, extended=False)
    below = disc.record(5, 100, INLINE, files["/folder/below.txt"])
    disc.names.append(disc.name("folder", disc.folder([disc.name("below.txt", below)]), FOLDER))
    return files


@pytest.mark.parametrize(
    ("options", "block"),
    [
        (("-m", "hd", "-r", "2.01"), 512),
        (("-m", "hd", "-r", "1.02"), 2048),
        (("-m", "hd", "-r", "2.01"), 4096),
        (("-m", "dvdram", "-r", "2.01"), 2048),
        (("-m", "hd", "-r", "2.01", "--space=unalloctable"), 2048),
    ],
)
def test_files_of_plain_partitions(tmp_path: Path, options: tuple[str, ...], block: int) -> None:
    disc = Disc(tmp_path / "disc.img", *options, block=block)
    files = filled(disc)
    path = disc.finish()
    assert contents(path) == files
    if block <= 2048 and "--space=unalloctable" not in options:
        assert unpacked(path, tmp_path / "theirs") == files
    files["/extended.bin"] = content(5, 7777)  # 7-Zip does not read these
    disc.file("extended.bin", files["/extended.bin"], LONGER, extended=False)
    assert contents(disc.finish()) == files


@pytest.mark.parametrize(("revision", "old"), [("1.50", True), ("2.01", False)])
def test_virtual_partition(tmp_path: Path, revision: str, old: bool) -> None:
    disc = VirtualDisc(tmp_path / "disc.img", "-m", "cdr", "-r", revision)
    files = filled(disc)
    path = disc.finish(old=old)
    assert contents(path) == files
    theirs = said(path)
    assert (theirs["fsid"], theirs["label"]) == ("LinuxUDF", "MADE")
    assert int(theirs["vatblock"]) == path.stat().st_size // 2048 - 1
    assert any("virtual table" in each for each in opened(path).caveats)
    path.write_bytes(path.read_bytes() + bytes(1 << 20))  # an image that is filled up
    assert contents(path) == files


@pytest.mark.parametrize("damaged", [0, 1, 2])
def test_metadata_partition_and_its_mirror(tmp_path: Path, damaged: int) -> None:
    disc = MetadataDisc(tmp_path / "disc.img")
    files = filled(disc)
    path = disc.finish()
    assert said(path)["fsid"] == "LinuxUDF"
    for block in disc.files[:damaged]:
        disc.put(block, bytes(16))
    path.write_bytes(disc.raw)
    if damaged == 2:
        with pytest.raises(FormatError, match="neither its metadata file nor the mirror"):
            opened(path)
        return
    assert contents(path) == files
    assert any("the mirror was used" in each for each in opened(path).caveats) is (damaged == 1)


def test_moved_packets(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "dvdrw", "-r", "2.01", size=16 << 20)
    files = filled(disc)
    disc.free += -disc.free % 16
    files["/worn.bin"] = content(6, 2048 * 20)
    disc.file("worn.bin", files["/worn.bin"])
    path = disc.finish()
    assert contents(path) == files
    first = disc.raw.index(files["/worn.bin"][:64]) // 2048 - disc.start
    assert first % 16 == 0
    at = (disc.start + first) * 2048
    tables = [each for each in disc.sectors(0) if b"*UDF Sparing Table" in disc.raw[each * 2048 : each * 2048 + 64]]
    assert tables
    row = tables[0] * 2048 + 56
    new = struct.unpack_from("<I", disc.raw, row + 4)[0]
    disc.raw[new * 2048 : (new + 16) * 2048] = disc.raw[at : at + 16 * 2048]
    disc.raw[at : at + 16 * 2048] = b"\xee" * (16 * 2048)
    for table in tables:
        disc.raw[table * 2048 + 56 : table * 2048 + 60] = struct.pack("<I", first)
    path.write_bytes(disc.raw)
    assert contents(path) == files


def test_extents_continued_holes_and_hard_links(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "hd", "-r", "2.01")
    pieces = [content(n, 2048) for n in range(40)]
    blocks = [disc.stored(each) for each in reversed(pieces)][::-1]
    rows = [disc.extent(LONG, 2048, each) for each in blocks]
    second, third = disc.take(), disc.take()
    tail = b"".join(rows[30:]) + disc.extent(LONG, 10_000, 0, 2) + disc.extent(LONG, 4096, disc.take(2), 1)
    disc.put(third, sealed(258, third, struct.pack("<II", 0, len(tail)) + tail))
    middle = b"".join(rows[10:30]) + disc.extent(LONG, 2048, third, 3)
    disc.put(second, sealed(258, second, struct.pack("<II", 0, len(middle)) + middle))
    size = 40 * 2048 + 10_000 + 4096
    number = disc.record(5, size, LONG, b"".join(rows[:10]) + disc.extent(LONG, 2048, second, 3), links=2)
    disc.names += [disc.name("scattered", number), disc.name("the same", number)]
    path = disc.finish()
    found = contents(path)
    assert found["/scattered"] == found["/the same"] == b"".join(pieces) + bytes(14_096)
    both = entries(path)
    assert both["/scattered"].address == both["/the same"].address
    assert sum(run.length for run in both["/scattered"].runs if run.offset < 0) == 14_096


def test_deleted_names_are_told_apart(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "hd", "-r", "2.01")
    data = content(9, 3000)
    kept = disc.file("kept.txt", b"live", INLINE)
    gone = disc.record(5, 3000, SHORT, disc.extent(SHORT, 3000, disc.stored(data)))
    below = disc.record(5, 5, INLINE, b"below")
    folder = disc.folder([disc.name("below.txt", below)])
    disc.names += [
        disc.name("gone.bin", gone, traits=4),
        disc.name("old name.txt", kept, traits=4),
        disc.name("cleared", -1, traits=4),
        disc.name(b"\xfemarked", gone, traits=4),
        disc.name("other.bin", gone, traits=4, unique=77),
        disc.name("folder", folder, FOLDER, traits=4),
    ]
    path = disc.finish()
    found = entries(path)
    live = {name for name, each in found.items() if each.allocated}
    assert live == {"/kept.txt"}
    data_of = contents(path)
    assert data_of["/gone.bin"] == data_of["/marked"] == data
    assert data_of["/folder/below.txt"] == b"below"
    for name, reason in (
        ("old name.txt", "in use by another"),
        ("cleared", "not named any more"),
        ("other.bin", "in use"),
    ):
        entry = found[f"/{name}"]
        assert reason in " ".join(entry.caveats)
        assert (entry.storage, entry.size) == (Storage.NONE, 0)


def test_streams_names_and_times(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "hd", "-r", "2.01")
    stream = disc.record(5, 6, INLINE, b"hidden")
    listed = disc.name("", disc.root, FOLDER, traits=10) + disc.name("note", stream, traits=16)
    streams = disc.record(STREAMS, len(listed), INLINE, listed)
    disc.file("carrier", b"plain", INLINE, streams=struct.pack("<IIH6x", 2048, streams, 0))
    disc.file("a/b", b"slash", INLINE)
    disc.file(b"\x10\xd8\x00\x00x", b"half a pair", INLINE)
    head = sealed(262, 0, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF))
    created = struct.pack("<HhBBBBBBBB", 0x1000 | (-300 & 0xFFF), 2001, 9, 11, 8, 46, 40, 0, 0, 0)
    times = struct.pack("<IB3xIII", 5, 1, 32, 12, 1) + created
    disc.file("times", b"x", INLINE, extended=False, attributes=head + times)
    path = disc.finish()
    found = entries(path)
    assert contents(path)["/carrier:note"] == b"hidden"
    assert found["/a\\x2fb"].raw_name == b"\x08a/b"
    assert found["/\\xd8\\x00x"].raw_name == b"\x10\xd8\x00\x00x"
    moments = {each.field: each for each in found["/times"].times}
    assert moments["created"].when == datetime(2001, 9, 11, 13, 46, 40, tzinfo=UTC)
    assert moments["modified"].when == datetime(2024, 2, 29, 11, 30, 45, 123456, tzinfo=UTC)
    assert moments["modified"].as_stored == "2024-02-29 12:30:45.123456 zone +60 min"


def test_free_space_is_that_of_the_bitmap(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "hd", "-r", "2.01")
    files = filled(disc)
    path = disc.finish()
    system = opened(path)
    held = merged([run for each in system.walk() for run in holding(each)])
    free = unallocated(system, held)
    raw = path.read_bytes()
    large = raw.index(files["/short.bin"])
    assert not [run for run in free if run.offset <= large < run.end]  # held, though this bitmap calls it free
    bitmap = disc.sectors(264)[0] * 2048 + 24
    bits = sum(each.bit_count() for each in disc.raw[bitmap : bitmap + len(disc.raw) // 2048 // 8])
    assert system.free is not None
    inside = [run for run in system.free.runs if run.offset >= disc.start * 2048]
    assert abs(sum(run.length for run in inside) // 2048 - bits) < 600  # and what follows the partition
    assert system.free.runs[0].offset == 0


def test_the_second_copy_of_the_descriptors(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "hd", "-r", "2.01")
    files = filled(disc)
    path = disc.finish()
    disc.raw[disc.sectors(6)[0] * 2048 + 90] ^= 1
    disc.raw[256 * 2048] ^= 1
    path.write_bytes(disc.raw)
    assert contents(path) == files
    assert {each.partition(";")[0] for each in opened(path).caveats} >= {
        "its anchor in block 256 does not hold",
        "its volume descriptors are damaged",
    }


def test_loops_and_lengths_that_cannot_be(tmp_path: Path) -> None:
    disc = Disc(tmp_path / "disc.img", "-m", "hd", "-r", "2.01")
    loop = disc.take()
    more = disc.extent(LONG, 2048, loop, 3)
    disc.put(loop, sealed(258, loop, struct.pack("<II", 0, len(more)) + more))
    cases = {
        "loop": disc.record(5, 9999, LONG, more),
        "huge": disc.record(5, 1 << 62, LONG, disc.extent(LONG, 2048, disc.take())),
        "outside": disc.record(5, 4096, LONG, disc.extent(LONG, 4096, 1 << 31)),
        "form": disc.record(5, 4096, 5, b"x" * 64),
        "nowhere": 1 << 30,
    }
    disc.names += [disc.name(name, number) for name, number in cases.items()]
    disc.names.append(disc.name("itself", disc.root, FOLDER))
    big = disc.record(FOLDER, 1 << 40, LONG, disc.extent(LONG, 2048, disc.take()))
    disc.names.append(disc.name("big", big, FOLDER))
    path = disc.finish()
    system = opened(path)
    found = {named(each): each for each in system.walk()}
    assert set(found) == {f"/{each}" for each in (*cases, "itself", "big")}
    for name in cases:
        entry = found[f"/{name}"]
        assert entry.caveats, name
        if entry.size:
            with pytest.raises(EvidenceError):
                EntryLayer(system, entry).read(0, min(entry.size, 1 << 20))
    assert any("folder /big cannot be listed" in each for each in system.refused)


def test_damage_never_breaks_the_reader(tmp_path: Path) -> None:
    """Flipped bits in records and descriptors, and images cut off: an error in words, or fewer names."""
    for disc in (Disc(tmp_path / "plain.img", "-m", "hd", "-r", "2.01"), MetadataDisc(tmp_path / "meta.img")):
        files = filled(disc)
        path = disc.finish()
        places = [at * 2048 for kind in (2, 5, 6, 256, 257, 258, 261, 266) for at in disc.sectors(kind)]
        chance = random.Random(5)
        for turn in range(250):
            raw = bytearray(disc.raw)
            for _ in range(1 + turn % 3):
                raw[chance.choice(places) + chance.randrange(600)] ^= 1 << chance.randrange(8)
            path.write_bytes(raw if turn % 5 else raw[: chance.randrange(1 << 15, len(raw))])
            with contextlib.suppress(ImpoundError):
                system = opened(path)
                for entry in system.walk():
                    with contextlib.suppress(EvidenceError):
                        EntryLayer(system, entry).read(0, min(entry.size, 1 << 16))
        path.write_bytes(disc.raw)
        assert contents(path) == files
