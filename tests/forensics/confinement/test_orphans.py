from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

PROGRAM = """
import sys, threading
from pathlib import Path
from forensics.confinement.supervisor import Job, Limits, Supervisor

def told(states):
    busy = [each.pid for each in states if each.label]
    if len(busy) == 2:
        launcher = supervisor._crew._launcher
        zygote = [launcher._process.pid] if hasattr(launcher, "_process") else []
        print(*busy, *zygote, flush=True)

verb, spawn = sys.argv[1], sys.argv[2] == "spawn"
supervisor = Supervisor("hostile_tasks", workers=2, search=Path(sys.argv[3]), spawn=spawn)
limits = Limits(wall_seconds=float(sys.argv[4]))
for _ in supervisor.run([Job(n, verb, {"seconds": 60}, "busy", limits) for n in range(2)], on_state=told):
    pass
"""


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def start(verb: str, how: str, seconds: float) -> tuple[subprocess.Popen[str], list[int]]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-B", "-c", PROGRAM, verb, how, str(HERE), str(seconds)],
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) >= 2
    assert all(alive(pid) for pid in pids)
    return process, pids


def gone(pids: list[int], within: float) -> bool:
    until = time.monotonic() + within
    while any(alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("verb", ["nap", "spin", "sleep"])
def test_kill_9_of_the_supervisor_leaves_nobody(verb: str) -> None:
    process, pids = start(verb, "fork", 60)
    with process:
        process.kill()
        process.wait()
        assert len(pids) == 3
        assert gone(pids, within=1.5)


def test_a_spawned_worker_that_spins_runs_out_of_processor_time() -> None:
    process, pids = start("spin", "spawn", 1.5)
    with process:
        process.kill()
        process.wait()
        assert gone(pids, within=40)


def test_ctrl_c_at_the_terminal_is_for_the_supervisor_alone() -> None:
    process, pids = start("nap", "fork", 60)
    with process:
        assert all(os.getpgid(pid) != os.getpgid(process.pid) for pid in pids)
        for pid in pids:
            os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
        assert all(alive(pid) for pid in pids)
        process.kill()
        process.wait()
        assert gone(pids, within=1.5)
