"""NTFS records read by ourselves, for what The Sleuth Kit does not hand over.

Exact 100 ns times of $STANDARD_INFORMATION and $FILE_NAME, the image offset of resident content, and
the initialised size of non-resident content. Source: the structures as described in the Linux NTFS
project's documentation and Carrier, File System Forensic Analysis, chapters 11–13.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass, field

from forensics.errors import FormatError
from forensics.filesystems.times import from_filetime
from forensics.model import ByteRun, EntryTime
from forensics.volumes.volume import VolumeLayer

_STANDARD, _LIST, _NAME, _DATA, _INDEX_ROOT = 0x10, 0x20, 0x30, 0x80, 0x90
_STRIDE = 512  # update sequence: the last two bytes of each 512 are replaced
_MAX_EXTENSIONS = 1024
_SI_FIELDS = ("created", "modified", "changed", "accessed")
_FN_FIELDS = ("fn_created", "fn_modified", "fn_changed", "fn_accessed")


@dataclass(frozen=True, slots=True)
class Resident:
    """Content inside a record: its image range, and whether update-sequence bytes lie in it."""

    run: ByteRun
    patched: bool


@dataclass(slots=True)
class Record:
    """What a file record and its extensions hold."""

    sequence: int = 0
    in_use: bool = False
    standard: tuple[int, int, int, int] | None = None
    names: list[tuple[int, str, tuple[int, int, int, int]]] = field(default_factory=list)
    resident: dict[str, Resident] = field(default_factory=dict)
    initialised: dict[str, int] = field(default_factory=dict)
    extensions: list[int] = field(default_factory=list)

    def times(self, parent: int, name: str) -> tuple[EntryTime, ...]:
        """Times of the record, then those of the name in that folder (else of the first name)."""
        out: list[EntryTime] = []
        if self.standard is not None:
            out.extend(map(from_filetime, _SI_FIELDS, self.standard))
        chosen = None
        for known_parent, known, stamps in self.names:
            if known == name and known_parent == parent:
                chosen = stamps
                break
            chosen = chosen or stamps
        if chosen is not None:
            out.extend(map(from_filetime, _FN_FIELDS, chosen))
        return tuple(out)


class RecordReader:
    """File records by number, through the runs of $MFT."""

    def __init__(self, volume: VolumeLayer, mft: list[ByteRun]) -> None:
        """`mft` are the image runs of $MFT's data, in order.

        Raises:
            FormatError: the boot sector does not state a record size that can be.
        """
        boot = volume.read(0, 512)
        sector, cluster = int.from_bytes(boot[11:13], "little"), boot[13]
        raw = int.from_bytes(boot[64:65], "little", signed=True)
        clusters = cluster if cluster <= 128 else 1 << (256 - cluster)
        self.record_size = raw * sector * clusters if raw > 0 else 1 << -raw
        if not 512 <= self.record_size <= 65536:
            raise FormatError(f"NTFS file records of {self.record_size} bytes cannot be")
        self._image = volume.image
        self._runs = mft
        self._starts: list[int] = []
        at = 0
        for run in mft:
            self._starts.append(at)
            at += run.length
        self._size = at

    def record(self, number: int) -> Record:
        """The record with its extension records merged in; an empty one where nothing valid is stored."""
        found = Record()
        self._parse(number, found, base=None)
        extensions = sorted(set(found.extensions))[:_MAX_EXTENSIONS]
        for extension in extensions:
            if extension != number:
                self._parse(extension, found, base=number)
        return found

    def _parse(self, number: int, into: Record, base: int | None) -> None:
        place = self._place(number)
        if place < 0:
            return
        size = self.record_size
        raw = self._image.read(place, size)
        if raw[:4] != b"FILE" or len(raw) < size:
            return
        data = bytearray(raw)
        fix_at, fix_count = struct.unpack_from("<HH", raw, 4)
        if fix_count and fix_at + 2 * fix_count <= size and (fix_count - 1) * _STRIDE <= size:
            for index in range(1, fix_count):
                end = index * _STRIDE
                data[end - 2 : end] = raw[fix_at + 2 * index : fix_at + 2 * index + 2]
        sequence, _, at, flags, used = struct.unpack_from("<HHHHI", data, 16)
        reference = int.from_bytes(data[32:38], "little")
        if base is None:
            into.sequence, into.in_use = sequence, bool(flags & 1)
        elif reference != base:
            return
        used = min(used, size)
        while at + 24 <= used:
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 0xFFFFFFFF or length < 24 or at + length > used:
                return
            if kind in (_STANDARD, _LIST, _NAME, _DATA, _INDEX_ROOT):
                self._attribute(kind, data, at, length, place=place, into=into)
            at += length

    def _attribute(self, kind: int, data: bytearray, at: int, length: int, *, place: int, into: Record) -> None:
        if data[at + 8]:  # non-resident
            if kind == _DATA and length >= 64 and not int.from_bytes(data[at + 16 : at + 24], "little"):
                into.initialised[_name(data, at, length)] = int.from_bytes(data[at + 56 : at + 64], "little")
            return
        size, offset = struct.unpack_from("<IH", data, at + 16)
        if offset + size > length:
            return
        body = at + offset
        if kind in (_DATA, _INDEX_ROOT):
            patched = any(body < end and end - 2 < body + size for end in range(_STRIDE, self.record_size + 1, _STRIDE))
            into.resident[_name(data, at, length)] = Resident(ByteRun(place + body, size), patched)
        elif kind == _STANDARD and size >= 32 and into.standard is None:
            into.standard = struct.unpack_from("<QQQQ", data, body)
        elif kind == _NAME and size >= 66:
            characters = data[body + 64]
            if data[body + 65] != 2 and 66 + 2 * characters <= size:  # 2: the short DOS name beside a long one
                name = data[body + 66 : body + 66 + 2 * characters].decode("utf-16-le", "replace")
                parent = int.from_bytes(data[body : body + 6], "little")
                into.names.append((parent, name, struct.unpack_from("<QQQQ", data, body + 8)))
        elif kind == _LIST:
            entry = body
            while entry + 26 <= body + size:
                step = int.from_bytes(data[entry + 4 : entry + 6], "little")
                if step < 26:
                    break
                into.extensions.append(int.from_bytes(data[entry + 16 : entry + 22], "little"))
                entry += step

    def _place(self, number: int) -> int:
        """The image offset of a record, or -1. A record never spans two runs: clusters hold whole ones."""
        at = number * self.record_size
        if number < 0 or at + self.record_size > self._size:
            return -1
        index = bisect_right(self._starts, at) - 1
        run = self._runs[index]
        inside = at - self._starts[index]
        if run.offset < 0 or inside + self.record_size > run.length:
            return -1
        return run.offset + inside


def _name(data: bytearray, at: int, length: int) -> str:
    characters, offset = data[at + 9], int.from_bytes(data[at + 10 : at + 12], "little")
    if not characters or offset + 2 * characters > length:
        return ""
    return data[at + offset : at + offset + 2 * characters].decode("utf-16-le", "replace")
