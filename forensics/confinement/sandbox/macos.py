"""macOS: resource limits and a sandbox profile that allows nothing. UNTESTED: written from documentation.

`sandbox_init` (sandbox_init(3)) is marked as deprecated and still what Chromium uses
(`sandbox/mac/seatbelt.cc`). Open files stay usable; opening, connecting, executing and forking do not.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Sequence

from forensics.confinement.sandbox.report import Report

_PROFILE = b"(version 1)(deny default)(deny file*)(deny network*)(deny process-exec*)(deny process-fork)"
_SPARE_DESCRIPTORS = 16


def confine(keep: Sequence[int]) -> Report:
    """Shut this process in."""
    held: list[str] = []
    missing = ["privileges", "system-call list"]
    try:
        _limits(keep)
        held.append("rlimits")
    except OSError as error:
        missing.append(f"rlimits ({error.strerror})")
    try:
        _sandbox()
        held.append("sandbox profile")
    except OSError as error:
        missing.append(f"sandbox profile ({error})")
    return Report(tuple(held), tuple(missing))


def tie_to_parent(parent: int) -> bool:
    """Whether the parent still lives; its death is seen at the end of the job pipe."""
    return os.getppid() == parent


def _limits(keep: Sequence[int]) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - exists on POSIX only

    for name, most in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", max([2, *keep]) + 1 + _SPARE_DESCRIPTORS),
    ):
        with contextlib.suppress(ValueError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _sandbox() -> None:
    library = ctypes.CDLL("/usr/lib/libSystem.dylib", use_errno=True)
    words = ctypes.c_char_p()
    if library.sandbox_init(ctypes.c_char_p(_PROFILE), ctypes.c_uint64(0), ctypes.byref(words)):
        raise OSError((words.value or b"refused").decode("utf-8", "replace"))
