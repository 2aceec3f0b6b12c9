"""Telegram Desktop: a file of its cache (pictures, voice messages, parts of videos), locked with the local key.

| part | content                                                                                |
|------|----------------------------------------------------------------------------------------|
| 4    | `TDEF`                                                                                  |
| 64   | salt                                                                                    |
| 48   | locked: format 0, version of the program, SHA-256 of the local key, the salt and these    |
| …    | locked: the file, padded to 16 octets                                                   |

The files lie in `user_data/cache` and `user_data/media_cache`, further accounts in `user_data#2`; `binlog` there lists
them. `open-wallet` opens one with the local key of `key_datas`, proven by the SHA-256.

Not recorded: the chat that a picture is from, and when it was seen, but for the times of the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_tdata import CACHED
from forensics.detectors.chat._telegram import CACHE_HEAD, CACHE_MAGIC
from forensics.detectors.chat.locked import random
from forensics.model import Absent, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_PLACE = re.compile(r"/(?:media_)?cache/(?:[0-9A-F]{2}/|\d{1,3}/){0,2}[^/]{1,40}\Z")


class TelegramCache:
    """Recognises the head, by place and by how random it looks."""

    kind: ClassVar[str] = "chat/telegram_cache"
    title: ClassVar[str] = "Locked file of Telegram Desktop's cache"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"TDEF", at=0, anchored=True, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("Telegram Desktop: storage/storage_encrypted_file.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = CACHED

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file, if the layer is one."""
        if at or layer.read(0, 4) != CACHE_MAGIC or layer.size < CACHE_HEAD:
            return
        whole = (layer.size - 4) % 16 == 0
        placed = _PLACE.search(layer.locator.step) is not None
        body = layer.read(4, 4_096)
        spread = len(body) >= 1_024 and random(body)
        if not spread and not (whole and placed):
            return
        yield finding(
            self,
            layer,
            0,
            layer.size,
            grade=Grade.C2 if whole and (placed or spread) else Grade.C1,
            value=Absent.ENCRYPTED,
            checks=(
                Check("content looks random", Outcome.PASS if spread else Outcome.NOT_APPLICABLE, 30),
                Check("name and place", Outcome.PASS if placed else Outcome.NOT_APPLICABLE, 24),
                Check("size in whole blocks", Outcome.PASS if whole else Outcome.FAIL, 4),
            ),
            fields={"size": Field(layer.size - CACHE_HEAD)},
            caveats=("Locked with the local key, which is in key_datas, under a passcode if one was set.",),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = TelegramCache()
