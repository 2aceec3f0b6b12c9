"""Telegram Desktop: where the files lie on this computer that were sent or saved, out of an opened store.

| value       | content                                                                         |
|-------------|---------------------------------------------------------------------------------|
| u64, u64, 0  | the file's key at Telegram, u32 nought                                            |
| text         | path on this computer                                                            |
| array        | bookmark (macOS)                                                                 |
| date, u32    | when the file was changed; its size                                              |

The list ends with an entry of noughts without a path, which has the time when the list was written.

Not recorded: to whom or from whom, and whether a file was sent or received.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._qt_stream import EndOfStreamError, Stream
from forensics.detectors.chat._specimens_tdata import SENT
from forensics.model import ByteRun, Check, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_END = 36  # octets of the last entry up to the end of its date's day
_LONGEST = 8 << 10  # octets of one entry
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file of the list."""

    span: ByteRun
    path: str
    place: ByteRun
    changed: Event | None
    size: int


class TelegramSent:
    """Reads the list, known by the entry that ends it."""

    kind: ClassVar[str] = "chat/telegram_sent"
    title: ClassVar[str] = "File sent or saved with Telegram Desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x00{20}\xff{8}\x00{5}\x25[\x00-\xff]{2}", wide=False),)
    references: ClassVar[tuple[str, ...]] = ("Telegram Desktop: storage/storage_account.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = SENT

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The list whose last entry has its day in front of `at`, from there backwards."""
        end = at - _END
        try:
            written = Stream(layer.read(at - 8, 17)).moment("list of files written by Telegram Desktop")
        except EndOfStreamError:
            return
        entries: list[_Entry] = []
        while end > 0 and len(entries) < _MOST and (entry := _before(layer, end)):
            entries.append(entry)
            end = entry.span.offset
        for entry in reversed(entries):
            yield self._told(layer, entry, written)

    def _told(self, layer: Layer, entry: _Entry, written: Event | None) -> Finding:
        return finding(
            self,
            layer,
            entry.span.offset,
            entry.span.length,
            grade=Grade.C3,
            value=entry.path,
            checks=(Check("lengths, up to the last entry of the list", Outcome.PASS, 80),),
            fields={
                "path": Field(entry.path, entry.place),
                "size": Field(entry.size, ByteRun(entry.span.end - 4, 4)),
            },
            events=tuple(each for each in (entry.changed, written) if each),
            links=(Link("SENT_OR_SAVED", "path", entry.path),),
            sensitivity=Sensitivity.PERSONAL,
        )


def _before(layer: Layer, end: int) -> _Entry | None:
    """The entry that ends there, the shortest that its lengths allow; None if there is none."""
    base = max(0, end - _LONGEST)
    data = layer.read(base, end - base)
    noughts = data.rfind(bytes(5))
    while noughts >= 16:
        entry = _entry(data, base, noughts - 16)
        if entry is not None:
            return entry
        noughts = data.rfind(bytes(5), 0, noughts + 4)
    return None


def _entry(data: bytes, base: int, start: int) -> _Entry | None:
    """The entry that takes all of `data` from `start`."""
    stream = Stream(data, start + 20)
    try:
        path = stream.text()
        place = ByteRun(base + start + 20, stream.at - start - 20)
        stream.octets()
        changed, size = stream.moment("file changed, as Telegram Desktop saw it"), stream.u32()
    except EndOfStreamError:
        return None
    if stream.at != len(data) or not path or any(each < " " for each in path):
        return None
    return _Entry(ByteRun(base + start, len(data) - start), path, place, changed, size)


DETECTOR: Detector = TelegramSent()
