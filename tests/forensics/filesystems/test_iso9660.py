"""Discs by genisoimage whose primary tree has what their Joliet has not, compared with isoinfo and 7-Zip."""

from __future__ import annotations

import hashlib
import random
import subprocess
from pathlib import Path

import pytest

from forensics.errors import FormatError
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.evidence.ranges import merged
from forensics.filesystems.base import Listing
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.iso9660 import is_iso9660, open_iso9660
from forensics.filesystems.unallocated import holding, unallocated
from forensics.model import EntryKind
from forensics.volumes.volume import VolumeLayer

HIDDEN = "/[ISO 9660]"
FILES = {
    "/plain.txt": b"ledger\n",
    "/großes €.bin": hashlib.shake_256(b"large").digest(70_001),
    "/folder/note.txt": b"a note\n",
    "/folder/secret.txt": b"only in the other tree\n" * 300,
    "/folder/secret.empty": b"",
    "/hidden folder/of the ledger.txt": b"in a folder that Joliet lacks\n",
}
ALONE = {"/folder/secret.txt", "/folder/secret.empty", "/hidden folder/of the ledger.txt"}


def made(folder: Path, *words: str) -> Path:
    tree = folder / "tree"
    for name, each in FILES.items():
        (tree / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tree / name[1:]).write_bytes(each)
    (tree / "link").symlink_to("plain.txt")
    path = folder / "disc.iso"
    command = ["genisoimage", "-quiet", "-input-charset", "utf-8", "-V", "DISC", *words, "-o", str(path), str(tree)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def hidden() -> list[str]:
    return [word for name in ("secret.*", "hidden folder") for word in ("-hide-joliet", name)]


def opened(path: Path) -> Listing:
    image = open_image(open_segments([path]))
    layer = VolumeLayer(image, 1, 0, image.size)
    assert is_iso9660(layer)
    return open_iso9660(layer)


def contents(system: Listing) -> dict[str, bytes]:
    found = {}
    for entry in system.walk():
        if entry.kind is EntryKind.FILE:
            assert entry.allocated
            data = EntryLayer(system, entry).read(0, entry.size)
            assert system.read_entry(entry, 0, entry.size) == data
            assert entry.path not in found
            found[entry.path] = data
    return found


def test_what_only_rock_ridge_has_is_listed_with_its_name(tmp_path: Path) -> None:
    system = opened(made(tmp_path, "-J", "-R", *hidden()))
    found = contents(system)
    assert found.pop("/link") == b""  # all that Joliet has of it
    assert found == {HIDDEN + name if name in ALONE else name: data for name, data in FILES.items()}
    folders = {each.path for each in system.walk() if each.kind is EntryKind.DIRECTORY}
    assert folders == {"/folder", f"{HIDDEN}/hidden folder"}
    assert not system.refused
    link = next(each for each in system.walk() if each.path == f"{HIDDEN}/link")
    assert link.kind is EntryKind.LINK
    assert "a link to plain.txt" in link.caveats
    words = "an ISO 9660 of 5 files with content stands beside a Joliet; 5 entries that it alone has"
    assert any(each.startswith(words) for each in system.caveats)


def test_isoinfo_and_seven_zip_name_the_same(tmp_path: Path) -> None:
    path = made(tmp_path, "-J", "-R", *hidden())
    primary = subprocess.run(["isoinfo", "-R", "-f", "-i", path], check=True, capture_output=True, text=True).stdout
    subprocess.run(["7z", "x", f"-o{tmp_path / 'out'}", path], check=True, capture_output=True)
    out = tmp_path / "out"
    joliet = {f"/{each.relative_to(out)}": each.read_bytes() for each in out.rglob("*") if each.is_file()}
    found = contents(opened(path))
    assert {name: data for name, data in found.items() if not name.startswith(HIDDEN)} == joliet
    names = {each.path.removeprefix(HIDDEN) for each in opened(path).walk()}
    assert names == set(primary.split("\n")) - {""}


def test_without_whole_names_only_what_has_bytes_is_told_apart(tmp_path: Path) -> None:
    system = opened(made(tmp_path, "-J", *hidden()))
    found = contents(system)
    alone = [data for name, data in found.items() if name.startswith(HIDDEN)]
    assert sorted(alone) == sorted(FILES[name] for name in ALONE if FILES[name])
    assert all(found[name] == data for name, data in FILES.items() if name not in ALONE)


@pytest.mark.parametrize("words", [("-J", "-R"), ("-R",), ("-J",), ()])
def test_equal_trees_are_listed_once(tmp_path: Path, words: tuple[str, ...]) -> None:
    system = opened(made(tmp_path, *words))
    found = contents(system)
    assert not [name for name in found if name.startswith(HIDDEN)]
    assert sorted(data for data in found.values() if data) == sorted(data for data in FILES.values() if data)
    if words:
        assert set(FILES) <= set(found)


def test_deep_folders_long_names_and_times(tmp_path: Path) -> None:
    deep = tmp_path / "tree" / "/".join(f"folder {number}" for number in range(12))
    deep.mkdir(parents=True)
    long = f"{'a long name ' * 18}.txt"
    (deep / long).write_bytes(b"deep down")
    (deep / "long link").symlink_to("../up/and down/note.txt")
    system = opened(made(tmp_path, "-R"))
    entries = {each.path: each for each in system.walk()}
    path = f"/{deep.relative_to(tmp_path / 'tree')}"
    assert EntryLayer(system, entries[f"{path}/{long}"]).read(0, 9) == b"deep down"
    assert "a link to ../up/and down/note.txt" in entries[f"{path}/long link"].caveats
    stored = {each.field: each.when for each in entries[f"{path}/{long}"].times}
    assert stored["modified"] is not None
    assert int(stored["modified"].timestamp()) == int((deep / long).stat().st_mtime)
    assert set(stored) == {"modified", "accessed", "changed"}
    assert set(entries) - {"/rr_moved"} == {
        f"/{each.relative_to(tmp_path / 'tree')}" for each in (tmp_path / "tree").rglob("*")
    }
    assert not system.refused


def test_damage_ends_in_words(tmp_path: Path) -> None:
    path = made(tmp_path, "-J", "-R", *hidden())
    whole = path.read_bytes()
    chance = random.Random(7)
    listed = 0
    for _ in range(80):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(32768, 32768 + 30 * 2048)] ^= 1 << chance.randrange(8)
        path.write_bytes(raw[: chance.choice((len(raw), chance.randrange(32774, len(raw))))])
        image = open_image(open_segments([path]))
        try:
            system = open_iso9660(VolumeLayer(image, 1, 0, image.size))
        except FormatError:
            continue
        listed += bool(list(system.walk()))
    assert listed


def test_nothing_that_is_held_is_called_unallocated(tmp_path: Path) -> None:
    path = made(tmp_path, "-J", "-R", *hidden())
    system = opened(path)
    free = unallocated(system, merged([run for each in system.walk() for run in holding(each)]))
    raw = path.read_bytes()
    for data in FILES.values():
        at = raw.index(data) if data else -1
        assert not [run for run in free if run.offset <= at < run.end]


def test_a_damaged_joliet_leaves_the_primary_tree(tmp_path: Path) -> None:
    path = made(tmp_path, "-J", "-R", *hidden())
    raw = bytearray(path.read_bytes())
    raw[34816 + 156 : 34816 + 190] = bytes(34)  # the record of the first folder of the Joliet
    path.write_bytes(raw)
    found = contents(opened(path))
    assert set(FILES.values()) <= set(found.values())
