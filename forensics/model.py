"""The nouns: what is read, what is asserted about it, and when. Standard library only."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class ByteRun:
    """A half-open range of bytes in the addresses of the layer below, or of the image where it says so."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The first offset behind the run."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Locator:
    """One step down towards the bytes, and the step that it was taken from.

    Steps read `ewf:A-01.E01`, `partition:2`, `ntfs:/Users/v/wallet.dat`, `ntfs:/a.txt:stream`,
    `unallocated`, `slack`, `gap`, `utf-16le`, `gzip@4096`.
    """

    step: str
    within: Locator | None = None
    _text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = self.step if self.within is None else f"{self.within} > {self.step}"
        object.__setattr__(self, "_text", text)  # asked for once for each finding

    def __str__(self) -> str:
        """All steps from the image down, joined by ` > `."""
        return self._text


class Layer(Protocol):
    """Readable bytes that know where they lie: an image, volume, entry, run list or decoded stream."""

    @property
    def locator(self) -> Locator:
        """Where this layer stands."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; shorter only at the end of the layer.

        Raises:
            UnreadableRun: the medium or the container does not give these bytes up.
        """
        ...

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image ranges that hold these bytes, in order; sparse bytes have none."""
        ...


class Grade(enum.IntEnum):
    """How well the identity of an artefact is established; never guilt or ownership."""

    C0 = 0  # pattern only: resembles
    C1 = 1  # weak check, or strong context without a check: possible
    C2 = 2  # strong check (20 bits or more) or unambiguous structure: valid
    C3 = 3  # C2 and independent context: in context
    C4 = 4  # cryptographic proof: verified


class Outcome(enum.StrEnum):
    """What a check said."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Check:
    """One validation: its name, its outcome and its strength, -log2 of the chance of a false pass."""

    name: str
    outcome: Outcome
    bits: int


class Absent(enum.StrEnum):
    """Why a value is not there. Absence is never `None`."""

    NONE_STORED = "none stored"
    ENCRYPTED = "encrypted"
    OVERWRITTEN = "overwritten"
    UNREADABLE = "unreadable"
    NOT_PARSED = "not parsed"
    OUT_OF_RANGE = "out of range"


@dataclass(frozen=True, slots=True)
class Secret:
    """A private key, seed or password found on evidence. Never shown, logged or stored whole.

    `str()` and `repr()` give the masked form: the first 4 characters and the last 2.
    """

    text: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The form that may be shown."""
        if len(self.text) < 12:
            return "••••••"
        return f"{self.text[:4]} •••••• {self.text[-2:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Secret({self.masked})"


# What a field may hold. Numbers are integers (sizes, counts, satoshi); decimals are text as stored.
Value = str | int | bool | Secret | Absent | tuple["Value", ...] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a detector read, and the bytes of the examined layer that it was read from."""

    value: Value
    span: ByteRun | None = None


class Clock(enum.StrEnum):
    """Whose clock stamped a moment."""

    DEVICE = "device"
    SERVER = "server"
    CHAIN = "chain"
    SENDER = "sender"
    FILE_SYSTEM = "file system"


@dataclass(frozen=True, slots=True)
class Event:
    """A moment that a finding or an entry asserts.

    `when` is aware and in UTC. Where no zone was stored `zone` is `unknown` and `when` holds the
    stored wall time as if it were UTC, which must be said wherever it is shown.
    """

    when: datetime
    precision: timedelta
    meaning: str
    as_stored: str
    clock: Clock
    zone: str = "utc"


class Sensitivity(enum.StrEnum):
    """How a finding must be handled."""

    NORMAL = "normal"
    PERSONAL = "personal"
    SECRET = "secret"
    PRIVILEGED = "possibly privileged"
    RESTRICTED = "restricted media"


class Allocation(enum.StrEnum):
    """The state of the place of some bytes in its file system's own books."""

    ALLOCATED = "allocated"
    NAME_DELETED = "name deleted"
    UNALLOCATED = "unallocated"
    SLACK = "slack"
    GAP = "gap"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Link:
    """An assertion that this finding stands in a relation to something else, found or not.

    `target` is a normalised value (an address, a fingerprint), `target_kind` a finding kind or family.
    """

    rule: str
    target_kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector asserts about some bytes.

    `span` is in the addresses of the layer that `locator` names; `runs` are image offsets.
    `value` is the normalised identifying text (an address, a fingerprint, an onion name), a `Secret`,
    or `Absent`. A finding that cannot name its byte runs is not a finding.
    """

    kind: str
    detector: str
    locator: Locator
    span: ByteRun
    runs: tuple[ByteRun, ...]
    grade: Grade
    value: str | Secret | Absent
    checks: tuple[Check, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    caveats: tuple[str, ...] = ()
    sensitivity: Sensitivity = Sensitivity.NORMAL


class EntryKind(enum.StrEnum):
    """What a file-system object is."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    VIRTUAL = "virtual"
    OTHER = "other"


class Storage(enum.StrEnum):
    """How the bytes of a stream are stored, which decides how it must be read."""

    PLAIN = "plain"  # its runs, read in order, are its bytes
    RESIDENT = "resident"  # inside the metadata record
    COMPRESSED = "compressed"
    ENCRYPTED = "encrypted"
    NONE = "none"  # no content, or not addressable


@dataclass(frozen=True, slots=True)
class EntryTime:
    """A time of an entry: which field, the moment, its precision, its stored text and its zone.

    `when` is `None` where the stored value is zero or out of range; `as_stored` always says what was there.
    """

    field: str
    when: datetime | None
    precision: timedelta
    as_stored: str
    zone: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream of a file-system object, as the file system's own books describe it.

    `path` starts with `/` at the root of the volume and is text fit to show (bytes that are not valid
    Unicode appear as `\\xNN`); `raw_name` holds the stored bytes where they differ. `stream` is `None`
    for the default data. `runs` are image offsets in stream order; a sparse run has offset -1.
    The last run is cut to `size`, and `slack` is what follows in its last allocation unit.
    """

    volume: int
    address: int
    path: str
    stream: str | None
    kind: EntryKind
    allocated: bool
    size: int
    storage: Storage
    times: tuple[EntryTime, ...] = ()
    runs: tuple[ByteRun, ...] = ()
    slack: tuple[ByteRun, ...] = ()
    raw_name: bytes | None = None
    caveats: tuple[str, ...] = ()
