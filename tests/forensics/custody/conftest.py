"""A small case made once, copied for each test that wants to spoil it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from forensics.custody.ledger import Draft, Ledger

Items = list[list[object]]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A command with its arguments and `--json`: what it printed, having ended with `code`."""

    def command(*arguments: object, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == code
        out = capsys.readouterr().out
        return dict(json.loads(out)) if out else {}

    return command


def item_values(index: int) -> list[object]:
    digest = f"{index:064x}"
    return [
        {"size": index, "sha256": digest},
        {"path": f"/Nutzer/Jörg/Bild {index}.jpg"},
        {"image": "E1", "fs": "partition:2", "addr": index, "runs": [[index * 4096, 512]]},
        {"alloc": index % 3 != 0, "mime": "image/jpeg", "parser": "fat@1", "times": []},
    ]


def finding_values(index: int) -> list[object]:
    return [
        {"kind": "wallet/electrum", "detector": "wallet/electrum@3", "grade": "C3", "value": f"1Boat{index}"},
        {"fields": {"version": 18}, "links": [], "caveats": []},
        {"exhibit": "E1", "path": "/w", "locator": "E1/2/w", "allocation": "allocated", "runs": [[0, 9]]},
        {"events": []},
    ]


@pytest.fixture
def make_items() -> Callable[[int, int], Items]:
    """Items ``start`` to ``end``, each four values."""
    return lambda start, end: [item_values(index) for index in range(start, end)]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed case: 603 items in three batches, 5 findings, five views, an anchor after the second view."""
    case = tmp_path_factory.mktemp("template") / "case"
    with Ledger.create(case, number="2026-0142", examiner="J. Doe", agency="Lab", domain="lab.example") as ledger:
        ledger.append(Draft("custody.seize", {"place": "Hafenstraße 3"}, "E1"))
        scan = ledger.open_scan("E1", {"parsers": ["fat@1"]})
        for start, end in ((0, 300), (300, 301), (301, 603)):
            ledger.append_items(scan, [item_values(index) for index in range(start, end)])
        ledger.close_scan(scan, {"items": 603})
        found = ledger.open_scan("E1", {"detectors": ["wallet/electrum@3"]}, "finding")
        ledger.append_items(found, [finding_values(index) for index in range(5)])
        ledger.close_scan(found)
        for index in range(5):
            ledger.append(Draft("item.view", {"item": index}, "E1"))
            if index == 1:
                (case / "anchor.txt").write_bytes(ledger.checkpoint())
    return case


@pytest.fixture
def case(template: Path, tmp_path: Path) -> Path:
    """A copy of the template to spoil."""
    return Path(shutil.copytree(template, tmp_path / "case"))


@pytest.fixture
def attack(case: Path) -> Iterator[sqlite3.Connection]:
    """The copy's database, opened by somebody who has dropped the triggers."""
    connection = sqlite3.connect(case / "ledger.db", isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.close()
