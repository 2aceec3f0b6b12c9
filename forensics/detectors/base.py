"""The contract of a detector: what wakes it, what it is given, what it may yield."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Locator,
    Outcome,
    Secret,
    Sensitivity,
)


@dataclass(frozen=True, slots=True)
class Trigger:
    r"""Where to wake a detector.

    `pattern` is a linear-time byte expression in the common subset of Hyperscan, RE2 and `re`
    (no back-references, no look-around, `\b` is the ASCII word boundary; write `(?i)` for any case).

    - `at` given: `pattern` is an expression of fixed width that stands `at` bytes behind the start of the
      artefact; `examine` is called with that start. It is looked for everywhere, so artefacts are carved,
      unless `anchored`, when only starts of entries count.
    - `at` is None: `examine` is called with the offset just behind the match (engines report ends).
      End the expression with `\b` or a fixed width, so that each place fires once.
    - `name`: a lower-case glob over the entry's path; `examine` is called with 0 on that entry.
    `wide` asks for the same text in UTF-16LE too, through a narrowed view.
    """

    pattern: bytes = b""
    at: int | None = None
    anchored: bool = False
    name: str = ""
    wide: bool = True


@dataclass(frozen=True, slots=True)
class Specimen:
    """A known answer: bytes, and the values that must be found in them; `expect=None` must find nothing.

    Each expected string is the `value` of a finding (for secrets the unmasked text, for `Absent` the
    word, as "none stored"), in any order. `companions` are the suffixes and bytes of files beside it.
    """

    name: str
    data: bytes
    expect: tuple[str, ...] | None
    origin: str
    companions: tuple[tuple[str, bytes], ...] = ()


class Detector(Protocol):
    """Validates one format. Pure: it sees bytes through a layer, and nothing else.

    A detector with an attribute `places`, names of locator steps such as `unallocated`, is woken there alone:
    it carves what elsewhere is an entry already.
    """

    kind: ClassVar[str]
    title: ClassVar[str]  # for people: "Electrum wallet"
    version: ClassVar[int]  # raised whenever output may change
    triggers: ClassVar[tuple[Trigger, ...]]
    references: ClassVar[tuple[str, ...]]  # specification, source of the facts
    specimens: ClassVar[tuple[Specimen, ...]]

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """Yield what is true of the bytes at `at`; yield nothing rather than guess.

        The bytes are hostile: every length, count and depth that they state is bounded here.
        A damaged but recognisable artefact is a finding with caveats. Offsets are the layer's own.
        """
        ...


def companion(layer: Layer, suffix: str) -> Layer | None:
    """The whole file beside `layer`'s whose name is its name and `suffix`: "-wal" or "-journal" of a database.

    None where there is none. Only a detector that was woken at 0 may ask: what starts elsewhere in a file is
    not what the other file belongs to. Both files are allocated entries of one volume; what is unpacked or carved
    has no companions. A finding about bytes of the companion is made with that layer (`finding(self, log, ...)`):
    its record then names the companion's entry, path and runs.
    """
    found: Layer | None = layer.companion(suffix) if isinstance(layer, Accompanied) else None
    return found


def log_beside(layer: Layer, at: int) -> Layer | None:
    """The write-ahead log of the database at `at`, or its rollback journal; None where there is neither."""
    return (companion(layer, "-wal") or companion(layer, "-journal")) if at == 0 else None


@runtime_checkable
class Accompanied(Protocol):
    """A layer that knows files beside its own; see `companion`."""

    def companion(self, suffix: str) -> Layer | None:
        """The file of its name and `suffix`, or None."""
        ...


def passed(name: str, bits: int) -> Check:
    """A check that held, with its strength in bits."""
    return Check(name, Outcome.PASS, bits)


def finding(
    detector: Detector,
    layer: Layer,
    offset: int,
    length: int,
    *,
    grade: Grade,
    value: str | Secret | Absent,
    checks: tuple[Check, ...],
    fields: Mapping[str, Field] | None = None,
    events: tuple[Event, ...] = (),
    links: tuple[Link, ...] = (),
    caveats: tuple[str, ...] = (),
    sensitivity: Sensitivity | None = None,
) -> Finding:
    """A finding about `length` bytes of `layer` from `offset`, with its image runs filled in.

    A `Secret` value makes the finding secret unless `sensitivity` says otherwise.
    """
    if sensitivity is None:
        sensitivity = Sensitivity.SECRET if isinstance(value, Secret) else Sensitivity.NORMAL
    return Finding(
        kind=detector.kind,
        detector=f"{detector.kind}@{detector.version}",
        locator=layer.locator,
        span=ByteRun(offset, length),
        runs=tuple(layer.runs(offset, length)),
        grade=grade,
        value=value,
        checks=checks,
        fields=fields or {},
        events=events,
        links=links,
        caveats=caveats,
        sensitivity=sensitivity,
    )


class BytesLayer:
    """Bytes in memory as a layer: for specimens, decoded streams and tests.

    `base` is the image offset of the first byte; with `base=None` the bytes have no place on an image.
    `companions` are files beside it by suffix.
    """

    def __init__(
        self,
        data: bytes,
        locator: Locator | None = None,
        base: int | None = 0,
        companions: Mapping[str, Layer] | None = None,
    ) -> None:
        """Hold `data`."""
        self._data = data
        self._companions = companions or {}
        self._locator = locator or Locator("bytes")
        self._base = base

    @property
    def locator(self) -> Locator:
        """Where these bytes stand."""
        return self._locator

    @property
    def size(self) -> int:
        """Their length."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`, shorter at the end."""
        if offset < 0 or length <= 0:
            return b""
        return self._data[offset : offset + length]

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """One run, at `base`."""
        if self._base is not None and length > 0:
            yield ByteRun(self._base + offset, length)

    def companion(self, suffix: str) -> Layer | None:
        """The file beside it."""
        return self._companions.get(suffix)
