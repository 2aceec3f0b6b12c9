"""Deleted files and strings where the public tests of forensic tools have them, compared with what was planted.

The cases follow NIST's Computer Forensic Tool Testing: "Active File Identification & Deleted File Recovery Tool
Specification" (2009) and "Forensic String Searching Tool". Each is found, or the table says why it cannot be; such a
limit is a test as well: a tool that came to find it would be told to change the table.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import random
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from tests.end2end.planted_fat import FOLDER, Fat

FATS, EXTS = ("fat32", "fat12", "fat16"), ("ext2", "ext3", "ext4")
FIRST = 1 << 20  # of the first partition, the FAT32
EDGES = {
    "edge": 16 << 20,
    "border": (16 << 20) - FIRST,
}  # 16 MiB of the volume and of the disk: units of a sweep end so

RECOVERY: dict[str, str] = {  # what became of a file: why it cannot be had, or nothing
    "whole": "",
    "around": "",  # what lies between its pieces is another's
    "apart": "the chain is gone: a free gap between its pieces cannot be told from its own bytes",
    "over": "its first clusters are another file's now",
    "within": "",  # in a deleted folder
    "empty": "",
    "name": "only its name is left: its cluster is another file's now",
}
SEARCH: dict[str, str] = {
    "slack": "",
    "pieces": "",  # across two pieces of a file
    "free": "",
    "little": "",  # UTF-16
    "big": "",
    "remains": "",  # what an overwritten file left
    "torn": "across two pieces of a deleted file whose chain is gone",
}
EXT_RECOVERY = {"whole": "", "indirect": "", "over": "its first block is another's now", "within": "", "empty": "", "cleared": "only its name is left"}  # fmt: skip
EXT_SEARCH = {"slack": "", "pieces": "", "free": "", "little": "", "big": "", "remains": ""}
NTFS_RECOVERY = {"whole": "", "resident": "", "empty": "", "over": "its first cluster is another's now"}
NTFS_SEARCH = {"slack": "", "free": "", "little": "", "big": "", "remains": ""}


@dataclass(frozen=True, slots=True)
class Case:
    """One case and what is expected of it."""

    system: str
    about: str  # recovery, search
    name: str
    limit: str


CASES = [
    *(Case(kind, "recovery", name, why) for kind in FATS for name, why in RECOVERY.items()),
    *(Case(kind, "search", name, why) for kind in FATS for name, why in SEARCH.items()),
    *(Case("fat32", "search", name, "") for name in EDGES),
    *(Case(kind, "recovery", name, why) for kind in EXTS for name, why in EXT_RECOVERY.items()),
    *(Case(kind, "search", name, why) for kind in EXTS for name, why in EXT_SEARCH.items()),
    *(Case("ntfs", "recovery", name, why) for name, why in NTFS_RECOVERY.items()),
    *(Case("ntfs", "search", name, why) for name, why in NTFS_SEARCH.items()),
]


def content(system: str, name: str, size: int) -> bytes:
    """Bytes of a file: no address, no letters."""
    return random.Random(f"{system} {name}").randbytes(size).translate(bytes(128 + each // 2 for each in range(256)))


def address(system: str, name: str) -> str:
    """The string of a case."""
    return f"{name}.{system}@vendor.example"


def split(system: str, name: str, at: int, size: int) -> bytes:
    """A file in which the string of a case crosses the byte `at`."""
    data = bytearray(content(system, name, size))
    said = f"\n{address(system, name)}\n".encode()
    data[at - 9 : at - 9 + len(said)] = said
    return bytes(data)


def make_fat(system: str, path: Path) -> dict[str, bytes]:
    """One of each case; returns the deleted files."""
    fat = Fat(int(system[3:]), path)
    unit = fat.unit
    gone = {name: content(system, name, 4 * unit + 100) for name in RECOVERY}
    gone["empty"] = b""
    gone["torn"] = split(system, "torn", unit, 3 * unit)
    gone["over"] = split(system, "remains", 4 * unit - 3 * unit // 2, 4 * unit)
    fat.file("WHOLE.BIN", gone["whole"], fat.take(5), deleted=True)
    first, wall, *rest = fat.take(6)
    fat.file("AROUND.BIN", gone["around"], [first, *rest], deleted=True)
    fat.file("WALL.BIN", content(system, "wall", unit), [wall])
    first, _, *rest = fat.take(6)
    fat.file("APART.BIN", gone["apart"], [first, *rest], deleted=True)
    first, _, *rest = fat.take(4)
    fat.file("TORN.BIN", gone["torn"], [first, *rest], deleted=True)
    clusters = fat.take(4)
    fat.file("OVER.BIN", gone["over"], clusters, deleted=True)
    fat.file("NEW.BIN", content(system, "new", 2 * unit), clusters[:2])
    folder, *within = fat.take(6)
    fat.root("FOLDER", [folder], 0, FOLDER, deleted=True)
    entries = (fat.entry(".", folder, 0, FOLDER), fat.entry("..", 0, 0, FOLDER), fat.entry("WITHIN.BIN", within[0], len(gone["within"]), deleted=True))  # fmt: skip
    fat.write([folder], b"".join(entries))
    fat.write(within, gone["within"])
    fat.root("EMPTY.BIN", [], 0, deleted=True)
    fat.root("NAME.BIN", [wall], unit, deleted=True)
    slack = fat.take(1)
    fat.write(slack, bytes(200) + f"\n{address(system, 'slack')}\n".encode())
    fat.file("SLACK.BIN", content(system, "slack", 100), slack)
    first, other, second = fat.take(3)
    fat.file("PIECES.BIN", split(system, "pieces", unit, 2 * unit), [first, second])
    fat.file("OTHER.BIN", content(system, "other", unit), [other])
    free = fat.at(fat.take(12)[6])
    put_free(fat.disk, free, system)
    if system == "fat32":
        for name, at in EDGES.items():
            said = f"\n{address(system, name)}\n".encode()
            fat.disk[at - 9 : at - 9 + len(said)] = said
    fat.done()
    return gone


def put_free(disk: bytearray, at: int, system: str) -> None:
    """Strings in space that is nobody's, in three encodings, 256 bytes from each other."""
    for number, (name, encoding) in enumerate((("free", "ascii"), ("little", "utf-16-le"), ("big", "utf-16-be"))):
        said = f"\n{address(system, name)}\n".encode(encoding)
        disk[at + number * 256 : at + number * 256 + len(said)] = said


