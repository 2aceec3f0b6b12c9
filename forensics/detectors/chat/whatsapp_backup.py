"""Encrypted backups of WhatsApp: `msgstore.db.crypt12`, `.crypt14`, `.crypt15`.

| version | layout                                                                                  |
|---------|-----------------------------------------------------------------------------------------|
| 12      | 00 01, version of the key, salt (32), Google's number (16), nonce (16), encrypted octets      |
| 14      | length, 01 or not, protocol buffer {1: 0, 2: {3 salt, 4 number, 5 nonce}, 4: {1, 3}}            |
| 15      | the same with {1: 1, 3: {1 nonce}, 4: {1, 3}}                                              |

Field 4 has the program's version and the last two digits of the telephone number. What follows is AES-256-GCM of
deflated octets. Version 12 is known by its name alone.

Not recorded: anything of the conversations. The key is looked for as `chat/whatsapp_key`; nothing is tried here,
but `open-wallet` takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_locked import WHATSAPP_BACKUP
from forensics.detectors.chat._whatsapp_prefix import LONGEST, prefix
from forensics.detectors.chat.locked import random
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LOOKED_AT, _LEAST = 4_096, 1_024


class WhatsappBackup:
    """Reads what is not encrypted of a backup."""

    kind: ClassVar[str] = "chat/whatsapp_backup"
    title: ClassVar[str] = "Encrypted backup of WhatsApp"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        *(
            Trigger(rb"[\x20-\xff]" + flag + form, at=0, anchored=True, wide=False)
            for flag in (b"", rb"\x01")
            for form in (rb"\x08\x00\x12[\x00-\xff]\x0a\x02\x00\x01", rb"\x08\x01\x1a\x12\x0a\x10")
        ),
        Trigger(name="*.crypt12"),
    )
    references: ClassVar[tuple[str, ...]] = ("wa-crypt-tools: proto/prefix.proto",)
    specimens: ClassVar[tuple[Specimen, ...]] = WHATSAPP_BACKUP

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The backup that the layer is."""
        path = layer.locator.step.lower()
        told = None if at else prefix(layer.read(0, LONGEST), named_12=path.endswith(".crypt12"))
        if told is None:
            return
        clear = ByteRun(told.start, told.behind - told.start)
        fields = {name: Field(text, clear) for name, text in told.told.items()}
        if told.salt:
            fields["salt"] = Field(told.salt.hex(), clear)
        number, version, behind = told.number, told.version, told.behind
        data = layer.read(behind, _LOOKED_AT)
        if len(data) < _LEAST or not random(data):
            return
        if number:
            fields["google_number"] = Field(number.hex(), ByteRun(0, behind))
        opens = "encrypted_backup.key, or the user's 64 digits" if version == 15 else "the file key of the telephone"
        fields["format"] = Field(f"crypt{version}")
        fields["what_opens_it"] = Field(opens)
        yield finding(
            self,
            layer,
            0,
            layer.size,
            grade=Grade.C2,
            value=number.hex() if number else Absent.ENCRYPTED,
            checks=(
                Check("prefix in form, or name", Outcome.PASS, 40),
                Check("content looks random", Outcome.PASS, 30),
            ),
            fields=fields,
            links=(Link("KEY_OF", "chat/whatsapp_key", number.hex()),) if number else (),
            caveats=(f"The backup is locked. It needs: {opens}.",),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = WhatsappBackup()
