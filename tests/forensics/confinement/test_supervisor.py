from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.confinement import poll
from forensics.confinement.frames import FrameError
from forensics.confinement.launch import Zygote
from forensics.confinement.supervisor import (
    Done,
    EvidenceFile,
    Job,
    JobFailed,
    Limits,
    Quarantined,
    Supervisor,
    WorkerState,
)
from forensics.errors import EvidenceError, WorkerError
from forensics.guard import Step
from tests.figures import trials
from tests.forensics.confinement.hostile_tasks import CAUSES

HERE = Path(__file__).parent
LIMITS = Limits(wall_seconds=10, memory_bytes=256 << 20)
HOSTILE = 1_000_000  # and above: numbers of hostile jobs
TIGHT = Limits(wall_seconds=1.0, memory_bytes=128 << 20, output_bytes=16 << 20, structured_bytes=4 << 20)


def job(number: int, verb: str = "echo", limits: Limits = LIMITS, **spec: object) -> Job:
    return Job(number, verb, {"n": number, **spec}, f"{verb} {number}", limits)


def crew(workers: int = 2, *, evidence: list[EvidenceFile] | None = None, spawn: bool = False) -> Supervisor:
    return Supervisor(
        "hostile_tasks",
        evidence=evidence or [],
        workers=workers,
        setup={"key": b"\x01\x02", "exhibits": {"7": ["a"]}},
        search=HERE,
        spawn=spawn,
    )


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> list[EvidenceFile]:
    folder = tmp_path_factory.mktemp("evidence")
    found = []
    for name in ("a.E01", "b.raw"):
        (folder / name).write_bytes(f"head of {name}".encode().ljust(4096, b"\0"))
        found.append(EvidenceFile(name, folder / name))
    return found


@pytest.fixture(scope="module")
def supervisor(evidence: list[EvidenceFile]) -> Iterator[Supervisor]:
    with crew(evidence=evidence) as found:
        yield found


@pytest.mark.parametrize("spawn", [False, True])
def test_what_a_worker_knows(evidence: list[EvidenceFile], spawn: bool) -> None:
    with crew(evidence=evidence, spawn=spawn) as supervisor:
        done = supervisor.call(job(3, "describe"))
        assert supervisor.call(job(3, "describe")).parts[0]["seen"] == 2  # the same worker, kept for later
        confinement = supervisor.confinement
    told, around = done.parts
    assert told["heads"] == {"a.E01": b"head of a.E01\0\0\0", "b.raw": b"head of b.raw\0\0\0"}
    assert told["sizes"] == {"a.E01": 4096, "b.raw": 4096}
    assert told["setup"] == {"key": b"\x01\x02", "exhibits": {"7": ["a"]}}
    assert around["zone"] == "UTC"
    environment = around["environment"]
    assert isinstance(environment, dict)
    assert environment["PYTHONHASHSEED"] == "0"
    assert "HOME" not in environment
    assert "seccomp" in confinement
    assert "rlimits" in confinement


