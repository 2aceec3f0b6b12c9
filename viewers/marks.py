"""Which bytes belong to which field, in one colour everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from viewers.base import ByteSource, Subject

SHARED = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of a source that carries a field, or that must not be shown."""

    name: str
    offset: int
    length: int
    token: str  # field | field2 | run
    masked: bool = False

    @property
    def end(self) -> int:
        """The first offset behind it."""
        return self.offset + self.length


def tokens_of(subject: Subject) -> dict[str, str]:
    """The colour of each field that has bytes of its own: two colours in turn, in order of offset.

    Bytes that many fields share, as a whole packet, say nothing about one of them and get no colour.
    """
    users: dict[tuple[int, int], int] = {}
    for row in subject.fields:
        if row.span is not None:
            users[row.span] = users.get(row.span, 0) + 1
    own = sorted(span for span, count in users.items() if count <= SHARED)
    colour = {span: ("field", "field2")[at % 2] for at, span in enumerate(own)}
    return {row.name: colour[row.span] for row in subject.fields if row.span in colour}


def marks_of(subject: Subject, source: ByteSource) -> list[Mark]:
    """All marks of a subject in a source, in order."""
    colours = tokens_of(subject)
    found = []
    for row in subject.fields:
        place = source.place(row.span)
        if place is not None and (row.name in colours or row.masked):
            found.append(Mark(row.name, place[0], place[1], colours.get(row.name, "field"), row.masked))
    hidden = {(mark.offset, mark.length) for mark in found if mark.masked}
    if subject.kind:
        for span in subject.masked_spans():
            place = source.place(span)
            if place is not None and place not in hidden:
                found.append(Mark("", place[0], place[1], "field", masked=True))
        if not found:
            place = source.place(subject.span)
            if place is not None:
                found.append(Mark("", place[0], place[1], "field", masked=subject.secret))
        if subject.secret and not source.mapped:
            found.append(Mark("", 0, source.size, "field", masked=True))
    return sorted(found, key=lambda mark: (mark.offset, -mark.length))
