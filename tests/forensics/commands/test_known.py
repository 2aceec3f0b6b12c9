"""What the table of formats says is what the program opens."""

from __future__ import annotations

import importlib
import pkgutil

import forensics.evidence
from forensics.commands.known import CONTAINERS, FILE_SYSTEMS, VOLUMES
from forensics.evidence.base import Image
from forensics.filesystems import btrfs, logical, tsk, udf
from forensics.filesystems.libyal import KINDS


def test_every_container_that_is_opened_is_in_the_table() -> None:
    opened = set()
    for each in pkgutil.iter_modules(forensics.evidence.__path__):
        module = importlib.import_module(f"forensics.evidence.{each.name}")
        opened |= {
            kept.format
            for kept in vars(module).values()
            if isinstance(kept, type) and issubclass(kept, Image) and kept.__module__ == module.__name__
            if isinstance(getattr(kept, "format", None), str) and kept is not Image
        }
    assert opened
    assert opened <= {name for name, _ in CONTAINERS}, "a container is opened that the table does not name"


def test_every_file_system_of_a_library_is_in_the_table() -> None:
    assert {*KINDS, btrfs.KIND, logical.KIND, udf.KIND, *tsk._KINDS.values()} == {name for name, _ in FILE_SYSTEMS}


def test_no_name_stands_twice() -> None:
    for rows in (CONTAINERS, VOLUMES, FILE_SYSTEMS):
        names = [name for name, _ in rows]
        assert len(set(names)) == len(names)
