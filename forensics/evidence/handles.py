"""Segments of an image on the examiner's disk: found by name, opened read-only, proved unchanged.

Only this module opens evidence by path. Everything above it works on `SegmentFile`s, so a worker
that may not open anything can still read what it was handed.
"""

from __future__ import annotations

import os
import re
import stat
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from forensics.errors import EvidenceError, UnreadableRun

_SECTOR = 512  # the smallest piece that a failing disk loses at once


@dataclass(frozen=True, slots=True)
class Identity:
    """What the operating system says about an open file; equal before and after = nothing wrote to it.

    `ctime_ns` cannot be put back by an ordinary program, so it tells on edits that reset `mtime_ns`.
    """

    dev: int
    ino: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, state: os.stat_result) -> Identity:
        """The identity in what `stat` or `fstat` answered."""
        changed = getattr(state, "st_ctime_ns", 0)  # not on every system
        return cls(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, changed)


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """One open file of an image: its base name, a read-only descriptor, its size in bytes.

    The size is taken before a worker is confined, because a confined worker cannot ask for it.
    """

    name: str
    fd: int
    size: int

    def pread(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes at `offset`; shorter only at the end of the file.

        Raises:
            UnreadableRun: the disk that holds the file answers with an error.
        """
        parts: list[bytes] = []
        length = min(length, self.size - offset) if offset >= 0 else 0  # offsets may come from the evidence
        while length > 0:
            try:
                part = os.pread(self.fd, length, offset)
            except OSError as error:
                raise UnreadableRun(self.name, error.strerror or "read error", offset) from error
            if not part:
                break
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pread_zero_filled(self, offset: int, length: int, lost: Callable[[int, int], None]) -> bytes:
        """Like `pread`, with zeros for every 512-byte sector that cannot be read.

        `lost(offset, length)` is told each range in addresses of this file. A failing read is halved
        until single sectors remain, so the ranges are exact.
        """
        try:
            return self.pread(offset, length)
        except UnreadableRun:
            if length <= _SECTOR and offset // _SECTOR == (offset + length - 1) // _SECTOR:
                lost(offset, length)
                return bytes(length)
        middle = offset + length // 2
        middle -= middle % _SECTOR
        if middle <= offset:
            middle = offset - offset % _SECTOR + _SECTOR
        left = self.pread_zero_filled(offset, middle - offset, lost)
        return left + self.pread_zero_filled(middle, offset + length - middle, lost)

    def identity(self) -> Identity:
        """The identity of the open file now."""
        return Identity.of(os.fstat(self.fd))

    def close(self) -> None:
        """Close the descriptor; reading afterwards is an error."""
        os.close(self.fd)


def discover(path: Path) -> tuple[Path, ...]:
    """All segments of the image that `path` belongs to, in order, from the first.

    Knows E01…E99, EAA…ZZZ (also in lower case, and s01 of SMART), split raw .000/.001…, .1/.2…, .aa…, the
    xaa, xab… of `split`, and `.1of3`.
    Any other name is an image of one file.

    Raises:
        EvidenceError: the file is not there, or a segment is missing; it is named.
    """
    if not path.exists():
        raise EvidenceError(path.name, "there is no such file")
    family = _family(path)
    if family is None:
        return (path,)
    here = {name: number for name in _names(path.parent) if (number := family(name)) is not None}
    here = {name: number for name, number in here.items() if _plausible(path, number, set(here.values()))}
    if not here:
        return (path,)
    ordered = sorted(here, key=lambda name: here[name])
    first = here[ordered[0]]
    start = 0 if first == 0 and _counts_from_zero(path) else 1
    expected = start
    for name in ordered:
        if here[name] != expected:
            raise EvidenceError(path.name, f"segment {_segment_name(path, expected)} of the image is missing")
        expected += 1
    return tuple(path.parent / name for name in ordered)


# First bytes of containers that may need other files: a backing file, a parent, extents.
_NEEDY = (b"QFI\xfb", b"KDMV", b"# Disk DescriptorFile", b"vhdxfile", b"conectix")
_LONGEST_NAME = 255


def may_need_others(path: Path) -> bool:
    """Whether a file is of a kind that may need other files; what they are only a worker finds out."""
    size = path.stat().st_size
    with path.open("rb", buffering=0) as file:
        if file.read(32).startswith(_NEEDY):
            return True
        file.seek(max(size - 512, 0))
        return b"conectix" in file.read(9)


def beside(path: Path, name: str) -> Path:
    """The file of that name in the folder of `path`. The name comes from the evidence: it never leaves the folder.

    Raises:
        EvidenceError: it is not a plain name, or there is no such file.
    """
    if not name or len(name) > _LONGEST_NAME or name in (".", "..") or any(c in name for c in "/\\\0"):
        raise EvidenceError(path.name, "needs another file whose name cannot be used; give all files, the newest first")
    other = path.parent / name
    if not other.is_file():
        raise EvidenceError(path.name, f"needs {name!r}, which is not in its folder; give all files, the newest first")
    return other


def _plausible(path: Path, number: int, numbers: set[int]) -> bool:
    """Whether a sibling with a segment-like name is one: `a.txt` beside `a.E01` is not segment 11,000."""
    if _ewf_number(path.suffix) is not None:
        return number <= _DIGITS or (_DIGITS in numbers and (number <= _E_LETTERS or _E_LETTERS in numbers))
    if _LETTERED.fullmatch(path.suffix):  # `a.gz` beside `a.aa`: one gap is a loss, more are a coincidence
        return bool(numbers & {number - 1, number - 2}) or number == 1
    return True


def open_segments(paths: Sequence[Path]) -> tuple[SegmentFile, ...]:
    """Open each path read-only, without following a link at its end; none stays open on failure.

    Raises:
        EvidenceError: a path is a link, a device or a folder, or cannot be opened.
    """
    opened: list[SegmentFile] = []
    try:
        for path in paths:
            opened.append(_open(path))
    except EvidenceError:
        for segment in opened:
            segment.close()
        raise
    return tuple(opened)


def _open(path: Path) -> SegmentFile:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)  # a named pipe must be refused, not waited for
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        reason = "is a link; give the file itself" if path.is_symlink() else (error.strerror or str(error))
        raise EvidenceError(path.name, reason) from error
    state = os.fstat(descriptor)
    refusal = _refusal(state.st_mode)
    if refusal:
        os.close(descriptor)
        raise EvidenceError(path.name, refusal)
    return SegmentFile(path.name, descriptor, state.st_size)


def _refusal(mode: int) -> str:
    """Why a file of this kind is not opened; empty for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    if stat.S_ISBLK(mode):
        return "is a device; make an image of it behind a write blocker and give the image"
    if stat.S_ISDIR(mode):
        return "is a folder, not an image file"
    return "is not a regular file"


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


# EnCase: E01…E99, then EAA…EZZ, FAA…ZZZ (libyal, Expert Witness Compression Format, §2.2).
_EWF = re.compile(r"(?i)\.([es])(\d\d|[a-z]{2})$|\.([f-z][a-z]{2})$")
_EX01 = re.compile(r"(?i)(\.[el]x|\.l)(\d\d|[a-z]{2})")  # Ex01…Ex99, ExAA…ExZZ (libyal, EWF 2, §2.2); L01…
_DIGITS, _E_LETTERS = 99, 775  # segments named E01…E99, and those up to EZZ
_NUMBERED = re.compile(r"\.(\d{3,5})$")
_PLAIN = re.compile(r"\.([1-9]\d{0,3})$")  # .1 … .10 …: as wide as it must be
_OF = re.compile(r"(?i)^(.*?)([1-9]\d{0,3})(of[1-9]\d{0,3}(?:\..{1,8})?)$")
_LETTERED = re.compile(r"\.([a-z]{2,3})$")


def _family(path: Path) -> Callable[[str], int | None] | None:
    """A function from a file name to its segment number among the siblings of `path`, or None."""
    suffix = path.suffix
    stem = path.name[: len(path.name) - len(suffix)]

    def numbered(parse: Callable[[str], int | None]) -> Callable[[str], int | None]:
        def number(name: str) -> int | None:
            if not name.startswith(stem + ".") or len(name) != len(path.name):
                return None
            return parse(name[len(stem) :])

        return number

    if match := _OF.match(path.name):
        return lambda name: (
            int(each[2]) if (each := _OF.match(name)) and (each[1], each[3]) == (match[1], match[3]) else None
        )
    if _ewf_number(suffix) is not None:
        first = stem + (".e01" if suffix[1].islower() else ".E01")
        smart = stem + (".s01" if suffix[1].islower() else ".S01")
        if suffix[1] in "sS" and not (path.parent / first).exists() and (path.parent / smart).exists():
            return numbered(lambda text: _ewf_number(text) if text[1] in "sS" else None)
        if suffix[1:].lower() == "e01" or (path.parent / first).exists():
            lower = suffix[1].islower()
            return numbered(
                lambda text: _ewf_number(text) if text[1].islower() == lower and text[1] not in "sS" else None
            )
    if _EX01.fullmatch(suffix) and (path.parent / f"{stem}{suffix[:-2]}01").exists():
        return numbered(lambda text: _ex01_number(text) if text[:-2] == suffix[:-2] else None)
    if _NUMBERED.fullmatch(suffix):
        return numbered(lambda text: int(text[1:]) if _NUMBERED.fullmatch(text) else None)
    if _PLAIN.fullmatch(suffix) and (path.parent / f"{stem}.1").exists() and (path.parent / f"{stem}.2").exists():
        return lambda name: (
            int(name[len(stem) + 1 :]) if name.startswith(stem) and _PLAIN.fullmatch(name[len(stem) :]) else None
        )
    if not suffix and re.fullmatch(r".*[a-z]{2,3}", path.name):
        for width in (2, 3):
            base = path.name[:-width]
            if all((path.parent / (base + "a" * (width - 1) + last)).exists() for last in "ab"):
                return _lettered_names(base, width)
    if _LETTERED.fullmatch(suffix) and (path.parent / (stem + "." + "a" * (len(suffix) - 1))).exists():
        return numbered(lambda text: _letters(text[1:]) + 1 if _LETTERED.fullmatch(text) else None)
    return None


def _lettered_names(base: str, width: int) -> Callable[[str], int | None]:
    """The names that `split` makes: xaa, xab …"""

    def number(name: str) -> int | None:
        text = name[len(base) :]
        return _letters(text) + 1 if name.startswith(base) and re.fullmatch(f"[a-z]{{{width}}}", text) else None

    return number


def _letters(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 26 + string.ascii_lowercase.index(letter)
    return value


def _ewf_number(suffix: str) -> int | None:
    """1 for .E01, 99 for .E99, 100 for .EAA … ; None for other suffixes."""
    if not _EWF.fullmatch(suffix):
        return None
    text = suffix[1:].lower()
    if text[1:].isdigit():
        return int(text[1:]) or None
    base = 18 if text[0] == "s" else 4  # 's' and 'e': the letter that the numbering began with
    return 100 + (_letters(text) - base * 676)


def _ex01_number(suffix: str) -> int | None:
    """1 for .Ex01 and .L01, 99 for .Ex99, 100 for .ExAA … ; None for other suffixes."""
    match = _EX01.fullmatch(suffix)
    if match is None:
        return None
    return (int(match[2]) or None) if match[2].isdigit() else 100 + _letters(match[2].lower())


def _counts_from_zero(path: Path) -> bool:
    return _NUMBERED.fullmatch(path.suffix) is not None


def _segment_name(path: Path, number: int) -> str:
    """The name that segment `number` of the set of `path` would have."""
    suffix = path.suffix
    stem = path.name[: len(path.name) - len(suffix)]
    width = len(suffix) - 1
    if match := _OF.match(path.name):
        return f"{match[1]}{number}{match[3]}"
    if not suffix:
        return f"{path.name[:-2]}{string.ascii_lowercase[(number - 1) // 26 % 26]}{string.ascii_lowercase[(number - 1) % 26]}"
    if _NUMBERED.fullmatch(suffix):
        return f"{stem}.{number:0{width}d}"
    if _PLAIN.fullmatch(suffix):
        return f"{stem}.{number}"
    if _EX01.fullmatch(suffix) and number <= _DIGITS:
        return f"{stem}{suffix[:-2]}{number:02d}"
    if _ewf_number(suffix) is not None:
        if number <= 99:
            letter = suffix[1] if suffix[1] in "sS" else ("e" if suffix[1].islower() else "E")
            return f"{stem}.{letter}{number:02d}"
        value = number - 100 + (18 if suffix[1] in "sS" else 4) * 676
        width = 3
    else:
        value = number - 1
    text = ""
    for _ in range(width):
        value, rest = divmod(value, 26)
        text = string.ascii_lowercase[rest] + text
    return f"{stem}.{text.upper() if suffix[1].isupper() else text}"
