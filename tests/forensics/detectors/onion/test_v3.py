"""Onion names in URLs, in capitals, and glued to other text."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.onion.v3 import DETECTOR
from forensics.model import Grade
from forensics.primitives import onion

NAME = onion.encode(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))


@pytest.mark.parametrize(
    "text",
    ["{}.onion", "http://{}.onion:80/", "www.{}.onion", '"{}"', "{}\n"],
)
def test_where_names_stand(text: str) -> None:
    data = text.format(NAME[:56]).encode()
    end = data.index(NAME[:56].encode()) + 56
    (found,) = DETECTOR.examine(BytesLayer(data), end)
    assert found.value == NAME
    assert found.grade == Grade.C2
    assert sum(check.bits for check in found.checks) >= 20
    assert found.span.offset == end - 56


def test_capitals_are_the_same_name() -> None:
    (found,) = DETECTOR.examine(BytesLayer(NAME[:56].upper().encode()), 56)
    assert found.value == NAME


@pytest.mark.parametrize("glue", ["a", "_", "9"])
def test_a_name_inside_a_word_is_none(glue: str) -> None:
    assert not list(DETECTOR.examine(BytesLayer((glue + NAME).encode()), 57))
