"""Encrypted APFS volumes: named, opened with a password or a recovery key, walked and searched; wrong keys; damage.

The containers are written by `made_apfs`; The Sleuth Kit lists a plain one as it was made. Debian's build of it has no
AES, so an encrypted one is held against libfsapfs alone here. dissect.apfs 1.1 read the same bytes with the same two keys.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.errors import EvidenceError, FormatError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.evidence.ranges import merged
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.libyal import LibraryFileSystem
from forensics.model import ByteRun, EntryKind
from forensics.volumes.keyed import KeyedImage, unlock
from forensics.volumes.table import unexamined_reason, volumes
from forensics.volumes.volume import VolumeLayer
from tests.forensics.volumes.made_apfs import BLOCK, checksum, encrypt, made

PASSWORD, RECOVERY, OTHER = "garden gate lantern", "Q4TN-77WC-LPZ2-KD0A-9RMX-E5UV", "blue folder"
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
LONG = hashlib.shake_256(b"long").digest(5 * BLOCK + 77)
FILES = {
    "Macintosh HD": {"readme.txt": b"nothing here\n"},
    "Data": {"note.txt": f"pay to {ADDRESS} until Friday\n".encode() * 9, "long.bin": LONG, "none.txt": b""},
    "Backup": {"old.txt": b"the ledger is in the blue folder\n"},
}
BAGS = 200
CORPUS = Path(os.environ.get("IMPOUND_CORPUS", "no corpus"))


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A container with a plain volume and two encrypted ones, each with keys of its own."""
    data = made(FILES)
    encrypt(data, {"Data": [PASSWORD, RECOVERY], "Backup": [OTHER]}, BAGS)
    path = tmp_path_factory.mktemp("apfs") / "disk.raw"
    path.write_bytes(data)
    return path


def opened(path: Path) -> Image:
    return open_image(open_segments([path]))


def listed(layer: VolumeLayer, inner: int = 0, secret: bytes = b"") -> dict[str, bytes]:
    system = LibraryFileSystem(layer, "apfs", inner, secret)
    files = [entry for entry in system.walk() if entry.kind is EntryKind.FILE]
    return {entry.path: EntryLayer(system, entry).read(0, entry.size) for entry in files}


def test_the_sleuth_kit_lists_a_container_made_here(tmp_path: Path) -> None:
    path = tmp_path / "plain.raw"
    path.write_bytes(made(FILES))
    if shutil.which("fls") is None:
        pytest.fail("fls is needed: install the package sleuthkit")
    told = subprocess.run(["pstat", path], capture_output=True, text=True, check=False).stdout
    blocks = re.findall(r"APSB Block Number: (\d+)", told)
    assert len(blocks) == len(FILES)
    for block, files in zip(blocks, FILES.values(), strict=True):
        call = ["fls", "-P", "apfs", "-B", block, path]
        lines = subprocess.run(call, capture_output=True, text=True, check=True).stdout.splitlines()
        names = {line.partition("\t")[2]: re.findall(r"\d+", line)[0] for line in lines}
        assert set(names) == set(files)
        for name, content in files.items():
            call = ["icat", "-P", "apfs", "-B", block, str(path), names[name]]
            assert subprocess.run(call, capture_output=True, check=True).stdout == content


def test_encrypted_volumes_are_named_and_opened_one_by_one(disk: Path) -> None:
    image = opened(disk)
    container, data, backup = volumes(image).volumes
    assert unexamined_reason(container.content) == ""
    assert unexamined_reason(data.content) == "encrypted (apfs): Data"
    assert unexamined_reason(backup.content) == "encrypted (apfs): Backup"
    assert backup.steps == ("apfs:3",)
    layer = VolumeLayer(image, 1, 0, image.size)
    plain = LibraryFileSystem(layer, "apfs")
    assert [entry.path for entry in plain.walk()] == ["/Macintosh HD", "/Macintosh HD/readme.txt"]
    assert [each for each in plain.caveats if "encrypted" in each] == [
        "APFS volume Data is encrypted: it is listed as a volume of its own",
        "APFS volume Backup is encrypted: it is listed as a volume of its own",
    ]
    for number, name, secret in ((2, "Data", PASSWORD), (2, "Data", RECOVERY), (3, "Backup", OTHER)):
        kept = unlock(layer, "apfs", secret.encode(), number)
        assert listed(layer, number, kept["key"]) == {f"/{file}": content for file, content in FILES[name].items()}
        table = volumes(KeyedImage(image, [kept]))
        assert [unexamined_reason(each.content) == "" for each in table.volumes] == [True, number == 2, number == 3]


