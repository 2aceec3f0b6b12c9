"""Telegram Desktop: the locked files of `tdata` that hold an account, its map, its drafts, its settings.

| part | content                                                                            |
|------|------------------------------------------------------------------------------------|
| 8    | `TDF$`, u32 version of the program, low octet first                                   |
| …    | one to three arrays, each behind a u32 length: the last one is locked                |
| 16   | MD5 of the arrays, their length, the version and `TDF$`                               |

The name says what is in it: `maps` is the map of an account's folder, `D877F783D5D3EF8Cs` (half the MD5 of the word
`data`, its digits swapped in pairs) the first account's authorisation; others have random names, which the map tells.
`open-wallet` opens it with the local key of `key_datas`, which the program itself reads with no passcode set.

Not recorded: messages, which Telegram keeps at its servers; only what was written and not yet sent is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_tdata import FILES
from forensics.detectors.chat._telegram import LARGEST, MAGIC, container
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_STORES = (
    (re.compile(r"/map[s01]\Z"), "map of an account's files"),
    (re.compile(r"/configs\Z"), "addresses of Telegram's servers"),
    (re.compile(r"/settings[s01]\Z"), "settings of the program"),
    (re.compile(r"/tdata/[0-9A-F]{16}[s01]\Z"), "authorisation of an account"),
    (re.compile(r"/[0-9A-F]{16}/[0-9A-F]{16}[s01]\Z"), "one store of an account"),
)


class TelegramFile:
    """Recognises the container by its MD5."""

    kind: ClassVar[str] = "chat/telegram_file"
    title: ClassVar[str] = "Locked file of Telegram Desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"TDF\$[\x00-\xff]{2}[\x00-\x7f]\x00[\x00\xff]", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("Telegram Desktop: storage/details/storage_file_utilities.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = FILES

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file at `at`."""
        if layer.read(at, len(MAGIC)) != MAGIC:
            return
        found = container(layer.read(at, LARGEST))
        if found is None or list(map(len, found.arrays[:2])) == [32, 288]:  # `chat/telegram_key`
            return
        locked = found.arrays[-1]
        if len(locked) < 32 or len(locked) % 16:
            return
        path = layer.locator.step if at == 0 else ""
        store = next((told for name, told in _STORES if name.search(path)), "not told by its name")
        yield finding(
            self,
            layer,
            at,
            found.end,
            grade=Grade.C3,
            value=Absent.ENCRYPTED,
            checks=(Check("MD5 of the file", Outcome.PASS, 128),),
            fields={
                "store": Field(store),
                "program_version": Field(found.program, ByteRun(at + 4, 4)),
                "size": Field(len(locked), ByteRun(at + found.starts[-1], len(locked))),
            },
            caveats=("Locked with the local key, which is in key_datas, under a passcode if one was set.",),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = TelegramFile()
