"""Keys of WhatsApp's backups: `key` and `encrypted_backup.key` in the folder `files` of the telephone.

| part | content                                                                              |
|------|--------------------------------------------------------------------------------------|
| 27   | a Java object stream of one array of octets: AC ED 00 05 75 72 00 02 5B 42 …, u32 length   |
| 131  | of `key`: 00 01, version, salt (32), Google's number (16), its SHA-256 (32), 16 zeros, key (32) |
| 32   | of `encrypted_backup.key`: the root key of version 15                                    |

A backup of versions 12 and 14 names the same salt and number as its key. The digest proves the file is whole.

Not recorded: the account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_locked import WHATSAPP_KEY
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret

HEAD = 27


class WhatsappKey:
    """Reads one key file."""

    kind: ClassVar[str] = "chat/whatsapp_key"
    title: ClassVar[str] = "Key of WhatsApp's backups"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"\xac\xed\x00\x05ur\x00\x02\[B\xac\xf3\x17\xf8\x06\x08T\xe0\x02\x00\x00xp\x00\x00\x00[\x83 ]",
            at=0,
            wide=False,
        ),
    )
    references: ClassVar[tuple[str, ...]] = ("wa-crypt-tools: keyfiles", "Java object serialization, 6.4.2")
    specimens: ClassVar[tuple[Specimen, ...]] = WHATSAPP_KEY

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The key file at `at`."""
        head = layer.read(at, HEAD)
        size = head[-1] if len(head) == HEAD else 0
        body = layer.read(at + HEAD, size)
        if size not in (32, 131) or len(body) != size:
            return
        key = body[-32:]
        links: tuple[Link, ...] = ()
        fields = {"secret_key": Field(Secret(key.hex()), ByteRun(at + HEAD + size - 32, 32))}
        proved = False
        if size == 131:
            number = body[35:51]
            proved = body[:2] == b"\0\1" and hashlib.sha256(number).digest() == body[51:83]
            if not proved:
                return
            fields["google_number"] = Field(number.hex(), ByteRun(at + HEAD + 35, 16))
            fields["salt"] = Field(body[3:35].hex(), ByteRun(at + HEAD + 3, 32))
            links = (Link("KEY_OF", "chat/whatsapp_backup", number.hex()),)
        named = layer.locator.step.lower().endswith(("/key", "encrypted_backup.key"))
        if len(set(key)) < 16:
            return  # 32 random octets have some 30 values
        yield finding(
            self,
            layer,
            at,
            HEAD + size,
            grade=Grade.C3 if proved and named else Grade.C2 if proved or named else Grade.C1,
            value=Secret(key.hex()),
            checks=(
                Check("digest of Google's number", Outcome.PASS if proved else Outcome.NOT_APPLICABLE, 256),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            links=links,
        )


DETECTOR: Detector = WhatsappKey()
