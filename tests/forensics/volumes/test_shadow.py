"""Shadow copies: NTFS by mkntfs and ntfscp in three states, the older two kept as Windows keeps them.

No tool on Linux writes shadow copies. The writer below follows libyal's description of the format; libvshadow reads
it, and the states that it was made from are known byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.errors import FormatError
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.tsk import open_filesystem
from forensics.model import ByteRun, EntryKind
from forensics.volumes.joined import JoinedImage
from forensics.volumes.shadow import copies, layer_of, places
from forensics.volumes.table import volumes

BLOCK = 16384
SIZE = 24 << 20
AREA = 18 << 20  # free in every state
MARK = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le
IDS = [uuid.UUID(int=number + 1).bytes_le for number in range(2)]
ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
PLACES = [AREA + BLOCK, AREA + (1 << 20)]  # of what belongs to each copy: header, list, ranges, bitmap, blocks


def content(name: str, state: int) -> bytes:
    """What a file holds in a state; `resident.bin` lies over the end of a sector of its record."""
    if name == "note.txt":
        return f"pay to {ADDRESS if state == 0 else 'nobody'} {state} ".encode() * 60
    return hashlib.shake_256(f"{name} {state}".encode()).digest({"big.bin": 200_000, "resident.bin": 540}[name])


def head(kind: int, at: int, following: int = 0) -> bytes:
    return (MARK + struct.pack("<IIQQQ", 1, kind, at - AREA, at, following)).ljust(128, b"\0")


def keep(image: bytearray, place: int, identifier: bytes, older: bytes, newer: bytes) -> None:
    """Put what `newer` lost of `older` behind `place`; every third block only in its changed sectors (an overlay)."""
    changed = [at for at in range(0, AREA, BLOCK) if older[at : at + BLOCK] != newer[at : at + BLOCK]]
    assert 3 < len(changed) < 400
    table = b""
    for number, at in enumerate(changed):
        kept = place + (4 + number) * BLOCK
        flags = bitmap = 0
        block = older[at : at + BLOCK]
        if number % 3 == 2:
            flags = 2
            for sector in range(32):
                piece = slice(sector * 512, sector * 512 + 512)
                if block[piece] != newer[at : at + BLOCK][piece]:
                    bitmap |= 1 << sector
                else:
                    block = block[: piece.start] + b"\xee" * 512 + block[piece.stop :]
        table += struct.pack("<QQQII", at, kept - place, kept, flags, bitmap)
        image[kept : kept + BLOCK] = block
    image[place : place + 256] = head(4, place) + (identifier + bytes(16) * 2).ljust(128, b"\0")
    image[place + BLOCK : place + BLOCK + 128 + len(table)] = head(3, place + BLOCK) + table
    image[place + 2 * BLOCK : place + 2 * BLOCK + 128] = head(5, place + 2 * BLOCK)
    image[place + 3 * BLOCK : place + 3 * BLOCK + 128] = head(6, place + 3 * BLOCK)


def catalogue() -> bytes:
    out = head(2, AREA)
    for number, (place, identifier) in enumerate(zip(PLACES, IDS, strict=True), 1):
        created = 130_000_000_000_000_000 + number * 36_000_000_000
        out += struct.pack("<QQ16sQQQ", 2, SIZE, identifier, number, 0x40, created).ljust(128, b"\0")
        parts = (place + BLOCK, identifier, place, place + 2 * BLOCK, place + 3 * BLOCK)
        out += struct.pack("<QQ16sQQQ", 3, *parts).ljust(128, b"\0")
    return out


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The volume without copies, three times: files written, written over, written over again."""
    folder = tmp_path_factory.mktemp("ntfs")
    path = folder / "ntfs.raw"
    path.write_bytes(bytes(SIZE))
    subprocess.run(["mkntfs", "-q", "-F", "-f", "-c", "4096", path], check=True, capture_output=True)
    found = []
    for state in range(3):
        for name in ("note.txt", "big.bin", "resident.bin"):
            (folder / name).write_bytes(content(name, state))
            subprocess.run(["ntfscp", "-q", "-f", path, folder / name, name], check=True, capture_output=True)
        found.append(path.read_bytes())
        assert not any(found[-1][AREA : AREA + (4 << 20)])
    return found


