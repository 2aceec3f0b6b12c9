"""Seed phrases in every layout, alone and in company, however the bytes are divided."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as some

from forensics.detectors.base import BytesLayer
from forensics.detectors.seed import bip39 as detector
from forensics.model import Finding, Grade, Secret
from forensics.primitives import bip39, electrum_seed
from forensics.sweep.patterns import Engine, engine_for, printable

SEED = detector.Bip39Phrase()
ENGINES = [engine_for([printable(each.pattern) for each in SEED.triggers], name) for name in ("hyperscan", "re2")]


def met(engine: Engine, data: bytes) -> list[int]:
    return sorted({end for ends in engine.ends(data).values() for end in ends})


def scan(data: bytes) -> list[Finding]:
    """With the ends that the portable engine reports; they are fewer."""
    return list(SEED.examine_many(BytesLayer(data), met(ENGINES[1], data)))


def text(found: Finding) -> str:
    assert isinstance(found.value, Secret)
    return found.value.text


def columns(words: Sequence[str]) -> str:
    rows = len(words) // 3
    return "\n".join(
        "   ".join(f"{place + 1:2}. {words[place]:9}" for place in range(row, len(words), rows)) for row in range(rows)
    )


LAYOUTS: dict[str, Callable[[Sequence[str]], str]] = {
    "line": " ".join,
    "comma": ", ".join,
    "tab": "\t".join,
    "form": lambda words: "mnemonic=" + "+".join(words) + "&next=1",
    "list": lambda words: "\n".join(words) + "\n",
    "list with returns": lambda words: "\r\n".join(words) + "\r\n",
    "six a line": lambda words: "\n".join(" ".join(words[at : at + 6]) for at in range(0, len(words), 6)),
    "numbered line": lambda words: " ".join(f"#{place} {word}" for place, word in enumerate(words, 1)),
    "numbered list": lambda words: "\n".join(f"{place}. {word}" for place, word in enumerate(words, 1)),
    "numbered from 0": lambda words: "\n".join(f"{place}) {word}" for place, word in enumerate(words)),
    "numbered columns": columns,
    "array": lambda words: json.dumps(list(words), ensure_ascii=False),
    "array over lines": lambda words: json.dumps({"seed": list(words)}, ensure_ascii=False, indent=4),
    "text in JSON": lambda words: json.dumps({"seed": " ".join(words)}, ensure_ascii=False),
    "labelled": lambda words: "Seed: " + " ".join(words),
    "element": lambda words: "<td>" + " ".join(words) + "</td>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", bip39.LANGUAGES)
@pytest.mark.parametrize("size", [16, 20, 24, 28, 32])
def test_every_layout_of_every_language(layout: str, language: str, size: int) -> None:
    words = bip39.phrase(random.Random(f"{layout} {language} {size}").randbytes(size), language)
    data = b"%%%\n\n" + LAYOUTS[layout](words).encode() + b"\n\n%%%"
    found = scan(data)
    assert [text(each) for each in found] == [" ".join(words)]
    assert found[0].grade == Grade.C2
    assert language in str(found[0].fields["language"].value).split(", ")
    stored = data[found[0].span.offset : found[0].span.end].decode()
    assert words[0] in stored.casefold() or not stored.isascii()


def test_capitals_and_cut_words() -> None:
    words = bip39.phrase(random.Random(1).randbytes(16))
    assert [text(each) for each in scan(" ".join(words).upper().encode())] == [" ".join(words)]
    (cut,) = scan(" ".join(word[:4] for word in words).encode())
    assert text(cut) == " ".join(words)
    assert cut.grade == Grade.C1
    assert detector.ABBREVIATED in cut.caveats


def test_prose_around_a_phrase_lowers_it() -> None:
    words = bip39.phrase(random.Random(2).randbytes(16))
    (found,) = scan(b"The " + " ".join(words).encode() + b" of mine")
    assert found.grade == Grade.C1
    assert detector.PROSE in found.caveats


def test_a_listed_word_beside_a_phrase_lowers_it() -> None:
    words = bip39.phrase(random.Random(3).randbytes(32))
    found = scan(b"abandon " + " ".join(words).encode())
    assert " ".join(words) in [text(each) for each in found]
    assert all(each.grade == Grade.C1 and detector.NEIGHBOUR in each.caveats for each in found)


def test_a_title_of_a_listed_word_does_not_hide_a_list() -> None:
    words = bip39.phrase(random.Random(4).randbytes(32))
    assert " ".join(words) in [text(each) for each in scan(b"Seed\n" + "\n".join(words).encode())]


def test_many_phrases_in_lines_and_in_an_array() -> None:
    draw = random.Random(5)
    phrases = [" ".join(bip39.phrase(draw.randbytes(16))) for _ in range(50)]
    assert [text(each) for each in scan("\n".join(phrases).encode())] == phrases
    assert [text(each) for each in scan(json.dumps(phrases).encode())] == phrases


def test_word_lists_are_silent() -> None:
    words = bip39.words("english")
    assert not scan("\n".join(words).encode())
    assert not scan(" ".join(words).encode())
    for size in bip39.LENGTHS:
        rows = "\n".join(" ".join(words[at : at + size]) for at in range(0, len(words) - size, size))
        assert not scan(rows.encode())
        assert not scan("\n".join(reversed(rows.split("\n"))).encode())


def test_few_different_words_are_refused_unless_published() -> None:
    (found,) = scan(b"abandon " * 11 + b"about")
    assert found.grade == Grade.C1
    assert any("published" in caveat for caveat in found.caveats)
    ability = next(word for word in bip39.words("english") if bip39.languages(["able"] * 11 + [word]))
    assert not scan(b"able " * 11 + ability.encode())


def test_accounts_are_derived_and_the_phrase_is_not_shown() -> None:
    words = bip39.phrase(bytes(range(16)))
    (found,) = scan(" ".join(words).encode())
    targets = [link.target for link in found.links]
    assert any(target.startswith("zpub") for target in targets)
    assert any(target.startswith("bc1p") for target in targets)
    assert any(target.startswith("0x") for target in targets)
    assert " ".join(words[2:6]) not in repr(found)
    assert len(str(found.fields["master_fingerprint"].value)) == 8


def test_a_phrase_of_two_schemes_says_so() -> None:
    draw = random.Random(6)
    phrases = (bip39.phrase(draw.randbytes(16)) for _ in range(10_000))
    both = next(words for words in phrases if electrum_seed.prefix(" ".join(words)) == "01")
    (found,) = scan(" ".join(both).encode())
    assert found.fields["electrum_version"].value == "standard"
    assert detector.ELECTRUM in found.caveats


@given(some.integers(0, 1 << 64))
@example(4478532)  # twelve of its Chinese characters hold as a phrase of the other list
def test_however_the_places_are_divided_the_phrase_is_found(number: int) -> None:
    """Engines report different ends, and windows divide them differently."""
    draw = random.Random(number)
    language = draw.choice(bip39.LANGUAGES)
    words = bip39.phrase(draw.randbytes(draw.choice((16, 32))), language)
    body = LAYOUTS[draw.choice(list(LAYOUTS))](words).encode()
    data = b"\0" * draw.randrange(5000) + b"\n\n" + body + b"\n\n" + b"\0" * draw.randrange(5000)
    found = scan(data)
    assume(found)  # one phrase in some thousands ascends like a dictionary
    (whole,) = found
    for engine in ENGINES:
        alone = [each for end in met(engine, data) for each in SEED.examine(BytesLayer(data), end)]
        assert alone
        assert all(each == whole for each in alone)
