"""The window's other half, spoken to as the window does: long work never keeps the other requests waiting."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-P", "-B", "-m", "forensics.commands.main")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


class Child:
    """A session process and every message that it has sent."""

    def __init__(self, case: Path) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "session", str(case)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        self.heard: list[dict[str, Any]] = []
        self._number = 0

    def ask(self, verb: str, **args: object) -> int:
        assert self.process.stdin is not None
        self._number += 1
        self.process.stdin.write(json.dumps({"id": self._number, "verb": verb, "args": args}) + "\n")
        self.process.stdin.flush()
        return self._number

    def listen(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        message: dict[str, Any] = json.loads(line)
        self.heard.append(message)
        return message

    def reply(self, number: int) -> dict[str, Any]:
        while True:
            found = next((each for each in self.heard if each.get("id") == number), None)
            if found is not None:
                return found
            self.listen()

    def end(self) -> int:
        _, errors = self.process.communicate(timeout=120)
        assert "Traceback" not in errors, errors
        return self.process.returncode


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    command = [*PROGRAM, "case", "new", str(folder), "--number", "S-1", "--examiner", "A. Examiner"]
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return folder


@pytest.fixture
def child(case: Path) -> Iterator[Child]:
    made = Child(case)
    yield made
    made.process.kill()
    made.process.communicate()


def test_adding_an_image_keeps_nobody_waiting(child: Child, tmp_path: Path) -> None:
    image = tmp_path / "big.raw"
    with image.open("wb") as out:
        out.truncate(1 << 30)
    child.reply(child.ask("status"))
    adding = child.ask("add", paths=[str(image)], exhibit="E1")
    while child.listen().get("event") != "progress":
        pass
    status = child.reply(child.ask("status"))
    entries = child.reply(child.ask("entries"))
    twice = child.reply(child.ask("add", paths=[str(image)], exhibit="E2"))
    examine = child.reply(child.ask("examine", exhibit="E1"))
    assert not any(each.get("id") == adding for each in child.heard), "the image was too quick for this test"
    assert status["ok"]
    assert entries["ok"]
    assert not twice["ok"]
    assert "an image is being added" in twice["error"]
    assert not examine["ok"]
    added = child.reply(adding)
    assert added["ok"], added
    assert added["result"]["number"] == "E1"
    assert {each["job"] for each in child.heard if each.get("event") == "progress"} == {"add"}
    again = child.ask("examine", exhibit="E1")
    assert child.reply(again)["ok"]
    while child.listen().get("state") not in ("ended", "failed"):
        pass
    assert child.heard[-1]["job"] == "examine"
    assert child.heard[-1]["state"] == "ended"
    assert child.end() == 0


def test_a_failure_beside_the_requests_is_answered(child: Child, tmp_path: Path) -> None:
    refused = child.reply(child.ask("add", paths=[str(tmp_path / "nowhere.raw")]))
    assert not refused["ok"]
    assert "nowhere.raw" in refused["error"]
    image = tmp_path / "small.raw"
    image.write_bytes(bytes(1 << 20))
    assert child.reply(child.ask("add", paths=[str(image)]))["ok"], "the refused one is no longer in the way"
    assert child.reply(child.ask("verify"))["result"]["faults"] == []
    assert not child.reply(child.ask("nothing"))["ok"]
    assert child.end() == 0


def test_links_are_gathered_once_and_told_in_parts(child: Child, tmp_path: Path) -> None:
    """A key that derives an address: the graph says both ends of the link. The test vectors of BIP-84."""
    address = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
    key = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
    image = tmp_path / "disk.raw"
    image.write_bytes(b"\0" * 4096 + f"pay {address} now\n".encode() + b"\0" * 4096 + f"{key}\n".encode() + bytes(4096))
    child.reply(child.ask("add", paths=[str(image)], exhibit="E1"))
    assert child.reply(child.ask("examine", exhibit="E1"))["ok"]
    while child.listen().get("state") != "ended":
        pass
    told = child.reply(child.ask("graph", centre=None, steps=2, grade=0))["result"]
    derived = [each for each in told["links"] if each["to"] == f"address/bitcoin:{address}"]
    assert {each["rule"] for each in derived} == {"DERIVES"}
    names = {each["name"]: each for each in told["entities"]}
    assert all(each["from"] in names and each["to"] in names for each in told["links"])
    assert derived[0]["paths"] == ["0/0"]
    assert [end["runs"][0][1] for end in derived[0]["evidence"][0]] == [len(key), len(address)]
    assert not any(end["secret"] for end in derived[0]["evidence"][0])
    finding = names[f"address/bitcoin:{address}"]["findings"][0]
    near = child.reply(child.ask("graph", centre=finding, steps=1, grade=0))["result"]
    assert near["centre"] == f"address/bitcoin:{address}"
    assert {each["steps"] for each in near["entities"]} == {0, 1}
    assert child.end() == 0
