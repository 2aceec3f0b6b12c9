"""Windows: a job object and low integrity. UNTESTED: written from the documented interfaces.

A process can limit itself by a job object (one process, no more memory than a worker may have, no
clipboard, no desktop) and lower its own token to low integrity, so that it can write to nothing of the
person's. What this does not give is an AppContainer, which only the parent can ask for when it creates
the process with its own call of CreateProcess: so reading files and the network are not denied here, and
the report says so.

Sources: learn.microsoft.com, SetInformationJobObject, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
JOBOBJECT_BASIC_UI_RESTRICTIONS, SetTokenInformation (TokenIntegrityLevel), well-known SID S-1-16-4096.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from forensics.confinement.sandbox.report import Report

_LIMIT_ACTIVE_PROCESS, _LIMIT_PROCESS_MEMORY = 0x8, 0x100
_LIMIT_DIE_ON_EXCEPTION, _KILL_ON_JOB_CLOSE = 0x400, 0x2000
_UI_EVERYTHING = 0xFF
_BASIC_UI, _EXTENDED_LIMITS = 4, 9
_TOKEN_ADJUST_DEFAULT, _TOKEN_QUERY, _TOKEN_INTEGRITY_LEVEL, _SE_GROUP_INTEGRITY = 0x80, 0x8, 25, 0x20
_MOST_MEMORY = 8 << 30


class _Basic(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class _Extended(ctypes.Structure):
    _fields_ = (
        ("Basic", _Basic),
        ("IoCounters", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class _Label(ctypes.Structure):
    _fields_ = (("Sid", ctypes.c_void_p), ("Attributes", ctypes.c_uint32))


def confine(keep: Sequence[int]) -> Report:
    """Shut this process in as far as it can do so itself."""
    held: list[str] = []
    missing = ["AppContainer (reading files and the network are not denied)"]
    layers: list[tuple[str, Callable[[], None]]] = [("job object", _limit), ("low integrity", _lower)]
    for name, layer in layers:
        try:
            layer()
            held.append(name)
        except OSError as error:
            missing.append(f"{name} ({error})")
    return Report(tuple(held), tuple(missing))


def tie_to_parent(parent: int) -> bool:
    """Whether the parent is the expected one; the supervisor's job object kills with it."""
    return os.getppid() == parent


class Keeper:
    """A job object of the supervisor's: when its last handle closes, however, its processes are ended."""

    def __init__(self) -> None:
        """Make the job object."""
        self._job = _job(_KILL_ON_JOB_CLOSE)

    def adopt(self, process: int) -> None:
        """Put a process, by its handle, into it."""
        _check(_kernel().AssignProcessToJobObject(_pointer(self._job), _pointer(process)))


def _limit() -> None:
    job = _job(_LIMIT_ACTIVE_PROCESS | _LIMIT_PROCESS_MEMORY | _LIMIT_DIE_ON_EXCEPTION)
    kernel = _kernel()
    windows = ctypes.c_uint32(_UI_EVERYTHING)
    _check(kernel.SetInformationJobObject(_pointer(job), _BASIC_UI, ctypes.byref(windows), 4))
    _check(kernel.AssignProcessToJobObject(_pointer(job), _pointer(_ourselves())))


def _job(flags: int) -> int:
    kernel = _kernel()
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = kernel.CreateJobObjectW(None, None)
    _check(job)
    limits = _Extended()
    limits.Basic.LimitFlags = flags
    limits.Basic.ActiveProcessLimit = 1
    limits.ProcessMemoryLimit = _MOST_MEMORY
    size = ctypes.sizeof(limits)
    _check(kernel.SetInformationJobObject(_pointer(job), _EXTENDED_LIMITS, ctypes.byref(limits), size))
    return int(job)


def _lower() -> None:
    library = _library("advapi32")
    token, sid = ctypes.c_void_p(), ctypes.c_void_p()
    access = _TOKEN_ADJUST_DEFAULT | _TOKEN_QUERY
    _check(library.OpenProcessToken(_pointer(_ourselves()), access, ctypes.byref(token)))
    _check(library.ConvertStringSidToSidW(ctypes.c_wchar_p("S-1-16-4096"), ctypes.byref(sid)))
    label = _Label(sid, _SE_GROUP_INTEGRITY)
    size = ctypes.sizeof(label) + library.GetLengthSid(sid)
    _check(library.SetTokenInformation(token, _TOKEN_INTEGRITY_LEVEL, ctypes.byref(label), size))


def _ourselves() -> int:
    kernel = _kernel()
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    return int(kernel.GetCurrentProcess())


def _pointer(handle: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(handle)


def _kernel() -> Any:
    return _library("kernel32")


def _library(name: str) -> Any:
    if sys.platform == "win32":
        return ctypes.WinDLL(name, use_last_error=True)
    raise OSError("not Windows")


def _check(result: int | None) -> None:
    if not result and sys.platform == "win32":
        raise ctypes.WinError(ctypes.get_last_error())
