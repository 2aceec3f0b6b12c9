"""The writer process: what it answers, and what is left when it is killed."""

from __future__ import annotations

import io
import os
import random
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.custody import frames
from forensics.custody.client import LedgerClient
from forensics.custody.note import Note
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.custody.writer import serve
from forensics.errors import CaseLocked, FormatError, LedgerError

MakeItems = Callable[[int, int], list[list[object]]]


def test_a_case_from_end_to_end(tmp_path: Path, make_items: MakeItems) -> None:
    case = tmp_path / "case"
    with LedgerClient.create(case, number="7", examiner="A", passphrase="words", domain="lab.example") as client:
        assert client.origin == "lab.example/7/ledger"
        first = client.append("custody.seize", {"place": "x"}, "E1")
        assert first.seq == 1
        two = client.append_many([("item.view", {"item": 1}, "E1"), ("item.view", {"item": 2}, None)])
        assert [entry.seq for entry in two] == [3, 4]
        scan = client.open_scan("E1", {"p": 1})
        assert client.append_items(scan, make_items(0, 260)) == 260
        client.interrupt_scan(scan, "pause")
        assert client.resume_scan(scan) == 260
        client.close_scan(scan, {"n": 260})
        head = client.head()
        assert Note.parse(client.checkpoint().encode()).text.split("\n")[1] == str(head.size)
        with pytest.raises(CaseLocked):
            LedgerClient.start(case, "words")
    client.close()
    with pytest.raises(LedgerError, match="closed"):
        client.head()
    with pytest.raises(LedgerError, match="passphrase"):
        LedgerClient.start(case, "other words")
    with pytest.raises(LedgerError, match="passphrase"):
        LedgerClient.start(case)
    with LedgerClient.start(case, "words") as client:
        assert client.head().size == head.size + 1
    report = verify(case)
    assert (report.level, report.faults, report.items) == ("L1", [], 260)


def test_errors_come_back_as_their_kind_and_the_writer_goes_on(case: Path) -> None:
    with LedgerClient.start(case) as client:
        with pytest.raises(FormatError, match="float"):
            client.append("item.view", {"x": 1.5})
        with pytest.raises(FormatError, match="entry type"):
            client.append("nonsense", {})
        with pytest.raises(LedgerError, match="itself"):
            client.append("scan.end", {})
        with pytest.raises(LedgerError, match="not open"):
            client.append_items("0" * 16, [[1, 2, 3, 4]])
        with pytest.raises(FormatError, match="more than"):
            client.append("note.add", {"text": "x" * (frames.CAP + 1)})
        assert client.append("item.view", {}).seq > 0
    assert verify(case).faults == []


def test_threads_take_turns(case: Path) -> None:
    seen: list[int] = []
    with LedgerClient.start(case) as client:

        def work(number: int) -> None:
            seen.extend(client.append("item.view", {"n": number}).seq for _ in range(5))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(seen)) == 20
    assert verify(case).faults == []


def test_a_dead_writer_is_named(case: Path) -> None:
    client = LedgerClient.start(case)
    os.kill(client.pid, signal.SIGKILL)
    with pytest.raises(LedgerError, match="killed by signal 9"):
        client.append("item.view", {})
    with pytest.raises(LedgerError, match="closed"):
        client.append("item.view", {})
    client.close()
    LedgerClient.start(case).close()


def test_the_writer_ends_with_its_program_and_closes_the_session(case: Path) -> None:
    client = LedgerClient.start(case)
    client.append("item.view", {})
    client._end()
    with LedgerReader.open(case) as reader:
        assert [entry.type for entry in reader.entries()][-1] == "session.close"


def test_an_interrupt_at_the_terminal_does_not_end_it(case: Path) -> None:
    with LedgerClient.start(case) as client:
        os.kill(client.pid, signal.SIGINT)
        assert client.append("item.view", {}).seq > 0


