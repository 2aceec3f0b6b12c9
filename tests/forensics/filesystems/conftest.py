"""File systems made by mkfs and filled by independent tools; a tool that is absent fails the test."""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.filesystems.tsk import FileSystem, open_filesystem
from forensics.volumes.volume import VolumeLayer

PACKAGES = {
    "fls": "sleuthkit", "icat": "sleuthkit", "blkls": "sleuthkit", "ntfscp": "ntfs-3g",
    "mkntfs": "ntfs-3g", "mkfs.vfat": "dosfstools", "mkfs.exfat": "exfatprogs", "ewfacquire": "ewf-tools",
}  # fmt: skip


def call(*command: object) -> bytes:
    words = [str(each) for each in command]
    if shutil.which(words[0]) is None:
        pytest.fail(f"{words[0]} is needed: install the package {PACKAGES.get(words[0], 'e2fsprogs')}")
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout!r}{done.stderr!r}"
    return done.stdout


def pattern(size: int, seed: int) -> bytes:
    """Bytes that differ from file to file and do not repeat."""
    out = b"".join(hashlib.sha256(b"%d %d" % (seed, block)).digest() for block in range(size // 32 + 1))
    return out[:size]


def make_ext(kind: str, path: Path, tree: Path) -> None:
    path.write_bytes(bytes(12 << 20))
    call(f"mkfs.{kind}", "-q", "-F", "-b", "1024", "-I", "256", "-d", tree, path)
    for name in ("docs/file 3.bin", "docs/file 9.bin"):
        call("debugfs", "-w", "-R", f'rm "{name}"', path)


def make_ntfs(path: Path, tree: Path) -> None:
    path.write_bytes(bytes(12 << 20))
    call("mkntfs", "-q", "-F", "-f", "-c", "1024", path)
    for file in sorted((tree / "docs").iterdir()):
        if file.is_file():
            call("ntfscp", "-f", "-q", path, file, file.name)
    call("ntfscp", "-f", "-q", "-N", "hidden", path, tree / "docs" / "file 8.bin", "file 2.bin")
    call("ntfscp", "-f", "-q", "-N", "small", path, tree / "docs" / "file 1.bin", "file 9.bin")
    call("ntfscp", "-f", "-q", path, tree / "sparse.bin", "sparse.bin")


def make_fat(bits: int, path: Path, tree: Path) -> None:
    """mkfs.vfat makes it; entries and chains are written here: live, deleted, and one in two pieces."""
    size = {12: 2, 16: 9, 32: 40}[bits] << 20
    path.write_bytes(bytes(size))
    call("mkfs.vfat", "-F", bits, "-s", "1" if bits == 32 else "2", "-n", "LABEL", path)
    disk = bytearray(path.read_bytes())
    sector, per_cluster, reserved, tables, roots = struct.unpack_from("<HBHBH", disk, 11)
    length = struct.unpack_from("<H", disk, 22)[0] or struct.unpack_from("<I", disk, 36)[0]
    unit = sector * per_cluster
    root = (reserved + tables * length) * sector
    heap = root + roots * 32

    def link(cluster: int, value: int) -> None:
        for table in range(tables):
            base = (reserved + table * length) * sector
            if bits == 12:
                at = base + cluster * 3 // 2
                old = int.from_bytes(disk[at : at + 2], "little")
                new = (old & 0x000F) | (value & 0xFFF) << 4 if cluster & 1 else (old & 0xF000) | value & 0xFFF
                disk[at : at + 2] = new.to_bytes(2, "little")
            else:
                width = bits // 8
                disk[base + cluster * width : base + (cluster + 1) * width] = (
                    value & (0xFFFF if bits == 16 else 0x0FFFFFFF)
                ).to_bytes(width, "little")

    slot = root + 32  # behind the label
    free = 3
    for index, file in enumerate(sorted((tree / "docs").glob("file*"))):
        content = file.read_bytes()
        count = -(-len(content) // unit)
        clusters = list(range(free, free + count))
        if index == 5 and count > 1:  # a hole of one cluster behind its first
            clusters = [free, *range(free + 2, free + count + 1)]
            free += 1
        free += count
        deleted = index in (3, 9)
        for number, cluster in enumerate(clusters):
            piece = content[number * unit : (number + 1) * unit]
            disk[heap + (cluster - 2) * unit : heap + (cluster - 2) * unit + len(piece)] = piece
            if not deleted:
                link(cluster, clusters[number + 1] if number + 1 < count else 0x0FFFFFFF)
        name = (b"\xe5" if deleted else b"F") + b"%-7dBIN" % index
        first = clusters[0] if clusters else 0
        disk[slot : slot + 32] = struct.pack(
            "<11sBBBHHHHHHHI", name, 0x20, 0, 57, 0x6C2B, 0x5D78, 0x5D79, first >> 16, 0x1D9C, 0x5D78,
            first & 0xFFFF, len(content),
        )  # fmt: skip
        slot += 32
    path.write_bytes(disk)


def make_exfat(path: Path, tree: Path) -> None:
    """mkfs.exfat makes it; entry sets are written here: contiguous files, one deleted, one with a chain."""
    path.write_bytes(bytes(12 << 20))
    call("mkfs.exfat", "-c", "4096", path)
    disk = bytearray(path.read_bytes())
    table, _, heap, _, root = struct.unpack_from("<IIIII", disk, 80)
    sector = 1 << disk[108]
    unit = sector << disk[109]

    def place(cluster: int) -> int:
        """The offset of a cluster."""
        return int(heap * sector + (cluster - 2) * unit)

    slot = place(root)
    bitmap = 0
    while disk[slot]:
        if disk[slot] == 0x81:
            bitmap = place(int.from_bytes(disk[slot + 20 : slot + 24], "little"))
        slot += 32
    free = root + 1
    for index, file in enumerate(sorted((tree / "docs").glob("file*"))):
        content = file.read_bytes()
        count = -(-len(content) // unit)
        chained, deleted = index == 5, index in (3, 9)
        clusters = (
            [free, *range(free + 2, free + count + 1)] if chained and count > 1 else list(range(free, free + count))
        )
        free += count + (chained and count > 1)
        for number, cluster in enumerate(clusters):
            piece = content[number * unit : (number + 1) * unit]
            disk[place(cluster) : place(cluster) + len(piece)] = piece
            if not deleted:
                disk[bitmap + (cluster - 2) // 8] |= 1 << (cluster - 2) % 8
            if chained:
                following = clusters[number + 1] if number + 1 < count else 0xFFFFFFFF
                at = table * sector + cluster * 4
                disk[at : at + 4] = following.to_bytes(4, "little")
        name = file.name.encode("utf-16-le")
        names = [name[at : at + 30] for at in range(0, len(name), 30)]
        entries = bytearray(
            struct.pack("<BBHHHIIIBBBBB7x", 0x85, 1 + len(names), 0, 0x20, 0, 0x5D781D9C, 0x5D781D9C,
                        0x5D780000, 150, 0, 0x80 | 4, 0x80 | (0x7F & -32), 0)
        )  # fmt: skip
        entries += struct.pack(
            "<BBBBHHQIIQ", 0xC0, 1 if chained else 3, 0, len(name) // 2, 0, 0, len(content), 0,
            clusters[0] if clusters else 0, len(content),
        )  # fmt: skip
        for each in names:
            entries += b"\xc1\0" + each.ljust(30, b"\0")
        total = 0
        for at, byte in enumerate(entries):
            if at not in (2, 3):
                total = ((total & 1) << 15 | total >> 1) + byte & 0xFFFF
        entries[2:4] = total.to_bytes(2, "little")
        if deleted:
            for at in range(0, len(entries), 32):
                entries[at] &= 0x7F
        disk[slot : slot + len(entries)] = entries
        slot += len(entries)
    path.write_bytes(disk)


@pytest.fixture(scope="session")
def made(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    done: dict[str, Path] = {}
    folder = tmp_path_factory.mktemp("made")

    def make(kind: str) -> Path:
        if kind not in done:
            path = folder / f"{kind}.raw"
            if kind.startswith("ext"):
                make_ext(kind, path, tree)
            elif kind == "ntfs":
                make_ntfs(path, tree)
            elif kind == "exfat":
                make_exfat(path, tree)
            else:
                make_fat(int(kind[3:]), path, tree)
            done[kind] = path
        return done[kind]

    return make


@pytest.fixture(scope="session", name="call")
def call_fixture() -> Callable[..., bytes]:
    """Runs a program that must succeed; gives its standard output."""
    return call


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of many sizes, folders, links, a sparse file, a name beyond ASCII."""
    root = tmp_path_factory.mktemp("tree")
    (root / "docs" / "deep" / "deeper").mkdir(parents=True)
    for index, size in enumerate((0, 1, 100, 511, 512, 513, 1024, 4096, 5000, 70_000, 700_000)):
        (root / "docs" / f"file {index}.bin").write_bytes(pattern(size, index))
    (root / "docs" / "deep" / "deeper" / "ünï.txt").write_bytes(b"deep")
    (root / "short").symlink_to("docs/file 1.bin")
    (root / "long").symlink_to("docs/" + "x" * 200)
    with (root / "sparse.bin").open("wb") as file:
        file.write(b"head")
        file.seek(900_000)
        file.write(b"tail")
        file.truncate(1_500_000)
    return root


@pytest.fixture
def volume_of(tmp_path: Path) -> Callable[..., Image]:
    """An image with `content` at `offset`, zeros around it."""

    def make(content: bytes, offset: int = 0, after: int = 0) -> Image:
        path = tmp_path / f"image-{offset}.raw"
        path.write_bytes(bytes(offset) + content + bytes(after))
        return open_image(open_segments([path]))

    return make


@pytest.fixture
def opened(volume_of: Callable[..., Image]) -> Callable[..., FileSystem]:
    def make(path: Path, offset: int = 0) -> FileSystem:
        content = path.read_bytes()
        image = volume_of(content, offset, 4096 if offset else 0)
        return open_filesystem(VolumeLayer(image, 3, offset, len(content)))

    return make
