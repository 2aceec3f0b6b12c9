"""What verbs write to standard output: JSON, or lines for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forensics.errors import UsageError
from forensics.visible import json_line, visible

DONE, FAILED, USAGE, PARTIAL, STORAGE = 0, 1, 2, 3, 4


def emit(document: Any) -> None:
    """One JSON document or object on one line."""
    print(json_line(document), flush=False)


def say(text: str) -> None:
    """One line for a person; what a terminal would act on is escaped."""
    print(visible(text))


def warn(text: str) -> None:
    """One line on standard error."""
    print(visible(text), file=sys.stderr)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already and is not replaced") from error


def size_of(count: int) -> str:
    """Bytes in binary units, with the exact figure."""
    if count < 1024:
        return f"{count} bytes"
    value = float(count)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024 or unit == "TiB":
            return f"{value:.1f} {unit} ({count:,} bytes)"
    raise AssertionError


def table(rows: list[Mapping[str, object]], columns: tuple[str, ...]) -> None:
    """Rows as aligned columns."""
    cells = [[visible(str(row.get(name, ""))) for name in columns] for row in rows]
    widths = [
        max([len(name), *(len(row[index]) for row in cells)]) if rows else len(name)
        for index, name in enumerate(columns)
    ]
    say("  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip())
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
