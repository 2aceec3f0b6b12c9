"""Watch-lists: what is a list, and where its terms are found; every text here is encoded by Python."""

from __future__ import annotations

import re
from typing import Any

import pytest

from forensics.detectors._watch import WatchTerms
from forensics.detectors._watch_forms import bare, fold, latin
from forensics.detectors._watch_list import LARGEST, MOST_TERMS, WatchList, read_list
from forensics.detectors.base import BytesLayer
from forensics.errors import UsageError
from forensics.model import Finding, Grade
from forensics.sweep.patterns import engine_for, printable

LIST = """# neutral words
lantern\tlight\tof the shed
Kestrel Yard\tplace
café noir\tdrink
лампа*\tlight
каштан\ttree
Λυχνία\tlight
灯笼\tlight
โคมไฟ\tlight
등불\tlight
"""


def made(text: str = LIST, **how: Any) -> WatchTerms:
    return WatchTerms([read_list("words", text.encode(), **how)])


LOOSE = made(diacritics=False, transliterate=True)
EXACT = made()


def found(watch: WatchTerms, data: bytes, engine: str = "hyperscan") -> list[Finding]:
    """As the sweep does it: an engine tells ends, each is examined."""
    ends = engine_for([printable(each.pattern) for each in watch.triggers], engine).ends(data)
    places = sorted({end for each in ends.values() for end in each})
    return [each for end in places for each in watch.examine(BytesLayer(data), end)]


