"""The writers against readers that others wrote."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyewf
import pytest
import pytsk3

from forensics.scenarios.disks import ewf, mbr


class Media(pytsk3.Img_Info):  # type: ignore[misc]
    """Bytes in memory for the Sleuth Kit."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def read(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + size]

    def get_size(self) -> int:
        return len(self.data)

    def close(self) -> None:
        pass


def walk(file_system: Any, folder: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    for entry in folder:
        name = entry.info.name.name.decode()
        meta = entry.info.meta
        if name in (".", ".."):
            continue
        if meta is None:  # the number of times a record was used has grown since the name was written
            yield f"{path}/{name}", file_system.open_meta(entry.info.name.meta_addr)
            continue
        yield f"{path}/{name}", entry
        if meta.type == pytsk3.TSK_FS_META_TYPE_DIR and meta.addr not in seen and not name.startswith("$Orphan"):
            yield from walk(file_system, entry.as_directory(), f"{path}/{name}", seen | {meta.addr})


@pytest.mark.parametrize("number", [1, 2, 3])
def test_sleuth_kit_reads_every_file(laptop: Any, number: int) -> None:
    image = Media(laptop.media)
    volume = laptop.truth["volumes"][number - 1]
    file_system = pytsk3.FS_Info(image, offset=volume["offset"])
    entries = dict(walk(file_system, file_system.open_dir("/"), "", set()))
    wanted = [file for file in laptop.truth["files"] if file["volume"] == number]
    assert len(wanted) > 8
    for file in wanted:
        entry = entries[file["path"]]
        gone = bool(int(entry.info.meta.flags) & int(pytsk3.TSK_FS_META_FLAG_UNALLOC))
        assert gone == file["deleted"], file["path"]
        if file["sha256"] is None:
            continue
        streams = [a for a in entry if a.info.type in (1, 128) and _name(a) == file["stream"]]
        assert len(streams) == 1, file
        stream = streams[0]
        content = b"" if file["size"] == 0 else entry.read_random(0, file["size"], stream.info.type, stream.info.id)
        assert stream.info.size == file["size"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"], file["path"]


def _name(attribute: Any) -> str | None:
    name = attribute.info.name
    text = name.decode() if name else ""
    return None if text in ("", "N/A") else text


def test_partition_table(laptop: Any) -> None:
    parts = [
        (part.start * 512, part.len * 512)
        for part in pytsk3.Volume_Info(Media(laptop.media))
        if part.flags == pytsk3.TSK_VS_PART_FLAG_ALLOC
    ]
    assert parts == [(v["offset"], v["size"]) for v in laptop.truth["volumes"]]
    ends = [start + size for start, size in parts]
    assert all(following[0] > end for end, following in zip(ends, parts[1:], strict=False))


@pytest.mark.parametrize(
    ("number", "command"),
    [(1, ["ntfsfix", "-n"]), (2, ["e2fsck", "-f", "-n"]), (3, ["fsck.fat", "-n"])],
)
def test_checkers_find_no_fault(laptop: Any, tmp_path: Path, number: int, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    volume = laptop.truth["volumes"][number - 1]
    path = tmp_path / "volume.img"
    path.write_bytes(laptop.media[volume["offset"] : volume["offset"] + volume["size"]])
    done = subprocess.run(
        [*command, path],
        env={"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_e01_gives_back_the_media(tmp_path: Path) -> None:
    noise = hashlib.shake_256(b"noise").digest(ewf.CHUNK_SIZE)
    media = mbr.boot_record(7, [(7, 512, 1024)]).ljust(ewf.CHUNK_SIZE, b"\0") + noise + bytes(3 * ewf.CHUNK_SIZE)
    particulars = ewf.Particulars("C-1", "E1", "text", "examiner", "notes", 1_700_000_000, bytes(16))
    out = io.BytesIO()
    ewf.write(out, media, particulars)
    path = tmp_path / "image.E01"
    path.write_bytes(out.getvalue())
    handle = pyewf.handle()
    handle.open([str(path)])
    try:
        assert handle.get_media_size() == len(media)
        assert handle.read_buffer(len(media)) == media
        assert handle.get_hash_value("MD5") == hashlib.md5(media).hexdigest()
        assert handle.get_header_value("case_number") == "C-1"
    finally:
        handle.close()
    if shutil.which("ewfverify"):
        done = subprocess.run(
            ["ewfverify", "-q", path],
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "SUCCESS" in done.stdout, done.stdout
    with pytest.raises(ValueError, match="whole chunks"):
        ewf.write(io.BytesIO(), media + b"x", particulars)
