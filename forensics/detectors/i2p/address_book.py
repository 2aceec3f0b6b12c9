"""Address books of I2P: `hosts.txt`, lists that are subscribed to, exports, i2pd's `addresses.csv`.

| form                               | content                                                              |
|------------------------------------|----------------------------------------------------------------------|
| `name.i2p=BASE64`                    | a destination in base 64 with `-` and `~`; `#!` and properties may follow |
| `name.i2p,BASE32`                    | the address alone (i2pd)                                               |

A private book (`privatehosts.txt`, `userhosts.txt`) is of the user's making; `hosts.txt` comes with the program and
grows by what was visited through a jump service.

Not recorded: when a name was added; whether it was visited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.i2p._destination import SIGNATURES, destination, octets
from forensics.detectors.i2p._specimens import BOOK
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link
from forensics.primitives.i2p_name import is_hash

_REACH = 80
_LONGEST = 1_300
_NAME = re.compile(rb"(?:^|[^A-Za-z0-9.\-])([A-Za-z0-9](?:[A-Za-z0-9.\-]{0,62}[A-Za-z0-9])?\.i2p)\Z")
_OWN = ("privatehosts", "userhosts")


class AddressBook:
    """A name and what it stands for."""

    kind: ClassVar[str] = "i2p/address_book"
    title: ClassVar[str] = "Name in an I2P address book"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\.i2p=[A-Za-z0-9~\-]{24}", wide=False),
        Trigger(rb"\.i2p,[a-z2-7]{24}", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("I2P, Naming and Address Book", "i2pd, libi2pd_client/AddressBook.cpp")
    specimens: ClassVar[tuple[Specimen, ...]] = BOOK

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The name in front of the 24 letters that end at `at`."""
        behind = at - 24
        base = max(0, behind - 1 - _REACH)
        match = _NAME.search(layer.read(base, behind - 1 - base))
        if match is None or match[1].lower().endswith(b".b32.i2p"):
            return
        start = base + match.start(1)
        data = layer.read(behind, _LONGEST)
        fields = {"name": Field(match[1].decode("ascii").lower(), ByteRun(start, len(match[1])))}
        if layer.read(behind - 1, 1) == b"=":
            letters = re.match(rb"[A-Za-z0-9~\-]{512,1200}={0,2}", data)
            told = destination(octets(letters[0].rstrip(b"="))) if letters else None
            if letters is None or told is None or told.size != len(octets(letters[0].rstrip(b"="))):
                return
            address, check, end = told.address, passed("form of the destination", 40), behind + len(letters[0])
            fields["signature"] = Field(SIGNATURES[told.signature][0])
        else:
            letters = re.match(rb"[a-z2-7]{52}(?![A-Za-z0-9])", data)
            if letters is None or not is_hash(letters[0]):
                return
            address, check, end = (
                letters[0].decode("ascii") + ".b32.i2p",
                passed("form of the address", 12),
                behind + 52,
            )
        fields["address"] = Field(address, ByteRun(behind, end - behind))
        if any(each in layer.locator.step.lower() for each in _OWN):
            fields["book"] = Field("the user's own")
        yield finding(
            self,
            layer,
            start,
            end - start,
            grade=Grade.C3 if "signature" in fields else Grade.C1,
            value=str(fields["name"].value),
            checks=(check,),
            fields=fields,
            links=(Link("NAMES", "i2p", address),),
        )


DETECTOR: Detector = AddressBook()
