"""The mounted evidence tree against the tools of the system and against the files that the image was made of."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands import mounting
from forensics.commands.evidence_tree import EvidenceTree, fit
from forensics.commands.main import main
from forensics.commands.reader import EvidenceReader
from forensics.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ("new\nline", "right\u202eleft", "x" * 255, "colon:in it", "back\\slash", "\u00e4" * 127)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gap, then ext4 by mkfs from a folder, with a file and a folder that debugfs removed."""
    folder = tmp_path_factory.mktemp("mount")
    tree = folder / "tree"
    (tree / "deep" / "er").mkdir(parents=True)
    (tree / "gone").mkdir()
    for number, name in enumerate(HOSTILE):
        (tree / name).write_bytes(hashlib.shake_256(name.encode()).digest(1000 * number))
    (tree / "deep" / "er" / "big.bin").write_bytes(hashlib.shake_256(b"big").digest(3_300_001))
    (tree / "deep" / "er" / "old.txt").write_text("then")
    os.utime(tree / "deep" / "er" / "old.txt", ns=(1_000_000_000_123_456_000, 1_500_000_000_654_321_000))
    (tree / "deep" / "link").symlink_to("/etc/passwd")
    (tree / "gone" / "inner.txt").write_text("inner")
    (tree / "lost.txt").write_text("lost " * 900)
    part = folder / "part.raw"
    subprocess.run(["mkfs.ext4", "-q", "-b", "1024", "-d", tree, part, "16m"], check=True, capture_output=True)
    for command in ("rm lost.txt", "rm gone/inner.txt", "rmdir gone"):
        subprocess.run(["debugfs", "-w", "-R", command, part], check=True, capture_output=True)
    image = folder / "disk.raw"
    with image.open("wb") as file:
        file.write(b"gap" * 1000)
        file.truncate(1 << 20)
        file.seek(1 << 20)
        file.write(part.read_bytes())
    subprocess.run(
        ["sfdisk", "-q", image], input="label: dos\nstart=2048, type=83\n", text=True, check=True, capture_output=True
    )
    return image