def answered(kinds: list[str], innocent: int, *, spawn: bool) -> None:
    """Innocent jobs with one of each kind of hostile ones among them: all are answered as they deserve."""
    jobs = [job(number) for number in range(innocent)]
    for index, kind in enumerate(kinds):
        jobs.insert(index * (innocent // len(kinds)) + index, job(HOSTILE + index, kind, TIGHT))
    with crew(spawn=spawn) as supervisor:
        answers = list(supervisor.run(jobs))
    assert Counter(each.job.number for each in answers) == Counter(each.number for each in jobs)
    fates = {each.job.verb: each for each in answers if each.job.number >= HOSTILE}
    found = {verb: each.cause for verb, each in fates.items() if isinstance(each, Quarantined)}
    assert found == {kind: CAUSES[kind] for kind in kinds}
    for each in fates.values():
        assert isinstance(each, Quarantined)
        assert each.attempts == (1 if each.cause == "error" else 2)
    lost = [each for each in answers if each.job.number < HOSTILE and not isinstance(each, Done)]
    assert not lost


@pytest.mark.figure
def test_every_job_is_answered_whatever_a_worker_does() -> None:
    def attempt(numbers: range) -> Iterator[str]:
        began = time.monotonic()
        answered(list(CAUSES), len(numbers), spawn=False)
        if time.monotonic() - began > 30:
            yield f"{numbers}: {time.monotonic() - began:.0f} s"

    trials("innocent", attempt, together=5000)


def test_every_job_is_answered_by_new_interpreters_too() -> None:
    answered(["segv", "spin", "memory", "flood", "garbage", "forged id", "exit 0"], 60, spawn=True)


def test_the_reasons_in_words(supervisor: Supervisor) -> None:
    told = {}
    for kind in ("segv", "exit 0", "spin", "memory", "flood", "forged id", "4 GiB header", "socket"):
        with pytest.raises(JobFailed) as failed:
            supervisor.call(job(1, kind, TIGHT))
        told[kind] = failed.value.quarantined
    assert told["segv"].reason == "the worker died of signal 11 (SIGSEGV)"
    assert told["segv"].signal == 11
    assert told["exit 0"].reason == "the worker ended with code 0 before it had answered"
    assert told["spin"].reason == "no answer within 1 s"
    assert told["spin"].limit == "1 s"
    assert told["memory"].limit == "128 MiB"
    assert told["flood"].reason == "answered with more than 16 MiB"
    assert told["flood"].limit == "16 MiB"
    assert "it was not asked for" in told["forged id"].reason
    assert "4,294,967,295 bytes" in told["4 GiB header"].reason
    assert told["socket"].reason.startswith("PermissionError")


def test_a_hang_ends_in_time(supervisor: Supervisor) -> None:
    for kind in ("spin", "sleep"):
        began = time.monotonic()
        with pytest.raises(JobFailed):
            supervisor.call(job(1, kind, Limits(wall_seconds=0.4)))
        assert 0.4 <= time.monotonic() - began < 1.4


def test_silence_ends_a_job_and_signs_of_life_do_not(supervisor: Supervisor) -> None:
    began = time.monotonic()
    with pytest.raises(JobFailed) as failed:
        supervisor.call(job(1, "steps", Limits(wall_seconds=20, silent_seconds=0.5), steps=5, pause=0.25))
    assert 1.5 <= time.monotonic() - began < 4
    ended = failed.value.quarantined
    assert (ended.cause, ended.limit, ended.reason) == ("hung", "0.5 s", "no sign of life for 0.5 s")
    assert ended.step == Step("step 4", "parser@1", "/path", 4)


def test_an_error_of_the_task_is_told_and_the_worker_kept(supervisor: Supervisor) -> None:
    before = supervisor.call(job(1, "describe")).parts[0]["pid"]
    with pytest.raises(JobFailed, match="ValueError: no magic") as failed:
        supervisor.call(job(1, "refuse", words="no magic \x1b[31m\u202e\ud83d".replace("\ud83d", "")))
    assert "\x1b" not in failed.value.quarantined.reason
    assert "\u202e" not in failed.value.quarantined.reason
    with pytest.raises(JobFailed, match=r"nothing in <_io\.BytesIO object>$"):
        supervisor.call(job(1, "refuse", words="nothing in <_io.BytesIO object at 0x7f5847cde840>"))
    with pytest.raises(JobFailed, match="FrameError"):
        supervisor.call(job(1, "unspeakable"))
    with pytest.raises(JobFailed, match="KeyError"):
        supervisor.call(job(1, "no such verb"))
    assert supervisor.call(job(1, "describe")).parts[0]["pid"] == before


def test_a_worker_that_a_task_left_unclean_is_replaced(supervisor: Supervisor) -> None:
    before = supervisor.call(job(1, "describe")).parts[0]["pid"]
    with pytest.raises(JobFailed, match="Too many open files"):
        supervisor.call(job(2, "descriptors"))
    after = supervisor.call(job(3, "describe")).parts[0]["pid"]
    assert after != before
    assert supervisor.call(job(4, "leak")).parts == ({"leaked": True},)
    assert supervisor.call(job(5, "describe")).parts[0]["pid"] != after


def test_libraries_get_what_they_need_inside(supervisor: Supervisor) -> None:
    (part,) = supervisor.call(job(1, "ordinary")).parts
    assert part == {
        "random": 16,
        "packed": True,
        "same": True,
        "cp437": b"\x82",
        "utf-16": b"x\0",
        "time": True,
    }


def test_evidence_larger_than_the_memory_limit_can_be_mapped(tmp_path: Path) -> None:
    large = tmp_path / "large.raw"
    with large.open("wb") as file:
        file.seek((6 << 30) - 1)
        file.write(b"\x07")
    tight = Limits(wall_seconds=20, memory_bytes=64 << 20)
    with crew(1, evidence=[EvidenceFile("large", large)]) as supervisor:
        (part,) = supervisor.call(job(1, "map_all", tight)).parts
    assert part == {"size": 6 << 30, "last": 7, "sum": 0}


def test_results_do_not_depend_on_the_number_of_workers() -> None:
    jobs = [job(number) for number in range(300)]
    found = []
    for workers in (1, 2, 4):
        with crew(workers) as supervisor:
            answers = [each for each in supervisor.run(jobs) if isinstance(each, Done)]
        found.append(sorted(((each.job.number, each.parts) for each in answers), key=lambda pair: pair[0]))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 300


def test_jobs_are_taken_lazily_and_in_the_callers_thread(supervisor: Supervisor) -> None:
    taken: list[int] = []

    def source() -> Iterator[Job]:
        for number in range(10_000):
            assert threading.current_thread() is threading.main_thread()
            taken.append(number)
            yield job(number)

    run = supervisor.run(source())
    for _ in range(5):
        next(run)
    time.sleep(0.2)
    assert len(taken) < 40
    run.close()
    assert supervisor.call(job(1)).parts[0]["n"] == 1


def test_a_slow_consumer_is_not_held_against_the_workers(supervisor: Supervisor) -> None:
    limits = Limits(wall_seconds=0.5)
    jobs = (job(number, "sizeable", limits, parts=40, bytes=100_000) for number in range(6))
    answers: list[Done | Quarantined] = []
    for answer in supervisor.run(jobs):
        time.sleep(0.7 if len(answers) < 2 else 0)
        answers.append(answer)
    assert [type(each) for each in answers] == [Done] * 6


def test_a_consumer_that_pauses_does_not_stop_the_clock(supervisor: Supervisor) -> None:
    pids: set[int] = set()
    run = supervisor.run(
        [job(1, limits=TIGHT), job(2, "spin", TIGHT)],
        on_state=lambda states: pids.update(each.pid for each in states if each.verb == "spin"),
    )
    next(run)
    time.sleep(3.0)
    assert len(pids) == 2  # both tries are over, though nobody asked
    assert not any(alive(pid) for pid in pids)
    assert [type(each) for each in run] == [Quarantined]


def test_cancel_ends_at_once_and_leaves_a_working_supervisor(supervisor: Supervisor) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    began = time.monotonic()
    jobs = (job(number, "nap", seconds=5) for number in range(100))
    assert list(supervisor.run(jobs, cancel=cancel)) == []
    assert time.monotonic() - began < 1.5
    assert supervisor.call(job(9)).parts[0]["n"] == 9


def test_calls_from_other_threads_during_a_run(supervisor: Supervisor) -> None:
    found: list[object] = []

    def look() -> None:
        for number in range(20):
            found.append(supervisor.call(job(number)).parts[0]["n"])

    thread = threading.Thread(target=look)
    thread.start()
    answers = list(supervisor.run(job(number, "nap", seconds=0.02) for number in range(40)))
    thread.join()
    assert len(answers) == 40
    assert found == list(range(20))


def test_states_name_what_is_being_worked_on(supervisor: Supervisor) -> None:
    seen: list[list[WorkerState]] = []
    list(supervisor.run((job(n, "nap", seconds=0.3) for n in range(4)), on_state=seen.append))
    busy = [state for states in seen for state in states if state.label]
    assert {state.verb for state in busy} == {"nap"}
    assert len({state.worker for state in busy}) == 2
    assert all(0 <= state.seconds < 5 for state in busy)


def test_large_jobs_and_large_answers(supervisor: Supervisor) -> None:
    done = supervisor.call(job(1, "sizeable", parts=20, bytes=7 << 20))
    assert len(done.parts) == 20
    assert supervisor.call(job(2, padding=bytes(7 << 20))).parts[0]["n"] == 2
    with pytest.raises(FrameError):
        supervisor.call(job(3, padding=bytes(9 << 20)))
    with pytest.raises(FrameError):
        list(supervisor.run([job(4, padding=object())]))


def test_a_source_of_jobs_that_fails_is_heard(supervisor: Supervisor) -> None:
    def source() -> Iterator[Job]:
        yield job(1)
        raise RuntimeError("the plan is gone")

    with pytest.raises(RuntimeError, match="the plan is gone"):
        list(supervisor.run(source()))


def test_a_dead_zygote_is_replaced_and_nothing_is_lost() -> None:
    with crew() as supervisor:
        launcher = supervisor._crew._launcher
        assert isinstance(launcher, Zygote)
        answers = []
        for answer in supervisor.run(job(number, "nap", seconds=0.01) for number in range(100)):
            answers.append(answer)
            if len(answers) == 20:
                launcher._process.kill()
        assert [type(each) for each in answers] == [Done] * 100


def test_tasks_that_cannot_be_imported(evidence: list[EvidenceFile], tmp_path: Path) -> None:
    (tmp_path / "broken_tasks.py").write_text("raise OSError('no such library')")
    for spawn in (False, True):
        with Supervisor("broken_tasks", workers=1, search=tmp_path, spawn=spawn) as supervisor:
            with pytest.raises(WorkerError, match="no such library"):
                supervisor.call(job(1))
            with pytest.raises(WorkerError, match="prepared"):
                list(supervisor.run([job(1)]))


def test_evidence_that_is_no_file(tmp_path: Path) -> None:
    target = tmp_path / "image.raw"
    target.write_bytes(b"x")
    link = tmp_path / "link.raw"
    link.symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    for path in (link, tmp_path / "pipe", tmp_path, tmp_path / "absent"):
        with pytest.raises(EvidenceError) as error:
            crew(evidence=[EvidenceFile("good", target), EvidenceFile("bad", path)])
        assert error.value.name == "bad"
    with crew(evidence=[EvidenceFile("good", target)]) as supervisor:
        (held,) = supervisor.evidence
        assert not held.changed()
        target.write_bytes(b"yy")
        assert held.changed()


def test_closed_standard_streams_do_not_swallow_evidence(evidence: list[EvidenceFile]) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from forensics.confinement.supervisor import EvidenceFile, Job, Limits, Supervisor\n"
        "os.close(0), os.close(1)\n"
        "files = [EvidenceFile('a', Path(sys.argv[2]))]\n"
        "here = Path(sys.argv[1])\n"
        "with Supervisor('hostile_tasks', evidence=files, workers=1, search=here) as supervisor:\n"
        "    done = supervisor.call(Job(1, 'describe', {}, '', Limits(10)))\n"
        "assert done.parts[0]['heads']['a'] == b'head of a.E01\\0\\0\\0', done\n"
    )
    arguments = [sys.executable, "-P", "-B", "-c", code, str(HERE), str(evidence[0].path)]
    subprocess.run(arguments, env={"PYTHONPATH": str(HERE.parents[2])}, check=True, timeout=30)


def test_hundreds_of_segments(tmp_path: Path) -> None:
    files = []
    for index in range(300):
        path = tmp_path / f"a.{index:03}"
        path.write_bytes(b"%03d" % index)
        files.append(EvidenceFile(path.name, path))
    with crew(1, evidence=files) as supervisor:
        heads = supervisor.call(job(1, "describe")).parts[0]["heads"]
    assert heads == {f"a.{index:03}": b"%03d" % index for index in range(300)}


def test_the_supervisor_imports_no_parser() -> None:
    code = (
        "import sys, forensics.confinement.supervisor\n"
        "bad = {'pytsk3', 'pyewf', 'PIL', 'exifread', 'magic', 'numpy', 'cryptography', 'sqlite3', 'Crypto',"
        " 'forensics.confinement.tasks', 'forensics.filesystems', 'forensics.sweep', 'pickle',"
        " 'multiprocessing'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", code], env={"PYTHONPATH": root}, capture_output=True, check=True
    )
    assert done.stdout.strip() == b"[]"


def test_waiting_by_peeking_as_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    def available(fd: int) -> int | None:
        (count,) = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))
        if count:
            return int(count)
        waiting = select.poll()
        waiting.register(fd, select.POLLIN)
        return None if waiting.poll(0) else 0

    monkeypatch.setattr(poll, "best", lambda: poll.PeekPoller(available))
    with crew(spawn=True) as supervisor:
        jobs = [job(1), job(2, "segv"), job(3, "sizeable", parts=5, bytes=1 << 20), job(4, "spin", TIGHT)]
        jobs += [job(5, padding=bytes(1 << 20)), job(6, "refuse", words="no")]
        answers = {each.job.number: each for each in supervisor.run(jobs)}
    fates = {n: each.cause if isinstance(each, Quarantined) else "" for n, each in answers.items()}
    assert fates == {1: "", 2: "crashed", 3: "", 4: "hung", 5: "", 6: "error"}


def test_no_descriptor_is_left_behind() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with crew() as supervisor:
        for _ in supervisor.run([job(1), job(2, "segv"), job(3, "garbage"), job(4)]):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
