"""Partition tables written by hand, divided by us and by mmls."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import uuid
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.volumes.signatures import Content, Holds, recognise
from forensics.volumes.table import VolumeTable, unexamined_reason, volumes

SECTOR = 512
LINUX, FAT16, EXTENDED = 0x83, 0x06, 0x05
DATA = uuid.UUID("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7")


def run(command: str, package: str, *words: object) -> str:
    if shutil.which(command) is None:
        pytest.fail(f"{command} is needed: install the package {package}")
    done = subprocess.run([command, *map(str, words)], capture_output=True, text=True, check=False)
    return done.stdout


def entry(kind: int, start: int, length: int) -> bytes:
    return struct.pack("<B3sB3sII", 0, b"\0\0\0", kind, b"\0\0\0", start, length)


def sector_of(*entries: bytes) -> bytes:
    return bytes(446) + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa"


def mbr(size: int, *parts: tuple[int, int, int], logical: tuple[tuple[int, int], ...] = ()) -> bytearray:
    """A disk of `size` sectors; `parts` are (type, start, length); `logical` lie in the extended one."""
    disk = bytearray(size * SECTOR)
    disk[:SECTOR] = sector_of(*(entry(*part) for part in parts))
    base = next((start for kind, start, _ in parts if kind == EXTENDED), 0)
    for index, (start, length) in enumerate(logical):
        here = start - 1 if index else base  # a table of its own, the first where the extended one starts
        following = b""
        if index + 1 < len(logical):
            after, long = logical[index + 1]
            following = entry(EXTENDED, after - 1 - base, long + 1)
        disk[here * SECTOR : (here + 1) * SECTOR] = sector_of(entry(LINUX, start - here, length), following)
    return disk


def gpt(size: int, *parts: tuple[int, int, str]) -> bytearray:
    """A disk with a GPT at both ends; `parts` are (start, length, name)."""
    disk = bytearray(size * SECTOR)
    disk[:SECTOR] = sector_of(entry(0xEE, 1, size - 1))
    table = b"".join(
        DATA.bytes_le + uuid.UUID(int=index + 1).bytes_le
        + struct.pack("<QQQ", start, start + length - 1, 0) + name.encode("utf-16-le").ljust(72, b"\0")
        for index, (start, length, name) in enumerate(parts)
    ).ljust(128 * 128, b"\0")  # fmt: skip

    def header(here: int, other: int, at: int) -> bytes:
        def pack(checksum: int) -> bytes:
            return struct.pack(
                "<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, checksum, 0, here, other, 34, size - 34,
                uuid.UUID(int=9).bytes_le, at, 128, 128, zlib.crc32(table),
            )  # fmt: skip

        return pack(zlib.crc32(pack(0)))

    disk[SECTOR : SECTOR + 92] = header(1, size - 1, 2)
    disk[2 * SECTOR : 34 * SECTOR] = table
    disk[(size - 33) * SECTOR : (size - 1) * SECTOR] = table
    disk[(size - 1) * SECTOR : (size - 1) * SECTOR + 92] = header(size - 1, 1, size - 33)
    return disk


def image_of(tmp_path: Path, content: bytes | bytearray) -> Image:
    path = tmp_path / "disk.raw"
    path.write_bytes(content)
    return open_image(open_segments([path]))


def mmls(path: Path) -> list[tuple[int, int]]:
    """(offset, length) of the allocated partitions that The Sleuth Kit's program lists."""
    text = run("mmls", "sleuthkit", path)
    rows = re.findall(r"^\d+:\s+\d[\d:]+\s+(\d+)\s+\d+\s+(\d+)", text, re.M)
    return [(int(start) * SECTOR, int(length) * SECTOR) for start, length in rows]


def check_cover(table: VolumeTable, size: int) -> None:
    """Volumes and gaps together cover the image; gaps overlap nothing."""
    pieces = sorted([(gap.offset, gap.end) for gap in table.gaps] + [(v.offset, v.end) for v in table.volumes])
    at = 0
    for first, end in pieces:
        assert first <= at
        at = max(at, end)
    assert at == size
    for gap in table.gaps:
        assert gap.length > 0
        assert not any(v.offset < gap.end and gap.offset < v.end for v in table.volumes)