@pytest.fixture(scope="module")
def case(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case") / "case"
    assert main(["case", "new", str(folder), "--number", "M-1", "--examiner", "Test Examiner"]) == 0
    assert main(["add", str(folder), str(disk)]) == 0
    assert main(["examine", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def operations(case: Path) -> Iterator[mounting.Operations]:
    with Case.read(case) as opened, EvidenceReader(opened) as reader:
        yield mounting.Operations(opened, reader)


def files(operations: mounting.Operations, folder: str) -> Iterator[str]:
    for name in operations.readdir(folder, 0)[2:]:
        path = f"{folder.rstrip('/')}/{name}"
        if operations.getattr(path)["st_mode"] & 0o40000:
            yield from files(operations, path)
        else:
            yield path


def whole(operations: mounting.Operations, path: str) -> bytes:
    size = operations.getattr(path)["st_size"]
    step = 131_072  # as the kernel asks
    return b"".join(operations.read(path, step, offset, 0) for offset in range(0, size, step))


def test_every_file_is_there_with_its_bytes_digest_and_times(operations: mounting.Operations, disk: Path) -> None:
    tree = disk.parent / "tree"
    top = "/E1/volume-1/files"
    for source in (each for each in tree.rglob("*") if each.is_file() and not each.is_symlink()):
        path = "/".join([top, *(fit(part) for part in source.relative_to(tree).parts)])
        if source.name in ("lost.txt", "inner.txt"):
            with pytest.raises(OSError, match="No such file"):
                operations.getattr(path)
            continue
        data = source.read_bytes()
        assert whole(operations, path) == data
        assert operations.getxattr(path, "user.impound.sha256").decode() == hashlib.sha256(data).hexdigest()
        assert operations.getxattr(path, "user.impound.path").decode() == f"/{source.relative_to(tree)}"
        # whole microseconds: what the case keeps
        assert operations.getattr(path)["st_mtime"] // 10**9 == source.stat().st_mtime_ns // 10**9
    assert whole(operations, f"{top}/deep/link") == b"/etc/passwd"


def test_deleted_entries_are_marked(operations: mounting.Operations) -> None:
    names = operations.readdir("/E1/volume-1/files", 0)
    (lost,) = (name for name in names if name.startswith("lost.txt.deleted-"))
    assert operations.getxattr(f"/E1/volume-1/files/{lost}", "user.impound.state") == b"deleted"
    assert len(names) == len(set(names))


def test_no_byte_of_the_medium_is_missing(operations: mounting.Operations, disk: Path) -> None:
    image = disk.read_bytes()
    assert whole(operations, "/E1/image.raw") == image
    assert operations.getxattr("/E1/image.raw", "user.impound.sha256").decode() == hashlib.sha256(image).hexdigest()
    assert whole(operations, "/E1/volume-1/volume.raw") == image[1 << 20 :]
    covered = bytearray(len(image))
    for path in files(operations, "/E1"):
        if "runs" in (name.removeprefix("user.impound.") for name in operations.listxattr(path)):
            runs = json.loads(operations.getxattr(path, "user.impound.runs"))
            assert whole(operations, path) == b"".join(image[at : at + length] for at, length in runs)
            if not path.endswith("/volume.raw"):
                for at, length in runs:
                    covered[at : at + length] = b"\1" * length
    with Case.read(Path(operations._tree._case.folder)) as case, case.engine.connect() as connection:
        for (text,) in connection.exec_driver_sql("SELECT runs_json FROM entry WHERE exhibit='E1'"):
            for at, length in json.loads(text):
                if at >= 0:
                    covered[at : at + length] = b"\1" * length
    assert covered.count(0) == 0


def test_names_fit_and_do_not_meet() -> None:
    assert fit("a/b\0\u202e") == "a\\u{2f}b\\u{0}\\u{202e}"
    assert [fit(name) for name in ("", ".", "..")] == ["(no name)", "\\u{2e}", "\\u{2e}\\u{2e}"]
    assert len(fit("\u00e4" * 300, ".deleted-7").encode()) <= 255


def test_equal_names_and_bare_folders(case: Path, tmp_path: Path) -> None:
    """Rows as hostile file systems give them: names twice, files where folders are, entries below folders of no entry."""
    (tmp_path / "case.db").write_bytes((case / "case.db").read_bytes())
    with Case.open(tmp_path) as opened:
        (row,) = (each for each in opened.rows(select(schema.entry)) if each["path"] == "/deep/er/old.txt")
        made = [("/same", True), ("/same", True), ("/same.entry-1001", True), ("/a/b/c.txt", False), ("/a", True)]
        with opened.transaction() as connection:
            for number, (path, live) in enumerate(made, 1000):
                parent, _, name = path.rpartition("/")
                values = {"id": number, "path": path, "parent": parent or "/", "name": name, "allocated": live}
                connection.execute(insert(schema.entry).values(**{**row, **values}))
        tree = EvidenceTree(opened)
        top = "/E1/volume-1/files"
        names = set(tree.listing(top))
        assert {name for name in names if name.startswith(("same", "a"))} == {
            *("same", "same.entry-1001", "same.entry-1001.entry-1002", "a", "a.folder")
        }
        assert list(tree.listing(f"{top}/a.folder/b")) == ["c.txt.deleted-1003"]
        assert tree.node(f"{top}/a").children is None


def test_a_system_without_fuse_is_told_in_words(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mounting, "DEVICE", tmp_path / "none")
    assert main(["mount", str(case), str(tmp_path)]) == 2
    assert "lacks FUSE" in capsys.readouterr().err
    monkeypatch.setattr(mounting, "DEVICE", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert "fusermount3" in mounting.refusal()
    monkeypatch.setattr(sys, "platform", "win32")
    assert "needs Linux" in mounting.refusal()


def test_places_that_are_refused(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounting, "refusal", lambda: "")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (case / "inside").mkdir(exist_ok=True)
    with Case.read(case) as opened:
        for place in (tmp_path / "none", tmp_path / "full", case / "inside"):
            with pytest.raises(UsageError):
                mounting.mount(opened, place)
    (case / "inside").rmdir()


# --- through the kernel

needs_fuse = pytest.mark.skipif(
    bool(mounting.refusal()) or not os.access("/dev/fuse", os.R_OK | os.W_OK),
    reason=f"FUSE cannot be used here: {mounting.refusal() or '/dev/fuse may not be opened'}",
)


def is_mounted(place: Path) -> bool:
    return f" {place} fuse.impound " in Path("/proc/mounts").read_text()


def wait_for(place: Path, mounted: bool, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while is_mounted(place) is not mounted:
        assert time.monotonic() < end, f"{place}: mounted is still {not mounted}"
        assert not mounted or process.poll() is None, "the program ended"
        time.sleep(0.05)


@contextlib.contextmanager
def mounted(case: Path, place: Path) -> Iterator[subprocess.Popen[bytes]]:
    place.mkdir()
    command = [sys.executable, "-P", "-B", "-m", "forensics.commands.main", "mount", str(case), str(place)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    try:
        wait_for(place, True, process)
        yield process
    finally:
        process.terminate()
        process.wait(30)
        wait_for(place, False, process)


@needs_fuse
def test_other_programs_read_what_impound_hashed(case: Path, disk: Path, tmp_path: Path) -> None:
    place = tmp_path / "at"
    with mounted(case, place):
        paths = [each for each in (place / "E1" / "volume-1" / "files").rglob("*") if each.is_file()]
        hashed = {
            each: os.getxattr(each, "user.impound.sha256").decode()
            for each in paths
            if "user.impound.sha256" in os.listxattr(each)
        }
        assert len(hashed) > len(HOSTILE)
        told = subprocess.run(["sha256sum", "-z", *hashed], check=True, capture_output=True, text=True).stdout
        assert told == "".join(f"{digest}  {path}\0" for path, digest in hashed.items())
        assert subprocess.run(["cmp", disk, place / "E1" / "image.raw"], check=False).returncode == 0
        with pytest.raises(OSError, match="Read-only") as refused:
            next(iter(hashed)).open("r+b")
        assert refused.value.errno == errno.EROFS
        with pytest.raises(OSError, match="Read-only"):
            (place / "new").touch()
        with pytest.raises(OSError, match="No data"):
            os.getxattr(place / "E1" / "volume-1" / "files", "user.impound.sha256")


@needs_fuse
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_is_unmounted_when_the_program_ends_or_dies(case: Path, tmp_path: Path, how: signal.Signals) -> None:
    place = tmp_path / "at"
    with mounted(case, place) as process:
        assert (place / "E1").is_dir()
        process.send_signal(how)
        process.wait(30)
        wait_for(place, False, process)
    assert list(place.iterdir()) == []
