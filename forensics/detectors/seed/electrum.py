"""Seed phrases of Electrum since 2.0 (2015), and of Electron Cash.

| words          | entropy       | version                                                              |
|----------------|---------------|----------------------------------------------------------------------|
| 12, 13         | 132, 143 bits | HMAC-SHA512 of the phrase begins with 01 (standard) or 100 (segwit)  |
| 12, 24, 25, 26 |               | 101, 102: the wallet's second key is at a service (2fa)              |

The words are mostly those of BIP-39's English list, but its checksum is not there: other programs refuse the
phrase. The version is a check of 8 or 12 bits, so a row must stand by itself.

Not recorded: passphrase ("extension"), date, wallet. Keys and addresses named here are derived by this program
for an empty passphrase. Not looked for: phrases of other lists, phrases within running text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.seed._rows import Screened, Word, alone, lines, rows
from forensics.detectors.seed._screen import register
from forensics.detectors.seed.bip39 import LISTED_BITS, PASSPHRASE, Bip39Phrase
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret
from forensics.primitives import bip32, bip39, electrum_seed
from forensics.primitives.first_addresses import electrum_accounts
from forensics.primitives.published import judged

LENGTHS = (12, 13, 24, 25, 26)
FEWEST_DIFFERENT = 6
ALSO_BIP39 = "the same words are a phrase of BIP-39 too, which derives other keys"
SECOND_KEY = "a wallet of two factors: coins move with a second key, which a service holds, or with two seeds"

_STANDARD = "cycle rocket west magnet parrot shuffle foot correct salt library feed song"
_SEGWIT = "bitter grass shiver impose acquire brush forget axis eager alone wine silver"


class ElectrumPhrase(Screened):
    """One phrase."""

    kind: ClassVar[str] = "seed/electrum"
    listed_bit: ClassVar[int] = register(lambda: map(str.encode, bip39.words("english")))
    fewest: ClassVar[int] = min(LENGTHS)
    title: ClassVar[str] = "Seed phrase (Electrum)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = Bip39Phrase.triggers[:1]
    references: ClassVar[tuple[str, ...]] = (
        "Electrum documentation, Electrum Seed Version System",
        "Electrum mnemonic.py, keystore.py, tests/test_wallet_vertical.py",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("standard", _STANDARD.encode(), (_STANDARD,), "Electrum tests"),
        Specimen("segwit, labelled", b"Seed: " + _SEGWIT.encode() + b"\n", (_SEGWIT,), "Electrum tests"),
        Specimen(
            "numbered",
            b"\n".join(b"%d. %s" % (number, word.encode()) for number, word in enumerate(_SEGWIT.split(), 1)),
            (_SEGWIT,),
            "Electrum tests",
        ),
        Specimen("truncated", _SEGWIT[:-7].encode(), None, "Electrum tests, cut"),
        Specimen("two words exchanged", _SEGWIT.replace("wine silver", "silver wine").encode(), None, "changed"),
        Specimen("look-alike: running text", b"they said " + _SEGWIT.encode() + b" and left", None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The phrase that is the row of words at `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many places in ascending order."""
        listed = frozenset(bip39.words("english"))
        for row in rows(layer, ends, listed.__contains__, self.fewest):
            behind = -1
            for part in _parts(layer, row):
                if len(part) not in LENGTHS or part[0].start < behind:
                    continue
                for found in self._judged(layer, part) if alone(layer, part[0].start, part[-1].end) else ():
                    behind = part[-1].end
                    yield found

    def _judged(self, layer: Layer, row: Sequence[Word]) -> Iterator[Finding]:
        words = [each.text for each in row]
        value = " ".join(words)
        version = electrum_seed.prefix(value)
        ordered = sorted(words)
        if version is None or len(set(words)) < FEWEST_DIFFERENT or words in (ordered, ordered[::-1]):
            return
        meaning, bits = electrum_seed.VERSIONS[version]
        span = ByteRun(row[0].start, row[-1].end - row[0].start)
        fields = {"words": Field(len(words), span), "electrum_version": Field(meaning, span)}
        links: list[Link] = []
        caveats = [PASSPHRASE]
        master = bip32.master(electrum_seed.binary(value))
        if "2fa" in meaning:
            caveats.append(SECOND_KEY)
        elif master is not None:
            fields["master_fingerprint"] = Field(master.fingerprint.hex())
            for account in electrum_accounts(master, segwit=meaning == "segwit"):
                links.append(Link("DERIVES", "key/extended", account.key))
                links.append(Link("DERIVES", "address/bitcoin", account.address))
        if bip39.languages(words):
            caveats.append(ALSO_BIP39)
        grade, told = judged(value, Grade.C2, *caveats)
        yield finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=grade,
            value=Secret(value),
            checks=(passed("seed version", bits), passed("every word is listed", LISTED_BITS * len(words))),
            fields=fields,
            links=tuple(links),
            caveats=told,
        )


def _parts(layer: Layer, row: list[Word]) -> Iterator[list[Word]]:
    """The row, its lines, and what stands behind a colon: "seed", "wallet" and "phrase" are listed words too."""
    for part in (row, *lines(layer.read, row)):
        yield part
        for number, (before, after) in enumerate(itertools.pairwise(part), 1):
            if b":" in layer.read(before.end, after.start - before.end):
                yield part[number:]


DETECTOR: Detector = ElectrumPhrase()
