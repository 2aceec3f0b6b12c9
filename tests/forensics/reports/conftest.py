"""A small case with findings that a hostile disk could give, and eyes that did not write the pages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import insert

from forensics.case.store import Case
from forensics.commands.main import main
from forensics.custody.ledger import Draft, Ledger

EXHIBIT = {
    "paths": ["/nowhere/disk.raw"], "segments": [{"path": "/nowhere/disk.raw", "size": 4096, "sha256": "ab" * 32}],
    "identity": [{}], "description": "Laptop de Jörg, 北京", "format": "raw", "size": 4096, "stored": {},
    "computed": {"md5": "cd" * 16, "sha256": "ab" * 32}, "verdict": "no digest stored", "acquisition": {},
    "bad_runs": [], "caveats": ["the last sector is short"],
}  # fmt: skip


def finding(number: int, **changes: Any) -> dict[str, Any]:
    """A row of the case database."""
    row: dict[str, Any] = {
        "id": number, "exhibit": "E1", "kind": "address/bitcoin", "detector": "address/bitcoin@1", "grade": 2,
        "value": f"1Value{number}", "summary": "", "path": f"/home/Jörg/Datei {number}.txt", "entry": None, "volume": 1,
        "allocation": "allocated", "locator": f"raw:disk > ext:/home/{number}", "image_offset": number,
        "span_offset": 0, "span_length": 9, "runs_json": json.dumps([[number * 512, 34]]), "sha256": f"{number:064x}",
        "fields_json": "{}", "checks_json": '[{"name":"base58check","outcome":"pass","bits":32}]', "events_json": "[]",
        "links_json": "[]", "caveats_json": "[]", "sensitivity": "none", "fingerprint": None, "first_us": None,
        "item": number,
    }  # fmt: skip
    return row | changes


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with one exhibit in its ledger and its database, and no finding."""
    folder = tmp_path_factory.mktemp("template") / "case"
    with Ledger.create(folder, number="2026-17", examiner="J. Doe", agency="Lab", domain="lab.example") as ledger:
        ledger.append(Draft("custody.seize", {"place": "Hafenstraße 3", "to": "J. Doe"}, "E1"))
        ledger.append(Draft("verify.end", EXHIBIT, "E1"))
        ledger.checkpoint()
    assert main(["case", "rebuild", str(folder), "--json"]) == 0
    return folder


@pytest.fixture
def case(template: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(template, tmp_path / "case"))


@pytest.fixture
def put() -> Callable[..., None]:
    """Rows of a table put into a case database."""

    def rows(folder: Path, table: Any, values: list[dict[str, Any]]) -> None:
        with Case.open(folder) as opened, opened.transaction() as connection:
            connection.execute(insert(table), values)

    return rows


@pytest.fixture
def pages() -> Callable[[Path], list[str]]:
    """The text of each page as another program reads it."""

    def read(path: Path) -> list[str]:
        with pypdfium2.PdfDocument(path) as document:
            return [page.get_textpage().get_text_range() for page in document]

    return read
