"""A worker as a process of its own, where the system has no `fork`: same loop, slower start.

The jobs come on standard input and the answers go to standard output; both are moved away from numbers
0 and 1 first, so that nothing a library prints can be taken for an answer. On Windows evidence arrives as
inherited handles, which become descriptors here.
"""

from __future__ import annotations

import dataclasses
import os
import sys

from forensics.confinement import frames
from forensics.confinement.worker import Start, prepare, run


def main() -> int:
    """Serve the supervisor at the other ends of standard input and output."""
    jobs, results = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        for fd in (jobs, results):
            msvcrt.setmode(fd, os.O_BINARY)
    first = frames.read_message(jobs)
    if first is None:
        return 0
    try:
        start = _adopt(Start.of(first))
        tasks = prepare(start)
    except Exception as error:  # noqa: BLE001 - said to the supervisor, which says it to the person
        words = f"{type(error).__name__}: {error}"[:4000]
        frames.write_bytes(results, frames.encode({"failed": words}))
        return 1
    os.dup2(null, 2)
    run(tasks, start, jobs, results)
    return 0


def _adopt(start: Start) -> Start:
    if sys.platform != "win32":
        return start
    import msvcrt  # noqa: PLC0415 - exists on Windows only

    flags = os.O_RDONLY | os.O_BINARY
    evidence = tuple(each._replace(fd=msvcrt.open_osfhandle(each.fd, flags)) for each in start.evidence)
    return dataclasses.replace(start, evidence=evidence)


if __name__ == "__main__":
    sys.exit(main())
