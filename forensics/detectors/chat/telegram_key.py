"""Telegram Desktop: `tdata/key_datas`, the key of everything else in the folder.

| part | content                                                                                 |
|------|-----------------------------------------------------------------------------------------|
| 8    | `TDF$`, u32 version of the program, low octet first (5002001 is 5.2.1)                     |
| …    | u32 32, salt; u32 288, the locked key; u32, locked accounts (numbers high octet first)      |
| 16   | MD5 of what is between, its length, the version and `TDF$`                                 |

The salt and the user's passcode give a key: SHA-512 and PBKDF2 of 100,000 rounds, of one where no passcode is set
(before 2.1.14 SHA-1, 4,000 and 4). AES-256 in IGE opens; the SHA-1 of the plain text is stored before it. No passcode
is tried but the empty one, which is how the program opens the folder by itself.

Not recorded here: who the accounts are, and messages: Telegram keeps those at its servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_telegram import TELEGRAM
from forensics.detectors.chat._telegram import NEW_FORM, container, opened, passcode_key
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity

LARGEST = 64 << 10


class TelegramKey:
    """Reads key_datas and opens it if no passcode is set."""

    kind: ClassVar[str] = "chat/telegram_key"
    title: ClassVar[str] = "Key of Telegram Desktop's data"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"TDF\$[\x00-\xff]{2}[\x00-\x7f]\x00\x00\x00\x00\x20", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Telegram Desktop: storage/storage_domain.cpp, storage/details/storage_file_utilities.cpp",
        "hashcat: modes 22600 and 24500",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = TELEGRAM

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file at `at`."""
        found = container(layer.read(at, LARGEST))
        if found is None or list(map(len, found.arrays[:2])) != [32, 288] or len(found.arrays) != 3:
            return
        salt, locked, accounts = found.arrays
        key = opened(locked, passcode_key(b"", salt, new=found.version >= NEW_FORM))
        fields = {
            "program_version": Field(found.program, ByteRun(at + 4, 4)),
            "salt": Field(salt.hex(), ByteRun(at + 12, 32)),
            "passcode": Field("none set" if key else "set"),
        }
        if key:
            fields["secret_key"] = Field(Secret(key.hex()), ByteRun(at + 48, 288))
            info = opened(accounts, key)
            count = int.from_bytes(info[:4], "big")
            if info and len(info) == 8 + 4 * count:
                fields["accounts"] = Field(count, ByteRun(at + 340, len(accounts)))
        caveats = () if key else ("A passcode is set: it is needed to open what is in the folder.",)
        yield finding(
            self,
            layer,
            at,
            found.end,
            grade=Grade.C4 if key else Grade.C2,
            value=Secret(key.hex()) if key else Absent.ENCRYPTED,
            checks=(
                Check("MD5 of the file", Outcome.PASS, 128),
                Check("SHA-1 of the opened key", Outcome.PASS if key else Outcome.NOT_APPLICABLE, 128),
            ),
            fields=fields,
            links=(Link("KEY_OF", "chat/telegram", salt.hex()),),
            caveats=caveats,
            sensitivity=Sensitivity.SECRET if key else Sensitivity.PERSONAL,
        )


DETECTOR: Detector = TelegramKey()
