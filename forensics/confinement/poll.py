"""Waiting for many workers at once, and never for one of them alone."""

from __future__ import annotations

import contextlib
import os
import selectors
import sys
import threading
import time
from collections.abc import Callable, Hashable
from typing import Protocol

_PIECE = 1 << 20
_PEEK_SECONDS = 0.003


class Poller(Protocol):
    """Reads from and writes to the pipes of workers. Opening and closing them is the caller's.

    `wake` may be called from any thread, everything else from one only.
    """

    def add(self, key: Hashable, jobs: int, results: int) -> None:
        """Watch the pipes of a worker."""
        ...

    def remove(self, key: Hashable) -> None:
        """Watch them no longer; what was not sent yet is dropped."""
        ...

    def send(self, key: Hashable, data: bytes) -> None:
        """Send to a worker as fast as it takes it. A worker that has gone is noticed by `wait`."""
        ...

    def wait(self, timeout: float) -> list[tuple[Hashable, bytes]]:
        """What arrived, and from whom; empty bytes at the end of a stream."""
        ...

    def wake(self) -> None:
        """Let `wait` return now."""
        ...

    def close(self) -> None:
        """Watch nothing any longer."""
        ...


def best() -> Poller:
    """The poller for this system."""
    if sys.platform == "win32":
        return PeekPoller(_available_on_windows)
    return SelectPoller()


class SelectPoller:
    """For systems whose pipes can be selected."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._pipes: dict[Hashable, tuple[int, int]] = {}
        self._unsent: dict[Hashable, memoryview] = {}
        self._bell, self._button = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._button, False)
        self._selector.register(self._bell, selectors.EVENT_READ, (None, False))

    def add(self, key: Hashable, jobs: int, results: int) -> None:
        """Watch the pipes of a worker."""
        os.set_blocking(jobs, False)
        os.set_blocking(results, False)
        self._pipes[key] = (jobs, results)
        self._selector.register(results, selectors.EVENT_READ, (key, False))

    def remove(self, key: Hashable) -> None:
        """Watch them no longer."""
        jobs, results = self._pipes.pop(key)
        self._selector.unregister(results)
        if self._unsent.pop(key, None) is not None:
            self._selector.unregister(jobs)

    def send(self, key: Hashable, data: bytes) -> None:
        """Send as fast as the worker takes it."""
        jobs, _ = self._pipes[key]
        if key in self._unsent:
            self._unsent[key] = memoryview(bytes(self._unsent[key]) + data)
        elif rest := self._write(jobs, memoryview(data)):
            self._unsent[key] = rest
            self._selector.register(jobs, selectors.EVENT_WRITE, (key, True))

    def wait(self, timeout: float) -> list[tuple[Hashable, bytes]]:
        """What arrived, and from whom."""
        arrived = []
        for ready, _ in self._selector.select(timeout):
            key, writing = ready.data
            if key is None:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._bell, 4096)
            elif writing:
                self._flush(key, ready.fd)
            else:
                with contextlib.suppress(BlockingIOError):
                    arrived.append((key, os.read(ready.fd, _PIECE)))
        return arrived

    def wake(self) -> None:
        """Let `wait` return now."""
        with contextlib.suppress(OSError):  # full: it will wake anyway; closed: nobody sleeps
            os.write(self._button, b"!")

    def close(self) -> None:
        """Watch nothing any longer."""
        self._selector.close()
        os.close(self._bell)
        os.close(self._button)

    def _flush(self, key: Hashable, jobs: int) -> None:
        rest = self._write(jobs, self._unsent[key])
        if rest:
            self._unsent[key] = rest
        else:
            del self._unsent[key]
            self._selector.unregister(jobs)

    @staticmethod
    def _write(jobs: int, data: memoryview) -> memoryview:
        try:
            return data[os.write(jobs, data) :]
        except BlockingIOError:
            return data
        except BrokenPipeError:
            return data[:0]


class PeekPoller:
    """For systems whose pipes cannot be selected: asks each pipe in turn how much it holds."""

    def __init__(self, available: Callable[[int], int | None]) -> None:
        """`available` gives the bytes that can be read without waiting; `None` at the end."""
        self._available = available
        self._pipes: dict[Hashable, tuple[int, int]] = {}
        self._woken = threading.Event()

    def add(self, key: Hashable, jobs: int, results: int) -> None:
        """Watch the pipes of a worker."""
        self._pipes[key] = (jobs, results)

    def remove(self, key: Hashable) -> None:
        """Watch them no longer."""
        del self._pipes[key]

    def send(self, key: Hashable, data: bytes) -> None:
        """Send as fast as the worker takes it."""
        # A pipe that is full blocks its writer; a copy of the number outlives the worker that reads it.
        own = os.dup(self._pipes[key][0])
        threading.Thread(target=_write_and_close, args=(own, data), daemon=True).start()

    def wait(self, timeout: float) -> list[tuple[Hashable, bytes]]:
        """What arrived, and from whom."""
        until = time.monotonic() + timeout
        while True:
            arrived = []
            for key, (_, results) in self._pipes.items():
                available = self._available(results)
                if available is None:
                    arrived.append((key, b""))
                elif available:
                    arrived.append((key, os.read(results, min(available, _PIECE))))
            left = until - time.monotonic()
            if arrived or left <= 0:
                return arrived
            if self._woken.wait(min(left, _PEEK_SECONDS)):
                self._woken.clear()
                return []

    def wake(self) -> None:
        """Let `wait` return now."""
        self._woken.set()

    def close(self) -> None:
        """Watch nothing any longer."""
        self._pipes.clear()


def _write_and_close(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        pass  # the worker has gone
    finally:
        os.close(descriptor)


def _available_on_windows(descriptor: int) -> int | None:
    """By PeekNamedPipe, which also works on anonymous pipes. Untested: written from the documentation."""
    if sys.platform == "win32":
        import _winapi  # noqa: PLC0415 - exists on Windows only
        import msvcrt  # noqa: PLC0415

        try:
            available = _winapi.PeekNamedPipe(msvcrt.get_osfhandle(descriptor))[0]
        except BrokenPipeError:
            return None
        return available
    raise NotImplementedError
