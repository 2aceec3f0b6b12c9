"""Telegram Desktop: the map of an account's folder, opened: who the user is, and which stores there are.

| type  | content                                                                              |
|-------|--------------------------------------------------------------------------------------|
| 21    | the user: number, `77 FF…`, picture, names, telephone, user name, flags, the text about    |
| 1, 2  | count, then for each chat a store's number and the partner's: drafts, places in drafts    |
| 4     | number of the store of the places of files (`chat/telegram_sent`)                          |
| 9 …   | one number or several: settings, hashtags, GIFs, stickers, trusted robots, export          |

A store's number is its file's name, the lowest digit first. The user stands first, if a telephone is known.

Not recorded: partners without a draft; messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._qt_stream import EndOfStreamError, Stream
from forensics.detectors.chat._specimens_tdata import MAPS
from forensics.detectors.chat._telegram import peer
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LARGEST = 1 << 20
_MOST_DRAFTS = 10_000
_MODERN_IMAGE = 0x80000000
_TAG = 0x77FFFFFFFFFFFFFF
_STORES = {
    4: ("places of files",),
    9: ("settings",),
    10: ("hashtags and robots",),
    15: ("saved GIFs",),
    16: ("stickers", "featured stickers", "recent stickers", "archived stickers"),
    17: ("trusted robots",),
    18: ("favourite stickers",),
    19: ("settings of the export",),
    22: ("masks", "recent masks", "archived masks"),
    23: ("emoji", "featured emoji", "archived emoji"),
}


class TelegramMap:
    """Reads the user and the stores."""

    kind: ClassVar[str] = "chat/telegram_map"
    title: ClassVar[str] = "User and stores of Telegram Desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x00\x00\x00\x15\x00\x00[\x00-\xff]{10}\x77\xff{7}", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Telegram Desktop: storage/storage_account.cpp, storage/serialize_peer.cpp",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = MAPS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The map at `at`, which starts with the user."""
        stream = Stream(layer.read(at, _LARGEST), 4)
        try:
            size = stream.u32()
            told = _user(stream)
        except EndOfStreamError:
            return
        if not stream.at <= 8 + size <= len(stream.data) or not told["user"]:
            return
        stream.at = 8 + size
        end, stores, drafts = stream.at, {}, []  # type: int, dict[str, str], list[str]
        try:
            while stream.at < len(stream.data):
                kind = stream.u32()
                if not _block(stream, kind, stores, drafts):
                    break
                end = stream.at
        except EndOfStreamError:
            pass  # the map ends before: in memory it is cut, or something else follows
        fields = {name: Field(value, ByteRun(at + 8, size)) for name, value in told.items() if value}
        if stores:
            fields["stores"] = Field(stores)
        if drafts:
            fields["drafts_with"] = Field(tuple(drafts))
        user, phone = str(told["user"]), str(told["phone"])
        links = [Link("ACCOUNT", "telegram", user)]
        links += [Link("PHONE", "phone", phone if phone.startswith("+") else "+" + phone)] * bool(phone)
        links += [Link("USER_NAME", "handle", str(told["user_name"]).lower())] * bool(told["user_name"])
        yield finding(
            self,
            layer,
            at,
            end,
            grade=Grade.C3,
            value=phone or Absent.NONE_STORED,
            checks=(Check("tag and lengths", Outcome.PASS, 80),),
            fields=fields,
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )


def _user(stream: Stream) -> dict[str, str | int]:
    kind, number = peer(stream.u64())
    if kind != "user" or stream.u64() != _TAG:
        raise EndOfStreamError("no user")
    version = stream.u32()
    stream.take(8)
    if stream.u32() != _MODERN_IMAGE:
        raise EndOfStreamError("a picture of an older form")
    stream.octets()
    if version:
        stream.take(4)
    names = ("first_name", "last_name", "phone", "user_name")
    told: dict[str, str | int] = {"user": number, **{each: stream.text() for each in names}}
    if any(ord(each) < 32 for name in names for each in str(told[name])):
        raise EndOfStreamError("names that are none")
    return told


def _block(stream: Stream, kind: int, stores: dict[str, str], drafts: list[str]) -> bool:
    """Read one block; False if it is of a kind that is not known."""
    if kind in (1, 2):
        count = stream.u32()
        if count > _MOST_DRAFTS:
            raise EndOfStreamError(f"{count} drafts")
        for _ in range(count):
            store, (what, number) = stream.u64(), peer(stream.u64())
            if kind == 1:
                drafts.append(f"{what} {number}: {_file(store)}")
    elif kind in _STORES:
        for name in _STORES[kind]:
            if store := stream.u64():
                stores[name] = _file(store)
    else:
        return False
    return True


def _file(store: int) -> str:
    """The name of a store's file: the digits of its number, the lowest first."""
    return f"{store:016X}"[::-1] + "s"


DETECTOR: Detector = TelegramMap()
