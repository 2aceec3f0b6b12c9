"""How the tree names volumes."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.models.tree import _volume_node


@pytest.mark.parametrize(
    ("type_text", "system", "state", "name"),
    [
        ("APFS volume Data of volume 1", "apfs", "encrypted", "p3  Data (APFS), locked"),
        ("APFS volume Keys of volume 2 of volume 1", "apfs", "read", "p3  Keys of volume 2 (APFS)"),
        ("APFS volume a\u202eb of volume 1", "apfs", "read", "p3  a\\u{202e}b (APFS)"),
        ("apfs", "apfs", "read", "p3  APFS"),
        ("Linux", "", "unknown", "p3  Linux"),
    ],
)
def test_names_of_volumes(type_text: str, system: str, state: str, name: str) -> None:
    row = SimpleNamespace(number=3, exhibit="E1", size=1, type_text=type_text, file_system=system, state=state)
    assert _volume_node(row).name == name