def debugfs(path: Path, *commands: str, write: bool = True) -> str:
    told = subprocess.run(["debugfs", *(("-w",) if write else ()), "-f", "-", path], input="\n".join(commands), text=True, check=True, capture_output=True)  # fmt: skip
    return told.stdout


def make_ext(system: str, path: Path) -> dict[str, bytes]:
    """One of each case by mke2fs and debugfs; ext2 has an indirect block between the pieces of a file."""
    tree = path.with_suffix(".tree")
    (tree / "folder").mkdir(parents=True)
    unit = 1024
    gone = {name: content(system, name, 5 * unit + 100) for name in EXT_RECOVERY}
    gone |= {
        "empty": b"",
        "indirect": content(system, "indirect", 40 * unit),
        "over": split(system, "remains", 3 * unit, 5 * unit),
    }
    for name, data in gone.items():
        (tree / ("folder" if name == "within" else "") / f"{name}.bin").write_bytes(data)
    (tree / "slack.bin").write_bytes(content(system, "slack", 100))
    (tree / "pieces.bin").write_bytes(split(system, "pieces", 12 * unit, 14 * unit))
    path.write_bytes(bytes(8 << 20))
    subprocess.run([f"mkfs.{system}", "-q", "-F", "-b", str(unit), "-d", tree, path], check=True, capture_output=True)
    lasting = {name: int(debugfs(path, f"bmap {name}.bin 0", write=False).split()[-1]) for name in ("slack", "over")}
    free = int(debugfs(path, "ffb 8 7000", write=False).rsplit(":", 1)[-1].split()[0])
    debugfs(
        path,
        *(f"rm {name}.bin" for name in gone if name not in ("within", "cleared")),
        "rm folder/within.bin",
        "rmdir folder",
    )
    inode = debugfs(path, "stat cleared.bin", write=False).split("Inode:", 1)[1].split()[0]
    debugfs(path, "rm cleared.bin", f"clri <{inode}>", f"setb {lasting['over']}")
    disk = bytearray(path.read_bytes())
    disk[lasting["over"] * unit : (lasting["over"] + 1) * unit] = content(system, "new", unit)
    said = f"\n{address(system, 'slack')}\n".encode()
    disk[lasting["slack"] * unit + 200 : lasting["slack"] * unit + 200 + len(said)] = said
    put_free(disk, free * unit, system)
    path.write_bytes(disk)
    return gone


def unlist(disk: bytearray, name: bytes) -> None:
    """Take a name out of the only index block, the root's; entries behind it move up (Linux-NTFS documentation)."""
    block = disk.index(b"INDX")
    fixes, count = struct.unpack_from("<HH", disk, block + 4)
    ends = [block + 512 * number - 2 for number in range(1, count)]
    for number, end in enumerate(ends, 1):
        disk[end : end + 2] = disk[block + fixes + 2 * number : block + fixes + 2 * number + 2]
    begin, length = struct.unpack_from("<II", disk, block + 24)
    at, last = block + 24 + begin, block + 24 + length
    while disk[at + 82 : at + 82 + len(name)] != name:
        at += struct.unpack_from("<H", disk, at + 8)[0]
    size = struct.unpack_from("<H", disk, at + 8)[0]
    disk[at:last] = disk[at + size : last] + bytes(size)
    struct.pack_into("<I", disk, block + 28, length - size)
    for number, end in enumerate(ends, 1):
        disk[block + fixes + 2 * number : block + fixes + 2 * number + 2] = disk[end : end + 2]
        disk[end : end + 2] = disk[block + fixes : block + fixes + 2]


