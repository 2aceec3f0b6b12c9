"""What a viewer is, what it is shown, and where it gets bytes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from forensics.model import Absent
from forensics.visible import visible
from resources.languages import tr
from viewers.look import Look

Done = Callable[[bytes | None, str], None]  # the bytes, or None and the reason in words
Picture = Callable[[int, int, bytes, str], None]  # width, height, RGBA (empty on failure), note
Told = Callable[[dict[str, Any] | None, str], None]  # an answer, or None and the reason in words
ABSENT = frozenset(item.value for item in Absent)
MASK = "••••"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A named value of a finding and the bytes it was read from."""

    name: str
    value: Any
    span: tuple[int, int] | None = None
    secret: bool = False

    @property
    def masked(self) -> bool:
        """Whether the value is a secret in its masked form."""
        return self.secret or is_masked(self.value)

    @property
    def absent(self) -> bool:
        """Whether there is a reason instead of a value."""
        if isinstance(self.value, dict):
            return set(self.value) == {"absent"}
        return isinstance(self.value, str) and self.value in ABSENT

    @property
    def text(self) -> str:
        """The value for one line."""
        return value_text(self.value)

    @property
    def title(self) -> str:
        """The name as people read it."""
        beside_name = self.name.startswith("fn_")  # the times that NTFS keeps beside a name
        words = (self.name[3:] if beside_name else self.name).replace("_", " ")
        said = tr(words[:1].upper() + words[1:])  # those of detectors stand in resources/languages/field_names.txt
        return tr("Name: {words}", words=said.lower()) if beside_name else said


def is_masked(value: Any) -> bool:
    """Whether a stored value is a masked secret."""
    if isinstance(value, str):
        return MASK in value
    if isinstance(value, dict):
        return "masked" in value or "secret" in value
    return False


def value_text(value: Any) -> str:
    """Any stored value as text, with nothing hidden in it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        for key in ("masked", "absent"):
            if key in value:
                return str(value[key])
        if "secret" in value:
            return MASK
        return ", ".join(f"{name}: {value_text(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_text(item) for item in value)
    return "" if value is None else visible(str(value), keep="\n\t")


@dataclass(frozen=True, slots=True)
class Signed:
    """What is known of a signature on or in a subject.

    `holds` is None where nothing compared it: `findings` are its keys then, and empty where none is in the case.
    Else they are the finding that holds the outcome or, of that one itself, what was signed and its keys.
    """

    holds: bool | None
    findings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A finding or an entry, as the viewers see it."""

    title: str
    exhibit: str
    kind: str = ""  # empty for an entry
    detector: str = ""
    finding: int | None = None
    entry: int | None = None
    path: str = ""
    allocation: str = ""
    locator: str = ""
    grade: int | None = None
    value: str = ""
    span: tuple[int, int] = (0, 0)
    runs: tuple[tuple[int, int], ...] = ()
    sha256: str = ""
    fields: tuple[FieldRow, ...] = ()
    checks: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    links: tuple[dict[str, Any], ...] = ()
    caveats: tuple[str, ...] = ()
    sensitivity: str = "normal"
    tags: tuple[str, ...] = ()
    size: int = 0  # of the entry
    storage: str = ""
    entry_runs: tuple[tuple[int, int], ...] = ()
    image_size: int = 0
    volume: int = 0
    volume_offset: int | None = None
    first_us: int | None = None
    signed: tuple[Signed, ...] = ()
    opened: bool = False  # its bytes are encrypted; a key opened them
    inside: str = ""  # where it lies within a decoded stream; empty where its bytes are not encoded

    def field(self, *names: str) -> Any:
        """The value of the first field that has one of these names, or `None`."""
        for name in names:
            for row in self.fields:
                if row.name == name:
                    return row.value
        return None

    @property
    def secret(self) -> bool:
        """Whether its own bytes must be masked."""
        return self.sensitivity == "secret"

    def masked_spans(self) -> list[tuple[int, int]]:
        """The spans that must not be shown: masked fields, or all of a secret without such fields."""
        spans = [row.span for row in self.fields if row.masked and row.span is not None]
        if self.secret and not spans:
            spans.append(self.span)
        return spans


