"""What the tests of the primitives share."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


@pytest.fixture
def corpus_vectors() -> dict[str, list[list[str]]]:
    """The BIP-39 vectors of all languages, from the corpus."""
    place = os.environ.get("IMPOUND_CORPUS")
    if not place:
        pytest.skip("the corpus is not here: set IMPOUND_CORPUS to its folder")
    rows: dict[str, list[list[str]]] = json.loads(Path(place, "vectors", "bip39", "vectors.json").read_text("utf-8"))
    return rows
