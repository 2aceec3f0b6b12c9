"""Btrfs made by mkfs.btrfs: names, places and bytes of every file; damage, copies and packed extents."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import random
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from forensics.errors import EvidenceError, FormatError, ImpoundError
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.filesystems.btrfs import BtrfsFileSystem, is_btrfs
from forensics.filesystems.btrfs_packing import unpacked
from forensics.filesystems.btrfs_trees import COPIES, Trees
from forensics.filesystems.entry_layer import EntryLayer
from forensics.model import Entry, EntryKind, Storage
from forensics.primitives import lzo
from forensics.primitives.crc32c import crc32c
from forensics.volumes.volume import VolumeLayer

SIZE = 160 << 20


def content(number: int, size: int) -> bytes:
    return hashlib.shake_256(b"%d" % number).digest(size)


def make(folder: Path, *options: str) -> Path:
    """A Btrfs filled from `folder`."""
    if shutil.which("mkfs.btrfs") is None:
        pytest.fail("mkfs.btrfs is needed: install the package btrfs-progs")
    path = folder.with_suffix(".raw")
    with path.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(["mkfs.btrfs", "-q", *options, "--rootdir", folder, path], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Small nodes and a thousand names, so that trees have several levels."""
    tree = tmp_path_factory.mktemp("btrfs") / "tree"
    files = {"/empty": b"", "/small": b"the ledger\n" * 20, "/block": content(1, 4096), "/large": content(2, 3_000_001)}
    files |= {f"/folder {n % 7}/deep/note {n}": content(n, 50 + n * 13 % 9000) for n in range(1000)}
    files["/Müll/größe \u202e.txt"] = b"x" * 5000
    for name, each in files.items():
        (tree / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tree / name[1:]).write_bytes(each)
    (tree / "link").symlink_to("folder 1/deep")
    return make(tree, "-n", "4096"), files


def opened(path: Path) -> BtrfsFileSystem:
    image = open_image(open_segments([path]))
    layer = VolumeLayer(image, 1, 0, image.size)
    assert is_btrfs(layer)
    return BtrfsFileSystem(layer)


def files_of(system: BtrfsFileSystem) -> dict[str, Entry]:
    return {each.path: each for each in system.walk() if each.kind is EntryKind.FILE}


def test_every_file_is_listed_and_lies_where_it_is_said_to(disk: tuple[Path, dict[str, bytes]]) -> None:
    path, files = disk
    system = opened(path)
    entries = files_of(system)
    assert {name for name in entries if "Müll" not in name} == {name for name in files if "Müll" not in name}
    assert len(entries) == len(files)
    assert not system.refused
    by_digest = {hashlib.sha256(each).hexdigest() for each in files.values()}
    for entry in entries.values():
        data = EntryLayer(system, entry).read(0, entry.size)
        assert hashlib.sha256(data).hexdigest() in by_digest
        assert system.read_entry(entry, 0, entry.size) == data
        assert b"".join(system.volume.image.read(run.offset, run.length) for run in entry.runs) == data
        assert entry.storage is (Storage.PLAIN if entry.size else Storage.NONE)
    for name in ("/empty", "/small", "/block", "/large", "/folder 3/deep/note 3"):
        assert EntryLayer(system, entries[name]).read(0, 1 << 30) == files[name]
    link = next(each for each in system.walk() if each.kind is EntryKind.LINK)
    assert EntryLayer(system, link).read(0, 100) == b"folder 1/deep"


def test_times_and_metadata(disk: tuple[Path, dict[str, bytes]]) -> None:
    path, _ = disk
    system = opened(path)
    entry = files_of(system)["/large"]
    mtime = int(path.with_suffix("").joinpath("large").stat().st_mtime)
    stored = next(each.as_stored for each in entry.times if each.field == "modified")
    assert stored.startswith(f"{mtime} s, ")  # this mkfs drops the nanoseconds
    held = [run for each in files_of(system).values() if each.size > 4096 for run in each.runs]
    assert not [run for run in held for node in system.metadata if run.offset < node.end and node.offset < run.end]
    assert {run.offset for run in system.metadata} >= {65536, 64 << 20}


def patched(path: Path, target: Path, change: Callable[[Trees, bytearray], None]) -> Path:
    """A copy of an image after a change of its bytes."""
    image = open_image(open_segments([path]))
    raw = bytearray(path.read_bytes())
    change(Trees(VolumeLayer(image, 1, 0, image.size)), raw)
    target.write_bytes(raw)
    return target


