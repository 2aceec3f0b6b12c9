"""codex32 against the vectors of BIP-93."""

from __future__ import annotations

import pytest

from forensics.primitives import bech32, codex32

VALID = (
    (b"ms10testsxxxxxxxxxxxxxxxxxxxxxxxxxx4nzvca9cmczlw", 0, "test", "s"),
    (b"MS12NAMEA320ZYXWVUTSRQPNMLKJHGFEDCAXRPP870HKKQRM", 2, "name", "a"),
    (b"MS12NAMECACDEFGHJKLMNPQRSTUVWXYZ023FTR2GDZMPY6PN", 2, "name", "c"),
    (b"ms13cashsllhdmn9m42vcsamx24zrxgs3qqjzqud4m0d6nln", 3, "cash", "s"),
)


@pytest.mark.parametrize(("text", "threshold", "identifier", "index"), VALID)
def test_the_vectors_hold(text: bytes, threshold: int, identifier: str, index: str) -> None:
    read = codex32.read(text)
    assert read is not None
    assert (read.threshold, read.identifier, read.index) == (threshold, identifier, index)


def test_the_first_vector_holds_its_seed() -> None:
    read = codex32.read(VALID[0][0])
    assert read is not None
    number = int("".join(f"{symbol:05b}" for symbol in read.payload), 2) >> 2
    assert number.to_bytes(16, "big").hex() == "318c6318c6318c6318c6318c6318c631"


def test_any_changed_character_is_noticed() -> None:
    text = VALID[0][0]
    for place in range(3, len(text)):
        for char in bech32.CHARSET:
            changed = text[:place] + bytes((char,)) + text[place + 1 :]
            assert changed == text or codex32.read(changed) is None
