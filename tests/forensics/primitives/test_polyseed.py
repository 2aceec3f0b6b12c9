"""Polyseed against its published vector."""

from __future__ import annotations

from forensics.primitives import bip39, polyseed

PHRASE = "raven tail swear infant grief assist regular lamp duck valid someone little harsh puppy airport language"
WORDS = PHRASE.split()


def test_the_published_seed_is_read() -> None:
    read = polyseed.read(WORDS)
    assert read is not None
    given = bytes.fromhex("dd76e7359a0ded37cd0ff0f3c829a5ae0167f3")  # random octets, of which the first 150 bits count
    assert read.secret == given[:-1] + bytes((given[-1] & 0x3F,))
    assert (read.coin, read.created, read.encrypted) == ("XMR", 1_638_397_746, False)  # December 2021


def test_any_other_first_word_is_noticed() -> None:
    others = [word for word in bip39.words("english") if polyseed.read([word, *WORDS[1:]])]
    assert "raven" in others
    assert len(others) <= len(polyseed.COINS), "one word for each coin"
