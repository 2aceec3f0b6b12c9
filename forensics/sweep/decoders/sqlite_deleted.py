"""Values of SQLite rows that were deleted, from the free space of a database (https://sqlite.org/fileformat2.html).

    | where | what |
    |-------|------|
    | b-tree page | u16 at 1: first free block, which is u16 next, u16 length; u16 at 5: end of the unallocated space |
    | free pages  | u32 at 32 of the database: first trunk, which is u32 next, u32 count, u32 of each free page |
    | cell        | varint payload, in tables varint rowid, payload; the first four octets are lost in a free block |
    | payload     | varint header length, varint type of each value, the values side by side |

Rows are recognised by the columns of the tables in the schema, of dropped tables as far as their statement is
still there. Copies of a row that is not deleted, left behind when rows moved, are among them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.primitives.sqlite.database import open_database
from forensics.primitives.sqlite.rows import Row, State
from forensics.sweep.decoders._sqlite_values import SHORTEST, Values, streams
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

MOST_PAGES = 1 << 18

_DELETED = zlib.decompress(
    bytes.fromhex(
        "78daed92414bc3500cc75fbaa178183d7a8d07414126d3c9c0d35ae904d906b345f1246f5bda3e685fd736dbba2fb2b3df46"
        "fc567bd381e0c5d36efb911092fc7349e28ffa8a09c3ac4825e3adb00480e8220a216ac62df10b18afffc9ffa3269a13686c"
        "c5f0298c1dd80f1d383ab56d7867394e88d97a78f69cc0c3c071fb1ef28544a68aaf70bc8b1a95668aa8b86cc097b9cd5ac0"
        "1a72c80f8bdc3b66dfe7d7569469c2a5e21815cf0a35a17b8c651262169a82fdd1b2ea67fe49c97255624c057df774b644a9"
        "a73ba1c629256a41c5ea6774fb0423d01953b76a5225d359422d77e10e7cefade457e23ce8e93b67de4edb8fbda8533dc9e1"
        "cbf0e6780355214a2f"
    )
)
_APART = b"note@x.example\n\0\n1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\n\0\ngone with it\n\0\nprice: half of it"


class SqliteDeleted:
    """Sets apart the values of one database's deleted rows."""

    kind: ClassVar[str] = "sqlite-deleted"
    title: ClassVar[str] = "SQLite rows that were deleted"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("https://sqlite.org/fileformat2.html",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("two rows of three", _DELETED, (_APART,), "sqlite3 3.40.1, secure_delete off"),
        EncodedSpecimen("the page is cut off", _DELETED[:1000], None, "sqlite3 3.40.1, cut"),
        EncodedSpecimen("the free space is zeros", _DELETED[:528] + bytes(496), None, "sqlite3 3.40.1, changed"),
        EncodedSpecimen("a header alone", _DELETED[:100], None, "sqlite3 3.40.1, cut"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        database = open_database(layer, None, at)
        if database is None or limit <= 0:
            return
        if database.pages > MOST_PAGES:
            words = f"Its {database.pages:,} pages were not searched for deleted rows: more than {MOST_PAGES:,}."
            yield Decoded(b"", ByteRun(at, 0), complete=False, caveat=words)
            return
        rows = database.lost_rows(frozenset((State.DELETED,)), compare=False)
        yield from streams(database.header.encoding, limit, (partial(_add, layer, row) for row in rows))


def _add(layer: Layer, row: Row, values: Values, _: int) -> None:
    """Add the texts and blobs of a row."""
    for value, runs in zip(row.values, row.runs, strict=True):
        if isinstance(value, str | bytes) and sum(run.length for run in runs) >= SHORTEST:
            values.add([(run.offset, layer.read(run.offset, run.length)) for run in runs])


DECODER: Decoder = SqliteDeleted()
