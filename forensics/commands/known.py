"""What this program reads, for `impound formats` and the table in the README.

Detectors, decoders and viewers are found by walking their packages. Containers, volume systems and file systems
are told here: one row each, name and what is read of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forensics.detectors import detectors
from forensics.sweep.decoders import decoders

CONTAINERS: tuple[tuple[str, str], ...] = (
    ("raw", "one file, any name"),
    ("split raw", "all segments, found from the first"),
    ("E01", "all segments; stored digests compared with computed ones"),
)
VOLUMES: tuple[tuple[str, str], ...] = (
    ("mbr", "with extended partitions"),
    ("gpt", "GUID partition table"),
)
FILE_SYSTEMS: tuple[tuple[str, str], ...] = (
    ("ntfs", "alternate data streams, deleted entries"),
    ("fat12", "deleted entries"),
    ("fat16", "deleted entries"),
    ("fat32", "deleted entries"),
    ("exfat", "deleted entries"),
    ("ext2", "deleted entries"),
    ("ext3", "deleted entries"),
    ("ext4", "deleted entries"),
)


def tables() -> list[tuple[str, list[tuple[str, str]]]]:
    """Headings and their rows, name and explanation."""
    return [
        ("Containers", list(CONTAINERS)),
        ("Volume systems", list(VOLUMES)),
        ("File systems", list(FILE_SYSTEMS)),
        ("Decoders", [(each.kind, each.title) for each in decoders()]),
        ("Detectors", [(f"{each.kind}@{each.version}", each.title) for each in detectors()]),
    ]


def markdown(more: Iterable[tuple[str, Sequence[tuple[str, str]]]] = ()) -> str:
    """The tables as one table of Markdown; empty ones are left out."""
    lines = ["| what | name | |", "|---|---|---|"]
    for heading, rows in [*tables(), *more]:
        lines += [f"| {heading if not at else ''} | `{name}` | {text} |" for at, (name, text) in enumerate(rows)]
    return "\n".join(lines) + "\n"
