"""The product's own tasks with parsers that hang or die where a test says so by the name of an entry."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Mapping
from typing import Any

from forensics.confinement import tasks
from forensics.filesystems.tsk import FileSystem
from forensics.sweep.decoders import decoders

handle = tasks.handle


def preload(setup: Mapping[str, object] | None = None) -> None:
    """As the product does, then break it."""
    tasks.preload(setup)
    _break(FileSystem, "_with_record", lambda item: item.info.name.name)
    gzip = next(each for each in decoders() if each.kind == "gzip")
    _break(type(gzip), "decode", lambda layer, at, limit: layer.read(at, 32))


def _break(owner: Any, name: str, names_of: Callable[..., bytes]) -> None:
    whole = getattr(owner, name)

    def broken(self: Any, *arguments: Any) -> Any:
        happen(names_of(*arguments))
        return whole(self, *arguments)

    setattr(owner, name, broken)


def happen(name: bytes) -> None:
    """What the name asks for."""
    if b"HANG" in name:
        time.sleep(3600)
    if b"DIE" in name:
        ctypes.string_at(0)
    if b"RAISE" in name:
        raise RuntimeError("a fault of the parser")
