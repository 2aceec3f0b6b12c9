"""Bridge discs by genisoimage: UDF and ISO 9660 beside each other, compared with 7-Zip's reading."""

from __future__ import annotations

import binascii
import hashlib
import subprocess
from pathlib import Path

import pytest

from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.evidence.ranges import merged
from forensics.filesystems.base import Listing
from forensics.filesystems.beside import Trees
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.udf import UdfFileSystem
from forensics.filesystems.udf_bridge import is_udf, open_udf
from forensics.filesystems.unallocated import holding, unallocated
from forensics.model import EntryKind
from forensics.volumes.table import volumes
from forensics.volumes.volume import VolumeLayer

HIDDEN = "/[ISO 9660]/"


def opened(path: Path) -> Listing:
    image = open_image(open_segments([path]))
    layer = VolumeLayer(image, 1, 0, image.size)
    assert is_udf(layer)
    return open_udf(layer)


def contents(system: Listing) -> dict[str, bytes]:
    found = {}
    for entry in system.walk():
        if entry.kind is EntryKind.FILE:
            data = EntryLayer(system, entry).read(0, entry.size)
            assert system.read_entry(entry, 0, entry.size) == data
            assert entry.path not in found
            found[entry.path] = data
    return found


def led_elsewhere(disc: bytes, name: bytes, other: bytes) -> bytes:
    """The disc after the UDF name was made to lead to the record of the other name."""
    raw = bytearray(disc)
    at, source = (raw.index(b"\x08" + each) - 38 for each in (name, other))
    raw[at + 20 : at + 36] = raw[source + 20 : source + 36]
    length = int.from_bytes(raw[at + 10 : at + 12], "little")
    raw[at + 8 : at + 10] = binascii.crc_hqx(raw[at + 16 : at + 16 + length], 0).to_bytes(2, "little")
    raw[at + 4] = (sum(raw[at : at + 16]) - raw[at + 4]) & 0xFF
    return bytes(raw)


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Folders, names of one and two bytes a character, and a file that only the ISO 9660 leads to."""
    root = tmp_path_factory.mktemp("bridge")
    tree = root / "tree"
    files = {f"/many/deep {n % 5}/note {n}.txt": hashlib.shake_256(b"%d" % n).digest(n * 97) for n in range(120)}
    files |= {"/empty": b"", "/großes €.bin": hashlib.shake_256(b"large").digest(900_001), "/plain.txt": b"ledger\n"}
    files["/secret.txt"] = b"only in the other tree\n" * 300
    for name, each in files.items():
        (tree / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tree / name[1:]).write_bytes(each)
    path = root / "bridge.iso"
    words = ["genisoimage", "-quiet", "-udf", "-J", "-R", "-input-charset", "utf-8", "-V", "BRIDGE"]
    subprocess.run([*words, "-o", path, tree], check=True, capture_output=True)
    path.write_bytes(led_elsewhere(path.read_bytes(), b"secret.txt", b"plain.txt"))
    return path, files


def test_the_udf_is_listed_and_what_only_the_iso_9660_has(disc: tuple[Path, dict[str, bytes]]) -> None:
    path, files = disc
    system = opened(path)
    assert isinstance(system, Trees)
    found = contents(system)
    hidden = {name: data for name, data in found.items() if name.startswith(HIDDEN)}
    assert list(hidden.values()) == [files["/secret.txt"]]
    assert {name: data for name, data in found.items() if name not in hidden} == {
        **files,
        "/secret.txt": files["/plain.txt"],
    }
    assert not system.refused
    count = sum(1 for each in files.values() if each)
    for title, more in (("a Joliet", 1), ("an ISO 9660", 0)):
        said = f"{title} of {count} files with content stands beside its UDF; {more} entries"
        assert any(each.startswith(said) for each in system.caveats)
    entry = next(each for each in system.walk() if each.path.startswith(HIDDEN))
    assert "only in a Joliet of this disc" in " ".join(entry.caveats)


def test_seven_zip_reads_the_same(disc: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    path, _ = disc
    subprocess.run(["7z", "x", "-tudf", f"-o{tmp_path}", path], check=True, capture_output=True)
    theirs = {f"/{each.relative_to(tmp_path)}": each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    ours = {name: data for name, data in contents(opened(path)).items() if not name.startswith(HIDDEN)}
    assert ours == theirs


def test_times_are_those_of_the_files(disc: tuple[Path, dict[str, bytes]]) -> None:
    path, _ = disc
    entry = next(each for each in opened(path).walk() if each.path == "/plain.txt")
    stored = int((path.parent / "tree" / "plain.txt").stat().st_mtime)
    moment = next(each for each in entry.times if each.field == "modified")
    assert moment.when is not None
    assert int(moment.when.timestamp()) == stored
    assert moment.zone == "utc"


def test_nothing_that_is_held_is_called_unallocated(disc: tuple[Path, dict[str, bytes]]) -> None:
    path, files = disc
    system = opened(path)
    held = merged([run for each in system.walk() for run in holding(each)])
    free = unallocated(system, held)
    assert not [run for run in free for each in held if run.offset < each.end and each.offset < run.end]
    raw = path.read_bytes()
    large = raw.index(files["/großes €.bin"])
    assert not [run for run in free if run.offset <= large < run.end]
    assert any(run.offset == 0 for run in free)  # the system area


def test_one_volume_is_found_and_named(disc: tuple[Path, dict[str, bytes]]) -> None:
    table = volumes(open_image(open_segments([disc[0]])))
    (volume,) = table.volumes
    assert volume.content is not None
    assert volume.content.name == "udf"


@pytest.mark.parametrize("cut", [100, 257, 260, 265])
def test_a_damaged_udf_leaves_its_iso_9660(disc: tuple[Path, dict[str, bytes]], tmp_path: Path, cut: int) -> None:
    """Anchors, file set or root overwritten: the other tree is listed, and it is said why."""
    path, files = disc
    raw = bytearray(path.read_bytes())
    if cut == 100:
        for sector in (256, len(raw) // 2048 - 1):
            raw[sector * 2048 : sector * 2048 + 16] = bytes(16)
    else:
        raw[257 * 2048 : cut * 2048 + 2048] = bytes((cut - 256) * 2048)
    damaged = tmp_path / "damaged.iso"
    damaged.write_bytes(raw)
    system = opened(damaged)
    if isinstance(system, UdfFileSystem) or system.kind == "udf":
        pytest.fail("the file set was overwritten, and yet it was opened")
    assert system.kind == "iso9660"
    assert any(each.startswith("only its ISO 9660 is listed: ") for each in system.caveats)
    found = {name: data for name, data in contents(system).items() if not name.startswith("/$OrphanFiles/")}
    assert found == files
