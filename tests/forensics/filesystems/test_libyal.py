"""XFS made by mkfs.xfs, over several allocation groups: names, places and bytes of every file."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from forensics.errors import FormatError
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.libyal import LibraryFileSystem, library_kind
from forensics.model import EntryKind, Storage
from forensics.volumes.volume import VolumeLayer


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """An XFS that mkfs.xfs fills from a prototype file: folders spread over its allocation groups."""
    if shutil.which("mkfs.xfs") is None:
        pytest.fail("mkfs.xfs is needed: install the package xfsprogs")
    folder = tmp_path_factory.mktemp("xfs")
    files: dict[str, bytes] = {"/empty": b""}
    lines = ["x", "0 0", "d--755 0 0", f"empty ---644 0 0 {folder / 'empty'}"]
    (folder / "empty").write_bytes(b"")
    for number in range(12):
        lines.append(f"folder{number} d--755 0 0")
        for size in (1, 4096, 70_001):
            content = hashlib.shake_256(b"%d %d" % (number, size)).digest(size)
            source = folder / f"{number}-{size}"
            source.write_bytes(content)
            files[f"/folder{number}/file{size}"] = content
            lines.append(f"file{size} ---644 0 0 {source}")
        lines.append("$")
    lines.append("$")
    proto, path = folder / "proto", folder / "disk.raw"
    proto.write_text("\n".join(lines) + "\n")
    path.write_bytes(b"")
    with path.open("r+b") as file:
        file.truncate(320 << 20)
    subprocess.run(["mkfs.xfs", "-q", "-d", "agcount=4", "-p", proto, path], check=True, capture_output=True)
    return path, files


def test_every_file_is_listed_and_lies_where_it_is_said_to(disk: tuple[Path, dict[str, bytes]]) -> None:
    path, files = disk
    image = open_image(open_segments([path]))
    layer = VolumeLayer(image, 1, 0, image.size)
    assert library_kind(layer) == "xfs"
    system = LibraryFileSystem(layer, "xfs")
    entries = {each.path: each for each in system.walk()}
    assert {name for name, each in entries.items() if each.kind is EntryKind.FILE} == set(files)
    assert any("only live entries" in caveat for caveat in system.caveats)
    groups = set()
    for name, content in files.items():
        entry = entries[name]
        assert entry.size == len(content)
        assert EntryLayer(system, entry).read(0, entry.size) == content
        assert system.read_entry(entry, 0, entry.size) == content
        if content:
            assert entry.storage is Storage.PLAIN
            assert b"".join(image.read(run.offset, run.length) for run in entry.runs) == content
            groups.add(entry.runs[0].offset // (80 << 20))
    assert len(groups) > 1


def test_what_is_no_xfs_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "noise"
    path.write_bytes(b"XFSB" + bytes(range(256)) * 400)
    image = open_image(open_segments([path]))
    with pytest.raises(FormatError, match="xfs cannot be opened"):
        LibraryFileSystem(VolumeLayer(image, 1, 0, image.size), "xfs")
