"""FileVault 2: opened with a password or a recovery key, in one piece and in several; cryptsetup beside; damage.

The volumes are written by `made_core_storage` around an HFS+ of `made_hfs`, which The Sleuth Kit reads; cryptsetup, which
reads the format with code of its own, gives the volume key and the place of the logical volume.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from forensics.commands.main import main
from forensics.errors import EvidenceError, FormatError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.volumes import filevault
from forensics.volumes.keyed import KeyedImage, unlock
from forensics.volumes.table import unexamined_reason, volumes
from forensics.volumes.volume import VolumeLayer
from tests.forensics.volumes import made_core_storage, made_hfs

PASSWORD, RECOVERY = "garden gate lantern", "Q4TN-77WC-LPZ2-KD0A-9RMX-E5UV"
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
LONG = hashlib.shake_256(b"long").digest(200_000)
FILES = {"note.txt": f"pay to {ADDRESS} until Friday\n".encode() * 9, "long.bin": LONG}
PLAIN = made_hfs.made(FILES)
COUNTS = (1, 3)


@pytest.fixture(scope="module", params=COUNTS)
def disk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A physical volume whose logical one lies in one piece, or in three out of order."""
    path = tmp_path_factory.mktemp("filevault") / "disk.raw"
    path.write_bytes(made_core_storage.made(PLAIN, [PASSWORD, RECOVERY], request.param))
    return path


def opened(path: Path) -> Image:
    return open_image(open_segments([path]))


def layer_of(image: Image) -> VolumeLayer:
    return VolumeLayer(image, 1, 0, image.size)


def call(*words: object, feed: bytes = b"") -> str:
    texts = [str(each) for each in words]
    if shutil.which(texts[0]) is None:
        pytest.fail(f"{texts[0]} is needed: install cryptsetup-bin and sleuthkit")
    return subprocess.run(texts, input=feed, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("key", [PASSWORD, RECOVERY])
def test_the_logical_volume_shows_in_plain(disk: Path, key: str) -> None:
    image = opened(disk)
    (sealed,) = volumes(image).volumes
    assert unexamined_reason(sealed.content).startswith("encrypted (filevault)")
    keyed = KeyedImage(image, [unlock(layer_of(image), "filevault", key.encode())])
    table = volumes(keyed)
    (volume,) = table.volumes
    assert volume.content is not None
    assert (volume.content.name, volume.steps) == ("hfs+", ("filevault",))
    assert len(volume.extents) in COUNTS
    (layer,) = table.layers(keyed)
    assert layer.read(0, layer.size) == PLAIN
    for at, length in ((0, 1), (511, 3), (170_000, 90_001), (layer.size - 7, 7)):
        assert layer.read(at, length) == PLAIN[at : at + length]


def test_cryptsetup_gives_key_and_place(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(made_core_storage.made(PLAIN, [PASSWORD]))
    words = ("cryptsetup", "fvault2Dump", "-q", "--dump-volume-key", "--key-file", "-", path)
    told = call(*words, feed=PASSWORD.encode())
    key = bytes.fromhex(re.findall(r"Volume key:\s+([0-9a-f ]+)", told)[0])
    start, size = (int(re.findall(rf"Logical volume {each}:\s+(\d+)", told)[0]) for each in ("offset", "size"))
    image = opened(path)
    assert filevault.pieces(layer_of(image), size) == ((0, size, start),)
    raw = image.read(start, size)
    plain = b""
    for number in range(size // 512):
        context = Cipher(algorithms.AES(key), modes.XTS(number.to_bytes(16, "little"))).decryptor()
        plain += context.update(raw[number * 512 : (number + 1) * 512])
    assert plain == PLAIN == filevault.unlock(layer_of(image), PASSWORD.encode()).read(0, size)


@pytest.mark.parametrize("wrong", ["", "Garden gate lantern", "\udcff"])
def test_a_wrong_key_opens_nothing(disk: Path, wrong: str) -> None:
    with pytest.raises(EvidenceError, match="does not open this FileVault volume"):
        unlock(layer_of(opened(disk)), "filevault", wrong.encode("utf-8", "surrogateescape"))


def test_damage_is_refused_in_words(tmp_path: Path) -> None:
    whole = made_core_storage.made(PLAIN, [PASSWORD])
    used = [*range(512), *(block * 4096 + at for block in (16, 18, 32, 34, 36, 38) for at in range(4096))]
    chance = random.Random(6)
    path = tmp_path / "damaged.raw"
    refused = 0
    for _ in range(80):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[chance.choice(used)] ^= 1 << chance.randrange(8)
        path.write_bytes(data[: chance.choice((len(data), chance.randrange(512, len(data))))])
        image = opened(path)
        volumes(image)
        try:
            kept = unlock(layer_of(image), "filevault", PASSWORD.encode())
        except (EvidenceError, FormatError):
            refused += 1
            continue
        assert KeyedImage(image, [kept]).opened(0)[0].read(0, 2048) == PLAIN[:2048]
    assert refused


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([(0, 1, 256), (2, 1, 258)], "do not join"),
        ([(0, 1, 1 << 40)], "outside"),
        ([(0, 1, (1 << 48) | 256)], "outside"),
        ([(0, 1, 256)], "4,096 of its 524,288 bytes"),
        ([(number, 1, 256) for number in range(300)], "cannot be"),
    ],
)
def test_pieces_that_cannot_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entries: list[tuple[int, int, int]], words: str
) -> None:
    monkeypatch.setattr(made_core_storage, "pieces", lambda _size, _count: [(0, 128, 256)])
    sound = made_core_storage.made(PLAIN, [PASSWORD])
    (tmp_path / "sound").write_bytes(sound)
    monkeypatch.setattr(filevault, "_hidden", lambda *_: _table(entries))
    with pytest.raises(FormatError, match=words):
        filevault.pieces(layer_of(opened(tmp_path / "sound")), len(PLAIN))