def sealed(plain: bytes, locked: bytes) -> set[int]:
    """Blocks that encryption changed and that are no objects in plain; key bags are behind them."""
    found = set()
    for block in range(BAGS):
        at = block * BLOCK
        now = locked[at : at + BLOCK]
        if now != plain[at : at + BLOCK] and checksum(now) != int.from_bytes(now[:8], "little"):
            found.add(block)
    return found


def test_a_locked_volume_answers_for_its_ciphertext_to_the_byte(disk: Path) -> None:
    image = opened(disk)
    container, data, backup = volumes(image).volumes
    claimed = [run for each in (container, data, backup) for run in each.covers]
    assert sum(run.length for run in claimed) == image.size
    assert merged(claimed) == (ByteRun(0, image.size),)
    locked = merged([*data.covers, *backup.covers])
    blocks = {run.offset // BLOCK + number for run in locked for number in range(run.length // BLOCK)}
    assert blocks == sealed(bytes(made(FILES)), disk.read_bytes())
    system = LibraryFileSystem(VolumeLayer(image, 1, 0, image.size), "apfs")
    assert system.metadata == locked


@pytest.mark.parametrize("at", [144, 128])
def test_without_its_books_a_locked_volume_may_lie_anywhere(tmp_path: Path, disk: Path, at: int) -> None:
    data = bytearray(disk.read_bytes())
    block = next(
        place for place in range(0, len(data), BLOCK) if data[place + 32 : place + 36] == b"APSB" and data[place + 36]
    )
    data[int.from_bytes(data[block + at : block + at + 8], "little") * BLOCK + 40] ^= 4
    path = tmp_path / "damaged.raw"
    path.write_bytes(data)
    image = opened(path)
    container, locked = volumes(image).volumes[:2]
    assert locked.covers == (ByteRun(0, image.size),)
    assert "is damaged" in locked.caveats[0]
    assert sum(run.length for run in container.covers) < image.size


def test_places_of_files_hold_their_encrypted_bytes(disk: Path) -> None:
    image = opened(disk)
    system = LibraryFileSystem(VolumeLayer(image, 2, 0, image.size), "apfs", 2, PASSWORD.encode())
    entry = next(each for each in system.walk() if each.path == "/long.bin")
    assert sum(run.length for run in entry.runs) == len(LONG)
    held = b"".join(image.read(run.offset, run.length) for run in entry.runs)
    assert len(held) == len(LONG)
    assert held != LONG
    layer = EntryLayer(system, entry)
    for at, length in ((0, 1), (511, 2), (BLOCK - 3, 9), (5 * BLOCK, 77)):
        assert layer.read(at, length) == LONG[at : at + length]


@pytest.mark.parametrize("wrong", ["", "Garden gate lantern", OTHER, "\udcff"])
def test_a_wrong_key_opens_nothing(disk: Path, wrong: str) -> None:
    image = opened(disk)
    with pytest.raises(EvidenceError, match="does not open this APFS volume"):
        unlock(VolumeLayer(image, 1, 0, image.size), "apfs", wrong.encode("utf-8", "surrogateescape"), 2)


def test_keys_that_are_not_on_the_image(tmp_path: Path, disk: Path) -> None:
    data = bytearray(disk.read_bytes())
    data[BAGS * BLOCK : (BAGS + 1) * BLOCK] = bytes(BLOCK)  # as where the chip of a Mac keeps them
    path = tmp_path / "damaged.raw"
    path.write_bytes(data)
    image = opened(path)
    layer = VolumeLayer(image, 1, 0, image.size)
    with pytest.raises((EvidenceError, FormatError)):
        unlock(layer, "apfs", PASSWORD.encode(), 2)
    assert listed(layer) == {"/Macintosh HD/readme.txt": b"nothing here\n"}


def test_damage_is_refused_in_words(tmp_path: Path, disk: Path) -> None:
    whole = disk.read_bytes()
    used = [at for at in range(0, len(whole), BLOCK) if any(whole[at : at + BLOCK])]
    chance = random.Random(5)
    path = tmp_path / "damaged.raw"
    read = 0
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.choice(used) + chance.randrange(256)] ^= 1 << chance.randrange(8)
        path.write_bytes(data[: chance.choice((len(data), chance.randrange(BLOCK, len(data))))])
        image = opened(path)
        volumes(image)
        layer = VolumeLayer(image, 1, 0, image.size)
        try:
            unlock(layer, "apfs", PASSWORD.encode(), 2)
            read += bool(listed(layer, 2, PASSWORD.encode()))
        except (EvidenceError, FormatError):
            continue
    assert read


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_examination_of_an_encrypted_volume(tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case"
    assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(case), str(disk), "--secret", "2=wrong"]) == 1
    assert "volume 2" in capsys.readouterr().err
    assert main(["add", str(case), str(disk), "--secret", f"2={RECOVERY}"]) == 0
    assert main(["examine", str(case), "--workers", "2", "--progress", "none"]) == 3
    tree = {(each["volume"], each["path"]): each.get("sha256") for each in lines(capsys, "tree", str(case))}
    assert tree[2, "/long.bin"] == hashlib.sha256(LONG).hexdigest()
    assert (1, "/Macintosh HD/readme.txt") in tree
    found = [each for each in lines(capsys, "findings", str(case)) if each["value"] == ADDRESS]
    assert len(found) == 9
    assert {str(each["locator"]) for each in found} == {"raw:disk.raw > partition:2 > apfs:2 > apfs:/note.txt"}
    place, total = lines(capsys, "unexamined", str(case))
    assert (place["reason"], str(place["detail"])[:26]) == ("encrypted", "encrypted (apfs): Backup; ")
    backup = volumes(opened(disk)).volumes[2].covers
    assert (place["offset"], place["bytes"]) == (backup[0].offset, 2 * BLOCK)
    assert (total["unexamined"], total["total"]) == (2 * BLOCK, disk.stat().st_size)
    assert main(["reproduce", str(case), str(found[0]["id"])]) == 0
    script = capsys.readouterr().out
    assert "encrypted APFS volume" in script
    assert subprocess.run(["sh"], input=script.encode(), capture_output=True, check=False).returncode == 0
    assert main(["ledger", "verify", str(case)]) == 0
    for file in case.rglob("*"):
        if file.is_file():
            assert RECOVERY.encode() not in file.read_bytes(), file


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus")
def test_a_volume_that_a_mac_wrote_and_this_maker_encrypted(tmp_path: Path) -> None:
    source = CORPUS / "images/dfvfs/apfs.raw"
    data = bytearray(source.read_bytes())
    encrypt(data, {"apfs_test": [PASSWORD]}, 900)
    path = tmp_path / "disk.raw"
    path.write_bytes(data)
    plain, image = opened(source), opened(path)
    expected = listed(VolumeLayer(plain, 1, 0, plain.size))
    found = listed(VolumeLayer(image, 2, 0, image.size), 1, PASSWORD.encode())
    assert {f"/apfs_test{name}": content for name, content in found.items()} == expected
    assert len(found) == 7
    locked = volumes(image).volumes[1]
    # The Mac counted 12: besides these, two nodes and two heads of its books, all in plain.
    assert sum(run.length for run in locked.covers) == 8 * BLOCK
