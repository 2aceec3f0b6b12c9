"""Millions of numbers out of the case database in one step, without an object for each.

SQLite writes a column as one text (`group_concat`) while the interpreter is free, so that a window in the same process
goes on; five million numbers take 0.4 s, a fifth of what fetching them row by row takes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

_PIECE = 1 << 20  # characters that are read without letting other threads run


def columns(connection: Connection, query: Select[Any], most: int = -1) -> list[NDArray[np.int64]]:
    """The columns of the first `most` rows of a query of whole numbers, in its order; none of them may be NULL."""
    rows = query.limit(most).subquery()  # a limit, be it none, keeps SQLite from dropping the order
    texts = connection.execute(select(*(func.group_concat(each) for each in rows.c))).one()
    return [_numbers(text) for text in texts]


def _numbers(text: str | int | None) -> NDArray[np.int64]:
    """The numbers of a text of them with commas between."""
    if text is None:
        return np.zeros(0, dtype=np.int64)
    text = str(text)
    parts = []
    at = 0
    while at < len(text):
        end = text.find(",", at + _PIECE)
        end = len(text) if end < 0 else end
        parts.append(np.fromstring(text[at:end], dtype=np.int64, sep=","))
        at = end + 1
    return np.concatenate(parts)