def _table(entries: list[tuple[int, int, int]]) -> bytes:
    body = bytes(64) + len(entries).to_bytes(8, "little")
    for logical, blocks, physical in entries[:200]:
        body += (
            bytes(8) + logical.to_bytes(8, "little") + blocks.to_bytes(16, "little") + physical.to_bytes(8, "little")
        )
    return body.ljust(8192, b"\0")[:8192]


def test_the_sleuth_kit_reads_the_hfs_made_here(tmp_path: Path) -> None:
    path = tmp_path / "plain.raw"
    path.write_bytes(PLAIN)
    names = {line.partition("\t")[2]: re.findall(r"\d+", line)[0] for line in call("fls", path).splitlines()}
    for name, content in FILES.items():
        assert subprocess.run(["icat", path, names[name]], capture_output=True, check=True).stdout == content


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_examination_of_a_filevault_volume(tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case"
    assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(case), str(disk), "--secret", "1=wrong"]) == 1
    assert "does not open" in capsys.readouterr().err
    assert main(["add", str(case), str(disk), "--secret", f"1={RECOVERY}"]) == 0
    assert main(["examine", str(case), "--workers", "2", "--progress", "none"]) == 0
    tree = {str(each["path"]): each.get("sha256") for each in lines(capsys, "tree", str(case))}
    assert tree["/long.bin"] == hashlib.sha256(LONG).hexdigest()
    found = [each for each in lines(capsys, "findings", str(case)) if each["value"] == ADDRESS]
    assert len(found) == 9
    assert {str(each["locator"]) for each in found} == {"raw:disk.raw > partition:1 > filevault > hfs+:/note.txt"}
    (total,) = lines(capsys, "unexamined", str(case))
    assert (total["unexamined"], total["total"]) == (0, disk.stat().st_size)
    assert main(["reproduce", str(case), str(found[0]["id"])]) == 0
    assert "fvault2" in capsys.readouterr().out
    assert main(["ledger", "verify", str(case)]) == 0
    for file in case.rglob("*"):
        if file.is_file():
            assert RECOVERY.encode() not in file.read_bytes(), file
