"""Which fences this computer puts around a worker, found by a process that shuts itself in and says what holds.

A worker says the same when it starts, but starts only when there is something to read; a window says it at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from forensics.confinement import sandbox
from forensics.confinement.launch import command, environment

_SECONDS = 30.0


def fences() -> sandbox.Report:
    """What holds around the workers that this program would start now."""
    try:
        done = subprocess.run(
            command("forensics.confinement.probe"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment(), timeout=_SECONDS, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        return sandbox.Report(tuple(map(str, told["layers"])), tuple(map(str, told["missing"])))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        return sandbox.Report((), (f"could not be found out: {error}",))


def main() -> int:
    """Shut this process in, and say on standard output what holds."""
    report = sandbox.confine([1])
    os.write(1, json.dumps({"layers": report.layers, "missing": report.missing}).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
