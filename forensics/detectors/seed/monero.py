"""Seed phrases of Monero: 25 words, or 13 of MyMonero and of the Session messenger.

| words | content                                                                  |
|-------|--------------------------------------------------------------------------|
| 1-24  | eight times three words for four bytes, of a list of 1,626; 12 of 13     |
| last  | one of them again, chosen by CRC-32 of their first letters               |

Languages written in Latin letters: English, Dutch, Esperanto, French, German, Italian, Lojban,
Portuguese, Spanish. Russian, Japanese and Chinese phrases are not looked for, nor those of 16 words, nor
words cut to the first letters that tell them apart: those are the first letters of ordinary words too.

Not recorded: date, name of the wallet, offset passphrase, which breaks no checksum. The address named
here is derived by this program; 13 words are also an identity of Session, which has no address.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.seed._rows import Screened, Word, rows
from forensics.detectors.seed._screen import register
from forensics.detectors.seed.bip39 import Bip39Phrase
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret
from forensics.primitives import monero_seed
from forensics.primitives.published import judged

LANGUAGES = ("english", "dutch", "esperanto", "french", "german", "italian", "lojban", "portuguese", "spanish")
OFFSET = "an offset passphrase may exist; the address holds without one"
SHORT = "13 words: a wallet of MyMonero, or the identity of a Session messenger"
LISTED_BITS = 5  # of a word of 25: prose hardly holds four in a row

_SPECIFIED = (
    "velvet lymph giddy number token physics poetry unquoted nibs useful sabotage limits benches lifestyle eden "
    "nitrogen anvil fewest avoid batch vials washing fences goat unquoted"
)
_GERMAN = (
    "blasen Lunge Smaragd Funzel Macht Keilerei Floskel Ansporn Barett Fiktion beladen Gedanke Paarlauf Dozent "
    "Konzept Episode Folklore Etikett Erreger Gebirge Felge Kanister Parodie Pegel beladen"
)


def _all_words() -> list[bytes]:
    return [each.encode() for each in _any()]


class MoneroPhrase(Screened):
    """One phrase."""

    kind: ClassVar[str] = "seed/monero"
    listed_bit: ClassVar[int] = register(_all_words)
    fewest: ClassVar[int] = min(monero_seed.LENGTHS)
    title: ClassVar[str] = "Seed phrase (Monero)"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = Bip39Phrase.triggers[:1]
    references: ClassVar[tuple[str, ...]] = ("Monero src/mnemonics/electrum-words.cpp and its word lists",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("English", _SPECIFIED.encode(), (_SPECIFIED,), "Monero functional tests"),
        Specimen(
            "a word a line",
            _SPECIFIED.replace(" ", "\n").encode(),
            (_SPECIFIED,),
            "Monero functional tests",
        ),
        Specimen("German", _GERMAN.encode(), (_GERMAN.lower(),), "made with monero-wallet-cli 0.18"),
        Specimen("truncated", _SPECIFIED[:-9].encode(), None, "Monero functional tests, cut"),
        Specimen("wrong checksum", _SPECIFIED.replace("goat unquoted", "goat lymph").encode(), None, "changed by hand"),
        Specimen(
            "look-alike: the word list",
            " ".join(monero_seed.words("english")[:25]).encode(),
            None,
            "Monero English word list",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The phrase in the row of words at `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many places in ascending order."""
        told: set[int] = set()
        for row in rows(layer, ends, _known, self.fewest):
            for phrase, language, secret in _phrases(row):
                if phrase[0].start not in told:
                    told.add(phrase[0].start)
                    yield self._finding(layer, phrase, language, secret)

    def _finding(self, layer: Layer, phrase: Sequence[Word], language: str, secret: bytes) -> Finding:
        value = " ".join(monero_seed.composed(each.text) for each in phrase)
        count = len(phrase)
        start, length = phrase[0].start, phrase[-1].end - phrase[0].start
        span = ByteRun(start, length)
        fields = {"words": Field(count, span), "language": Field(language, span)}
        links: tuple[Link, ...] = ()
        remarks = (OFFSET,) if count == 25 else (OFFSET, SHORT)
        if count == 25:
            address = monero_seed.address(secret)
            fields["address"] = Field(address)
            links = (Link("DERIVES", "address/monero", address),)
        grade, caveats = judged(value, Grade.C2 if count == 25 else Grade.C1, *remarks)
        yielded = (
            passed("checksum word", monero_seed.CHECK_BITS),
            passed("every word is listed", LISTED_BITS * count),
        )
        return finding(
            self,
            layer,
            start,
            length,
            grade=grade,
            value=Secret(value),
            checks=yielded,
            fields=fields,
            links=links,
            caveats=caveats,
        )


@functools.cache
def _whole(language: str) -> frozenset[str]:
    return frozenset(monero_seed.composed(word).lower() for word in monero_seed.words(language))


@functools.cache
def _any() -> frozenset[str]:
    return frozenset().union(*map(_whole, LANGUAGES))


def _known(word: str) -> bool:
    return monero_seed.composed(word) in _any()


def _phrases(row: Sequence[Word]) -> Iterator[tuple[Sequence[Word], str, bytes]]:
    """Phrases of a row, the longest first; 13 words only where nothing else stands in the row."""
    texts = [each.text for each in row]
    for count in monero_seed.LENGTHS:
        more = len(row) - count
        found = False
        for at in range(more + 1) if count == 25 and more <= 30 else range(1 if more == 0 else 0):
            piece = texts[at : at + count]
            if len(set(piece)) <= count // 3:
                continue
            for language in LANGUAGES:
                if not all(monero_seed.composed(word) in _whole(language) for word in piece):
                    continue  # their first letters alone are those of ordinary words
                secret = monero_seed.seed(piece, language)
                if secret is not None:
                    yield row[at : at + count], language, secret
                    found = True
                    break
        if found:
            return


DETECTOR: Detector = MoneroPhrase()
