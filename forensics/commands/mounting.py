"""The evidence tree as a file system of the operating system: read-only, through FUSE on Linux.

The process that answers the kernel parses nothing: it lists from the case database, and asks a confined worker
for bytes (`EvidenceReader`). libfuse is the system's own, reached with mfusepy.
"""

from __future__ import annotations

import errno
import functools
import importlib
import os
import shutil
import stat
import sys
from collections.abc import Mapping
from ctypes.util import find_library
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.commands.evidence_tree import LONGEST_VALUE, EvidenceTree, Node
from forensics.commands.reader import EvidenceReader
from forensics.commands.unmounting import guarded
from forensics.errors import CaseError, EvidenceError, ImpoundError, UsageError

PREFIX = "user.impound."
DEVICE = Path("/dev/fuse")
_PIECE = 1 << 20  # bytes asked of the worker at once
_PIECES = 16  # kept

Status = dict[str, int]


class Operations:
    """What FUSE asks for; see fuse.h of libfuse. What is not here, such as writing, is refused by libfuse itself."""

    use_ns = True  # times are whole nanoseconds

    def __init__(self, case: Case, reader: EvidenceReader) -> None:
        """Answer for the evidence of `case`."""
        self._tree = EvidenceTree(case)
        self._reader = reader
        self._piece = functools.lru_cache(_PIECES)(self._read_piece)
        self._owner = {"st_uid": os.getuid(), "st_gid": os.getgid()}

    def _node(self, path: str) -> Node:
        try:
            return self._tree.node(path)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error

    def getattr(self, path: str, _handle: int | None = None) -> Status:
        """Kind, size and times."""
        node = self._node(path)
        folder = node.children is not None
        return {
            **self._owner,
            "st_mode": stat.S_IFDIR | 0o555 if folder else stat.S_IFREG | 0o444,
            "st_nlink": 2 if folder else 1,
            "st_size": node.size,
            "st_blocks": -(-node.size // 512),
            "st_mtime": node.modified,
            "st_atime": node.accessed,
            "st_ctime": node.changed,
        }

    def readdir(self, path: str, _handle: int) -> list[str]:
        """The names in a folder."""
        self._node(path)
        return [".", "..", *self._tree.listing(path)]

    def open(self, path: str, flags: int) -> int:
        """A file, for reading only."""
        if flags & os.O_ACCMODE != os.O_RDONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        self._node(path)
        return 0

    def read(self, path: str, size: int, offset: int, _handle: int) -> bytes:
        """Bytes of a file; EIO where the evidence or its worker does not give them up."""
        end = min(offset + size, self._node(path).size)
        data = bytearray()
        while offset + len(data) < end:
            place = offset + len(data)
            piece = self._piece(path, place // _PIECE)
            found = piece[place % _PIECE :][: end - place]
            if not found:
                raise OSError(errno.EIO, os.strerror(errno.EIO), path)
            data += found
        return bytes(data)

    def _read_piece(self, path: str, number: int) -> bytes:
        node = self._node(path)
        content = node.content
        offset = number * _PIECE
        length = min(_PIECE, node.size - offset)
        if content is None:
            return b""
        try:
            if content.entry is not None:
                return self._reader.entry(content.entry, offset, length)[0]
            return self._reader.stored(content.exhibit, content.runs, offset, length, sealed=content.sealed)
        except ImpoundError as error:
            raise OSError(errno.EIO, str(error), path) from error

    def listxattr(self, path: str) -> list[str]:
        """Names of the attributes that a node has."""
        return [PREFIX + name for name in self._node(path).attributes]

    def getxattr(self, path: str, name: str, _position: int = 0) -> bytes:
        """The value of an attribute, as UTF-8, cut to what the system allows."""
        value = self._node(path).attributes.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        if value is None:
            raise OSError(errno.ENODATA, os.strerror(errno.ENODATA), path)
        return value.encode("utf-8", "backslashreplace")[:LONGEST_VALUE]


def refusal() -> str:
    """Why this system cannot mount anything, in a sentence; empty where it can."""
    if sys.platform != "linux":
        return "mounting needs Linux; `impound cat` reads single files"
    if not DEVICE.exists():
        return f"this system lacks FUSE: there is no {DEVICE}; `modprobe fuse` loads it, where a container does not hide it"
    if shutil.which("fusermount3") is None and shutil.which("fusermount") is None:
        return "this system lacks FUSE: there is no fusermount3; the package fuse3 has it"
    if find_library("fuse3") is None and find_library("fuse") is None:
        return "this system lacks FUSE: there is no libfuse3; the package fuse3 has it"
    return ""


def _check_place(case: Path, place: Path) -> None:
    if not place.is_dir():
        raise UsageError(f"{place}: give an empty folder to mount on")
    if place.resolve().is_relative_to(case.resolve()):
        raise UsageError(f"{place}: is in the case folder, which holds nothing but the case")
    if any(place.iterdir()):
        raise UsageError(f"{place}: is not empty")


def mount(case: Case, place: Path) -> None:
    """Show the evidence at `place` until the process is told to end, or the place is unmounted.

    However the process ends, the place is unmounted (`unmounting`).

    Raises:
        UsageError: this system has no FUSE, or the place is not an empty folder outside of the case.
        CaseError: the system refuses.
    """
    reason = refusal()
    if reason:
        raise UsageError(reason)
    _check_place(case.folder, place)
    if find_library("fuse3") is not None:
        os.environ.setdefault("FUSE_LIBRARY_NAME", "fuse3")
    try:
        fuse = importlib.import_module("mfusepy")  # loads libfuse, which is not on every system
    except (ImportError, OSError) as error:
        raise UsageError(f"this system lacks FUSE: {error}") from error
    tool = shutil.which("fusermount3") or shutil.which("fusermount") or ""
    with EvidenceReader(case) as reader, guarded(place, tool):
        _start(case, reader)
        try:
            fuse.FUSE(Operations(case, reader), str(place), **_OPTIONS)
        except RuntimeError as error:
            raise CaseError(f"{place}: the system refuses to mount here (libfuse: {error})") from error


_OPTIONS: Mapping[str, Any] = {
    "foreground": True,
    "nothreads": True,  # one worker answers
    "ro": True,
    "nosuid": True,
    "nodev": True,
    "noexec": True,
    "fsname": "impound",
    "subtype": "impound",
    "kernel_cache": True,  # evidence does not change
}


def _start(case: Case, reader: EvidenceReader) -> None:
    """Start the worker before there is a mount, which would be one of its own mounts too."""
    for exhibit in case.exhibits():
        try:
            reader.image(exhibit["number"], 0, 1)
        except EvidenceError:
            continue  # its files are not where they were; reading them says so
        return
