"""Ledger entries: one signed note each, ten fixed lines, the body committed and kept beside it.

``prev`` is the root of the tree over all entries before this one, so the signature of each entry covers all
of the history it was made on. A missing exhibit is written ``-``.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from forensics.custody.note import check_name
from forensics.errors import FormatError

HEADER = "impound/entry/v1"
NO_EXHIBIT = "-"

_KEYS = ("ledger", "seq", "prev", "time", "clock", "type", "actor", "exhibit", "body")
_TYPE = re.compile(r"[a-z]+(?:\.[a-z]+)+")
_EXHIBIT = re.compile(r"[^\s\x00-\x20]{1,128}")
_CLOCK = re.compile(r"([0-9a-f]{8}) (0|[1-9][0-9]{0,19})")
_BODY = re.compile(r"sha256:([0-9a-f]{64})")
_SEQ = re.compile(r"0|[1-9][0-9]{0,15}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def time_text(microseconds: int) -> str:
    """Microseconds since 1970 (UTC) as ``2026-11-24T02:15:24.349059Z``."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def time_microseconds(text: str) -> int:
    """The inverse of :func:`time_text`; :class:`FormatError` for any other spelling."""
    if not _TIME.fullmatch(text):
        raise FormatError(f"{text!r} is not a time")
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise FormatError(f"{text!r} is not a time") from error
    return (moment - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class EntryText:
    """The signed lines of an entry.

    ``prev`` is a 32-byte root; ``time_us`` microseconds of claimed UTC; ``boot_id`` eight hexadecimal digits
    naming the machine's current run; ``boot_ns`` nanoseconds since it began, time asleep included where the
    system says; ``body`` the hexadecimal SHA-256 of the body line.
    """

    ledger: str
    seq: int
    prev: bytes
    time_us: int
    boot_id: str
    boot_ns: int
    type: str
    actor: str
    exhibit: str | None
    body: str

    def __str__(self) -> str:
        values = (
            self.ledger,
            str(self.seq),
            base64.b64encode(self.prev).decode(),
            time_text(self.time_us),
            f"{self.boot_id} {self.boot_ns}",
            self.type,
            self.actor,
            NO_EXHIBIT if self.exhibit is None else self.exhibit,
            f"sha256:{self.body}",
        )
        return HEADER + "\n" + "".join(f"{key} {value}\n" for key, value in zip(_KEYS, values, strict=True))

    @classmethod
    def parse(cls, text: str) -> EntryText:
        """Read the ten lines strictly; :class:`FormatError` unless ``str()`` of the result gives ``text``
        again.
        """
        lines = text.split("\n")
        if len(lines) != 11 or lines[0] != HEADER or lines[10]:
            raise FormatError(f"an entry is ten lines under {HEADER}")
        values: list[str] = []
        for key, line in zip(_KEYS, lines[1:10], strict=True):
            found, gap, value = line.partition(" ")
            if found != key or not gap:
                raise FormatError(f"the line for {key} reads {line!r}")
            values.append(value)
        clock, body = _CLOCK.fullmatch(values[4]), _BODY.fullmatch(values[8])
        if not clock or not body or not _SEQ.fullmatch(values[1]):
            raise FormatError("seq, clock or body is not written as it should be")
        try:
            prev = base64.b64decode(values[2], validate=True)
        except ValueError as error:
            raise FormatError("prev is not base64") from error
        entry = cls(
            ledger=check_name(values[0]),
            seq=int(values[1]),
            prev=prev,
            time_us=time_microseconds(values[3]),
            boot_id=clock[1],
            boot_ns=int(clock[2]),
            type=check_type(values[5]),
            actor=check_name(values[6]),
            exhibit=None if values[7] == NO_EXHIBIT else check_exhibit(values[7]),
            body=body[1],
        )
        if len(prev) != 32 or str(entry) != text:
            raise FormatError("the entry is not written canonically")
        return entry


def check_type(name: str) -> str:
    """Return ``name`` if it reads like ``custody.receive``, else raise :class:`FormatError`."""
    if not _TYPE.fullmatch(name):
        raise FormatError(f"{name!r} is not an entry type")
    return name


def check_exhibit(label: str) -> str:
    """Return ``label`` if it can stand in an entry: 1 to 128 characters, no white space, not a lone ``-``."""
    if not _EXHIBIT.fullmatch(label) or label == NO_EXHIBIT:
        raise FormatError(f"{label!r} cannot be an exhibit label")
    return label