@pytest.mark.skipif(sys.platform != "linux", reason="prctl and /proc are Linux's")
def test_keys_stay_out_of_core_files_and_debuggers(case: Path) -> None:
    with LedgerClient.start(case) as client:
        limits = Path(f"/proc/{client.pid}/limits").read_text()
        assert [line.split()[4:6] for line in limits.splitlines() if "core file" in line] == [["0", "0"]]
    get_dumpable = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    code = f"from forensics.custody.writer import harden; harden(); {get_dumpable}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_no_module_is_taken_from_the_current_folder_or_the_environment(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    (trap / "forensics").mkdir(parents=True)
    for name in ("forensics/__init__.py", "json.py", "sqlite3.py", "usercustomize.py", "sitecustomize.py"):
        (trap / name).write_text(f"open({str(trap / 'sprung')!r}, 'w')\nraise SystemExit(9)\n")
    monkeypatch.chdir(trap)
    monkeypatch.setenv("PYTHONPATH", str(trap))
    monkeypatch.setenv("PYTHONSTARTUP", str(trap / "json.py"))
    with LedgerClient.start(case) as client:
        assert client.append("item.view", {}).seq > 0
    assert not (trap / "sprung").exists()


@pytest.mark.parametrize("raw", [b"\x01", b"\xff\xff\xff\xff", b"\x05\0\0\0{}", b"\x02\0\0\0[]", b"\x01\0\0\0{"])
def test_broken_frames_end_the_service(raw: bytes) -> None:
    answers = io.BytesIO()
    serve(io.BytesIO(raw), answers)
    assert answers.getvalue() == b""


@pytest.mark.parametrize(
    "request_",
    [{}, {"op": 1}, {"op": "sing"}, {"op": "append"}, {"op": "append", "drafts": [1]}, {"op": "head"},
     {"op": "append_items", "scan": "x", "items": [1]}, {"op": "open"}, {"op": "create", "case_dir": 5}],
)  # fmt: skip
def test_wrong_shapes_are_answered(request_: dict[str, object]) -> None:
    answers = io.BytesIO()
    serve(io.BytesIO(frames.pack({"id": 4, **request_})), answers)
    (length,) = struct.unpack("<I", answers.getvalue()[:4])
    answers.seek(0)
    reply = frames.read(answers)
    assert reply is not None
    assert (reply["id"], set(reply)) == (4, {"id", "error"})
    assert length < 1000


def test_killed_at_any_moment_nothing_acknowledged_is_lost(case: Path, make_items: MakeItems) -> None:
    """Twenty rounds of kill -9 at random moments, in single entries and in batches."""
    choose = random.Random(20261124)
    acknowledged: dict[int, str] = {}
    with LedgerClient.start(case) as client:
        scan = client.open_scan("E1", ["p"])
        client.interrupt_scan(scan, "kept for the rounds")
    size = 0

    def write_on(client: LedgerClient) -> None:
        nonlocal size
        while True:
            entry = client.append("item.view", {"n": len(acknowledged)})
            acknowledged[entry.seq] = entry.time
            size = client.append_items(scan, make_items(size, size + choose.randrange(1, 700)))

    for _ in range(20):
        client = LedgerClient.start(case)
        found = client.resume_scan(scan)
        assert found >= size
        size = found
        timer = threading.Timer(choose.uniform(0.0, 0.12), os.kill, (client.pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(LedgerError, match="killed by signal 9"):
            write_on(client)
        timer.join()
        client.close()
    plain = verify(case)  # as the last kill left it, perhaps in the middle of a transaction
    assert plain.faults == []
    LedgerClient.start(case).close()
    report = verify(case)
    assert (report.faults, report.level) == ([], "L1")
    with LedgerReader.open(case) as reader:
        times = {entry.seq: entry.time for entry in reader.entries()}
        assert acknowledged.items() <= times.items()
        assert reader.scan(scan).size >= size
        kept = [list(item.groups.values()) for item in reader.items(scan)]
    assert kept == make_items(0, len(kept))
    assert len(acknowledged) > 5