@dataclass(slots=True)
class ByteSource:
    """Bytes of a subject, asked for and given later. Offsets are this source's own."""

    size: int = 0
    label: str = tr("entry offset")
    runs: tuple[tuple[int, int], ...] = ()  # on the image, in order; offset -1 is sparse
    volume_offset: int | None = None
    shift: int = 0  # taken from a field's offset …
    factor: int = 1  # … and then multiplied with this
    mapped: bool = True  # False: fields stand in decoded bytes that are not these
    note: str = ""
    ask: Callable[[int, int, Done], None] | None = None
    ask_picture: Callable[[int, int, bool, Picture], None] | None = None
    ask_table: Callable[[str | None, int, Told], None] | None = None
    ask_page: Callable[[Told], None] | None = None
    ask_archive: Callable[[Told], None] | None = None
    other: ByteSource | None = None  # of a decoded stream: the bytes on the image that it comes from
    trouble: str = ""  # why this is not the source that was wanted

    def request(self, offset: int, length: int, done: Done) -> None:
        """Ask for bytes; `done` is called in the window's thread."""
        if self.ask is None:
            done(None, tr("There is no way to read these bytes."))
        else:
            self.ask(offset, length, done)

    def picture(self, width: int, height: int, blur: bool, done: Picture) -> None:
        """Ask for the subject as pixels, decoded outside the window."""
        if self.ask_picture is None:
            done(0, 0, b"", tr("There is no picture reader."))
        else:
            self.ask_picture(width, height, blur, done)

    def table(self, name: str | None, first: int, done: Told) -> None:
        """Ask for the tables of the subject, a database, and for rows of one; read outside the window."""
        if self.ask_table is None:
            done(None, tr("There is no database reader for this selection."))
        else:
            self.ask_table(name, first, done)

    def page(self, done: Told) -> None:
        """Ask for the texts of the subject, a saved page; read outside the window."""
        if self.ask_page is None:
            done(None, tr("There is no page reader for this selection."))
        else:
            self.ask_page(done)

    def archive(self, done: Told) -> None:
        """Ask for the members of the subject, an archive; read outside the window."""
        if self.ask_archive is None:
            done(None, tr("There is no archive reader for this selection."))
        else:
            self.ask_archive(done)

    def place(self, span: tuple[int, int] | None) -> tuple[int, int] | None:
        """Where a field's span lies in this source."""
        if span is None or not self.mapped:
            return None
        offset = (span[0] - self.shift) * self.factor
        return (offset, span[1] * self.factor) if 0 <= offset < max(1, self.size) else None

    def image_offset(self, offset: int) -> int | None:
        """Where a byte lies on the image, `None` where it has no place of its own."""
        at = 0
        for start, length in self.runs:
            if offset < at + length:
                return None if start < 0 else start + offset - at
            at += length
        return None

    def run_of(self, offset: int) -> int | None:
        """The number of the run that holds a byte, from 0."""
        at = 0
        for number, (_, length) in enumerate(self.runs):
            if at <= offset < at + length:
                return number
            at += length
        return None


class Viewer(QWidget):
    """One way of looking at a subject. It never writes and never decodes evidence."""

    title: ClassVar[str] = ""
    span_wanted = Signal(int, int)  # an offset and a length of the source to be shown in bytes
    field_wanted = Signal(str)
    finding_wanted = Signal(str)  # a value to be looked up
    number_wanted = Signal(int)  # a finding by its number

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        look.changed.connect(self.update)

    @classmethod
    def priority(cls, subject: Subject) -> float:
        """Below 0: cannot. 0: shows anything. 1: made for it."""
        return 0.0

    def show_finding(self, subject: Subject, source: ByteSource) -> None:
        """Show a subject; bytes come from the source."""
        raise NotImplementedError


def best(viewers: list[type[Viewer]], subject: Subject) -> list[type[Viewer]]:
    """The viewers that can show a subject, the highest bid first, ties in their own order."""
    able = [viewer for viewer in viewers if viewer.priority(subject) >= 0]
    return sorted(able, key=lambda viewer: -viewer.priority(subject))
