"""Seed phrases of Electrum before 2.0 (2011-2014).

| words | content                                                           |
|-------|-------------------------------------------------------------------|
| 12    | four times three words for four bytes, of a list of 1,626         |
| 24    | eight times likewise, of wallets that were made elsewhere         |

No checksum: twelve listed words may be no seed. 861 of the words are BIP-39's too. So a row that holds
nothing else is possible (C1) and no more, until an address derived from it turns up elsewhere.

Not recorded: date, wallet. The addresses named here are derived by this program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.seed._rows import Screened, Word, alone, lines, rows
from forensics.detectors.seed._screen import register
from forensics.detectors.seed.bip39 import Bip39Phrase
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret
from forensics.primitives import bip39, electrum_old
from forensics.primitives.published import judged

NO_CHECKSUM = "this kind of phrase has no checksum"
ADDRESSES = 5
FEWEST_DIFFERENT = 6  # of twelve words; prose repeats its words

# What BIP-39's expression of a row does not take for a word: it has none of more than ten letters.
_LONG_WORD = rb"\b(?i:" + "|".join(each for each in electrum_old.indices() if len(each) > 10).encode() + rb")\b"

_HEARTBEAT = "cell dumb heartbeat north boom tease ship baby bright kingdom rare squeeze"


class ElectrumOldPhrase(Screened):
    """One phrase."""

    kind: ClassVar[str] = "seed/electrum_old"
    listed_bit: ClassVar[int] = register(lambda: map(str.encode, electrum_old.indices()))
    fewest: ClassVar[int] = min(electrum_old.LENGTHS)
    title: ClassVar[str] = "Seed phrase (Electrum 1.x)"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (*Bip39Phrase.triggers[:1], Trigger(_LONG_WORD))
    references: ClassVar[tuple[str, ...]] = ("Electrum old_mnemonic.py, keystore.py (Old_KeyStore)",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("on a line", _HEARTBEAT.encode(), (_HEARTBEAT,), "Electrum tests"),
        Specimen(
            "numbered",
            b"\n".join(b"%d. %s" % (number, word.encode()) for number, word in enumerate(_HEARTBEAT.split(), 1)),
            (_HEARTBEAT,),
            "Electrum tests",
        ),
        Specimen(
            "a word of more than ten letters",
            b"candle soak strip feed water impossible conversation stand faith leaf heavy swallow\n",
            ("candle soak strip feed water impossible conversation stand faith leaf heavy swallow",),
            "made by bip_utils",
        ),
        Specimen("truncated", _HEARTBEAT[:-8].encode(), None, "Electrum tests, cut"),
        Specimen("a word of no list", _HEARTBEAT.replace("tease", "teases").encode(), None, "changed by hand"),
        Specimen(
            "look-alike: prose",
            b"they never want their friend to tell them about love and life and more away still",
            None,
            "made by hand",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The phrase that is the row of words at `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many places in ascending order."""
        for row in self._candidates(layer, ends):
            words = [each.text for each in row]
            digits = electrum_old.seed(words)
            if digits is None or len(set(words)) < FEWEST_DIFFERENT or bip39.languages(words):
                continue
            start, end = row[0].start, row[-1].end
            if not alone(layer, start, end):
                continue
            yield self._finding(layer, start, end, words, digits)

    def _candidates(self, layer: Layer, ends: Sequence[int]) -> Iterator[list[Word]]:
        """Rows of a phrase's length, and lines of other rows: listed words may stand before and behind."""
        for row in rows(layer, ends, electrum_old.indices().__contains__, self.fewest):
            if len(row) in electrum_old.LENGTHS:
                yield row
            else:
                yield from (line for line in lines(layer.read, row) if len(line) in electrum_old.LENGTHS)

    def _finding(self, layer: Layer, start: int, end: int, words: Sequence[str], digits: str) -> Finding:
        span = ByteRun(start, end - start)
        fields = {"words": Field(len(words), span)}
        links: list[Link] = []
        master = electrum_old.master_key(digits)
        if master is not None:
            fields["master_public_key"] = Field(master.hex())
            links.append(Link("DERIVES", "key/electrum_old", master.hex()))
            for number in range(ADDRESSES):
                address = electrum_old.address(master, number)
                if address is not None:
                    links.append(Link("DERIVES", "address/bitcoin", address))
        value = " ".join(words)
        grade, caveats = judged(value, Grade.C1, NO_CHECKSUM)
        return finding(
            self,
            layer,
            start,
            end - start,
            grade=grade,
            value=Secret(value),
            checks=(passed("every word is listed", 3 * len(words)),),
            fields=fields,
            links=tuple(links),
            caveats=caveats,
        )


DETECTOR: Detector = ElectrumOldPhrase()
