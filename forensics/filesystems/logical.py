"""The files of logical evidence (EnCase, L01): names, times, sizes, digests and places, from its text `ltree`.

The text is UTF-16 in lines, fields parted by tabulators. Behind the line `entry` follow a line of two numbers, one with
the names of the fields, then the tree: of each file a line with the number of those below it and a line with its fields.

| field | content |
|---|---|
| p, n | 1 for a folder; the name |
| ls, be | size; number of extents, then place and length of the data, hexadecimal |
| du | place of the same data, already stored for another file |
| cr, ac, wr, mo, dl | seconds since 1970: created, accessed, written, record changed, deleted |
| ha, sha | MD5 and SHA-1 |

Source: libyal/libewf, *Expert Witness Compression Format*, ltree section, and its reading of the same text (facts only).
Not read: owners, permissions, sources, extended attributes, files that repeat one byte; Lx01.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from forensics.errors import EvidenceError, FormatError
from forensics.evidence.ewf import LogicalImage
from forensics.filesystems.base import LEFT_OUT, MOST_REFUSED
from forensics.filesystems.free import Space
from forensics.filesystems.times import from_unix
from forensics.guard import UNGUARDED, Guard, Step
from forensics.model import ByteRun, Entry, EntryKind, EntryTime, Locator, Storage
from forensics.volumes.volume import VolumeLayer

KIND = "l01"
_MAX_DEPTH = 1000
_MAX_SIZE = 1 << 62
_TIMES = (("created", "cr"), ("accessed", "ac"), ("modified", "wr"), ("changed", "mo"), ("deleted", "dl"))
_DIGESTS = (("md5", "ha"), ("sha1", "sha"))
_PIECE = 1 << 20
_READ_TWICE = 2  # how often the whole evidence may be read to compare the digests of its files


class _Line(NamedTuple):
    """An entry of the tree: its number in the text, its fields, and how many are below it."""

    number: int
    fields: dict[str, str]
    below: int


class LogicalFileSystem:
    """The tree of an L01; see `forensics.filesystems.base.Listing`."""

    kind = KIND
    block_size = 1
    metadata: tuple[ByteRun, ...] = ()
    free: Space | None = None

    def __init__(self, volume: VolumeLayer) -> None:
        """Read where its tree begins.

        Raises:
            FormatError: it has no tree.
        """
        self.volume = volume
        self.caveats: tuple[str, ...] = ()
        self.refused: tuple[str, ...] = ()
        image = volume.image
        tree = image.tree if isinstance(image, LogicalImage) else b""
        lines = [line.removesuffix("\r") for line in tree.decode("utf-16-le", "replace").split("\n")]
        self._lines = lines
        try:
            at = [line.removeprefix("\ufeff") for line in lines].index("entry")
        except ValueError:
            raise FormatError(f"{volume.locator}: logical evidence without a tree of files") from None
        self._first = at + 3
        self._names = lines[at + 2].split("\t") if at + 2 < len(lines) else []
        if "n" not in self._names:
            raise FormatError(f"{volume.locator}: logical evidence whose tree has no field for names")

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    def _refuse(self, what: str) -> None:
        if len(self.refused) < MOST_REFUSED and what not in self.refused:
            self.refused += (what,)

    def _entries(self) -> Iterator[_Line]:
        """The entries in the order of the text, up to the first that cannot be read."""
        expected, at = 1, self._first
        while expected and at + 1 < len(self._lines):
            counts = self._lines[at].split("\t")
            below = _number(counts[1]) if len(counts) == 2 else None
            if below is None or below > len(self._lines):
                self._refuse(f"line {at + 1:,} of the tree has no number of entries; the rest was not read")
                return
            fields = dict(zip(self._names, self._lines[at + 1].split("\t"), strict=False))
            yield _Line(at, fields, below)
            expected += below - 1
            at += 2
        if expected:
            self._refuse(f"the tree ends early: {expected:,} entries are missing")

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every entry, depth first; the root, which has no name, is not listed. Stated digests are compared."""
        stack: list[tuple[str, int]] = []  # paths, and how many entries below them follow
        left = _READ_TWICE * self.volume.size
        compared = wrong = 0
        for line in self._entries():
            while stack and not stack[-1][1]:
                stack.pop()
            parent = ""
            if stack:
                parent, count = stack[-1]
                stack[-1] = parent, count - 1
            name = line.fields.get("n", "")
            path = f"{parent}/{_shown(name)}" if name or stack else ""
            stack.append((path, line.below))
            if len(stack) > _MAX_DEPTH:
                self._refuse(f"its folders are more than {_MAX_DEPTH:,} deep; the rest was not read")
                break
            if not path:
                continue
            if not guard.passes(Step(f"line {line.number + 1} of the tree", KIND, path)):
                yield self._entry(line, path, name, [], (LEFT_OUT,))
                continue
            caveats: list[str] = []
            runs = self._runs(line.fields, caveats)
            size = sum(run.length for run in runs)
            if size and size <= left and any(line.fields.get(field) for _, field in _DIGESTS):
                left -= size
                compared += 1
                differ = self._differing(line.fields, runs)
                wrong += bool(differ)
                caveats += differ
            yield self._entry(line, path, name, runs, tuple(caveats))
        self.caveats = (f"{compared:,} files have a stated digest that was compared; {wrong:,} of them differ",)

    def _runs(self, fields: dict[str, str], caveats: list[str]) -> list[ByteRun]:
        """Where the bytes of a file lie, in the image."""
        size = _number(fields.get("ls", "")) or 0
        if not size:
            return []
        words = fields.get("be", "").split(" ")
        place, length = (_number(words[1], 16), _number(words[2], 16)) if len(words) == 3 else (None, None)
        again = _number(fields.get("du", ""))
        place = place if again is None else again
        if place is None or length is None:
            caveats.append("the evidence does not say where its content lies")
            return []
        if length < size:
            caveats.append(f"{length:,} of its {size:,} bytes are stored")
        runs = list(self.volume.runs(place, min(length, size)))
        if sum(run.length for run in runs) < min(length, size):
            caveats.append("its content reaches behind the end of the evidence")
        return runs

    def _differing(self, fields: dict[str, str], runs: list[ByteRun]) -> list[str]:
        """Stated digests that are not those of the bytes."""
        stated = {kind: fields.get(field, "").lower() for kind, field in _DIGESTS}
        hashes = {kind: hashlib.new(kind, usedforsecurity=False) for kind, text in stated.items() if text.strip("0")}
        for run in runs:
            for at in range(run.offset, run.end, _PIECE):
                data = self.volume.image.read(at, min(_PIECE, run.end - at))
                for each in hashes.values():
                    each.update(data)
        return [
            f"the {kind.upper()} that the evidence states ({stated[kind]}) is not that of these bytes"
            for kind, each in hashes.items()
            if each.hexdigest() != stated[kind]
        ]

    def _entry(self, line: _Line, path: str, name: str, runs: list[ByteRun], caveats: tuple[str, ...]) -> Entry:
        folder = line.fields.get("p") == "1" or line.below > 0
        size = 0 if folder else min(_number(line.fields.get("ls", "")) or 0, _MAX_SIZE)
        return Entry(
            volume=self.volume.index,
            address=line.number,
            path=path,
            stream=None,
            kind=EntryKind.DIRECTORY if folder else EntryKind.FILE,
            allocated=True,
            size=size,
            storage=Storage.PLAIN if runs and not folder else Storage.NONE,
            times=tuple(_times(line.fields)),
            runs=() if folder else tuple(runs),
            raw_name=name.encode("utf-16-le", "surrogatepass") if "/" in name else None,
            caveats=caveats,
        )

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a file.

        Raises:
            EvidenceError: the evidence does not say where they lie.
        """
        if not 0 <= entry.address < len(self._lines) - 1:
            raise EvidenceError(entry.path, "the tree has no such line", offset)
        fields = dict(zip(self._names, self._lines[entry.address + 1].split("\t"), strict=False))
        data = b"".join(self.volume.image.read(run.offset, run.length) for run in self._runs(fields, []))
        return data[offset : offset + length]


def _times(fields: dict[str, str]) -> Iterator[EntryTime]:
    for field, column in _TIMES:
        seconds = _number(fields.get(column, ""))
        if seconds:
            yield from_unix(field, seconds, None)


def _number(text: str, base: int = 10) -> int | None:
    """A whole number within bounds, None where it is none."""
    if not text or len(text) > 20 or not text.isascii() or not text.isalnum():
        return None
    try:
        value = int(text, base)
    except ValueError:
        return None
    return value if value < _MAX_SIZE else None


def _shown(name: str) -> str:
    return name.replace("/", "\\x2f")


def is_logical(volume: VolumeLayer) -> bool:
    """Whether a volume is the content of logical evidence."""
    return isinstance(volume.image, LogicalImage)
