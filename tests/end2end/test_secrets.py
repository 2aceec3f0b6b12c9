"""No secret of the demonstration disk stands unmasked in what the program keeps or prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from forensics.custody.store import LedgerReader

ROOT = Path(__file__).resolve().parents[2]


def impound(*arguments: object) -> bytes:
    command = [sys.executable, "-P", "-B", "-m", "forensics.commands.main", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, check=True, timeout=250, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ).stdout


def shapes(secret: str) -> list[bytes]:
    """The secret as a whole, and for phrases its beginning as prose and as JSON."""
    words = secret.split()
    made = [secret, *([" ".join(words[:6]), '", "'.join(words[:3])] if len(words) > 5 else [])]
    return [each.encode() for each in made]


def test_secrets_are_masked_wherever_they_could_stay(tmp_path: Path) -> None:
    case = tmp_path / "case"
    impound("demo", "--case", case)
    for kind in ("html", "csv", "jsonl"):
        impound("report", case, "--format", kind)
    truth = json.loads((tmp_path / "case-evidence" / "vendor-laptop.truth.json").read_text())
    secrets = {each["value"] for each in truth["artefacts"] if each["secret"] and each["value"]}
    assert len(secrets) > 20
    kept = {str(path): path.read_bytes() for path in case.rglob("*") if path.is_file()}
    for verb in ("findings", "timeline", "tree", "unexamined"):
        kept[verb] = impound(verb, case, "--json")
    with LedgerReader.open(case) as reader:
        items = [each.groups for scan in reader.scans() for each in reader.items(scan.id)]
        kept["ledger"] = json.dumps(items, ensure_ascii=False).encode()
    told = [place for place, data in kept.items() for secret in secrets for shape in shapes(secret) if shape in data]
    assert told == []
    masked = [each for each in map(json.loads, kept["findings"].splitlines()) if each["sensitivity"] == "secret"]
    assert len(masked) > 20