@pytest.fixture(scope="module")
def image(states: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last state with shadow copies of the first two, in a partition."""
    data = bytearray(states[2])
    for number, place in enumerate(PLACES):
        keep(data, place, IDS[number], states[number], states[number + 1])
    data[AREA : AREA + 16384] = catalogue().ljust(BLOCK, b"\0")
    data[0x1E00 : 0x1E00 + 128] = (MARK + struct.pack("<IIQQQQQ", 1, 1, 0x1E00, 0x1E00, 0, AREA, 0)).ljust(128, b"\0")
    path = tmp_path_factory.mktemp("vss") / "disk.raw"
    path.write_bytes(bytes(1 << 20) + data + bytes(1 << 20))
    table = f"label: dos\nstart=2048, size={SIZE // 512}, type=7\n"
    subprocess.run(["sfdisk", "-q", path], input=table, text=True, check=True, capture_output=True)
    return path


class Bytes:
    """A layer of bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


def live(image: Path) -> bytes:
    return image.read_bytes()[1 << 20 : (1 << 20) + SIZE]


def test_the_copies_are_listed(image: Path) -> None:
    found = copies(Bytes(live(image)))
    assert [each.identifier for each in found] == [str(uuid.UUID(bytes_le=each)) for each in IDS]
    assert [each.when for each in found] == ["2012-12-15 00:06:40 UTC", "2012-12-15 01:06:40 UTC"]


@pytest.mark.parametrize("number", [1, 2])
def test_each_copy_is_the_state_that_was_kept(image: Path, states: list[bytes], number: int) -> None:
    data = live(image)
    runs = places(Bytes(data), number)
    joined = b"".join(data[run.offset : run.end] for run in runs)
    assert len(joined) == SIZE
    assert joined[BLOCK:AREA] == states[number - 1][BLOCK:AREA]  # block 0 has the header of the catalogue
    assert any(AREA <= run.offset < AREA + (4 << 20) for run in runs)


def walked(image: Path) -> Iterator[tuple[int, str, str]]:
    opened = open_image(open_segments([image]))
    for layer in volumes(opened).layers(opened):
        system = open_filesystem(layer)
        for entry in system.walk():
            if entry.kind is EntryKind.FILE and not entry.path.startswith("/$"):
                data = EntryLayer(system, entry).read(0, entry.size)
                yield layer.index, entry.path, hashlib.sha256(data).hexdigest()


def expected() -> set[tuple[int, str, str]]:
    return {
        (volume, f"/{name}", hashlib.sha256(content(name, state)).hexdigest())
        for volume, state in ((1, 2), (2, 0), (3, 1))
        for name in ("note.txt", "big.bin", "resident.bin")
    }


def test_the_files_of_every_state(image: Path) -> None:
    assert set(walked(image)) == expected()


def test_the_copies_of_a_volume_in_pieces(image: Path, tmp_path: Path) -> None:
    data, cuts = live(image), (5 * BLOCK + 512, AREA + BLOCK + 4096)
    pieces = (data[: cuts[0]], data[cuts[0] : cuts[1]], data[cuts[1] :])
    order, at, extents = (2, 0, 1), 4096, {}
    path = tmp_path / "pieces.raw"
    raw = bytes(at)
    for number in order:
        extents[number] = ByteRun(len(raw), len(pieces[number]))
        raw += pieces[number] + b"\xaa" * 512
    path.write_bytes(raw)
    opened = open_image(open_segments([path]))
    joined = [extents[number] for number in range(3)]
    for copy, state in ((1, 0), (2, 1)):
        layer = layer_of(opened, 2, joined[0].offset, SIZE, joined, ("lvm:g/v", f"vss:{copy}"))
        assert layer.size == SIZE
        system = open_filesystem(layer)
        found = {entry.path: EntryLayer(system, entry).read(0, entry.size) for entry in system.walk() if entry.size}
        for name in ("note.txt", "big.bin", "resident.bin"):
            assert found[f"/{name}"] == content(name, state)
        assert isinstance(layer.image, JoinedImage)
        for run in layer.image.places(0, SIZE):
            assert any(each.offset <= run.offset and run.end <= each.end for each in joined)


def test_the_examination_of_the_copies(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = str(tmp_path / "case")
    assert main(["case", "new", case, "--number", "V-1", "--examiner", "Test Examiner"]) == 0
    assert main(["add", case, str(image)]) == 0
    assert main(["examine", case]) == 0
    capsys.readouterr()
    assert main(["tree", case, "--json"]) == 0
    tree = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kept = [each for each in tree if each["kind"] == "file" and not each["path"].startswith("/$")]
    assert {(each["volume"], each["path"], each["sha256"]) for each in kept} == expected()
    assert main(["findings", case, "--kind", "address/*", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["value"] for each in found} == {ADDRESS}
    assert {each["locator"] for each in found} == {"raw:disk.raw > partition:2 > vss:1 > ntfs:/note.txt"}
    assert len(found) == 60  # each place of it once
    assert main(["unexamined", case, "--json"]) == 0
    sums = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert sums["examined"] + sums["unexamined"] == sums["total"] == image.stat().st_size


def test_damage_costs_the_copies_only(image: Path, tmp_path: Path) -> None:
    base = 1 << 20
    for at, words in ((AREA, "catalogue"), (PLACES[1] + BLOCK, "cannot be opened")):
        path = tmp_path / f"{at}.raw"
        shutil.copy(image, path)
        with path.open("r+b") as file:
            file.seek(base + at)
            file.write(b"\xff" * 64)
        opened = open_image(open_segments([path]))
        table = volumes(opened)
        if words == "catalogue":
            assert [words in caveat for caveat in table.volumes[0].caveats] == [True]
            assert len(table.volumes) == 1
        else:
            with pytest.raises(FormatError, match=words):
                list(table.layers(opened))


def test_a_catalogue_that_goes_round_ends(image: Path) -> None:
    data = bytearray(live(image))
    data[AREA + 40 : AREA + 48] = AREA.to_bytes(8, "little")
    with pytest.raises(FormatError, match="goes round"):
        copies(Bytes(bytes(data)))
