"""Rollback journals of SQLite: pages as they were before a transaction (https://sqlite.org/fileformat2.html, 3).

    | offset | length | what |
    |--------|--------|------|
    | 0      | 8      | D9 D5 05 F9 20 A1 63 D7; zeros after the commit where the journal is kept (PERSIST) |
    | 8      | 4      | count of records; FFFFFFFF: up to the end |
    | 12     | 4      | nonce of the checksums |
    | 16     | 4      | pages of the database before |
    | 20     | 8      | size of a sector, of a page |
    | sector |        | records: u32 page; the page; u32 nonce + every 200th of its octets, from the 200th last down |

Where pages were written out before the end, another head and records follow at the start of a sector. The octets of a
sum are those at size-200, size-400 and so on, above 0. Where the head was overwritten with zeros each record still
gives a nonce, which is the same in all of one part.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.primitives.sqlite.source import Source
from forensics.primitives.sqlite.wal import MOST_FRAMES, Frame, FrameState, Wal

MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_HEAD = 28
_SECTORS = (512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536)
_ALL = 0xFFFFFFFF


def read_journal(source: Source, page_size: int, most_page: int) -> Wal | None:
    """The pages of a journal of a database with such pages, the first number 1, the last at most `most_page`.

    They come in the form of a log none of whose frames is current. None where it holds no page that is sound.
    """
    head = source.read(0, _HEAD)
    if len(head) < _HEAD:
        return None
    frames: list[Frame] = []
    if head[:8] == MAGIC:
        frames = list(_parts(source, int.from_bytes(head[20:24], "big"), page_size, most_page))
    elif not any(head):
        frames = max((list(_parts(source, sector, page_size, most_page)) for sector in _SECTORS), key=len)
    return Wal(page_size, 0, (0, 0), True, tuple(frames), 0) if frames else None


def _parts(source: Source, sector: int, size: int, most_page: int) -> Iterator[Frame]:
    """Records of each part: a head at the start of a sector and what follows; only the first head may be zeros."""
    at = 0
    while sector in _SECTORS:
        head = source.read(at, _HEAD)
        known = head[:8] == MAGIC
        if (not known and (at or any(head))) or (known and int.from_bytes(head[24:], "big") != size):
            return
        end = at + sector
        found = list(_records(source, end, size, most_page, int.from_bytes(head[12:16], "big") if known else None))
        if known or len(found) > 1:  # a change of the database changes its first page as well
            yield from found
            end += len(found) * (size + 8)
        at = -(-end // sector) * sector


def _records(source: Source, at: int, size: int, most_page: int, nonce: int | None) -> Iterator[Frame]:
    """Records from `at` while their checksums hold; without a nonce all must have that of the first."""
    for number in range(1, MOST_FRAMES):
        record = source.read(at, size + 8)
        page = int.from_bytes(record[:4], "big")
        if len(record) < size + 8 or not 1 <= page <= most_page:
            return
        data, stored = record[4:-4], int.from_bytes(record[-4:], "big")
        found = (stored - sum(data[size - 200 : 0 : -200])) & _ALL
        if nonce is None:
            if not any(data):
                return
            nonce = found
        if found != nonce:
            return
        yield Frame(number, page, at + 4, 0, (nonce, 0), FrameState.BEFORE)
        at += size + 8
