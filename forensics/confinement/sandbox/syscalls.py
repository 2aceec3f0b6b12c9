"""The system calls that a worker may make, as a seccomp filter; every other one answers EPERM.

EPERM rather than a kill: libraries then do without. Not on the list, among many: open and everything
else that takes a path (so `newfstatat` too, which is what glibc makes of `fstat`), sockets, execve,
clone and fork, kill, ptrace, ioctl, io_uring, and mapping memory as executable.

Numbers: Linux `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h` (aarch64).
Filter: seccomp(2), `include/uapi/linux/seccomp.h`, `include/uapi/linux/filter.h` (classic BPF).
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass

# name -> numbers on x86_64 and aarch64; the ones that are called most come first.
ALLOWED = {
    "pread64": (17, 67),
    "read": (0, 63),
    "write": (1, 64),
    "futex": (202, 98),
    "munmap": (11, 215),
    "brk": (12, 214),
    "madvise": (28, 233),
    "mremap": (25, 216),
    "lseek": (8, 62),
    "readv": (19, 65),
    "writev": (20, 66),
    "preadv": (295, 69),
    "close": (3, 57),
    "dup": (32, 23),
    "fstat": (5, 80),
    "fadvise64": (221, 223),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "sigaltstack": (131, 132),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "restart_syscall": (219, 128),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getrandom": (318, 278),
    "exit": (60, 93),
    "exit_group": (231, 94),
}

_MMAP = (9, 222)
_MPROTECT = (10, 226)
_FCNTL = (72, 25)
_PRCTL = (157, 167)
_PRLIMIT64 = (302, 261)
_TGKILL = (234, 131)

_PROT_EXEC = 4
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 1030
_PR_SET_NAME = 15


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor that filters can be made for: its column above and its number for the audit system."""

    column: int
    audit: int


# linux/audit.h: the ELF machine number (62, 183) with the bits for 64-bit and little endian.
MACHINES = {"x86_64": Machine(0, 0xC000003E), "aarch64": Machine(1, 0xC00000B7)}

_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_IF_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_DENY = 0x00050000 | errno.EPERM
_X32 = 0x40000000

# struct seccomp_data: nr u32, arch u32, instruction pointer u64, six arguments u64.
_NUMBER, _ARCHITECTURE = 0, 4


def _argument(index: int) -> int:
    """The low half of an argument: all that the kernel looks at in those that are judged here."""
    return 16 + 8 * index


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def program(machine: Machine, pid: int) -> bytes:
    """The filter for a process of this number, as an array of `struct sock_filter`."""
    column = machine.column
    code = [
        _op(_LOAD_WORD, _ARCHITECTURE),
        _op(_IF_EQUAL, machine.audit, 1, 0),
        _op(_RETURN, _KILL_PROCESS),
        _op(_LOAD_WORD, _NUMBER),
        _op(_IF_AT_LEAST, _X32, 0, 1),
        _op(_RETURN, _DENY),
    ]
    for numbers in (_MMAP, _MPROTECT):
        code += _block(numbers[column], 2, [_op(_IF_ANY_BIT, _PROT_EXEC, 0, 1), _op(_RETURN, _DENY)], _ALLOW)
    for numbers in ALLOWED.values():
        code += [_op(_IF_EQUAL, numbers[column], 0, 1), _op(_RETURN, _ALLOW)]
    only = [
        (_FCNTL, 1, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC)),
        (_PRCTL, 0, (_PR_SET_NAME,)),
        (_PRLIMIT64, 0, (0,)),  # itself
        (_TGKILL, 0, (pid,)),  # itself: abort() and raise()
    ]
    for numbers, argument, values in only:
        checks = []
        for value in values:
            checks += [_op(_IF_EQUAL, value, 0, 1), _op(_RETURN, _ALLOW)]
        code += _block(numbers[column], argument, checks, _DENY)
    code.append(_op(_RETURN, _DENY))
    return b"".join(code)


def _block(number: int, argument: int, checks: list[bytes], otherwise: int) -> list[bytes]:
    inside = [_op(_LOAD_WORD, _argument(argument)), *checks, _op(_RETURN, otherwise)]
    return [_op(_IF_EQUAL, number, 0, len(inside)), *inside]
