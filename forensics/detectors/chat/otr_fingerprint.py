"""Fingerprints of contacts in off-the-record chat: `otr.fingerprints` of Pidgin, `fingerprints.txt` of others.

| field (parted by TAB) | content                                              |
|-----------------------|------------------------------------------------------|
| 1                     | the contact                                            |
| 2                     | the own account                                        |
| 3                     | `prpl-` and the network, or its name                     |
| 4                     | 40 hexadecimal digits                                   |
| 5                     | empty, `verified`, `smp`, or another word of trust         |

Each line is a finding: the contact's key was seen on this account.

Not recorded: when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.chat._log import line_start
from forensics.detectors.chat._specimens_purple import OTR_FINGERPRINT
from forensics.detectors.chat._stamped import bare
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LINE = re.compile(
    rb"([^\t\r\n\0]{1,300})\t([^\t\r\n\0]{1,300})\t([a-z0-9_\-]{2,40})\t([0-9a-f]{40})(?:\t([^\t\r\n\0]{0,40}))?(?=\r?\n|$)"
)


class OtrFingerprint:
    """Reads one line."""

    kind: ClassVar[str] = "chat/otr_fingerprint"
    title: ClassVar[str] = "Contact's key in off-the-record chat"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\t(?:prpl-[a-z0-9_\-]{1,24}|xmpp|jabber|irc|aim|icq)\t[0-9a-f]{40}\b"),
    )
    references: ClassVar[tuple[str, ...]] = ("libotr 4: src/privkey.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = OTR_FINGERPRINT

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line around `at`."""
        start = line_start(layer, at)
        match = _LINE.match(layer.read(start, 1_024))
        if match is None or start + match.end(4) != at:
            return
        contact, own, protocol, print_ = (match[each].decode("utf-8", "replace") for each in range(1, 5))
        trust = (match[5] or b"").decode("utf-8", "replace")

        def place(group: int) -> ByteRun:
            return ByteRun(start + match.start(group), len(match[group]))

        named = "fingerprints" in layer.locator.step
        fields = {
            "contact": Field(contact, place(1)),
            "account": Field(own, place(2)),
            "protocol": Field(protocol, place(3)),
            "fingerprint": Field(" ".join(print_[each : each + 8] for each in range(0, 40, 8)).upper(), place(4)),
            "trust": Field(trust or "not verified", place(5) if match[5] else None),
        }
        yield finding(
            self,
            layer,
            start,
            match.end(),
            grade=Grade.C3 if named else Grade.C2,
            value=print_,
            checks=(
                passed("fields in form", 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            links=(
                Link("KEY_OF", "chat/otr_key", print_),
                Link("CONTACT_OF", "account", bare(contact)),
                Link("ACCOUNT_OF", "account", bare(own.rstrip("/"))),
            ),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = OtrFingerprint()
