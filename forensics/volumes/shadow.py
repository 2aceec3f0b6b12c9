"""Volume shadow copies of NTFS: an earlier state of a volume as ranges of the same image.

Windows keeps what a block of 16 KiB held before it was written to, in files of the volume itself. A copy is thus
put together from blocks that never changed, where they lie today, and from kept ones. `extents` says which: bytes
that did not change have the addresses that they have in the live volume, and are not examined a second time.

The catalogue is read here (libyal, Volume Shadow Snapshot format, 2-4); the blocks by libvshadow, whose content is
then looked up in the places that may hold it, sector by sector. A copy that does not lie on the image in whole
is refused: no byte of it is made up.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyvshadow

from forensics.errors import FormatError
from forensics.evidence.base import Image
from forensics.model import ByteRun
from forensics.volumes.bitlocker import LayerFile
from forensics.volumes.joined import JoinedImage, content_of, placed_in
from forensics.volumes.readable import Readable
from forensics.volumes.volume import VolumeLayer

STEP = "vss:"
_MARK = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le
_HEADER = 0x1E00  # of a volume
_BLOCK = 16384
_SECTOR = 512
_RECORD = 128
_MOST_CATALOGUES = 64  # blocks of the catalogue
_MOST_COPIES = 512  # Windows keeps no more
_MOST_BLOCKS = 1 << 22  # kept blocks of all copies: 64 GiB
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """An entry of the catalogue: creation as FILETIME, identifier, bytes of the volume at that time."""

    created: int
    identifier: str
    size: int

    @property
    def when(self) -> str:
        """The time of creation in words, UTC."""
        try:
            return f"{_EPOCH + timedelta(microseconds=self.created // 10):%Y-%m-%d %H:%M:%S} UTC"
        except OverflowError:
            return f"FILETIME {self.created}"


def copies(layer: Readable) -> tuple[Copy, ...]:
    """The shadow copies of a volume, the oldest first; none where it has no catalogue.

    Raises:
        FormatError: the catalogue is damaged.
    """
    head = layer.read(_HEADER, _SECTOR)
    if head[:16] != _MARK:
        return ()
    at = int.from_bytes(head[48:56], "little")
    found: list[Copy] = []
    for _ in range(_MOST_CATALOGUES):
        if at == 0:
            return tuple(sorted(found))
        block = layer.read(at, _BLOCK)
        if len(block) < _BLOCK or block[:16] != _MARK:
            raise FormatError(f"the catalogue of shadow copies is damaged at volume offset {at:,}")
        for record in range(_RECORD, _BLOCK, _RECORD):
            raw = block[record : record + _RECORD]
            if raw[:8] == b"\2\0\0\0\0\0\0\0" and len(found) < _MOST_COPIES:  # its partner of type 3 says where it is
                identifier = str(uuid.UUID(bytes_le=raw[16:32]))
                found.append(
                    Copy(int.from_bytes(raw[48:56], "little"), identifier, int.from_bytes(raw[8:16], "little"))
                )
        at = int.from_bytes(block[40:48], "little")
    raise FormatError(f"the catalogue of shadow copies has more than {_MOST_CATALOGUES} blocks, or goes round")


def is_shadow(steps: Sequence[str]) -> bool:
    """Whether the steps from a volume to its content lead into a shadow copy."""
    return bool(steps) and steps[-1].startswith(STEP)


def layer_of(
    image: Image, index: int, offset: int, length: int, extents: Sequence[ByteRun], steps: Sequence[str]
) -> VolumeLayer:
    """The layer on which the file system of a volume is opened, of a shadow copy too; see `content_of`.

    Raises:
        FormatError: a shadow copy that cannot be put together.
    """
    if not is_shadow(steps):
        return content_of(image, index, offset, length, extents, steps)
    live = content_of(image, index, offset, length, extents, steps[:-1])
    joined = JoinedImage(image, placed_in(live, places(live, int(steps[-1].removeprefix(STEP)))))
    return VolumeLayer(joined, index, 0, joined.size, steps)


def places(layer: Readable, number: int) -> tuple[ByteRun, ...]:
    """Where in the live volume the bytes of a shadow copy lie, in its order; `number` counts from 1, the oldest.

    Raises:
        FormatError: there is none of that number, libvshadow does not open it, or some of its bytes are nowhere.
    """
    known = copies(layer)
    if not 1 <= number <= len(known):
        raise FormatError(f"there is no shadow copy {number}")
    copy = known[number - 1]
    try:
        volume = pyvshadow.volume()
        volume.open_file_object(LayerFile(layer))
        stores = {store.identifier: store for store in volume.stores}
        newer = [stores[each.identifier] for each in known[number - 1 :]]
        kept: dict[int, list[int]] = {}
        left = _MOST_BLOCKS
        for store in newer:  # what an older copy lacks, it shares with the next newer one
            left -= store.number_of_blocks
            if left < 0:
                raise FormatError(f"shadow copies with more than {_MOST_BLOCKS:,} kept blocks are not supported")
            for block in store.blocks:
                kept.setdefault(block.original_offset // _BLOCK * _BLOCK, []).append(block.offset)
        size = min(copy.size, layer.size)
        runs: list[ByteRun] = []
        at = 0
        for start in sorted(each for each in kept if each < size):
            _join(runs, ByteRun(at, start - at))
            length = min(_BLOCK, size - start)
            for run in _found(layer, newer[0].read_buffer_at_offset(length, start), (start, *kept[start])):
                _join(runs, run)
            at = start + length
        _join(runs, ByteRun(at, size - at))
    except (OSError, KeyError, MemoryError, OverflowError) as error:
        raise FormatError(f"shadow copy {number} cannot be opened ({str(error)[:200]})") from error
    return tuple(runs)


def _found(layer: Readable, data: bytes, candidates: Sequence[int]) -> Iterator[ByteRun]:
    """Where a block's bytes lie: whole at one of the places, or each sector at one of them."""
    pieces = [(place, layer.read(place, len(data))) for place in dict.fromkeys(candidates)]
    for place, piece in pieces:
        if piece == data:
            yield ByteRun(place, len(data))
            return
    for inner in range(0, len(data), _SECTOR):
        sector = data[inner : inner + _SECTOR]
        held = next((place for place, piece in pieces if piece[inner : inner + _SECTOR] == sector), None)
        if held is None:
            raise FormatError(f"bytes of the shadow copy at {candidates[0] + inner:,} are nowhere on the image")
        yield ByteRun(held + inner, len(sector))


def _join(runs: list[ByteRun], run: ByteRun) -> None:
    if runs and runs[-1].end == run.offset:
        runs[-1] = ByteRun(runs[-1].offset, runs[-1].length + run.length)
    elif run.length:
        runs.append(run)