def test_primary_extended_and_logical(tmp_path: Path) -> None:
    disk = mbr(
        4000,
        (FAT16, 63, 500),
        (LINUX, 600, 400),
        (EXTENDED, 1100, 2500),
        logical=((1164, 300), (1600, 200), (1900, 50)),
    )
    image = image_of(tmp_path, disk)
    table = volumes(image)
    assert table.kind == "mbr"
    assert [(v.offset, v.length) for v in table.volumes] == mmls(tmp_path / "disk.raw")
    assert [v.index for v in table.volumes] == [1, 2, 3, 4, 5]
    assert [(v.offset // SECTOR, v.length // SECTOR) for v in table.volumes] == [
        (63, 500), (600, 400), (1164, 300), (1600, 200), (1900, 50),
    ]  # fmt: skip
    check_cover(table, image.size)
    layer = list(table.layers(image))[2]
    assert str(layer.locator) == "raw:disk.raw > partition:3"
    assert layer.read(0, 10**9) == disk[1164 * SECTOR : 1464 * SECTOR]
    assert layer.read(layer.size - 3, 10) == bytes(3)
    assert layer.read(-1, 3) == b""


def test_gpt_and_its_copy(tmp_path: Path) -> None:
    disk = gpt(5000, (2048, 500, "Basic data"), (40, 300, "früh"), (3000, 1900, "tail"))
    image = image_of(tmp_path, disk)
    table = volumes(image)
    assert table.kind == "gpt"
    assert [v.type for v in table.volumes] == ["früh", "Basic data", "tail"]
    assert [(v.offset, v.length) for v in table.volumes] == mmls(tmp_path / "disk.raw")
    check_cover(table, image.size)
    disk[SECTOR : 2 * SECTOR] = bytes(SECTOR)
    again = volumes(image_of(tmp_path, disk))
    assert [(v.offset, v.length) for v in again.volumes] == [(v.offset, v.length) for v in table.volumes]
    assert any("copy at the end" in caveat for caveat in again.caveats)


def test_partitions_behind_the_end_and_over_each_other(tmp_path: Path) -> None:
    image = image_of(tmp_path, mbr(1000, (LINUX, 100, 2000), (LINUX, 50, 100), (LINUX, 5000, 10)))
    table = volumes(image)
    check_cover(table, image.size)
    words = " ".join(caveat for volume in table.volumes for caveat in volume.caveats)
    assert "the image ends after" in words
    assert "overlaps" in words
    assert "behind the end" in words


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=4),
    st.binary(max_size=64),
)
def test_any_table_is_divided_without_a_hole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[int, int]], noise: bytes
) -> None:
    disk = mbr(2000, *((LINUX, start, length) for start, length in parts))
    disk[3 * SECTOR : 3 * SECTOR + len(noise)] = noise
    image = image_of(tmp_path_factory.mktemp("disk"), disk)
    check_cover(volumes(image), image.size)


