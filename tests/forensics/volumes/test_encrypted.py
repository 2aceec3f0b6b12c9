"""Encrypted volumes: LUKS 1 written whole by qemu-img, LUKS 2 headers by cryptsetup; wrong keys; damage."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.errors import EvidenceError, FormatError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.volumes import luks
from forensics.volumes.ciphers import Cbc, Xts, named
from forensics.volumes.keyed import KeyedImage, unlock
from forensics.volumes.table import unexamined_reason, volumes
from forensics.volumes.volume import VolumeLayer

PASSPHRASE = "garden gate lantern"
PACKAGES = {"qemu-img": "qemu-utils", "cryptsetup": "cryptsetup-bin", "mkfs.ext4": "e2fsprogs"}


def call(*words: object, feed: bytes = b"") -> bytes:
    texts = [str(each) for each in words]
    if shutil.which(texts[0]) is None:
        pytest.fail(f"{texts[0]} is needed: install the package {PACKAGES[texts[0]]}")
    done = subprocess.run(texts, input=feed, capture_output=True, check=False)
    assert done.returncode == 0, f"{texts}: {done.stderr!r}"
    return done.stdout


def opened(path: Path) -> Image:
    return open_image(open_segments([path]))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ext4 with one file."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "tree").mkdir()
    (folder / "tree" / "note.txt").write_bytes(b"the ledger is in the blue folder\n" * 90)
    path = folder / "plain.raw"
    path.write_bytes(bytes(3 << 20))
    call("mkfs.ext4", "-q", "-F", "-d", folder / "tree", path)
    return path


CIPHERS = [
    (),
    ("cipher-alg=aes-128",),
    ("cipher-alg=aes-256", "cipher-mode=cbc", "ivgen-alg=essiv", "ivgen-hash-alg=sha256"),
    ("cipher-alg=aes-128", "cipher-mode=cbc", "ivgen-alg=plain64", "hash-alg=sha512"),
    ("hash-alg=sha1",),
]


def encrypt(plain: Path, disk: Path, options: tuple[str, ...]) -> None:
    chosen = ",".join(("key-secret=s", "iter-time=300", *options))
    secret = f"secret,id=s,data={PASSPHRASE}"
    words = ["qemu-img", "convert", "--object", secret, "-f", "raw", "-O", "luks", "-o", chosen, str(plain), str(disk)]
    end = time.monotonic() + 120
    while time.monotonic() < end:  # on a loaded machine qemu-img often cannot time its own key derivation
        if subprocess.run(words, check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.5)
    pytest.fail("qemu-img cannot write a LUKS volume here")


@pytest.mark.parametrize("options", CIPHERS)
def test_luks_1_reads_what_qemu_encrypted(tmp_path: Path, plain: Path, options: tuple[str, ...]) -> None:
    disk = tmp_path / "disk.luks"
    encrypt(plain, disk, options)
    image = opened(disk)
    (sealed,) = volumes(image).volumes
    assert unexamined_reason(sealed.content) == "encrypted (luks)"
    keyed = KeyedImage(image, [unlock(VolumeLayer(image, 1, 0, image.size), "luks", PASSPHRASE.encode())])
    (volume,) = volumes(keyed).volumes
    assert volume.content is not None
    assert volume.content.name == "ext4"
    assert volume.steps == ("luks",)
    (content,) = volume.extents
    expected = plain.read_bytes()
    assert keyed.read(content.offset, content.length) == expected
    assert keyed.read(0, content.offset) == image.read(0, content.offset)
    assert keyed.sealed is image

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(expected)), st.integers(0, 300_000))
    def pieces(offset: int, length: int) -> None:
        assert keyed.read(content.offset + offset, length) == expected[offset : offset + length]

    pieces()


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path, plain: Path) -> None:
    disk = tmp_path / "disk.luks"
    encrypt(plain, disk, ())
    image = opened(disk)
    layer = VolumeLayer(image, 1, 0, image.size)
    for wrong in (b"", PASSPHRASE.upper().encode(), PASSPHRASE.encode() + b" "):
        with pytest.raises(EvidenceError, match="does not open this LUKS volume") as caught:
            unlock(layer, "luks", wrong)
        assert wrong.decode() not in str(caught.value) or not wrong
    with pytest.raises(FormatError, match="of no use"):
        unlock(layer, "ext4", b"x")


@pytest.mark.parametrize(
    "options",
    [
        ("--pbkdf", "argon2id", "--pbkdf-memory", "4096", "--pbkdf-force-iterations", "4", "--sector-size", "512"),
        ("--pbkdf", "argon2i", "--pbkdf-memory", "4096", "--pbkdf-force-iterations", "4", "--sector-size", "4096"),
        (
            "--pbkdf",
            "pbkdf2",
            "--pbkdf-force-iterations",
            "1000",
            "--cipher",
            "aes-cbc-essiv:sha256",
            "-s",
            "256",
            "--sector-size",
            "512",
        ),
    ],
)
def test_luks_2_gives_the_key_that_cryptsetup_gives(tmp_path: Path, options: tuple[str, ...]) -> None:
    disk, key = tmp_path / "disk.luks", tmp_path / "key"
    disk.write_bytes(bytes(20 << 20))
    word = PASSPHRASE.encode()
    call("cryptsetup", "-q", "luksFormat", "--type", "luks2", *options, "--key-file", "-", disk, feed=word)
    call(
        "cryptsetup",
        "-q",
        "luksDump",
        "--dump-volume-key",
        "--volume-key-file",
        key,
        "--key-file",
        "-",
        disk,
        feed=word,
    )
    image = opened(disk)
    found = luks.unlock(image, word)
    assert found.key == key.read_bytes()
    assert found.sector == int(options[-1])
    assert found.offset + found.length == image.size
    damaged = bytearray(disk.read_bytes())
    damaged[4096:4200] = bytes(104)  # the first header's text; the second still holds
    (tmp_path / "damaged").write_bytes(damaged)
    assert luks.unlock(opened(tmp_path / "damaged"), word).key == found.key
    damaged[0x4000 + 4096 : 0x4000 + 4200] = bytes(104)
    (tmp_path / "damaged").write_bytes(damaged)
    with pytest.raises(FormatError, match="neither LUKS2 header is sound"):
        luks.unlock(opened(tmp_path / "damaged"), word)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 591), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_damaged_header_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    head = bytearray(b"LUKS\xba\xbe\0\x01" + b"aes".ljust(32, b"\0") + b"xts-plain64".ljust(32, b"\0"))
    head += b"sha256".ljust(32, b"\0") + (8).to_bytes(4, "big") + (64).to_bytes(4, "big") + bytes(20 + 32)
    head += (10).to_bytes(4, "big") + bytes(40)
    head += b"\0\xac\x71\xf3" + (10).to_bytes(4, "big") + bytes(32) + (2).to_bytes(4, "big") + (2).to_bytes(4, "big")
    head = head.ljust(8192, b"\0")
    for at, value in changes:
        if at >= 8:
            head[at] = value
    path = tmp_path_factory.mktemp("luks") / "head"
    path.write_bytes(head)
    with pytest.raises((EvidenceError, FormatError)):
        luks.unlock(opened(path), b"x")


@pytest.mark.parametrize("sector", [512, 4096])
@pytest.mark.parametrize("size", [32, 64])
def test_xts_is_openssls(sector: int, size: int) -> None:
    key = bytes(range(size))
    data = hashlib.shake_256(b"x").digest(sector * 5)
    expected = b""
    for number in range(5):
        tweak = (7 + number * (sector // 512)).to_bytes(16, "little")
        context = Cipher(algorithms.AES(key), modes.XTS(tweak)).decryptor()
        expected += context.update(data[number * sector : (number + 1) * sector]) + context.finalize()
    assert Xts(key, sector, sector // 512).decrypt(data, 7) == expected


def test_cbc_is_openssls() -> None:
    key = bytes(range(16))
    data = hashlib.shake_256(b"x").digest(512 * 3)
    expected = b""
    for number in range(3):
        context = Cipher(algorithms.AES(key), modes.CBC((9 + number).to_bytes(16, "little"))).decryptor()
        expected += context.update(data[number * 512 : (number + 1) * 512]) + context.finalize()
    assert Cbc(key, 512).decrypt(data, 9) == expected
    with pytest.raises(FormatError, match="not supported"):
        named("serpent-xts-plain64", bytes(64), 512)
