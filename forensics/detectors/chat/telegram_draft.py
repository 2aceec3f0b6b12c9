"""Telegram Desktop: what was written to somebody and not sent, out of an opened store.

| value    | content                                                                          |
|----------|----------------------------------------------------------------------------------|
| u64, u64 | `FFFFFFFFFFFFFF03`, the partner                                                    |
| u32      | count; for each:                                                                  |
| i64      | which draft: of the chat, or of a message that was being changed                   |
| text     | the text; an array of its tags                                                    |
| i64, i32 | the message it answers or changes, or 0; state of the preview                      |

Not recorded: when it was written; the file's own time says when it last changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._qt_stream import EndOfStreamError, Stream
from forensics.detectors.chat._specimens_tdata import DRAFTS
from forensics.detectors.chat._telegram import peer
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LARGEST = 8 << 20
_MOST = 1_000  # as the program has it


class TelegramDraft:
    """Reads the drafts of one chat."""

    kind: ClassVar[str] = "chat/telegram_draft"
    title: ClassVar[str] = "Draft in Telegram Desktop"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\xff{7}\x03\x00\x80[\x00-\xff]{6}\x00\x00[\x00-\x03][\x00-\xff]", at=0, wide=False),
        Trigger(rb"\xff{7}\x03\x00[\x81\x82][\x00-\xff]{6}\x00\x00[\x00-\x03][\x00-\xff]", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("Telegram Desktop: storage/storage_account.cpp",)
    specimens: ClassVar[tuple[Specimen, ...]] = DRAFTS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The drafts at `at`."""
        stream = Stream(layer.read(at, 64 << 10), 8)
        if layer.size - at > len(stream.data):
            stream = Stream(layer.read(at, _LARGEST), 8)
        found = []
        try:
            kind, number = peer(stream.u64())
            count = stream.u32()
            for _ in range(count if count <= _MOST else 0):
                start = stream.at
                stream.take(8)
                text, end = stream.text(), stream.at
                stream.octets()
                answers, preview = stream.u64(), stream.u32()
                if preview > 3 or "\0" in text:
                    return
                found.append((ByteRun(at + start, stream.at - start), text, ByteRun(at + start + 8, end - start - 8),
                              answers))  # fmt: skip
        except EndOfStreamError:
            return
        partner = f"{kind} {number}"
        for span, text, place, answers in found:
            if not text:
                continue
            fields = {"text": Field(text, place), "to": Field(partner, ByteRun(at + 8, 8))}
            if answers:
                fields["about_message"] = Field(answers, ByteRun(span.end - 12, 8))
            yield finding(
                self,
                layer,
                span.offset,
                span.length,
                grade=Grade.C3,
                value=text,
                checks=(Check("tag and lengths", Outcome.PASS, 80),),
                fields=fields,
                links=(Link("WRITTEN_TO", "telegram", str(number)),),
                caveats=("A draft: written here, and not sent.",),
                sensitivity=Sensitivity.PERSONAL,
            )


DETECTOR: Detector = TelegramDraft()