def test_one_file_system_without_a_table(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    for make, package, kind in (
        (("mkfs.ext4", "-q", "-F"), "e2fsprogs", "ext4"),
        (("mkfs.vfat", "-F", "12"), "dosfstools", "fat12"),
        (("mkfs.exfat",), "exfatprogs", "exfat"),
        (("mkntfs", "-q", "-F", "-f"), "ntfs-3g", "ntfs"),
    ):
        path.write_bytes(bytes(8 << 20))
        run(make[0], package, *make[1:], path)
        table = volumes(open_image(open_segments([path])))
        assert (table.kind, table.gaps) == ("none", ())
        (volume,) = table.volumes
        assert (volume.index, volume.offset, volume.length) == (1, 0, 8 << 20)
        assert volume.content == Content(kind, Holds.FILE_SYSTEM)
        assert unexamined_reason(volume.content) == ""
        assert table.caveats == ()


def test_a_file_system_that_begins_where_a_table_is_says_so(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(bytes(8 << 20))
    run("mkfs.ext4", "e2fsprogs", "-q", "-F", path)
    raw = bytearray(path.read_bytes())
    raw[:SECTOR] = sector_of(entry(LINUX, 64, 4000), entry(FAT16, 4096, 4000))
    path.write_bytes(raw)
    table = volumes(open_image(open_segments([path])))
    assert [each.type for each in table.volumes] == ["ext4"]
    (caveat,) = table.caveats
    assert "read as one ext4" in caveat
    assert "(0x83) at 32,768, 2,048,000 bytes" in caveat
    assert "(0x06) at 2,097,152" in caveat


def test_nothing_known_is_one_range(tmp_path: Path) -> None:
    image = image_of(tmp_path, b"\x07\x91" * 50_000)
    table = volumes(image)
    assert table.kind == "none"
    assert not table.volumes
    check_cover(table, image.size)
    assert any("no known file system" in caveat for caveat in table.caveats)


class Memory:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def read(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


@pytest.mark.parametrize(
    ("offset", "magic", "name", "holds"),
    [
        (0, b"LUKS\xba\xbe\x00\x02", "luks", Holds.ENCRYPTED),
        (0, b"\xeb\x58\x90-FVE-FS-", "bitlocker", Holds.ENCRYPTED),
        (424, bytes.fromhex("3bd66749292ed84a8399f6a339e3d001"), "bitlocker", Holds.ENCRYPTED),
        (0, b"XFSB", "xfs", Holds.FILE_SYSTEM),
        (32, b"NXSB", "apfs", Holds.FILE_SYSTEM),
        (65600, b"_BHRfS_M", "btrfs", Holds.FILE_SYSTEM),
        (536, b"LVM2 001", "lvm", Holds.UNSUPPORTED),
        (1024, b"H+\x00\x04", "hfs+", Holds.FILE_SYSTEM),
        (4086, b"SWAPSPACE2", "swap", Holds.SWAP),
        (32769, b"CD001", "iso9660", Holds.FILE_SYSTEM),
    ],
)
def test_names_what_a_volume_holds(offset: int, magic: bytes, name: str, holds: Holds) -> None:
    content = recognise(Memory((bytes(offset) + magic).ljust(140_000, b"\0")))
    assert content == Content(name, holds)
    assert (unexamined_reason(content) == "") is (holds is Holds.FILE_SYSTEM)


def test_core_storage_is_named_with_what_it_says() -> None:
    head = bytearray(140_000)
    head[8:10], head[64:72], head[88:94] = b"\1\0", (5 << 30).to_bytes(8, "little"), b"CS\1\0\0\0"
    head[96:100], head[304:320] = (4096).to_bytes(4, "little"), bytes(range(16))
    assert recognise(Memory(bytes(head))) == Content(
        "core storage", Holds.UNSUPPORTED, "00010203-0405-0607-0809-0a0b0c0d0e0f, 5,368,709,120 bytes"
    )
    head[172] = 2
    content = recognise(Memory(bytes(head)))
    assert content is not None
    assert (content.name, content.holds) == ("filevault", Holds.ENCRYPTED)
    assert unexamined_reason(content).startswith("encrypted (filevault): 00010203-")
    head[8] = 7
    assert recognise(Memory(bytes(head))) is None


def test_a_file_system_that_is_not_opened_says_its_label() -> None:
    f2fs = bytearray(140_000)
    f2fs[1024:1028], f2fs[1040:1044], f2fs[1060:1068] = b"\x10\x20\xf5\xf2", b"\x0c\0\0\0", b"\0\x10" + bytes(6)
    f2fs[1132:1148], f2fs[1148:1158] = bytes(range(16)), "phone".encode("utf-16-le")
    content = recognise(Memory(bytes(f2fs)))
    assert content is not None
    assert content.detail == "label 'phone', 00010203-0405-0607-0809-0a0b0c0d0e0f, 16,777,216 bytes"


@given(st.binary(max_size=4096))
def test_noise_is_nothing_or_something_but_no_error(content: bytes) -> None:
    recognise(Memory(content))
    assert recognise(Memory(b"")) is None
    assert unexamined_reason(None) == "unknown file system"