def told(watch: WatchTerms, text: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    return [(str(each.value), str(each.fields["how"].value)) for each in found(watch, text.encode(encoding))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_every_term_in_every_encoding_of_unicode(encoding: str) -> None:
    text = "the LANTERN of kestrel yard; Café Noir, ЛАМПАДА и Каштан: λυχνία. 买灯笼了 ซื้อโคมไฟใหม่ 등불을"
    listed = [value for value, how in told(EXACT, text, encoding) if how == "as listed"]
    assert listed == ["LANTERN", "kestrel yard", "Café Noir", "ЛАМПА", "Каштан", "λυχνία", "灯笼", "โคมไฟ", "등불"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("старый каштан", "windows-1251"),
        ("Старый Каштан", "koi8-r"),
        ("КАШТАН", "cp866"),
        ("un café noir", "windows-1252"),
        ("η λυχνία", "windows-1253"),
        ("โคมไฟ", "cp874"),
    ],
)
def test_code_pages_of_one_octet(text: str, encoding: str) -> None:
    (one,) = found(EXACT, text.encode(encoding))
    assert str(one.fields["encoding"].value) == encoding
    assert one.grade is Grade.C0


def test_words_end_where_letters_end() -> None:
    for text in ("lanterns", "xlantern", "lantern_1", "2lantern", "каштаны", "подкаштан", "lantern\u0301"):
        assert told(EXACT, text) == []
        assert told(EXACT, text, "utf-16-le") == []
    for text in ("lantern", "(lantern)", "lantern.", "lantern\n", "灯lantern灯", "'lantern'"):
        assert len(told(EXACT, text)) == 1, text


def test_an_asterisk_lets_a_word_go_on() -> None:
    assert [value for value, _ in told(made("*lamp*\nlight*"), "lamplight headlamps daylight lights")] == [
        "lamp",
        "lamp",
        "light",
    ]


def test_diacritics_and_latin_letters_only_where_they_are_asked_for() -> None:
    text = "cafe noir, kashtan, LYCHNIA"
    assert told(EXACT, text) == []
    assert told(LOOSE, text) == [
        ("cafe noir", "without diacritics"),
        ("kashtan", "in Latin letters"),
        ("LYCHNIA", "in Latin letters"),
    ]
    assert told(EXACT, "cafe\u0301 noir") == [("cafe\u0301 noir", "as listed")]


def test_transliterations_by_their_published_rules() -> None:
    assert latin("Хрущёв") == ("khrushchyov", "khrushchev")
    assert latin("Юлия") == ("yuliya", "iuliia")
    assert latin("Ευαγγελία Ψωμά") == ("evangelia psoma",)
    assert latin("lantern") == latin("灯笼") == ()
    assert (bare("Žluťoučký"), fold("ＬＡＮＴＥＲＮ")) == ("Zlutoucky", "lantern")


def test_utf_16_is_told_once_and_in_its_own_order() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        (one,) = found(EXACT, "an old lantern here".encode(encoding))
        assert one.fields["encoding"].value == encoding


def test_what_a_finding_says() -> None:
    (one,) = found(EXACT, b"the lantern")
    fields = {name: each.value for name, each in one.fields.items()}
    assert (one.kind, one.value, one.grade) == ("watch/term", "lantern", Grade.C1)
    assert (fields["list"], fields["category"], fields["note"]) == ("words", "light", "of the shed")
    assert (one.span.offset, one.span.length) == (4, 7)
    (short,) = found(made("elm"), b"an elm")
    assert short.grade is Grade.C0


@pytest.mark.parametrize("engine", ["hyperscan", "re2", "re"])
def test_engines_agree(engine: str) -> None:
    text = "Lantern; КАШТАН и каштан; lantern 灯笼".encode() + b"\xff\xfe" + "Café Noir".encode("utf-16-le")
    assert [each.value for each in found(EXACT, text, engine)] == [
        "Lantern",
        "КАШТАН",
        "каштан",
        "lantern",
        "灯笼",
        "Café Noir",
    ]


def test_terms_at_the_very_edges() -> None:
    for data in (b"lantern", "каштан".encode("koi8-r"), "灯笼".encode("utf-16-be")):
        assert len(found(EXACT, data)) == 1
        assert not found(EXACT, data[:-1])


def test_ten_thousand_terms_are_looked_for() -> None:
    words = [f"word{number:x}q" for number in range(10_000)]
    watch = made("\n".join(words))
    data = b"nothing of it here " * 1_000 + b"word1f4q and word270fq"
    assert [each.value for each in found(watch, data)] == ["word1f4q", "word270fq"]


HOSTILE = {
    "not UTF-8": b"lantern\n\xff\xfe\x00",
    "characters": b"x" * (1 << 20),
    "control": b"lan\x00tern\n",
    "no term": b"# nothing\n\n",
    "too short to look for is no term": b"a\nbb\n*\n**\n\t\t\n",
    "more than 100": b"x" * 101,
    "MiB": b"#" * (LARGEST + 1),
    "more than 20,000": b"\n".join(b"w%05d" % each for each in range(MOST_TERMS + 1)),
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_what_is_no_list_is_refused_with_its_reason(reason: str) -> None:
    with pytest.raises(UsageError, match=r"no term" if reason.startswith("too short") else re.escape(reason)):
        read_list("bad", HOSTILE[reason])


def test_the_line_of_a_fault_is_named() -> None:
    with pytest.raises(UsageError, match="line 3 is not UTF-8, at octet 9"):
        read_list("bad", b"one\ntwo\n \xe4\n")


def read(data: bytes) -> WatchList:
    return read_list("words", data)


def test_repeated_and_short_lines_are_counted() -> None:
    one = read("\ufefflantern\tlight\r\nLANTERN\tlight\nab\nlantern*\nｌａｎｔｅｒｎ\n灯\n灯笼\n".encode())
    assert [(each.text, each.behind) for each in one.terms] == [("lantern", False), ("lantern", True), ("灯笼", False)]
    assert (one.repeated, one.short) == (2, (3, 6))
    assert one.terms[0].category == "light"


def test_terms_are_octets_to_the_engines_never_expressions() -> None:
    watch = made("a.c(d\nx[1]{2}$\n^yy|zz\\b\n")
    assert [value for value, _ in told(watch, "abcd axc(d a.c(d x[1]{2}$ ^yy|zz\\b")] == [
        "a.c(d",
        "x[1]{2}$",
        "^yy|zz\\b",
    ]
