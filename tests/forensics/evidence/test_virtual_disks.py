"""Disks of virtual machines, written by qemu-img, read back byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.companions import missing
from forensics.evidence.container import open_image
from forensics.evidence.handles import beside, may_need_others, open_segments
from forensics.evidence.integrity import verify
from forensics.model import ByteRun


def opened(path: Path) -> Image:
    """The image of a file and of all that it names."""
    paths = [path]
    while names := missing(open_segments(paths)):
        paths += [beside(path, name) for name in names]
    return open_image(open_segments(paths))


FORMS = [
    ("qcow2", ()),
    ("qcow2", ("-c",)),
    ("qcow2", ("-c", "-o", "compression_type=zstd")),
    ("qcow2", ("-o", "compat=0.10,cluster_size=512")),
    ("qcow2", ("-o", "cluster_size=2M")),
    ("qcow", ()),
    ("vmdk", ("-o", "subformat=monolithicSparse")),
    ("vmdk", ("-o", "subformat=streamOptimized")),
    ("vmdk", ("-o", "subformat=twoGbMaxExtentSparse")),
    ("vmdk", ("-o", "subformat=twoGbMaxExtentFlat")),
    ("vmdk", ("-o", "subformat=monolithicFlat")),
    ("vdi", ()),
    ("vdi", ("-o", "static=on")),
    ("vpc", ("-o", "subformat=dynamic,force_size=on")),
    ("vpc", ("-o", "subformat=fixed,force_size=on")),
    ("vpc", ()),
    ("vhdx", ("-o", "subformat=dynamic")),
    ("vhdx", ("-o", "subformat=fixed,block_size=1M")),
]


@pytest.mark.parametrize(("form", "options"), FORMS)
def test_reads_what_qemu_reads(
    tmp_path: Path, medium: bytes, qemu_img: Callable[..., str], form: str, options: tuple[str, ...]
) -> None:
    source, disk, back = tmp_path / "source.raw", tmp_path / "disk.bin", tmp_path / "back.raw"
    source.write_bytes(medium + bytes(2 << 20) + medium[: 1 << 20])
    qemu_img("convert", "-q", "-f", "raw", "-O", form, *options, source, disk)
    qemu_img("convert", "-q", "-f", form, "-O", "raw", disk, back)
    image = opened(disk)
    expected = back.read_bytes()
    assert image.size == len(expected)
    assert verify(image, ("sha256",)).computed["sha256"] == hashlib.sha256(expected).hexdigest()
    assert image.bad_runs == ()
    assert image.caveats == ()

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, image.size + 9), st.integers(0, 300_000))
    def pieces(offset: int, length: int) -> None:
        assert image.read(offset, length) == expected[offset : offset + length]

    pieces()


@pytest.mark.parametrize(("form", "suffix"), [("qcow2", "qcow2"), ("vmdk", "vmdk"), ("qcow", "qcow")])
def test_a_chain_shows_what_lies_below(
    tmp_path: Path, medium: bytes, qemu_img: Callable[..., str], form: str, suffix: str
) -> None:
    base, middle, top = (tmp_path / f"{name}.{suffix}" for name in ("base", "middle", "top"))
    source = tmp_path / "source.raw"
    source.write_bytes(medium)
    qemu_img("convert", "-q", "-O", form, source, base)
    qemu_img("create", "-q", "-f", form, "-b", base.name, "-F", form, middle)
    _write(middle, form, 70_000, 130_000, 0x41)
    qemu_img("create", "-q", "-f", form, "-b", middle.name, "-F", form, top)
    _write(top, form, 0, 512, 0x42)
    back = tmp_path / "back.raw"
    qemu_img("convert", "-q", "-f", form, "-O", "raw", top, back)
    image = opened(top)
    assert [segment.name for segment in image.segments] == [top.name, middle.name, base.name]
    assert image.read(0, image.size) == back.read_bytes()
    assert may_need_others(top)
    with pytest.raises(EvidenceError, match="needed"):
        open_image(open_segments([top]))
    base.rename(tmp_path / "elsewhere")
    with pytest.raises(EvidenceError, match="not in its folder"):
        opened(top)
    renamed = open_image(open_segments([top, middle, tmp_path / "elsewhere"]))
    assert renamed.read(0, renamed.size) == back.read_bytes()


def _write(disk: Path, form: str, offset: int, length: int, byte: int) -> None:
    """Let qemu-io change a disk."""
    import subprocess

    at, end = offset // 512 * 512, -(-(offset + length) // 512) * 512
    subprocess.run(
        ["qemu-io", "-f", form, "-c", f"write -P {byte} {at} {end - at}", disk], check=True, capture_output=True
    )


def test_a_chain_over_a_raw_disk(tmp_path: Path, medium: bytes, qemu_img: Callable[..., str]) -> None:
    (tmp_path / "base.raw").write_bytes(medium)
    qemu_img("create", "-q", "-f", "qcow2", "-b", "base.raw", "-F", "raw", tmp_path / "top.qcow2")
    image = opened(tmp_path / "top.qcow2")
    assert image.read(0, len(medium)) == medium


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "..", "a\0b", "x" * 300, ""])
def test_a_name_in_the_evidence_never_leaves_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceError, match="cannot be used"):
        beside(tmp_path / "a", name)


def test_what_is_not_supported_is_named(tmp_path: Path, qemu_img: Callable[..., str]) -> None:
    disk = tmp_path / "disk"
    qemu_img("create", "-q", "-f", "qcow2", "-o", "extended_l2=on", disk, "1M")
    with pytest.raises(EvidenceError, match="features"):
        open_image(open_segments([disk]))
    qemu_img("create", "-q", "-f", "qcow2", disk, "1M")
    qemu_img("snapshot", "-c", "before", disk)
    assert "1 internal snapshots" in " ".join(open_image(open_segments([disk])).caveats)


@pytest.mark.parametrize("form", ["qcow2", "vmdk", "vdi", "vpc", "vhdx"])
def test_a_disk_cut_short_says_what_is_lost(
    tmp_path: Path, medium: bytes, qemu_img: Callable[..., str], form: str
) -> None:
    source, disk = tmp_path / "source.raw", tmp_path / "disk"
    source.write_bytes(medium)
    small = ("-o", "block_size=1M") if form == "vhdx" else ()
    qemu_img("convert", "-q", "-f", "raw", "-O", form, *small, source, disk)
    whole = open_image(open_segments([disk]))
    size = disk.stat().st_size
    with disk.open("r+b") as file:
        file.truncate(size - (1 << 20))
    if form == "vpc":
        assert "cut short" in " ".join(open_image(open_segments([disk])).caveats)
    image = open_image(open_segments([disk]))
    content = image.read(0, image.size)
    assert image.size == whole.size
    assert image.bad_runs
    for run in image.bad_runs:
        assert content[run.offset : run.end] == bytes(run.length)
    good = bytearray(medium + bytes(image.size - min(len(medium), image.size)))[: image.size]
    for run in image.bad_runs:
        good[run.offset : run.end] = bytes(run.length)
    assert content == bytes(good)


@pytest.mark.parametrize("form", ["qcow2", "qcow", "vmdk", "vdi", "vpc", "vhdx"])
def test_flipped_bytes_in_the_tables_never_crash(tmp_path: Path, qemu_img: Callable[..., str], form: str) -> None:
    source, disk = tmp_path / "source.raw", tmp_path / "disk"
    source.write_bytes(b"x" * 300_000 + bytes(1 << 20))
    qemu_img("convert", "-q", "-f", "raw", "-O", form, source, disk)
    content = disk.read_bytes()
    places = [at for at in range(min(len(content), 3 << 20)) if content[at] not in (0, 0x78)]
    mutant = tmp_path / "mutant"
    said: list[str] = []

    @settings(max_examples=120, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(places), st.integers(0, 255)), min_size=1, max_size=4))
    def check(changes: list[tuple[int, int]]) -> None:
        changed = bytearray(content)
        for at, value in changes:
            changed[at] = value
        mutant.write_bytes(changed)
        segments = open_segments([mutant])
        try:
            image = open_image(segments)
            assert len(image.read(0, 1 << 20)) == min(1 << 20, image.size)
            assert all(0 <= run.offset < run.end for run in image.bad_runs)
            assert ByteRun(0, 0) not in image.bad_runs
        except EvidenceError as error:
            said.append(str(error))
        finally:
            segments[0].close()

    check()
    assert all("mutant" in each for each in said)
