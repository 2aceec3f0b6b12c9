"""The product's own tasks with parsers that hang or die where a test says so by the name of an entry."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from forensics.confinement import tasks
from forensics.filesystems.tsk import FileSystem

handle = tasks.handle


def preload() -> None:
    """As the product does, then break it."""
    tasks.preload()
    _break(FileSystem, "_with_record", lambda item: item.info.name.name)


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
        os.kill(os.getpid(), signal.SIGKILL)
    if b"RAISE" in name:
        raise RuntimeError("a fault of the parser")
