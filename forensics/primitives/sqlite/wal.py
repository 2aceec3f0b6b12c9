"""Write-ahead logs of SQLite: frames, and which of them count (https://sqlite.org/fileformat2.html, 4).

    | offset | length | what |
    |--------|--------|------|
    | 0      | 4      | 37 7F 06 82, checksums of little-endian words, or 83, of big-endian ones |
    | 4      | 4      | 3007000 |
    | 8      | 4      | page size |
    | 12     | 4      | number of the checkpoint |
    | 16     | 8      | two salts |
    | 24     | 8      | checksum of the first 24 octets |
    | 32     |        | frames: u32 page, u32 pages of the database if it commits, salts, checksum; the page |

Frames count from the first up to the last that commits, while salts and running checksum are right. Frames behind
them were never committed, or are left of an earlier run of the log: their salts are others.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.primitives.sqlite.source import Source

HEADER = 32
FRAME_HEADER = 24
VERSION = 3_007_000
MOST_FRAMES = 1 << 18


class FrameState(enum.StrEnum):
    """What became of a frame."""

    CURRENT = "current"  # the newest committed version of its page
    SUPERSEDED = "superseded"  # committed, and written again later
    UNCOMMITTED = "uncommitted"  # of this run of the log, behind its last commit
    EARLIER = "earlier"  # of an earlier run, whose salts it has
    BROKEN = "broken"  # of this run by its salts, with a wrong checksum
    BEFORE = "before"  # of a rollback journal: the page before a transaction


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number from 1, the page's number and octets' offset, pages after a commit or 0, its state."""

    number: int
    page: int
    offset: int
    commit: int
    salts: tuple[int, int]
    state: FrameState


@dataclass(frozen=True, slots=True)
class Wal:
    """A log: its page size, frames in order, pages of the database after the last commit (0: none)."""

    page_size: int
    checkpoint: int
    salts: tuple[int, int]
    sound: bool  # the header's checksum is right
    frames: tuple[Frame, ...]
    pages: int

    def current(self) -> dict[int, Frame]:
        """The committed version of each page that has one."""
        return {each.page: each for each in self.frames if each.state is FrameState.CURRENT}


def read_wal(source: Source, at: int = 0, *, check: bool = True) -> Wal | None:
    """The log at `at`; None where its header is not that of one. A frame that is cut off is left out.

    Without `check` frames count by their salts alone, which is quicker.
    """
    head = source.read(at, HEADER)
    if len(head) < HEADER:
        return None
    magic, version, size, checkpoint, *rest = struct.unpack(">8I", head)
    if magic not in (0x377F0682, 0x377F0683) or version != VERSION:
        return None
    if size < 512 or size > 65_536 or size & (size - 1):
        return None
    big = magic & 1 == 1
    salts = (rest[0], rest[1])
    running = checksum(head[:24], (0, 0), big)
    sound = running == (rest[2], rest[3])
    raw = list(_frames(source, at, size, salts, running, big, sound, check))
    last = max((number for number, each in enumerate(raw, 1) if each[4] and each[2]), default=0)
    newest = {each[0]: number for number, each in enumerate(raw[:last], 1)}
    frames = []
    for number, (page, offset, commit, frame_salts, valid) in enumerate(raw, 1):
        if number <= last:
            state = FrameState.CURRENT if newest[page] == number else FrameState.SUPERSEDED
        elif valid:
            state = FrameState.UNCOMMITTED
        else:
            state = FrameState.BROKEN if frame_salts == salts else FrameState.EARLIER
        frames.append(Frame(number, page, offset, commit, frame_salts, state))
    return Wal(size, checkpoint, salts, sound, tuple(frames), raw[last - 1][2] if last else 0)


def _frames(
    source: Source,
    at: int,
    size: int,
    salts: tuple[int, int],
    running: tuple[int, int],
    big: bool,
    valid: bool,
    check: bool,
) -> Iterator[tuple[int, int, int, tuple[int, int], bool]]:
    """Page, offset, commit, salts and whether all up to this frame are right."""
    position = at + HEADER
    for _ in range(MOST_FRAMES):
        data = source.read(position, FRAME_HEADER + size if check else FRAME_HEADER)
        if len(data) < FRAME_HEADER or position + FRAME_HEADER + size > source.size:
            return
        page, commit, first, second, one, two = struct.unpack_from(">6I", data)
        if not check:
            valid = (first, second) == salts
        elif valid and (first, second) == salts:
            running = checksum(data[:8] + data[FRAME_HEADER:], running, big)
            valid = running == (one, two) and page > 0
        else:
            valid = False
        if page:
            yield page, position + FRAME_HEADER, commit, (first, second), valid
        position += FRAME_HEADER + size


def checksum(data: bytes, running: tuple[int, int], big: bool) -> tuple[int, int]:
    """The log's checksum over `data`, whose length is a multiple of 8, going on from `running`."""
    one, two = running
    words = iter(struct.unpack(f"{'>' if big else '<'}{len(data) // 4}I", data))
    for word in words:
        one = (one + word + two) & 0xFFFFFFFF
        two = (two + next(words) + one) & 0xFFFFFFFF
    return one, two
