"""Hybrid MBR, BSD labels in slices and Apple's map, made by sfdisk and fdisk or by hand, read by partx beside Impound."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.volumes.table import VolumeTable, volumes

SECTOR = 512
SIZE = 64 << 20


def table_of(path: Path) -> VolumeTable:
    table = volumes(open_image(open_segments([path])))
    covered = sum(run.length for run in table.gaps) + sum(each.length for each in table.volumes)
    assert covered == path.stat().st_size  # none of these overlap
    return table


def places(table: VolumeTable) -> list[tuple[int, int]]:
    return [(each.offset // SECTOR, each.length // SECTOR) for each in table.volumes]


def partx(path: Path) -> list[tuple[int, int]]:
    command = ["partx", "-g", "-o", "START,SECTORS", "-s", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [(int(line.split()[0]), int(line.split()[1])) for line in told.splitlines()]


def made(path: Path, table: str) -> Path:
    with path.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(["sfdisk", "-q", path], input=table, text=True, check=True, capture_output=True)
    return path


def entry(kind: int, start: int, count: int) -> bytes:
    return struct.pack("<B3sB3sII", 0, b"\xff" * 3, kind, b"\xff" * 3, start, count)


def test_a_hybrid_mbr_adds_what_the_gpt_does_not_name(tmp_path: Path) -> None:
    path = made(tmp_path / "hybrid.raw", "label: gpt\nstart=2048, size=65536\nstart=67584, size=32768\n")
    plain = partx(path)
    assert places(table_of(path)) == plain
    with path.open("r+b") as file:
        file.seek(446)
        file.write(entry(0xEE, 1, 2047) + entry(0x0C, 2048, 65536) + entry(0x83, 67584, 32768))
    table = table_of(path)
    assert (places(table), table.caveats) == (plain, ())
    with path.open("r+b") as file:
        file.seek(446 + 48)
        file.write(entry(0x83, 102400, 20000))
    table = table_of(path)
    assert places(table) == [*plain, (102400, 20000)]
    assert table.kind == "gpt"
    assert "hybrid" in table.caveats[0]


def test_a_slice_is_divided_by_its_label(tmp_path: Path) -> None:
    path = made(tmp_path / "bsd.raw", "label: dos\nstart=2048, size=65536, type=a5\nstart=67584, size=32768, type=83\n")
    keys = ["b", "1", "y", "n", "a", "2064", "+8M", "t", "a", "7", "n", "b", "20480", "+4M", "t", "b", "1", "w", "q"]
    subprocess.run(["fdisk", path], input="\n".join(keys), text=True, check=True, capture_output=True)
    slice_, last, *_ = partx(path)
    system = tmp_path / "ext4.raw"
    with system.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", system], check=True, capture_output=True)
    with path.open("r+b") as file:
        file.seek(2064 * SECTOR)
        file.write(system.read_bytes())
    table = table_of(path)
    assert places(table) == [(2064, 16385), (20480, 8193), last]  # as fdisk rounds +8M and +4M
    assert sorted([slice_, *places(table)]) == sorted(partx(path))
    assert [each.content.name if each.content else "" for each in table.volumes] == ["ext4", "", ""]
    # The same label with offsets from the start of the slice, as old systems write them.
    with path.open("r+b") as file:
        file.seek(2049 * SECTOR)
        label = bytearray(file.read(SECTOR))
        for number in range(int.from_bytes(label[138:140], "little")):
            at = 148 + 16 * number + 4
            start = int.from_bytes(label[at : at + 4], "little")
            label[at : at + 4] = max(0, start - 2048).to_bytes(4, "little")
        label[136:138] = bytes(2)
        words = struct.unpack(f"<{(148 + 16 * 8) // 2}H", label[: 148 + 16 * 8])
        checksum = 0
        for word in words:
            checksum ^= word
        label[136:138] = checksum.to_bytes(2, "little")
        file.seek(2049 * SECTOR)
        file.write(label)
    assert places(table_of(path)) == [(2064, 16385), (20480, 8193), last]
    with path.open("r+b") as file:  # a label that is lost costs the division, not the slice
        file.seek(2049 * SECTOR)
        file.write(bytes(SECTOR))
    assert places(table_of(path)) == [slice_, last]


def test_the_map_of_apple_without_its_own_entries(tmp_path: Path) -> None:
    entries = [
        (1, 63, "Apple", "Apple_partition_map"),
        (64, 32768, "disk image", "Apple_HFS"),
        (32832, 65536, "", "Apple_UNIX_SVR2"),
        (98368, SIZE // SECTOR - 98368, "", "Apple_Free"),
    ]
    data = bytearray(SIZE)
    data[0:8] = b"ER" + struct.pack(">HI", SECTOR, SIZE // SECTOR)
    for number, (start, count, name, kind) in enumerate(entries, 1):
        raw = b"PM\0\0" + struct.pack(">III", len(entries), start, count)
        raw += name.encode().ljust(32, b"\0") + kind.encode().ljust(32, b"\0") + struct.pack(">III", 0, count, 0x37)
        data[number * SECTOR : number * SECTOR + len(raw)] = raw
    path = tmp_path / "apple.raw"
    path.write_bytes(data)
    assert partx(path) == [(start, count) for start, count, *_ in entries]
    table = table_of(path)
    assert table.kind == "apple"
    assert places(table) == [(64, 32768), (32832, 65536)]
