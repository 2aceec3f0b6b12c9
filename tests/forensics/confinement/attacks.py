"""The attack table: what a worker that was taken over would try, and with which fences it works.

Run as a program: `python -P attacks.py root|user LAYERS[+LAYERS…] …` prints, as JSON, for each set of layers
which attacks worked. `user` gives up root first, if it has it. Every attack runs in a fork of its own,
which is then confined; the process that forks is the victim, standing for zygote and supervisor.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forensics.confinement.sandbox import linux

WORKED, FAILED = 42, 0
NOBODY = 65534

libc = ctypes.CDLL(None, use_errno=True)
COLUMN = {"x86_64": 0, "aarch64": 1}.get(platform.machine(), 0)
NUMBERS = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "clone3": (435, 435),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "memfd_create": (319, 279),
    "inotify_init1": (294, 26),
    "name_to_handle_at": (303, 264),
    "shmget": (29, 194),
    "mq_open": (240, 180),
    "personality": (135, 92),
    "execveat": (322, 281),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "sched_setaffinity": (203, 122),
    "openat2": (437, 437),
    "timer_create": (222, 107),
    "landlock_create_ruleset": (444, 444),
}


@dataclass
class World:
    """What there is to attack."""

    folder: Path
    evidence: Path
    fd: int
    victim: int
    tcp_port: int
    abstract: str


def call(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    return raw(NUMBERS[name][COLUMN], *arguments)


def raw(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    converted = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result: int = libc.syscall(ctypes.c_long(number), *converted)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


ATTACKS: dict[str, Callable[[World], object]] = {}


def attack(name: str) -> Callable[[Callable[[World], object]], Callable[[World], object]]:
    """Enter an attack into the table: it worked unless it raises or returns false."""

    def enter(function: Callable[[World], object]) -> Callable[[World], object]:
        assert name not in ATTACKS
        ATTACKS[name] = function
        return function

    return enter


# Files.


@attack("open a file for reading")
def _(world: World) -> object:
    return os.open("/etc/passwd", os.O_RDONLY) >= 0


@attack("create a file")
def _(world: World) -> object:
    return os.open(world.folder / "new", os.O_WRONLY | os.O_CREAT) >= 0


@attack("openat2")
def _(world: World) -> object:
    return call("openat2", -100, b"/etc/passwd\0", struct.pack("QQQ", 0, 0, 0), 24) >= 0


@attack("list a folder")
def _(world: World) -> object:
    return list(Path("/").iterdir())


@attack("stat a path")
def _(world: World) -> object:
    return Path("/etc/passwd").stat()


@attack("unlink")
def _(world: World) -> object:
    (world.folder / "victim").unlink()
    return True


@attack("rename")
def _(world: World) -> object:
    (world.folder / "victim").rename(world.folder / "renamed")
    return True


@attack("symbolic link")
def _(world: World) -> object:
    (world.folder / "link").symlink_to("/etc/shadow")
    return True


@attack("hard link")
def _(world: World) -> object:
    os.link(world.evidence, world.folder / "hard")
    return True


@attack("make a folder")
def _(world: World) -> object:
    (world.folder / "folder").mkdir()
    return True


@attack("make a named pipe")
def _(world: World) -> object:
    os.mkfifo(world.folder / "fifo")
    return True


@attack("truncate by path")
def _(world: World) -> object:
    os.truncate(world.folder / "victim", 1)
    return True


@attack("change folder")
def _(world: World) -> object:
    os.chdir("/")
    return True


@attack("a file without a name")
def _(world: World) -> object:
    return call("memfd_create", b"x\0", 0) >= 0


@attack("watch files")
def _(world: World) -> object:
    return libc.inotify_add_watch(call("inotify_init1", 0), b"/tmp", 0xFFF) >= 0


@attack("a handle of a path")
def _(world: World) -> object:
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount_number = ctypes.create_string_buffer(8)
    return call("name_to_handle_at", -100, b"/tmp\0", handle, mount_number, 0) == 0


# The evidence, of which an open file for reading is held.


@attack("chmod the evidence")
def _(world: World) -> object:
    world.evidence.chmod(0o777)
    return True


@attack("chmod the evidence by its descriptor")
def _(world: World) -> object:
    os.fchmod(world.fd, 0o777)
    return True


@attack("set the times of the evidence")
def _(world: World) -> object:
    os.utime(world.fd, (1, 1))
    return True


@attack("reopen the evidence for writing")
def _(world: World) -> object:
    fd = os.open(f"/proc/self/fd/{world.fd}", os.O_RDWR)
    return os.pwrite(fd, b"!", 0)


@attack("lock the evidence")
def _(world: World) -> object:
    fcntl.flock(world.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True


@attack("ioctl on the evidence")
def _(world: World) -> object:
    return fcntl.ioctl(world.fd, termios.FIONREAD, bytes(4))


@attack("an attribute on the evidence")
def _(world: World) -> object:
    os.setxattr(world.fd, "user.impound", b"x")
    return True


# Other processes.


@attack("signal the victim")
def _(world: World) -> object:
    os.kill(world.victim, signal.SIGCONT)
    return True


@attack("signal a thread of the victim")
def _(world: World) -> object:
    return call("tgkill", world.victim, world.victim, signal.SIGCONT) == 0


@attack("signal by tkill")
def _(world: World) -> object:
    return call("tkill", world.victim, signal.SIGCONT) == 0


@attack("signal by pidfd")
def _(world: World) -> object:
    return call("pidfd_send_signal", call("pidfd_open", world.victim, 0), signal.SIGCONT, None, 0) == 0


@attack("signal by the owner of a descriptor")
def _(world: World) -> object:
    here, _there = os.pipe()
    fcntl.fcntl(here, fcntl.F_SETOWN, world.victim)
    return True


@attack("take a descriptor of the victim")
def _(world: World) -> object:
    return call("pidfd_getfd", call("pidfd_open", world.victim, 0), world.fd, 0) >= 0


@attack("memory of the victim by /proc")
def _(world: World) -> object:
    fd = os.open(f"/proc/{world.victim}/mem", os.O_RDWR)
    return os.pread(fd, 8, id(None))


@attack("memory of the victim by process_vm_readv")
def _(world: World) -> object:
    into = ctypes.create_string_buffer(8)
    local = struct.pack("PN", ctypes.addressof(into), 8)
    remote = struct.pack("PN", id(None), 8)
    return call("process_vm_readv", world.victim, local, 1, remote, 1, 0) == 8


@attack("ptrace the victim")
def _(world: World) -> object:
    seize = 0x4206  # the tracer's death lets go again
    return call("ptrace", seize, world.victim, 0, 0) == 0


@attack("environment of the victim")
def _(world: World) -> object:
    return Path(f"/proc/{world.victim}/environ").read_bytes() is not None


@attack("limits of the victim")
def _(world: World) -> object:
    return resource.prlimit(world.victim, resource.RLIMIT_CORE)


@attack("priority of the victim")
def _(world: World) -> object:
    os.setpriority(os.PRIO_PROCESS, world.victim, 0)
    return True


@attack("processors of the victim")
def _(world: World) -> object:
    return call("sched_setaffinity", world.victim, 8, struct.pack("Q", (1 << 64) - 1)) == 0


@attack("a session of its own")
def _(world: World) -> object:
    os.setsid()
    return True


# More processes.


@attack("fork")
def _(world: World) -> object:
    if os.fork() == 0:
        os._exit(0)
    return True


@attack("a thread")
def _(world: World) -> object:
    thread = threading.Thread(target=time.sleep, args=(0,))
    thread.start()
    thread.join()
    return True


@attack("clone3")
def _(world: World) -> object:
    arguments = ctypes.create_string_buffer(struct.pack("8Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0))
    if call("clone3", arguments, 64) == 0:
        os._exit(0)
    return True


@attack("run a program")
def _(world: World) -> object:
    return os.execv("/bin/sh", ["sh", "-c", f"exit {WORKED}"])


@attack("run a program without a name")
def _(world: World) -> object:
    fd = call("memfd_create", b"x\0", 0)
    os.write(fd, f"#!/bin/sh\nexit {WORKED}\n".encode())
    nothing = ctypes.create_string_buffer(bytes(8))
    return call("execveat", fd, b"\0", nothing, nothing, 0x1000) == 0


# The network.


@attack("a TCP socket")
def _(world: World) -> object:
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


@attack("connect by TCP")
def _(world: World) -> object:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(("127.0.0.1", world.tcp_port))
    return True


@attack("listen by TCP")
def _(world: World) -> object:
    return socket.create_server(("127.0.0.1", 0))


@attack("a UDP socket")
def _(world: World) -> object:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return made.sendto(b"x", ("127.0.0.1", 9))


@attack("an IPv6 socket")
def _(world: World) -> object:
    return socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)


@attack("a UNIX socket")
def _(world: World) -> object:
    return socket.socket(socket.AF_UNIX)


@attack("connect to an abstract UNIX socket")
def _(world: World) -> object:
    socket.socket(socket.AF_UNIX).connect(world.abstract)
    return True


@attack("a pair of sockets")
def _(world: World) -> object:
    return socket.socketpair()


@attack("a netlink socket")
def _(world: World) -> object:
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


# Privileges and the kernel's surface.


@attack("a user namespace")
def _(world: World) -> object:
    return call("unshare", 0x10000000) == 0


@attack("mount")
def _(world: World) -> object:
    call("unshare", 0x10000000 | 0x00020000)
    return call("mount", b"none\0", b"/tmp\0", b"tmpfs\0", 0, None) == 0


@attack("enter a namespace")
def _(world: World) -> object:
    fd = os.open(f"/proc/{world.victim}/ns/user", os.O_RDONLY)
    return call("setns", fd, 0) == 0


@attack("name of the computer")
def _(world: World) -> object:
    name = os.uname().nodename.encode()
    return call("sethostname", name, len(name)) == 0


@attack("the kernel's log")
def _(world: World) -> object:
    return call("syslog", 10, None, 0) >= 0


@attack("io_uring")
def _(world: World) -> object:
    return call("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0


@attack("userfaultfd")
def _(world: World) -> object:
    return call("userfaultfd", 1) >= 0


@attack("bpf")
def _(world: World) -> object:
    array_map = ctypes.create_string_buffer(struct.pack("IIII", 2, 4, 4, 1) + bytes(112))
    return call("bpf", 0, array_map, 128) >= 0


@attack("performance counters")
def _(world: World) -> object:
    software_clock = struct.pack("IIQQQQQ", 1, 112, 0, 0, 0, 0, 0b1100011) + bytes(64)
    return call("perf_event_open", ctypes.create_string_buffer(software_clock), 0, -1, -1, 0) >= 0


@attack("keys of the kernel")
def _(world: World) -> object:
    return call("add_key", b"user\0", b"impound\0", b"x", 1, -3) >= 0


@attack("shared memory of System V")
def _(world: World) -> object:
    return call("shmget", 0, 4096, 0o600 | 0o1000) >= 0


@attack("a message queue")
def _(world: World) -> object:
    return call("mq_open", b"impound\0", os.O_RDWR | os.O_CREAT, 0o600, None) >= 0


@attack("memory that is written and run")
def _(world: World) -> object:
    return mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


@attack("memory made runnable later")
def _(world: World) -> object:
    page = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return libc.mprotect(ctypes.c_void_p(address), 4096, 5) == 0


@attack("personality")
def _(world: World) -> object:
    return call("personality", 0x0400000) >= 0  # READ_IMPLIES_EXEC


@attack("become dumpable")
def _(world: World) -> object:
    return libc.prctl(4, 1, 0, 0, 0) == 0


@attack("a timer that signals")
def _(world: World) -> object:
    return call("timer_create", 0, None, ctypes.create_string_buffer(8)) == 0


@attack("set an alarm")
def _(world: World) -> object:
    signal.setitimer(signal.ITIMER_REAL, 60)
    return True


@attack("a thousand descriptors")
def _(world: World) -> object:
    return all(os.dup(world.fd) for _ in range(1000))


# The program.


def run(world: World, what: Callable[[World], object], layers: list[str]) -> bool:
    """Try one attack in a confined fork."""
    (world.folder / "victim").write_bytes(b"victim")
    pid = os.fork()
    if pid == 0:
        code = FAILED
        try:
            signal.alarm(5)
            linux.tie_to_parent(world.victim)
            linux.confine([world.fd], layers)
            if what(world):
                code = WORKED
        except BaseException:  # noqa: BLE001 - however it fails, it failed
            code = FAILED
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    for left in ("new", "link", "hard", "folder", "fifo", "renamed", "victim"):
        path = world.folder / left
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    world.evidence.chmod(0o644)
    return os.waitstatus_to_exitcode(status) == WORKED


def main(who: str, sets: list[str]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="impound-attacks-"))
    if who == "user" and os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        libc.prctl(4, 1, 0, 0, 0)  # dumpable again, as a process that was started by this user would be
    evidence = folder / "evidence.raw"
    evidence.write_bytes(b"evidence")
    listener = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0impound-{os.getpid()}")
    abstract.listen()
    world = World(
        folder,
        evidence,
        os.open(evidence, os.O_RDONLY),
        os.getpid(),
        listener.getsockname()[1],
        f"\0impound-{os.getpid()}",
    )
    found = {}
    for names in sets:
        layers = [name for name in names.split("+") if name != "none"]
        found[names] = [name for name, what in ATTACKS.items() if run(world, what, layers)]
    evidence.unlink()
    folder.rmdir()
    print(json.dumps({"total": len(ATTACKS), "open": found}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
