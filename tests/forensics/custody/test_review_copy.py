"""A copy of the record for review: byte for byte, checked by sha256sum, and no private key in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from forensics.custody.review_copy import copy_for_review
from forensics.errors import UsageError


@pytest.fixture
def case(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    (made / "keys").mkdir(parents=True)
    (made / "ledger.db").write_bytes(b"not even a database" * 100_000)
    for name in ("policy", "ledger.key", "examiner.key", "fingerprints.key"):
        (made / "keys" / name).write_text(f"invented {name}")
    (made / "case.db").write_bytes(b"findings")
    return made


def test_the_record_and_the_public_keys_alone_are_copied(case: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    assert copy_for_review(case, target) == ["ledger.db", "keys/policy"]
    held = sorted(str(each.relative_to(target)) for each in target.rglob("*") if each.is_file())
    assert held == ["SHA256SUMS", "keys/policy", "ledger.db"]
    assert (target / "ledger.db").read_bytes() == (case / "ledger.db").read_bytes()
    subprocess.run(("sha256sum", "--strict", "-c", "SHA256SUMS"), cwd=target, check=True, capture_output=True)


def test_nothing_is_overwritten_and_the_case_is_left_alone(case: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="already"):
        copy_for_review(case, tmp_path / "there")
    with pytest.raises(UsageError, match="within the case"):
        copy_for_review(case, case / "copy")
