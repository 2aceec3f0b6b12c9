"""BIP-39 and Electrum phrases: vectors of python-mnemonic and of Electrum's own tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forensics.primitives import bip32, bip39, electrum_seed

VECTORS = (
    (
        "00000000000000000000000000000000",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141"
        "630c7a3c4ab7c81b2f001698e7463b04",
    ),
    (
        "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069b"
        "e3a3a5bd381ee6260e8d9739fce1f607",
    ),
)
ELECTRUM = (
    ("wild father tree among universe such mobile favorite target dynamic credit identify", "100"),
    ("cram swing cover prefer miss modify ritual silly deliver chunk behind inform able", "01"),
    ("science dawn member doll dutch real can brick knife deny drive list", "101"),
    ("almíbar tibio superar vencer hacha peatón príncipe matar consejo polen vehículo odisea", "01"),
    ("なのか ひろい しなん まなぶ つぶす さがす おしゃれ かわく おいかける けさき かいとう さたん", "01"),
    ("abandon " * 11 + "about", None),
)


@pytest.mark.parametrize("language", bip39.LANGUAGES)
def test_a_list_has_2048_words(language: str) -> None:
    assert len(bip39.indices(language)) == bip39.SIZE


@pytest.mark.parametrize(("entropy", "sentence", "seed"), VECTORS)
def test_vectors(entropy: str, sentence: str, seed: str) -> None:
    words = tuple(sentence.split())
    assert bip39.phrase(bytes.fromhex(entropy)) == words
    assert bip39.languages(words) == {"english": bytes.fromhex(entropy)}
    assert bip39.seed(sentence, "TREZOR").hex() == seed


def test_the_checksum_is_asked() -> None:
    assert not bip39.languages(["abandon"] * 12)
    assert not bip39.languages(["abandon"] * 11)
    assert not bip39.languages(["unlisted"] * 12)
    with pytest.raises(ValueError, match="entropy"):
        bip39.phrase(bytes(17))


def test_accents_may_be_composed_or_not() -> None:
    assert "spanish" in bip39.languages(["ábaco"] * 11 + ["abierto"])
    assert "spanish" in bip39.languages(["a\u0301baco"] * 11 + ["abierto"])


@given(some.sampled_from((16, 20, 24, 28, 32)).flatmap(lambda size: some.binary(min_size=size, max_size=size)))
def test_entropy_survives_the_words(data: bytes) -> None:
    for language in bip39.LANGUAGES:
        assert bip39.languages(bip39.phrase(data, language))[language] == data


@pytest.mark.parametrize(("sentence", "prefix"), ELECTRUM)
def test_electrum_prefixes(sentence: str, prefix: str | None) -> None:
    assert electrum_seed.prefix(sentence) == prefix
    assert electrum_seed.prefix("  " + sentence.upper().replace(" ", "  ")) == prefix


@pytest.mark.corpus
def test_all_published_phrases(corpus_vectors: dict[str, list[list[str]]]) -> None:
    for language, rows in corpus_vectors.items():
        if language not in bip39.LANGUAGES:
            continue
        for entropy, sentence, seed, key in rows:
            assert bip39.languages(sentence.split())[language].hex() == entropy
            assert bip39.seed(sentence, "TREZOR").hex() == seed
            assert str(bip32.master(bytes.fromhex(seed))) == key
