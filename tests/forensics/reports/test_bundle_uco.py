"""Linked data in bundles: in the terms of the whole case, and of nothing that is withheld."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from forensics.custody.ledger import Ledger
from resources import verify as plain

FILE = [
    {"size": 77, "sha256": "12" * 32},
    {"path": "/Nutzer/Jörg/geheim.txt"},
    {"image": "E1", "fs": 1, "addr": 9, "runs": [[4096, 77]], "slack": []},
    {
        "alloc": False, "kind": "file", "storage": "plain", "caveats": [],
        "times": [
            {"field": "modified", "when_us": 1704654000000000, "precision_us": 1, "zone": "utc", "as_stored": "1"},
            {"field": "created", "when_us": 1704654000000000, "precision_us": 1, "zone": "local", "as_stored": "2"},
        ],
    },
]  # fmt: skip
FINDING = [
    {"kind": "contact/email", "detector": "contact/email@1", "grade": 2, "value": "joerg@example.org", "absent": None,
     "summary": "", "checks": [], "sensitivity": "personal"},
    {"fields": {}, "links": [], "caveats": ["beside a name"]},
    {"exhibit": "E1", "path": "/Nutzer/Jörg/geheim.txt", "volume": 1, "entry": 1, "locator": "raw > geheim.txt",
     "allocation": "deleted", "runs": [[4100, 17]], "span": [4, 17], "sha256": "34" * 32, "fingerprint": None},
    {"events": []},
]  # fmt: skip
LOST = {"place": "/Nutzer/Jörg/verloren.zip", "reason": "damaged", "detail": "", "bytes": 9, "offset": None,
        "logical": True, "attempts": 1, "parser": "", "limit": "", "sha256": "", "path": ""}  # fmt: skip
TYPE, NAME = "@type", "uco-core:name"


@pytest.fixture
def examined(case: Path) -> Path:
    with Ledger.open(case) as ledger:
        parsers = {"detectors": [], "decoders": [], "options": {"profile": "full", "digests": []}}
        items, found = ledger.open_scan("E1", parsers), ledger.open_scan("E1", parsers, "finding")
        ledger.append_items(items, [FILE])
        ledger.append_items(found, [FINDING])
        ledger.close_scan(found, {"items_scan": items})
        ledger.close_scan(items, {"findings_scan": found, "volumes": [], "regions": [], "unexamined": [LOST]})
    assert main(["case", "rebuild", str(case), "--json"]) == 0
    return case


def bundle(case: Path, out: Path, *more: str) -> tuple[list[dict[str, Any]], bytes]:
    """The graph of a bundle, and its bytes."""
    told = ["--recipient", "Defence", "--purpose", "disclosure", "--json"]
    assert main(["bundle", "build", str(case), str(out), *told, *(more or ("--finding", "F1"))]) == 0
    checked = plain.verify_bundle(out)
    assert (checked["level"], checked["faults"]) == ("L1", [])
    with zipfile.ZipFile(out) as archive:
        data = archive.read("case.jsonld")
    return json.loads(data)["@graph"], data


def kinds(graph: list[dict[str, Any]]) -> list[str]:
    return [str(node[TYPE]).partition(":")[2] for node in graph]


def test_the_same_objects_as_in_the_whole_case(examined: Path, tmp_path: Path) -> None:
    graph, _ = bundle(examined, tmp_path / "b.impound")
    whole = tmp_path / "case.jsonld"
    assert main(["report", str(examined), "--format", "case", "--out", str(whole), "--json"]) == 0
    known = {node["@id"]: node for node in json.loads(whole.read_text())["@graph"]}
    assert len({node["@id"] for node in graph}) == len(graph)
    assert all(known[node["@id"]] == node for node in graph)
    assert {"File", "ObservableObject", "Image", "Investigation", "ObservableRelationship"} <= set(kinds(graph))
    assert "InvestigativeAction" not in kinds(graph)  # of the ledger the bundle shows but some entries
    validator = Path(sys.executable).with_name("case_validate")
    (tmp_path / "b.jsonld").write_text(json.dumps({**json.loads(whole.read_text()), "@graph": graph}))
    told = subprocess.run([validator, tmp_path / "b.jsonld"], capture_output=True, text=True, check=False)
    assert told.stdout.splitlines()[:2] == ["Validation Report", "Conforms: True"], told.stdout + told.stderr


@pytest.mark.parametrize(
    ("withheld", "gone", "left"),
    [
        ("name", ("/Nutzer",), ("1212", "joerg@example.org")),
        ("content", ("1212",), ("geheim.txt", "joerg@example.org")),
        ("claim", ("joerg@", "contact/email", '"C2"'), ("3434", "geheim.txt", '"deleted"')),
        ("fields", ("beside a name",), ("joerg@example.org",)),
        ("meta", ("2024-01-07",), ("geheim.txt",)),
        ("name,content,locus,meta,claim,fields,events", ("geheim", "joerg", "1212", "3434", "4100", "2024-"), ("F1",)),
    ],
)
def test_what_is_withheld_is_not_in_it(
    examined: Path, tmp_path: Path, withheld: str, gone: tuple[str, ...], left: tuple[str, ...]
) -> None:
    more = ("--finding", "F1", "--withhold", withheld, "--reason", "privilege")
    _, data = bundle(examined, tmp_path / "b.impound", *more)
    text = data.decode()
    assert [each for each in gone if each in text] == []
    assert [each for each in left if each not in text] == []


def test_places_that_could_not_be_examined_are_not_in_a_bundle(examined: Path, tmp_path: Path) -> None:
    """The end of a scan names them: a bundle shows the entry before it that signs the same size and root."""
    assert main(["unexamined", str(examined)]) == 0
    bundle(examined, tmp_path / "b.impound")
    with zipfile.ZipFile(tmp_path / "b.impound") as archive:
        assert not any(b"verloren" in archive.read(name) for name in archive.namelist())
        told = json.loads(archive.read("bundle.json"))
        assert b"\ntype scan.batch\n" in archive.read(f"entries/{told['scans'][0]['entry']}.note")


def test_a_finding_without_its_place_is_in_no_file(examined: Path, tmp_path: Path) -> None:
    """With `locus` nothing says in which of the files shown beside it the finding lies."""
    shown, _ = bundle(examined, tmp_path / "a.impound")
    hidden, _ = bundle(examined, tmp_path / "b.impound", "--finding", "F1", "--withhold", "locus", "--reason", "x")
    ties = [[node for node in graph if node[TYPE].endswith("Relationship")] for graph in (shown, hidden)]
    assert [len(each) for each in ties] == [3, 1]  # file in image, finding in image, finding in file


def test_what_was_not_chosen_is_not_in_it(examined: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["case", "show", str(examined), "--json"]) == 0
    scan = next(each["id"] for each in json.loads(capsys.readouterr().out)["scans"])
    graph, data = bundle(examined, tmp_path / "b.impound", "--item", f"{scan}:0")
    assert "joerg@" not in data.decode()
    assert kinds(graph).count("File") == 1
    names = [node.get(NAME) for node in graph if node[TYPE].endswith(":File")]
    assert names == ["geheim.txt"]
