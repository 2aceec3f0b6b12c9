"""Seed phrases of Monero wallets in 16 words (Polyseed), as Feather, Cake and Monero.com make them.

| bits | content                                                             |
|------|---------------------------------------------------------------------|
| 11   | checksum: the first word                                            |
| 150  | secret, 10 bits of each further word                                |
| 5    | features; whether a passphrase is needed                            |
| 10   | month in which it was made, counted from November 2021              |

The words are those of BIP-39, in English here; nine other languages are not looked for. One row of such words in
2,048 passes by chance for each of three coins, so the grade is C1.

Not recorded: the wallet's name, its addresses, whether it was used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.seed._rows import Screened, alone, rows
from forensics.detectors.seed._screen import register
from forensics.detectors.seed.bip39 import Bip39Phrase
from forensics.detectors.seed.electrum_old import FEWEST_DIFFERENT
from forensics.model import ByteRun, Clock, Event, Field, Finding, Grade, Layer, Secret
from forensics.primitives import bip39, polyseed
from forensics.primitives.published import judged

_VECTOR = "raven tail swear infant grief assist regular lamp duck valid someone little harsh puppy airport language"
_MONTH = timedelta(days=31)


class PolyseedPhrase(Screened):
    """One phrase."""

    kind: ClassVar[str] = "seed/polyseed"
    listed_bit: ClassVar[int] = register(lambda: map(str.encode, bip39.words("english")))
    fewest: ClassVar[int] = polyseed.LENGTH
    title: ClassVar[str] = "Monero seed phrase of 16 words (Polyseed)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = Bip39Phrase.triggers[:1]
    references: ClassVar[tuple[str, ...]] = ("Polyseed, README and tests",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a phrase", _VECTOR.encode(), (_VECTOR,), "Polyseed's tests"),
        Specimen("a word a line", _VECTOR.replace(" ", "\n").encode(), (_VECTOR,), "Polyseed's tests"),
        Specimen("truncated", _VECTOR[:-9].encode(), None, "Polyseed's tests, cut"),
        Specimen("wrong checksum", _VECTOR.replace("raven", "raw").encode(), None, "Polyseed's tests, changed"),
        Specimen("look-alike: a word again and again", b"raven " * 16, None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The phrase that is the row of words at `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many places in ascending order."""
        for row in rows(layer, ends, bip39.indices("english").__contains__, self.fewest):
            words = [each.text for each in row]
            held = polyseed.read(words)
            start, end = row[0].start, row[-1].end
            if held is not None and len(set(words)) >= FEWEST_DIFFERENT and alone(layer, start, end):
                yield self._finding(layer, start, end, " ".join(words), held)

    def _finding(self, layer: Layer, start: int, end: int, value: str, held: polyseed.Polyseed) -> Finding:
        when = datetime.fromtimestamp(held.created, UTC)
        grade, caveats = judged(value, Grade.C1)
        if held.encrypted:
            caveats = (*caveats, "The seed is encrypted with a passphrase, which is not in the words.")
        return finding(
            self,
            layer,
            start,
            end - start,
            grade=grade,
            value=Secret(value),
            checks=(passed("polyseed", polyseed.CHECK_BITS - 1),),
            fields={
                "coin": Field(held.coin),
                "words": Field(polyseed.LENGTH, ByteRun(start, end - start)),
                "created": Field(f"{when:%Y-%m}"),
            },
            events=(Event(when, _MONTH, "wallet created", f"{when:%Y-%m}", Clock.DEVICE),),
            caveats=caveats,
        )


DETECTOR: Detector = PolyseedPhrase()
