"""Seeds by the tools of others, and what is done to them. One number is one mutant, always the same."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from forensics.sweep.catalogue import catalogue
from tests.forensics.filesystems.conftest import make_exfat, make_fat

VALUES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, (1 << 63) - 1, 1 << 63)
LARGE = 16 << 20
TEXT = "".join(f"line {number} of a file of some length\n" for number in range(200))


@dataclass(frozen=True, slots=True)
class Seed:
    """Bytes to mutate: an image, in a `container` or not, or a specimen."""

    name: str
    data: bytes
    image: bool = False
    container: bool = False
    by_name: str = ""
    beside: tuple[tuple[str, bytes], ...] = ()
    lines: tuple[int, ...] = field(default=(), repr=False)  # offsets of 16 bytes that are not empty
    sums: tuple[int, ...] = ()  # offsets of EWF section descriptors, whose checksum may be mended


def call(*command: object, cwd: Path | None = None) -> None:
    subprocess.run([str(each) for each in command], check=True, capture_output=True, cwd=cwd)


def specimens() -> list[Seed]:
    """Every specimen of every detector and decoder."""
    everything = catalogue()
    found = [
        Seed(f"{detector.kind}: {each.name}", each.data, by_name=detector.kind, beside=each.companions)
        for detector in everything.detectors
        for each in detector.specimens
    ]
    for decoder in everything.decoders:
        found += [Seed(f"{decoder.kind}: {each.name}", each.data) for each in decoder.specimens]
    return [each for each in found if each.data]


def images(folder: Path) -> list[Seed]:
    """Small images of each file system and container; the large ones come in every fourth turn."""
    tree = folder / "tree"
    (tree / "deep" / "deeper").mkdir(parents=True)
    for name in ("a.txt", "deep/b with a long name of several entries.txt", "deep/deeper/ç.txt", "empty.txt"):
        (tree / name).write_text("" if name.startswith("empty") else TEXT[: 900 * len(name)])
    (tree / "deep" / "link").symlink_to("../a.txt")
    (tree / "docs").mkdir()
    for number in range(6):
        (tree / "docs" / f"file {number}.bin").write_text(TEXT[: 1500 * number])
    made = [_image(path) for path in sorted(_file_systems(folder, tree))]
    made += [_image(path, container=True) for path in sorted(_containers(folder))]
    return [each for turn in range(4) for each in made if len(each.data) < LARGE or not turn]


def _file_systems(folder: Path, tree: Path) -> Iterator[Path]:
    for kind, size in (("ext2", 256), ("ext3", 1400), ("ext4", 1400)):
        path = _empty(folder / f"{kind}.raw", size)
        call(f"mkfs.{kind}", "-q", "-F", "-b", "1024", "-N", "32", "-d", tree, path)
        call("debugfs", "-w", "-R", "rm a.txt", path)
        yield path
    for bits in (12, 16, 32):
        path = folder / f"fat{bits}.raw"
        make_fat(bits, path, tree)
        yield path
    path = _empty(folder / "ntfs.raw", 1200)
    call("mkntfs", "-q", "-F", "-Q", "-c", "512", path)
    for name in ("a.txt", "empty.txt"):
        call("ntfscp", "-f", "-q", path, tree / "a.txt", name)
    call("ntfscp", "-f", "-q", "-N", "hidden", path, tree / "a.txt", "a.txt")
    yield path
    path = folder / "exfat.raw"
    make_exfat(path, tree)
    yield path
    call("genisoimage", "-quiet", "-J", "-R", "-no-pad", "-o", folder / "iso9660.raw", tree)
    yield folder / "iso9660.raw"


def _containers(folder: Path) -> Iterator[Path]:
    source = folder / "ext2.raw"
    for kind in ("qcow2", "vdi", "vhdx", "vmdk", "vpc"):
        call("qemu-img", "convert", "-O", kind, source, folder / f"ext2.{kind}")
        yield folder / f"ext2.{kind}"
    call("ewfacquire", "-u", "-q", "-t", folder / "ext2", "-c", "deflate:fast", source)
    yield folder / "ext2.E01"


def _empty(path: Path, kibibytes: int) -> Path:
    with path.open("wb") as file:
        file.truncate(kibibytes << 10)
    return path


def _image(path: Path, *, container: bool = False) -> Seed:
    data = path.read_bytes()
    lines = tuple(at for at in range(0, len(data), 16) if _is_structure(data[at : at + 16]))
    sums: list[int] = []
    at = 13
    while path.suffix == ".E01" and at not in sums:
        sums.append(at)
        (at,) = struct.unpack_from("<Q", data, at + 16)
    return Seed(path.name, data, image=True, container=container, lines=lines, sums=tuple(sums))


def _is_structure(line: bytes) -> bool:
    """Whether 16 bytes may be more than a filling, the text of a file or a table of consecutive letters."""
    if len(set(line)) == 1 or all(32 <= each < 127 or each == 10 for each in line):
        return False
    return len({line[at] - line[at - 2] for at in range(2, len(line), 2)} - {1}) > 0


def changes(seed: Seed, draw: random.Random) -> list[tuple[int, bytes]]:
    """Places and what is written there, the same length; at least one."""
    found = []
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        at = draw.choice(seed.lines) + draw.randrange(16) if seed.lines else draw.randrange(len(seed.data))
        kind = draw.randrange(4)
        if kind == 0:
            new = bytes([seed.data[min(at, len(seed.data) - 1)] ^ 1 << draw.randrange(8)])
        elif kind == 1:
            new = draw.randbytes(draw.choice((1, 2, 4)))
        elif kind == 2:
            width = draw.choice((1, 2, 4, 8))
            value = (draw.choice(VALUES) + draw.randint(-1, 1)) % (1 << 8 * width)
            new = value.to_bytes(width, draw.choice(("little", "big")))
        else:
            start = draw.choice(seed.lines) if seed.lines else draw.randrange(len(seed.data))
            new = seed.data[start : start + draw.choice((1, 4, 16, 64))]
        found.append((at, new[: max(0, len(seed.data) - at)]))
    if seed.sums and draw.random() < 0.6:
        hurt = bytearray(seed.data)
        for at, new in found:
            hurt[at : at + len(new)] = new
        found += [(at + 72, struct.pack("<I", zlib.adler32(hurt[at : at + 72]))) for at in seed.sums]
    return found


def mutated(seed: Seed, draw: random.Random) -> bytes:
    """A specimen with changes, and now and then cut, or with some bytes more or less."""
    hurt = bytearray(seed.data)
    for at, new in changes(seed, draw):
        hurt[at : at + len(new)] = new
    if draw.random() < 0.25:
        at = draw.randrange(len(hurt))
        cut = draw.choice((0, 1, 7, len(hurt)))
        hurt[at : at + cut] = draw.randbytes(draw.choice((0, 1, 30)))
    return bytes(hurt)
