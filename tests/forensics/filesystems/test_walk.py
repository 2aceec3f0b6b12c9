"""Every file system against fls, icat and blkls, at the start of an image and inside it."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from forensics.digests.digest import digest
from forensics.errors import ImpoundError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import discover, open_segments
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.tsk import FileSystem, open_filesystem
from forensics.filesystems.unallocated import holding, unallocated
from forensics.model import ByteRun, Entry, EntryKind, Storage
from forensics.volumes.table import volumes
from forensics.volumes.tsk import LayerImage
from forensics.volumes.volume import VolumeLayer

Call = Callable[..., bytes]
KINDS = ("ext2", "ext3", "ext4", "ntfs", "fat12", "fat16", "fat32", "exfat")


def fls(call: Call, path: Path) -> set[tuple[str, int, bool]]:
    """(path with stream, number, deleted) of every line of `fls -rp`."""
    out = set()
    for line in call("fls", "-r", "-p", path).decode("utf-8", "surrogateescape").splitlines():
        kind, rest = line.split(" ", 1)
        deleted = rest.startswith("* ")
        number, name = rest.removeprefix("* ").split(":\t", 1)
        if kind != "d/d" or ":" not in name:  # fls lists a folder's own index as a stream
            out.add((name, int(re.match(r"\d+", number).group()), deleted))  # type: ignore[union-attr]
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_lists_what_fls_lists_and_reads_what_icat_reads(
    call: Call, kind: str, made: Callable[[str], Path], opened: Callable[..., FileSystem]
) -> None:
    path = made(kind)
    for offset in (0, 1_048_576):
        fs = opened(path, offset)
        assert fs.kind == kind
        entries = list(fs.walk())
        assert entries == list(fs.walk())
        ours = {(e.path[1:] + (f":{e.stream}" if e.stream else ""), e.address, not e.allocated) for e in entries}
        assert ours == fls(call, path)
        for entry in entries:
            assert entry.volume == 3
            check_bytes(call, fs, entry, path)


def check_bytes(call: Call, fs: FileSystem, entry: Entry, path: Path) -> None:
    """The layer gives what icat gives; its runs, read from the image, are those bytes too."""
    if entry.kind is not EntryKind.FILE or entry.stream is not None or not entry.size:
        return
    expected = call("icat", *(("-r",) if not entry.allocated else ()), path, entry.address)
    layer = EntryLayer(fs, entry)
    assert layer.size == len(expected), entry
    data = layer.read(0, layer.size)
    assert hashlib.sha256(data).digest() == hashlib.sha256(expected).digest(), entry
    assert digest(layer)["sha256"] == hashlib.sha256(expected).hexdigest()
    for at, length in ((0, 10), (layer.size // 2, 3000), (layer.size - 5, 50)):
        assert layer.read(at, length) == expected[max(at, 0) : at + length] if at >= 0 else True
    if entry.storage is Storage.PLAIN:
        image = fs.volume.image
        assert fs.read_runs(entry.runs, 0, entry.size) == expected
        assert sum(run.length for run in entry.runs) == entry.size
        stored = b"".join(image.read(run.offset, run.length) for run in layer.runs(0, layer.size))
        assert len(stored) == sum(run.length for run in entry.runs if run.offset >= 0)
        if entry.slack and entry.runs and entry.runs[-1].offset >= 0:
            assert entry.slack[0].offset == entry.runs[-1].end
            assert entry.slack[0].end % 512 == 0


@pytest.mark.parametrize("kind", KINDS)
def test_free_space_is_what_blkls_gives(
    call: Call, kind: str, made: Callable[[str], Path], opened: Callable[..., FileSystem]
) -> None:
    path = made(kind)
    for offset in (0, 512):
        fs = opened(path, offset)
        entries = list(fs.walk())
        runs = unallocated(fs, [run for entry in entries for run in holding(entry)])
        assert all(a.end < b.offset for a, b in pairwise(runs))
        data = b"".join(fs.volume.image.read(run.offset, run.length) for run in runs)
        assert hashlib.sha256(data).digest() == hashlib.sha256(call("blkls", "-A", path)).digest()
        held = [run for e in entries if e.allocated for run in (*e.runs, *e.slack) if e.kind is EntryKind.FILE]
        assert not any(a.offset < b.end and b.offset < a.end for a in runs for b in held if b.offset >= 0)


def entries_of(image: Image) -> Iterator[tuple[Entry, bytes]]:
    """Entries of the only volume, with the digest of their bytes."""
    (layer,) = volumes(image).layers(image)
    fs = open_filesystem(layer)
    for entry in fs.walk():
        plain = entry.storage is not Storage.NONE and entry.kind is EntryKind.FILE
        yield entry, hashlib.sha256(EntryLayer(fs, entry).read(0, entry.size) if plain else b"").digest()


def by_path(fs: FileSystem) -> dict[tuple[str, str | None], Entry]:
    return {(entry.path, entry.stream): entry for entry in fs.walk()}


def test_deleted_files_keep_their_bytes_and_their_doubts(
    made: Callable[[str], Path], opened: Callable[..., FileSystem], tree: Path
) -> None:
    content = sorted((tree / "docs").glob("file*"))[9].read_bytes()
    fs = opened(made("fat16"), 512)
    entries = [entry for entry in fs.walk() if not entry.allocated and entry.size == len(content)]
    (entry,) = entries
    assert EntryLayer(fs, entry).read(0, entry.size) == content
    assert any("chain is gone" in caveat for caveat in entry.caveats)
    fs = opened(made("exfat"), 512)
    (entry,) = [entry for entry in fs.walk() if not entry.allocated and entry.size == len(content)]
    assert EntryLayer(fs, entry).read(0, entry.size) == content
    assert entry.caveats == ()  # exFAT says that it lies in one piece


def test_places_in_use_again_are_said(
    made: Callable[[str], Path], opened: Callable[..., FileSystem], tmp_path: Path
) -> None:
    disk = bytearray(made("fat16").read_bytes())
    sector, _, reserved, tables = struct.unpack_from("<HBHB", disk, 11)
    length = struct.unpack_from("<H", disk, 22)[0]
    fs = opened(made("fat16"))
    entry = next(e for e in fs.walk() if not e.allocated and e.size > 600)
    unit = disk[13] * sector
    roots = struct.unpack_from("<H", disk, 17)[0]
    cluster = (entry.runs[0].offset - (reserved + tables * length) * sector - roots * 32) // unit + 2
    at = reserved * sector + cluster * 2
    disk[at : at + 2] = b"\xff\xff"
    (tmp_path / "again.raw").write_bytes(disk)
    again = next(e for e in opened(tmp_path / "again.raw").walk() if e.address == entry.address)
    assert any("in use again" in caveat for caveat in again.caveats)


def test_a_file_hidden_as_a_volume_label_keeps_its_content(
    made: Callable[[str], Path], opened: Callable[..., FileSystem], tree: Path, tmp_path: Path
) -> None:
    disk = bytearray(made("fat16").read_bytes())
    slot = disk.index(b"F7      BIN")
    disk[slot + 11] = 0x08  # attribute: volume label
    (tmp_path / "label.raw").write_bytes(disk)
    fs = opened(tmp_path / "label.raw")
    labels = [entry for entry in fs.walk() if entry.path.endswith("(Volume Label Entry)")]
    plain, hidden = sorted(labels, key=lambda entry: entry.size)
    assert (plain.size, plain.caveats) == (0, ())
    assert any("volume label that has content" in caveat for caveat in hidden.caveats)
    content = sorted((tree / "docs").glob("file*"))[7].read_bytes()
    assert EntryLayer(fs, hidden).read(0, hidden.size) == content
    assert hidden.kind is plain.kind is EntryKind.FILE


def test_fat_times_are_as_stored_whatever_the_zone_here(
    made: Callable[[str], Path], opened: Callable[..., FileSystem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    times = {t.field: t for t in next(e for e in opened(made("fat16")).walk() if e.path.endswith("/F1.BIN")).times}
    assert str(times["modified"].when) == "2026-11-24 03:44:56+00:00"
    assert str(times["created"].when) == "2026-11-24 13:33:22.570000+00:00"
    assert str(times["accessed"].when) == "2026-11-25 00:00:00+00:00"
    assert {time.zone for time in times.values()} == {"unknown"}
    assert [times[name].precision.total_seconds() for name in ("modified", "created", "accessed")] == [
        2,
        0.01,
        86400,
    ]
    assert times["modified"].as_stored == "date 0x5d78 time 0x1d9c"


def test_exfat_times_follow_their_stored_offset(made: Callable[[str], Path], opened: Callable[..., FileSystem]) -> None:
    times = {t.field: t for t in by_path(opened(made("exfat")))["/file 1.bin", None].times}
    assert str(times["created"].when) == "2026-11-24 02:44:57.500000+00:00"  # +01:00 and 1.5 s
    assert str(times["modified"].when) == "2026-11-24 11:44:56+00:00"  # -08:00
    assert (times["created"].zone, times["accessed"].zone) == ("utc", "unknown")


def test_ext_times_are_those_of_debugfs(
    call: Call, made: Callable[[str], Path], opened: Callable[..., FileSystem]
) -> None:
    path = made("ext4")
    for entry in opened(path).walk():
        if entry.kind is not EntryKind.FILE or not entry.allocated:
            continue
        report = call("debugfs", "-R", f"stat <{entry.address}>", path).decode()
        for field, word in (("modified", "mtime"), ("changed", "ctime"), ("created", "crtime")):
            seconds, extra = re.search(rf"^ ?{word}: 0x([0-9a-f]+):([0-9a-f]+)", report, re.M).groups()  # type: ignore[union-attr]
            (time,) = [time for time in entry.times if time.field == field]
            assert time.as_stored == f"{int(seconds, 16)}.{int(extra, 16) >> 2:09d}"


def test_ntfs_streams_and_places(
    call: Call, made: Callable[[str], Path], opened: Callable[..., FileSystem], tree: Path
) -> None:
    fs = opened(made("ntfs"), 512)
    entries = by_path(fs)
    assert EntryLayer(fs, entries["/file 2.bin", "hidden"]).read(0, 9999) == (tree / "docs/file 8.bin").read_bytes()
    resident = entries["/file 2.bin", None]
    assert resident.storage is Storage.RESIDENT
    (run,) = resident.runs
    stored = fs.volume.image.read(run.offset, run.length)
    content = (tree / "docs/file 2.bin").read_bytes()
    assert sum(a != b for a, b in zip(stored, content, strict=True)) <= 2
    times = {t.field: t for t in resident.times}
    assert set(times) >= {"modified", "accessed", "changed", "created", "fn_modified", "fn_created"}
    assert all(time.as_stored.isdigit() and time.zone == "utc" for time in times.values())
    report = call("istat", made("ntfs"), resident.address).decode()
    shown = re.search(r"Created:\s+(\S+ \S+?)(\d\d) \(UTC\)", report.partition("$FILE_NAME")[0])
    assert shown is not None
    assert str(times["created"].when).startswith(shown.group(1)[:26])
    assert str(EntryLayer(fs, entries["/file 2.bin", "hidden"]).locator).endswith("ntfs:/file 2.bin:hidden")


def test_one_lost_sector_does_not_hide_a_file_system(
    call: Call, made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made("ext4")
    report = call("debugfs", "-R", "stats", path).decode()
    bitmap = re.search(r"block bitmap at (\d+)", report)
    assert bitmap is not None
    lost = int(bitmap.group(1)) * 1024 + 512
    expected = [entry for entry, _ in entries_of(open_image(open_segments([path])))]
    image = open_image(open_segments([path]))
    real = os.pread

    def failing(fd: int, length: int, offset: int) -> bytes:
        if fd == image.segments[0].fd and offset < lost + 512 and lost < offset + length:
            raise OSError(errno.EIO, "Input/output error")
        return real(fd, length, offset)

    monkeypatch.setattr(os, "pread", failing)
    layer = VolumeLayer(image, 1, 0, image.size)
    fs = open_filesystem(layer)
    assert [entry.path for entry in fs.walk()] == [entry.path for entry in expected]
    assert fs.free is not None
    assert image.bad_runs == (ByteRun(lost, 512),)


def test_the_library_is_never_shown_an_error() -> None:
    class Broken:
        size = 1 << 20

        def read(self, offset: int, length: int) -> bytes:
            if offset < 4096:
                return b"x" * min(length, 100)
            raise OSError(errno.EIO, "Input/output error")

    view = LayerImage(Broken())
    assert view.read(0, 300) == b"x" * 100 + bytes(200)
    assert view.read(8192, 4096) == bytes(4096)


@pytest.mark.parametrize("kind", ["ntfs", "ext4"])
def test_an_e01_of_a_partitioned_disk_reads_the_same(
    call: Call, kind: str, made: Callable[[str], Path], tmp_path: Path
) -> None:
    content = made(kind).read_bytes()
    start = 2048 * 512
    head = bytearray(start)
    head[446:462] = struct.pack("<B3sB3sII", 0, b"", 0x07 if kind == "ntfs" else 0x83, b"", 2048, len(content) // 512)
    head[510:512] = b"\x55\xaa"
    raw = tmp_path / "disk.raw"
    raw.write_bytes(bytes(head) + content + bytes(8192))
    call("ewfacquire", "-u", "-q", "-t", tmp_path / "disk", "-f", "encase6", "-c", "deflate:fast", raw)

    one = list(entries_of(open_image(open_segments([raw]))))
    two = list(entries_of(open_image(open_segments(discover(tmp_path / "disk.E01")))))
    assert one == two
    assert len(one) > 10


def test_what_is_no_file_system_is_refused_in_words(volume_of: Callable[..., Image]) -> None:
    for content in (bytes(100_000), b"\x81" * 100_000, b"", bytes(1080) + b"\x53\xef" + bytes(100_000)):
        image = volume_of(content or b"x")
        with pytest.raises(ImpoundError):
            open_filesystem(VolumeLayer(image, 1, 0, len(content)))


def test_runs_outside_the_layer_are_not_given(made: Callable[[str], Path], opened: Callable[..., FileSystem]) -> None:
    fs = opened(made("ext2"))
    entry = by_path(fs)["/docs/file 10.bin", None]
    layer = EntryLayer(fs, entry)
    assert list(layer.runs(entry.size, 10)) == []
    assert list(layer.runs(-1, 10)) == []
    assert layer.read(entry.size, 1) == b""
    assert list(layer.runs(0, 10)) == [ByteRun(entry.runs[0].offset, 10)]
