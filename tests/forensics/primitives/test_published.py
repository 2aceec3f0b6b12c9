"""The list of published values."""

from __future__ import annotations

from forensics.model import Grade
from forensics.primitives.domains import top_level
from forensics.primitives.published import CAVEAT, judged, published


def test_a_published_value_is_possible_at_most() -> None:
    assert judged("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Grade.C2, "x") == (Grade.C1, ("x", CAVEAT))
    assert judged("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Grade.C0) == (Grade.C0, (CAVEAT,))
    assert judged("unheard of", Grade.C2, "x") == (Grade.C2, ("x",))


def test_the_list_holds_values_only() -> None:
    assert len(published()) > 400
    assert not any(value.startswith("#") for value in published())


def test_top_level_domains_are_told_apart() -> None:
    known = top_level()
    assert known[b"de"] == "countries"
    assert known[b"com"] == "generic"
    assert known[b"onion"] == "reserved"
    assert b"png" not in known
    assert len(known) > 1400
