"""Shares of a divided secret (SLIP-39, as Trezor makes them).

| bits | content                                                                       |
|------|-------------------------------------------------------------------------------|
| 15   | identifier, equal in all shares of a secret                                   |
| 1, 4 | whether the identifier takes part in encryption; exponent of its rounds       |
| 4, 4, 4 | group, groups needed, groups                                               |
| 4, 4 | member of the group, members needed                                           |
| rest | value; 30 bits of checksum                                                    |

20 or 33 words of a list of 1,024.

Not recorded: coin, wallet, passphrase, date, where the other shares are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.seed._rows import Screened, rows
from forensics.detectors.seed._screen import register
from forensics.detectors.seed.bip39 import Bip39Phrase
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret
from forensics.primitives import slip39
from forensics.primitives.published import judged

_FIRST = (
    "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode "
    "duke ajar critical decision keyboard"
)
_EXTENDABLE = (
    "testify swimming academic academic column loyalty smear include exotic bedroom exotic wrist lobe cover grief "
    "golden smart junior estimate learn"
)


class Slip39Share(Screened):
    """One share."""

    kind: ClassVar[str] = "seed/slip39"
    listed_bit: ClassVar[int] = register(lambda: map(str.encode, slip39.indices()))
    fewest: ClassVar[int] = min(slip39.LENGTHS)
    title: ClassVar[str] = "Share of a seed (SLIP-39)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = Bip39Phrase.triggers[:1]
    references: ClassVar[tuple[str, ...]] = ("SLIP-0039 Shamir's Secret-Sharing for Mnemonic Codes",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a share", _FIRST.encode(), (_FIRST,), "SLIP-0039 vectors"),
        Specimen("a word a line", _EXTENDABLE.replace(" ", "\r\n").encode(), (_EXTENDABLE,), "SLIP-0039 vectors"),
        Specimen("truncated", _FIRST[:-9].encode(), None, "SLIP-0039 vectors, cut"),
        Specimen("wrong checksum", _FIRST.replace("decision", "debut").encode(), None, "SLIP-0039 vectors, changed"),
        Specimen(
            "look-alike: the word list",
            b"academic acid acne acquire acrobat activity actress adapt adequate adjust admit adorn adult advance "
            b"advocate afraid again agency agree aide",
            None,
            "SLIP-0039 word list",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The shares in the row of words at `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many places in ascending order."""
        known = slip39.indices()
        told: set[int] = set()
        for row in rows(layer, ends, known.__contains__, self.fewest):
            at = 0
            while at <= len(row) - min(slip39.LENGTHS):
                for count in slip39.LENGTHS:
                    share = slip39.read([each.text for each in row[at : at + count]])
                    if share is None:
                        continue
                    phrase = row[at : at + count]
                    if phrase[0].start not in told:
                        told.add(phrase[0].start)
                        text = " ".join(each.text for each in phrase)
                        yield self._finding(layer, phrase[0].start, phrase[-1].end, text, share)
                    at += count - 1
                    break
                at += 1

    def _finding(self, layer: Layer, start: int, end: int, value: str, share: slip39.Share) -> Finding:
        span = ByteRun(start, end - start)
        fields = {
            "identifier": share.identifier,
            "extendable": share.extendable,
            "iteration_exponent": share.exponent,
            "group": share.group,
            "groups": share.groups,
            "groups_needed": share.group_threshold,
            "member": share.member,
            "members_needed": share.member_threshold,
            "words": len(value.split()),
        }
        grade, caveats = judged(value, Grade.C2)
        return finding(
            self,
            layer,
            start,
            end - start,
            grade=grade,
            value=Secret(value),
            checks=(passed("rs1024", slip39.CHECK_BITS), passed("every word is listed", 2 * len(value.split()))),
            fields={name: Field(each, span) for name, each in fields.items()},
            links=(Link("SHARE_OF", "seed/slip39", str(share.identifier)),),
            caveats=caveats,
        )


DETECTOR: Detector = Slip39Share()
