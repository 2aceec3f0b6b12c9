"""Secret boxes against the vectors of NaCl's paper, and a box that PyNaCl 1.6 made."""

from __future__ import annotations

import pytest

from forensics.primitives import secretbox

SHARED = bytes.fromhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
FIRST = bytes.fromhex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
SECOND = bytes.fromhex("dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4")
BOX = bytes.fromhex("51e929f49c5eb03da39ead074189fc94369a5423a8eac07fc3")


def test_hsalsa20_gives_the_keys_of_the_paper() -> None:
    assert secretbox.hsalsa20(SHARED, bytes(16)) == FIRST
    assert secretbox.hsalsa20(FIRST, bytes.fromhex("69696ee955b62b73cd62bda875fc73d6")) == SECOND


def test_a_box_of_another_library_opens() -> None:
    assert secretbox.opened(bytes(range(32)), bytes(range(24)), BOX) == b"hello box"


@pytest.mark.parametrize("place", range(len(BOX)))
def test_no_changed_octet_passes(place: int) -> None:
    changed = bytearray(BOX)
    changed[place] ^= 1
    assert secretbox.opened(bytes(range(32)), bytes(range(24)), bytes(changed)) is None


def test_wrong_lengths_are_none() -> None:
    assert secretbox.opened(bytes(31), bytes(24), BOX) is None
    assert secretbox.opened(bytes(32), bytes(8), BOX) is None
    assert secretbox.opened(bytes(32), bytes(24), BOX[:15]) is None
