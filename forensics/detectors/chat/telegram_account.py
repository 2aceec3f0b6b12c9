"""Telegram Desktop: an account as it is signed in, out of an opened file of `tdata`, or out of memory.

| octets | content                                                                        |
|--------|--------------------------------------------------------------------------------|
| 4, 4   | 75, length of all that follows                                                   |
| 8, 8, 4| FF eight times, number of the user, number of the main data centre               |
|        | (before 2.7.5: user and centre, 4 octets each)                                    |
| 4, …   | count of keys: each 4 octets of its data centre and 256 of the key                |
| 4, …   | the same of keys that are to be given up                                         |

The number is the user's own at Telegram, which stays when name and telephone change; it is what an order to the
provider asks for. The keys sign in as the user: they are told to be there, and not shown.

Not recorded: name and telephone number (those are in the map), when it was signed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._qt_stream import EndOfStreamError, Stream
from forensics.detectors.chat._specimens_tdata import ACCOUNTS
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LARGEST = 64 << 10
_MOST_KEYS = 60


class TelegramAccount:
    """Reads the numbers; the length must be that of the keys."""

    kind: ClassVar[str] = "chat/telegram_account"
    title: ClassVar[str] = "Account of Telegram Desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x00\x00\x00\x4b\x00\x00[\x00-\xff]{2}\xff{8}\x00", at=0, wide=False),
        Trigger(rb"\x00\x00\x00\x4b\x00\x00[\x01-\x40][\x00-\xff]{5}(?:\x00\x00\x00[\x01-\x14]){3}", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Telegram Desktop: main/main_account.cpp, storage/details/storage_settings_scheme.h",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = ACCOUNTS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The block at `at`."""
        stream = Stream(layer.read(at, _LARGEST), 4)
        try:
            size = stream.u32()
            wide = stream.data[8:16] == b"\xff" * 8
            if wide:
                stream.take(8)
            user, centre = stream.u64() if wide else stream.u32(), stream.u32()
            keys, given_up = _keys(stream), _keys(stream)
        except EndOfStreamError:
            return
        if stream.at != 8 + size or not user or user >> 48 or not 1 <= centre <= 1_000 or not keys:
            return
        yield finding(
            self,
            layer,
            at,
            stream.at,
            grade=Grade.C3,
            value=str(user),
            checks=(Check("lengths and counts agree", Outcome.PASS, 60),),
            fields={
                "user": Field(user, ByteRun(at + (16 if wide else 8), 8 if wide else 4)),
                "main_data_centre": Field(centre),
                "keys_for_data_centres": Field(tuple(keys)),
                "keys_to_be_given_up": Field(len(given_up)),
            },
            links=(Link("ACCOUNT", "telegram", str(user)),),
            caveats=("The keys here sign in as this user. Messages are at Telegram's servers, not in these files.",),
            sensitivity=Sensitivity.SECRET,
        )


def _keys(stream: Stream) -> list[int]:
    count = stream.u32()
    if count > _MOST_KEYS:
        raise EndOfStreamError(f"{count} keys")
    found = []
    for _ in range(count):
        found.append(stream.u32())
        stream.take(256)
    return found


DETECTOR: Detector = TelegramAccount()
