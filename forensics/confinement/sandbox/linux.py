"""Linux: resource limits, dropped privileges, namespaces, Landlock and seccomp, by plain system calls.

None of it needs root. Sources: setrlimit(2), prctl(2), capabilities(7), user_namespaces(7), landlock(7)
and `include/uapi/linux/landlock.h`, seccomp(2). What each layer leaves open, measured with the attack
table of the tests, is why there are several: Landlock leaves UDP, chmod of the evidence and fork;
namespaces leave files; seccomp leaves exhaustion; limits are no security at all.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
from collections.abc import Callable, Collection, Sequence

from forensics.confinement.sandbox import syscalls
from forensics.confinement.sandbox.report import Report

_SPARE_DESCRIPTORS = 16

_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG = 1, 2
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_SIGKILL = 9

_CLONE_NEWUTS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x04000000, 0x08000000, 0x10000000, 0x40000000
_CAPABILITY_VERSION_3 = 0x20080522
_NR_CAPSET = {"x86_64": 126, "aarch64": 91}
_NR_SECCOMP = {"x86_64": 317, "aarch64": 277}
_NR_LANDLOCK_CREATE, _NR_LANDLOCK_RESTRICT = 444, 446  # the same everywhere
_LANDLOCK_VERSION = 1
_SECCOMP_SET_MODE_FILTER = 1

_libc = ctypes.CDLL(None, use_errno=True)
_machine = platform.machine()


class _Missing(Exception):
    """A layer that this system does not give, and why."""


def confine(keep: Sequence[int], layers: Collection[str] | None = None) -> Report:
    """Shut this process in; `layers` chooses among `LAYERS`, for tests."""
    held: list[str] = []
    missing: list[str] = []
    for name, layer in LAYERS.items():
        if layers is not None and name not in layers:
            continue
        try:
            held.append(f"{name} {detail}" if (detail := layer(keep)) else name)
        except (_Missing, OSError) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            missing.append(f"{name} ({reason})")
    return Report(tuple(held), tuple(missing))


def tie_to_parent(parent: int) -> bool:
    """Die with the thread that forked this process; false if it is gone already."""
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    return os.getppid() == parent


def _limits(keep: Sequence[int]) -> str:
    """No core files, no files written, few descriptors, no processes (root is exempt from the last)."""
    for name, most in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_NOFILE", max([2, *keep]) + 1 + _SPARE_DESCRIPTORS),
    ):
        number = getattr(resource, name)
        _, hard = resource.getrlimit(number)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(number, (value, value))
    return ""


def _namespaces(keep: Sequence[int]) -> str:
    """A user namespace without a mapping, and in it a network with no interface and nobody's IPC."""
    parent = os.getppid()
    tie = ctypes.c_int(0)
    _prctl(_PR_GET_PDEATHSIG, ctypes.addressof(tie))
    flags = _CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS
    try:
        _check(_libc.unshare(ctypes.c_int(flags)))
    finally:
        if tie.value:  # a change of credentials clears it
            _prctl(_PR_SET_PDEATHSIG, tie.value)
            if os.getppid() != parent:
                os._exit(0)
    return ""


def _privileges(keep: Sequence[int]) -> str:
    """No capability now or ever, no gain by execve, no look inside by ptrace or a core file."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    for capability in range(64):
        with contextlib.suppress(OSError):  # without CAP_SETPCAP, or beyond the last one
            _prctl(_PR_CAPBSET_DROP, capability)
    with contextlib.suppress(OSError):
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    if _machine in _NR_CAPSET:
        header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
        none = ctypes.create_string_buffer(bytes(24))
        _syscall(_NR_CAPSET[_machine], ctypes.addressof(header), ctypes.addressof(none))
    _prctl(_PR_SET_DUMPABLE, 0)
    return ""


def _landlock(keep: Sequence[int]) -> str:
    """No path, no TCP port, no abstract socket and no signal outside; all that the kernel's version knows."""
    try:
        version = _syscall(_NR_LANDLOCK_CREATE, 0, 0, _LANDLOCK_VERSION)
    except OSError as error:
        raise _Missing("not in this kernel or switched off") from error
    attributes, size = _landlock_attributes(version)
    buffer = ctypes.create_string_buffer(attributes)
    ruleset = _syscall(_NR_LANDLOCK_CREATE, ctypes.addressof(buffer), size, 0)
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _syscall(_NR_LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return str(version)


def _landlock_attributes(version: int) -> tuple[bytes, int]:
    """`struct landlock_ruleset_attr` with everything denied, and how much of it this version knows."""
    files = (1 << 13) - 1  # execute … make symbolic links
    if version >= 2:
        files |= 1 << 13  # rename or link across folders
    if version >= 3:
        files |= 1 << 14  # truncate
    if version >= 5:
        files |= 1 << 15  # ioctl on devices
    network = 0b11 if version >= 4 else 0  # bind and connect TCP
    scoped = 0b11 if version >= 6 else 0  # abstract UNIX sockets, signals
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    return struct.pack("=QQQ", files, network, scoped), size


def _seccomp(keep: Sequence[int]) -> str:
    """The list of allowed system calls."""
    if _machine not in syscalls.MACHINES:
        raise _Missing(f"no list of system calls for {_machine}")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    program = syscalls.program(syscalls.MACHINES[_machine], os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: number of instructions, and where they are.
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    _syscall(_NR_SECCOMP[_machine], _SECCOMP_SET_MODE_FILTER, 0, ctypes.addressof(head))
    return ""


LAYERS: dict[str, Callable[[Sequence[int]], str]] = {
    "rlimits": _limits,
    "namespaces": _namespaces,
    "privileges": _privileges,
    "landlock": _landlock,
    "seccomp": _seccomp,
}


def _prctl(option: int, argument: int, *more: int) -> None:
    words = [ctypes.c_ulong(each) for each in (argument, *more, 0, 0, 0)][:4]
    _check(_libc.prctl(ctypes.c_int(option), *words))


def _syscall(number: int, *arguments: int) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(each) for each in arguments))
    return _check(result)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