def seal(trees: Trees, raw: bytearray, logical: int, change: Callable[[bytearray], None]) -> None:
    """Change a node in both copies and make its checksum right again."""
    for place in trees.places(logical, trees.node_size):
        node = bytearray(raw[place : place + trees.node_size])
        change(node)
        node[:4] = crc32c([bytes(node[32:])])[0].to_bytes(4, "little")
        raw[place : place + trees.node_size] = node


@pytest.mark.parametrize(("method", "name"), [(1, "zlib"), (3, "zstd"), (2, "LZO"), (9, "")])
def test_packed_extents_are_unpacked(
    disk: tuple[Path, dict[str, bytes]], tmp_path: Path, method: int, name: str
) -> None:
    """An extent of /large is replaced by a packed one of 128 KiB, as the kernel would have written it."""
    path, _ = disk
    plain = b"a line of the ledger\n" * 6242  # 131,082 bytes
    plain = plain[: 128 << 10]
    packers: dict[int, Callable[[bytes], bytes]] = {1: zlib.compress, 2: lzo_extent, 3: zstandard.compress}
    packed = packers.get(method, bytes)(plain)
    inode = files_of(opened(path))["/large"].address

    def change(trees: Trees, raw: bytearray) -> None:
        tree = trees.tree(5)
        assert tree is not None
        item = next(trees.items(tree, (inode, 108, 0), (inode, 108, 0)))
        place = trees.places(int.from_bytes(item.data[21:29], "little"), 1)[0]
        raw[place : place + len(packed)] = packed
        node = next(each for each in sorted(trees.met, reverse=True) if each <= item.address)
        at = item.address - node
        new = struct.pack("<8xQB3xB", len(plain), method, 1) + item.data[21:29]
        new = item.data[:8] + new[8:] + struct.pack("<QQQ", -(-len(packed) // 4096) * 4096, 0, len(plain))
        assert len(new) == len(item.data) == 53

        def write(body: bytearray) -> None:
            body[at : at + 53] = new

        seal(trees, raw, node, write)

    system = opened(patched(path, tmp_path / "packed.raw", change))
    entry = files_of(system)["/large"]
    assert entry.storage is Storage.COMPRESSED
    if not name:
        assert any("method 9" in each for each in entry.caveats)
        with pytest.raises(EvidenceError, match="method 9"):
            system.read_entry(entry, 0, 100)
        return
    assert system.read_entry(entry, 0, len(plain)) == plain
    assert system.read_entry(entry, 100_000, 200) == plain[100_000:][:200]
    broken = opened(patched(tmp_path / "packed.raw", tmp_path / "broken.raw", lambda _, raw: wipe(raw, packed)))
    with pytest.raises(EvidenceError, match="extent"):
        broken.read_entry(files_of(broken)["/large"], 0, len(plain))


def lzo_packed(plain: bytes) -> bytes:
    """By liblzo2, which mkfs.btrfs stands on."""
    library = ctypes.CDLL("liblzo2.so.2")
    size, out = ctypes.c_size_t(), ctypes.create_string_buffer(len(plain) * 2 + 100)
    work = ctypes.create_string_buffer(1 << 18)
    assert library.lzo1x_1_compress(plain, ctypes.c_size_t(len(plain)), out, ctypes.byref(size), work) == 0
    return out.raw[: size.value]


def lzo_extent(plain: bytes) -> bytes:
    out = bytearray(4)
    for at in range(0, len(plain), 4096):
        segment = lzo_packed(plain[at : at + 4096])
        if 4096 - len(out) % 4096 < 4:
            out += bytes(4096 - len(out) % 4096)
        out += len(segment).to_bytes(4, "little") + segment
    out[:4] = len(out).to_bytes(4, "little")
    return bytes(out)


def test_lzo_unpacks_what_liblzo_packs() -> None:
    noise = random.Random(12)
    for number in range(400):
        words = [noise.randbytes(noise.randrange(1, 60)) for _ in range(noise.randrange(1, 30))]
        plain = b"".join(noise.choices(words, k=noise.randrange(1, 400)))[: 1 << noise.randrange(1, 17)]
        plain += bytes(noise.randrange(0, 70_000)) if number % 5 == 0 else b""
        packed = lzo_packed(plain)
        assert lzo.unpack(packed, len(plain)) == plain
        for _ in range(5):
            raw = bytearray(packed[: noise.randrange(1, len(packed) + 1)])
            raw[noise.randrange(len(raw))] ^= 1 << noise.randrange(8)
            with contextlib.suppress(ValueError):
                assert len(lzo.unpack(bytes(raw), len(plain))) <= len(plain)
    extent = lzo_extent(content(3, 128 << 10))
    assert unpacked(extent + bytes(4096), 2, 128 << 10, 4096) == content(3, 128 << 10)


def wipe(raw: bytearray, packed: bytes) -> None:
    at = raw.index(packed)
    raw[at : at + len(packed)] = bytes(len(packed))


def test_the_second_copy_of_a_node_serves(disk: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    path, files = disk

    def change(trees: Trees, raw: bytearray) -> None:
        tree = trees.tree(5)
        assert tree is not None
        list(trees.items(tree, (0, 0, 0), (1 << 63, 0, 0)))
        for node in trees.met:
            raw[trees.places(node, 1)[0] + 200] ^= 1  # the first copy of every node
        raw[COPIES[0] + 100] ^= 1

    system = opened(patched(path, tmp_path / "first.raw", change))
    assert len(files_of(system)) == len(files)
    assert not system.refused


def test_a_node_that_is_lost_is_told_and_the_rest_is_listed(
    disk: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    path, files = disk

    def change(trees: Trees, raw: bytearray) -> None:
        tree = trees.tree(5)
        assert tree is not None
        item = next(trees.items(tree, (files_of(opened(path))["/folder 3/deep/note 3"].address, 1, 0), (1 << 62, 0, 0)))
        node = max(each for each in trees.met if each <= item.address)
        for place in trees.places(node, 1):
            raw[place + 300] ^= 1

    system = opened(patched(path, tmp_path / "lost.raw", change))
    entries = list(system.walk())
    assert 0 < len([each for each in entries if each.kind is EntryKind.FILE]) < len(files)
    told = [*system.refused, *(caveat for each in entries for caveat in each.caveats)]
    assert any("is damaged" in each for each in told)


def test_what_is_not_read_is_said(disk: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    path, _ = disk

    def several(_: Trees, raw: bytearray) -> None:
        for place in COPIES[:2]:
            raw[place + 0x88] = 2
            raw[place : place + 4] = crc32c([bytes(raw[place + 32 : place + 4096])])[0].to_bytes(4, "little")

    with pytest.raises(FormatError, match="2 devices"):
        opened(patched(path, tmp_path / "two.raw", several))

    def gone(_: Trees, raw: bytearray) -> None:
        for place in COPIES[:2]:
            raw[place + 1000] ^= 255

    with pytest.raises(FormatError, match="no copy of its superblock"):
        opened(patched(path, tmp_path / "gone.raw", gone))


@pytest.mark.parametrize("options", [("--csum", "sha256"), ("--csum", "blake2"), ("--csum", "xxhash"), ("--mixed",)])
def test_other_checksums_and_layouts(tmp_path: Path, options: tuple[str, ...]) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "note").write_bytes(content(5, 70_000))
    system = opened(make(tree, *options))
    entry = files_of(system)["/note"]
    assert EntryLayer(system, entry).read(0, 1 << 20) == content(5, 70_000)


def test_mutants_are_read_or_refused(disk: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    """Bits of nodes turn behind the checksum's back; nothing but a named refusal may come of it."""
    path, _ = disk
    image = open_image(open_segments([path]))
    trees = Trees(VolumeLayer(image, 1, 0, image.size))
    tree = trees.tree(5)
    assert tree is not None
    list(trees.items(tree, (0, 0, 0), (400, 255, 0)))
    nodes, noise = sorted(trees.met), random.Random(6)
    target = tmp_path / "mutant.raw"
    shutil.copy(path, target)
    listed = 0
    for _ in range(25):
        logical = noise.choice(nodes)
        with target.open("r+b") as file:
            kept = []
            for place in trees.places(logical, trees.node_size):
                file.seek(place)
                kept.append((place, file.read(trees.node_size)))
                node = bytearray(kept[-1][1])
                for _ in range(3):
                    node[noise.randrange(32, 400) if noise.random() < 0.5 else noise.randrange(32, len(node))] ^= (
                        1 << noise.randrange(8)
                    )
                node[:4] = crc32c([bytes(node[32:])])[0].to_bytes(4, "little")
                file.seek(place)
                file.write(node)
            file.flush()
            try:
                system = opened(target)
                for number, entry in enumerate(system.walk()):
                    if number % 20 == 0 and 0 < entry.size < 1 << 24:
                        with contextlib.suppress(ImpoundError):
                            EntryLayer(system, entry).read(0, entry.size)
                listed += 1
            except ImpoundError:
                pass
            for place, raw in kept:
                file.seek(place)
                file.write(raw)
    assert listed