def make_ntfs(system: str, path: Path) -> dict[str, bytes]:
    """Made by mkntfs, filled by ntfscp; a file is deleted in its record and in the index of its folder.

    Its clusters stay in the bitmap, as when the power fails amid a deletion.
    """
    unit = 1024
    gone = {
        "whole": content(system, "whole", 9 * unit + 100),
        "resident": content(system, "resident", 200),
        "empty": b"",
        "over": split(system, "remains", 3 * unit, 5 * unit),
    }
    path.write_bytes(bytes(12 << 20))
    subprocess.run(["mkntfs", "-q", "-F", "-f", "-c", str(unit), path], check=True, capture_output=True)
    for name, data in {**gone, "slack": content(system, "slack", 2 * unit + 100)}.items():
        file = path.with_suffix(f".{name}")
        file.write_bytes(data)
        subprocess.run(["ntfscp", "-f", "-q", path, file, f"{name}.bin"], check=True, capture_output=True)
    disk = bytearray(path.read_bytes())
    for name in gone:
        record = disk.rindex(b"FILE", 0, disk.index(f"{name}.bin".encode("utf-16-le"), disk.index(b"FILE0")))
        assert disk[record + 22] == 1  # in use, no folder
        disk[record + 22] = 0
        unlist(disk, f"{name}.bin".encode("utf-16-le"))
    begins = disk.index(gone["over"][:unit])
    disk[begins : begins + unit] = content(system, "new", unit)
    slack = disk.index(content(system, "slack", 2 * unit + 100)) + 2 * unit + 200
    said = f"\n{address(system, 'slack')}\n".encode()
    disk[slack : slack + len(said)] = said
    free = 9 << 20
    told = subprocess.run(
        ["blkstat", "-f", "ntfs", path, str(free // unit)], check=True, capture_output=True, text=True
    )
    assert "Not Allocated" in told.stdout
    put_free(disk, free, system)
    path.write_bytes(disk)
    return gone


@dataclass(frozen=True, slots=True)
class Told:
    """What was planted on one volume, and what an examination says."""

    gone: dict[str, bytes]
    entries: list[dict[str, Any]]
    addresses: set[str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """Every file system, examined as the partitions of one disk."""
    folder = tmp_path_factory.mktemp("recovery")
    planted = {kind: make_fat(kind, folder / f"{kind}.raw") for kind in FATS}
    planted |= {kind: make_ext(kind, folder / f"{kind}.raw") for kind in EXTS}
    planted["ntfs"] = make_ntfs("ntfs", folder / "ntfs.raw")
    disk, case = folder / "disk.raw", str(folder / "case")
    volumes = [(folder / f"{kind}.raw").read_bytes() for kind in planted]
    disk.write_bytes(bytes(FIRST) + b"".join(volumes) + bytes(1 << 20))
    table = "label: gpt\n" + "".join(f"size={len(each) >> 10}KiB\n" for each in volumes)
    subprocess.run(["sfdisk", "-q", disk], input=table, text=True, check=True, capture_output=True)
    spoken("case", "new", case, "--number", "1", "--examiner", "Ada Vale")
    spoken("add", case, str(disk))
    spoken("examine", case, "--workers", "2", "--progress", "none")
    entries = [json.loads(line) for line in spoken("tree", case, "--json").splitlines()]
    found = [json.loads(line) for line in spoken("findings", case, "--json").splitlines()]
    addresses = {each["value"] for each in found if each["kind"] == "contact/email"}
    numbers = sorted({each["volume"] for each in entries})
    return {
        kind: Told(planted[kind], [each for each in entries if each["volume"] == number], addresses)
        for kind, number in zip(planted, numbers, strict=True)
    }


def spoken(*words: str) -> str:
    """What the program says."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        main(list(words))
    return out.getvalue()


def name_of(case: Case) -> str:
    """The path under which the deleted file must be listed; FAT loses a first letter."""
    if case.system in FATS:
        folder = "/_OLDER" if case.name == "within" else ""
        return f"{folder}/_{case.name.upper()[1:]}.BIN"
    return f"{'/folder' if case.name == 'within' else ''}/{case.name}.bin"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.system}-{case.about}-{case.name}")
def test_what_was_planted_is_found_or_its_limit_is_known(case: Case, told: dict[str, Told]) -> None:
    here = told[case.system]
    if case.about == "search":
        found = address(case.system, case.name) in here.addresses
    else:
        listed = [each for each in here.entries if each["path"] == name_of(case)]
        assert listed, sorted(each["path"] for each in here.entries)
        assert not any(each["allocated"] for each in listed)
        data = here.gone[case.name]
        digest = hashlib.sha256(data).hexdigest()
        found = any(each["size"] == len(data) and (not data or each.get("sha256") == digest) for each in listed)
    assert found == (not case.limit), case.limit or "it must be found"


def test_there_are_as_many_cases_as_stated() -> None:
    assert len(CASES) >= 40
