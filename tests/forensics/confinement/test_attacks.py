from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from forensics.confinement.sandbox import Report, linux, syscalls

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ALL = "rlimits+namespaces+privileges+landlock+seccomp"
CLOSED = [
    ALL,
    "rlimits+privileges+landlock+seccomp",  # where user namespaces are forbidden
    "rlimits+privileges+namespaces+seccomp",  # a kernel without Landlock
    "rlimits+privileges+seccomp",
]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fences of Linux")
@pytest.mark.parametrize("who", ["user", "root"])
def test_no_attack_works_through_the_fences_and_most_do_without(who: str) -> None:
    if who == "root" and os.getuid() != 0:
        pytest.skip("not root")
    done = subprocess.run(
        [sys.executable, "-P", "-B", str(HERE / "attacks.py"), who, "none", "landlock", *CLOSED],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found = json.loads(done.stdout)
    assert found["total"] >= 70
    assert {layers: found["open"][layers] for layers in CLOSED} == {layers: [] for layers in CLOSED}
    assert len(found["open"]["none"]) > 0.8 * found["total"]  # the attacks are real
    assert len(found["open"]["landlock"]) > 20  # one fence is not enough


def test_a_report_says_what_is_missing() -> None:
    assert str(Report(("rlimits", "landlock 7"), ())) == "rlimits, landlock 7"
    assert str(Report(("rlimits",), ("landlock (not in this kernel)",))) == (
        "rlimits; missing: landlock (not in this kernel)"
    )
    assert str(Report((), ("confinement switched off",))) == "none; missing: confinement switched off"


@pytest.mark.parametrize("machine", list(syscalls.MACHINES))
def test_the_filter_by_interpreting_it(machine: str) -> None:
    """Both machines' filters, run by an interpreter of classic BPF written for this test."""
    made = syscalls.MACHINES[machine]
    column = made.column
    program = list(struct.iter_unpack("=HBBI", syscalls.program(made, pid=77)))
    allow, deny, kill = 0x7FFF0000, 0x00050001, 0x80000000

    def judge(number: int, *arguments: int, audit: int = made.audit) -> int:
        padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
        data = struct.pack("=IIQ6Q", number, audit, 0, *padded)
        at = accumulator = 0
        while True:
            code, yes, no, value = program[at]
            at += 1
            if code == 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            elif code == 0x15:
                at += yes if accumulator == value else no
            elif code == 0x35:
                at += yes if accumulator >= value else no
            elif code == 0x45:
                at += yes if accumulator & value else no
            else:
                assert code == 0x06
                return int(value)

    for numbers in syscalls.ALLOWED.values():
        assert judge(numbers[column]) == allow
    listed = {numbers[column] for numbers in syscalls.ALLOWED.values()}
    mmap, mprotect, fcntl = (9, 222)[column], (10, 226)[column], (72, 25)[column]
    prctl, prlimit, tgkill = (157, 167)[column], (302, 261)[column], (234, 131)[column]
    for number in set(range(600)) - listed - {mmap, mprotect, fcntl, prctl, prlimit, tgkill}:
        assert judge(number) == deny
    for number in (mmap, mprotect):
        assert judge(number, 0, 4096, 3) == allow
        assert judge(number, 0, 4096, 5) == deny
        assert judge(number, 0, 4096, 7) == deny
    assert [command for command in range(2000) if judge(fcntl, 3, command) == allow] == [0, 1, 2, 3, 1030]
    assert [option for option in range(100) if judge(prctl, option) == allow] == [15]
    assert judge(prlimit, 0) == allow
    assert judge(prlimit, 1) == deny
    assert judge(tgkill, 77, 78) == allow
    assert judge(tgkill, 76, 77) == deny
    assert judge(0x40000000 + listed.pop()) == deny  # the x32 calls
    assert judge(0, audit=0x40000003) == kill  # 32-bit calls have other numbers


@pytest.mark.parametrize(("version", "size"), [(1, 8), (2, 8), (3, 8), (4, 16), (5, 16), (6, 24), (7, 24)])
def test_landlock_asks_for_what_its_version_knows(version: int, size: int) -> None:
    attributes, length = linux._landlock_attributes(version)
    files, network, scoped = struct.unpack("=QQQ", attributes)
    assert length == size
    assert files.bit_count() == {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    assert network == (3 if version >= 4 else 0)
    assert scoped == (3 if version >= 6 else 0)


def test_the_other_systems_can_be_imported_and_refuse_here() -> None:
    from forensics.confinement.sandbox import macos, none, windows

    assert none.confine([]).layers == ()
    assert windows.confine([]).layers == ()
    assert len(windows.confine([]).missing) == 3
    assert macos.tie_to_parent(os.getppid())
    assert not none.tie_to_parent(1 << 30)
