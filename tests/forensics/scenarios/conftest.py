from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from forensics import scenarios


class Built(NamedTuple):
    media: bytes
    truth: dict[str, Any]


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The vendor's laptop with seed 7, raw."""
    out: Path = tmp_path_factory.mktemp("scenario") / "laptop.dd"
    beside = scenarios.build("vendor-laptop", 7, out)
    return Built(out.read_bytes(), json.loads(beside.read_text(encoding="utf-8")))
