"""An ESE database by libesedb: rows of its tables as values by the names of their columns.

Source: libyal, libesedb, Extensible Storage Engine (ESE) Database File (EDB) format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pyesedb

from forensics.detectors.system._hive import ERRORS, Bytes, ours
from forensics.model import Layer

MAGIC = b"\xef\xcd\xab\x89"  # at 4
LARGEST_VALUE = 1 << 20
MOST_TABLES = 2_000
MOST_COLUMNS = 200
# Type of a column: how its octets are read; what is not here stays octets.
_FORMS = {1: "<?", 2: "<B", 3: "<h", 4: "<i", 5: "<q", 6: "<f", 7: "<d", 8: "<d", 14: "<I", 15: "<q", 17: "<H"}

Stored = bytes | int | float | None
Row = Mapping[str, Stored]


class Database:
    """A database as libesedb opens it; what cannot be read of it is left out."""

    def __init__(self, layer: Layer) -> None:
        """Open the file that the layer is; `OSError` and others of `ERRORS` where it is none."""
        self._file = pyesedb.file()
        self._file.open_file_object(Bytes(layer))
        self.unread = 0  # rows that libesedb could not read

    def tables(self) -> list[str]:
        """Names of its tables."""
        names = []
        for index in range(min(self._file.get_number_of_tables(), MOST_TABLES)):
            with suppress(*ERRORS):
                names.append(str(self._file.get_table(index).name))
        return names

    def rows(self, table: str, most: int) -> Iterator[Row]:
        """The rows of a table, at most so many."""
        found = self._file.get_table_by_name(table)
        if found is None:
            return
        columns = [(str(each.name), int(each.type)) for each in list(found.columns)[:MOST_COLUMNS]]
        for index in range(min(found.get_number_of_records(), most)):
            try:
                record = found.get_record(index)
                row = {name: _value(record, number, kind) for number, (name, kind) in enumerate(columns)}
            except ERRORS as error:
                ours(error)
                self.unread += 1
                continue
            yield row


def _value(record: Any, number: int, kind: int) -> Stored:
    data = record.get_value_data(number)
    if data is None and record.is_long_value(number):
        data = record.get_value_data_as_long_value(number).get_data()
    if data is None:
        return None
    form = _FORMS.get(kind)
    if form and len(data) == struct.calcsize(form):
        (value,) = struct.unpack(form, data)
        return value if isinstance(value, int | float) else None
    return bytes(data[:LARGEST_VALUE])
