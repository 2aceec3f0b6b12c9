"""Key files: opened with the right words, never replaced, never half written."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from forensics.custody import keys
from forensics.errors import LedgerError


@pytest.mark.parametrize("post_quantum", [False, True])
def test_without_passphrase_says_so(tmp_path: Path, post_quantum: bool) -> None:
    path = tmp_path / "a.key"
    made = keys.create(path, "lab.example/x", None, post_quantum=post_quantum)
    assert keys.load(path, None).verifiers == made.verifiers
    assert len(made.verifiers) == 1 + post_quantum
    assert not keys.is_protected(path)
    assert json.loads(path.read_bytes())["protection"] == "none"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_with_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    made = keys.create(path, "lab.example/x", "correct horse", post_quantum=True)
    assert keys.is_protected(path)
    record = json.loads(path.read_bytes())
    assert (record["kdf"]["memory_kib"], record["kdf"]["iterations"]) == (65536, 3)
    assert keys.load(path, "correct horse").verifiers == made.verifiers
    seed = made.ed25519.private.private_bytes_raw()
    assert seed not in path.read_bytes()
    for wrong in (None, "", "Correct horse"):
        with pytest.raises(LedgerError, match="passphrase"):
            keys.load(path, wrong)
    record["name"] = "lab.example/y"
    path.write_text(json.dumps(record, sort_keys=True, separators=(",", ":")))
    with pytest.raises(LedgerError):
        keys.load(path, "correct horse")


def test_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    made = keys.create(path, "lab.example/x", None, post_quantum=False)
    with pytest.raises(LedgerError, match="exists"):
        keys.create(path, "lab.example/x", None, post_quantum=False)
    assert keys.load(path, None).verifiers == made.verifiers
    assert list(tmp_path.iterdir()) == [path]


def test_damage_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    with pytest.raises(LedgerError, match="cannot be read"):
        keys.load(path, None)
    keys.create(path, "lab.example/x", None, post_quantum=False)
    whole = path.read_bytes()
    for spoilt in (b"", whole[:-20], whole.replace(b'"none"', b'"nine"'), whole.replace(b"v1", b"v9")):
        path.write_bytes(spoilt)
        with pytest.raises(LedgerError):
            keys.load(path, None)
