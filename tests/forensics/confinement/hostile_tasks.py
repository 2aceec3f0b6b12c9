"""Tasks for tests: innocent ones, and everything a worker that was taken over might do."""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
import signal
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgpack

from forensics.confinement.worker import Context
from forensics.guard import Step

Part = Mapping[str, object]


def preload(_: Mapping[str, object] | None = None) -> None:
    """Nothing beyond the imports."""


def handle(verb: str, spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    if verb in INNOCENT:
        yield from INNOCENT[verb](spec, context)
        return
    HOSTILE[verb]()
    yield {"survived": verb}


def _echo(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    yield {"n": spec["n"], "digest": hashlib.sha256(str(spec["n"]).encode()).digest()}


def _describe(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    context.cache["seen"] = seen = int(str(context.cache.get("seen", 0))) + 1
    heads = {each.name: os.pread(each.fd, 16, 0) for each in context.evidence}
    sizes = {each.name: each.size for each in context.evidence}
    yield {"heads": heads, "sizes": sizes, "setup": dict(context.setup), "seen": seen, "pid": os.getpid()}
    yield {"environment": dict(os.environ), "zone": time.tzname[0]}


def _sizeable(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    for index in range(spec["parts"]):
        yield {"index": index, "bytes": bytes(spec["bytes"])}


def _nap(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    time.sleep(spec["seconds"])
    yield {"slept": spec["seconds"]}


def _map_all(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    _, fd, size = context.evidence[0]
    with mmap.mmap(fd, size, access=mmap.ACCESS_READ) as everything:
        total = sum(everything[at] for at in range(0, size, 1 << 30))
        yield {"size": len(everything), "last": everything[-1], "sum": total}


def _ordinary(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    """What honest libraries do: memory, locks, clocks, random numbers, compression, codecs."""
    held = bytearray(64 << 20)
    lock = threading.RLock()
    with lock:
        packed = zlib.compress(bytes(held))
    fd = os.dup(context.evidence[0].fd)
    os.lseek(fd, 0, os.SEEK_SET)
    head = os.read(fd, 4)
    os.close(fd)
    with open(context.evidence[0].fd, "rb", buffering=0, closefd=False) as file:
        file.seek(0)
        again = file.read(4)
    yield {
        "random": len(os.urandom(16)),
        "packed": len(packed) < len(held),
        "same": head == again,
        "cp437": "é".encode("cp437"),
        "utf-16": "x".encode("utf-16-le"),
        "time": time.time() > 0,
    }


def _refuse(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    raise ValueError(spec["words"])
    yield {}


def _leak(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    os.dup(0)
    yield {"leaked": True}


def _unspeakable(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    yield {"object": object()}


def _steps(spec: Mapping[str, Any], context: Context) -> Iterator[Part]:
    """Tells steps, `pause` seconds apart, and then does not end."""
    for number in range(spec["steps"]):
        context.tell(Step(f"step {number}", "parser@1", "/path", number))
        time.sleep(spec["pause"])
    time.sleep(60)
    yield {}


INNOCENT: dict[str, Callable[[Mapping[str, Any], Context], Iterator[Part]]] = {
    "echo": _echo,
    "describe": _describe,
    "sizeable": _sizeable,
    "nap": _nap,
    "steps": _steps,
    "map_all": _map_all,
    "ordinary": _ordinary,
    "refuse": _refuse,
    "leak": _leak,
    "unspeakable": _unspeakable,
}


def _say(data: bytes) -> None:
    """Write past the worker's own loop, to whatever takes it: only the result pipe does."""
    for fd in range(3, 256):
        try:
            while data:
                data = data[os.write(fd, data) :]
        except OSError:
            continue
        return


def _frame(message: object) -> bytes:
    body: bytes = msgpack.packb(message)
    return struct.pack("<I", len(body)) + body


def _number() -> int:
    """The number that the worker was asked for, out of its own stack."""
    frame = sys._getframe()
    while frame.f_code.co_name != "_answer":
        assert frame.f_back is not None
        frame = frame.f_back
    return int(frame.f_locals["number"])


def _segv() -> None:
    ctypes.string_at(1)


def _spin() -> None:
    while True:
        pass


def _hang_in_c() -> None:
    """Like a C library: signals and other threads do not get their turn."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    ctypes.PyDLL(None).sleep(3600)


def _eat() -> None:
    held = []
    while True:
        held.append(bytearray(8 << 20))


def _eat_shared() -> None:
    """Memory that counts to no limit of the process."""
    held = []
    while True:
        held.append(mmap.mmap(-1, 16 << 20))
        held[-1].write(b"x" * (16 << 20))


def _flood() -> None:
    while True:
        _say(_frame({"id": _number(), "part": {"bytes": bytes(1 << 20)}}))


def _flood_small() -> None:
    while True:
        _say(_frame({"id": _number(), "part": {"n": [1] * 1000}}) * 50)


def _recurse() -> None:
    _recurse()


def _recurse_in_c() -> None:
    class Mirror:
        def __repr__(self) -> str:
            return repr(self)

    sys.setrecursionlimit(1 << 30)
    repr(Mirror())


def _fork_bomb() -> None:
    while True:
        os.fork()


def _descriptors() -> None:
    while True:
        os.dup(0)


def _half_frame_then_exit() -> None:
    _say(struct.pack("<I", 1000) + b"\x81")
    os._exit(0)


HOSTILE: dict[str, Callable[[], None]] = {
    "segv": _segv,
    "abort": os.abort,
    "spin": _spin,
    "sleep": _hang_in_c,
    "memory": _eat,
    "shared memory": _eat_shared,
    "flood": _flood,
    "flood small": _flood_small,
    "garbage": lambda: _say(b"\x08\0\0\0" + bytes(range(0xC1, 0xD1))),
    "4 GiB header": lambda: _say(b"\xff\xff\xff\xff"),
    "exit 0": lambda: os._exit(0),
    "half a frame": _half_frame_then_exit,
    "forged id": lambda: _say(_frame({"id": _number() + 1, "end": True, "more": True})),
    "wrong shape": lambda: _say(_frame({"id": _number(), "part": {}, "more": 1})),
    "second greeting": lambda: _say(_frame({"hello": {"layers": ["all"], "missing": []}})),
    "million maps": lambda: _say(_frame({"id": _number(), "part": {"m": [[{}] * 60000] * 10}})),
    "very deep": lambda: _say(_frame({"id": _number(), "part": _deep(60)})),
    "recursion": _recurse,
    "recursion in C": _recurse_in_c,
    "socket": lambda: socket.socket().close(),
    "descriptors": _descriptors,
    "fork bomb": _fork_bomb,
}


def _deep(levels: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for _ in range(levels):
        found = {"d": found}
    return found


CAUSES = {
    "segv": "crashed",
    "abort": "crashed",
    "spin": "hung",
    "sleep": "hung",
    "memory": "memory",
    "shared memory": "memory",
    "flood": "output",
    "flood small": "output",
    "garbage": "lied",
    "4 GiB header": "lied",
    "exit 0": "crashed",
    "half a frame": "crashed",
    "forged id": "lied",
    "wrong shape": "lied",
    "second greeting": "lied",
    "million maps": "lied",
    "very deep": "lied",
    "recursion": "error",
    # From 3.12 the interpreter counts the frames of its own C code and raises instead of overflowing.
    "recursion in C": "crashed" if sys.version_info < (3, 12) else "error",
    "socket": "error",
    "descriptors": "error",
    "fork bomb": "error",
}
"""What each must be found guilty of, when confined."""
