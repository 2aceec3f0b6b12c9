"""The shapes of what a worker may say. Anything else is a lie, and the worker is killed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forensics.confinement.frames import FrameError
from forensics.confinement.sandbox import Report
from forensics.guard import Step


@dataclass(frozen=True, slots=True)
class Hello:
    """The worker is confined and ready."""

    report: Report


@dataclass(frozen=True, slots=True)
class Unprepared:
    """The worker cannot work at all."""

    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the answer to a job."""

    number: int
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the worker is about to do, in case that it never answers; no part of the answer."""

    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class End:
    """The answer to a job is complete. A worker that wants no `more` has been left unclean by it."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """The task raised an exception."""

    number: int
    type: str
    message: str
    more: bool


Answer = Hello | Unprepared | Part | Mark | End | Failure


def answer_of(message: Mapping[str, object]) -> Answer:
    """What a worker said.

    Raises:
        FrameError: it has none of the shapes.
    """
    match message:
        case {"id": int(number), "part": dict(content), **rest} if not rest:
            return Part(number, content)
        case {"id": int(number), "at": [str(name), str(parser), str(path), int() | None as offset], **rest} if not rest:
            told = Step(_printable(name, 4000), _printable(parser, 200), _printable(path, 4000), offset)
            return Mark(number, told)
        case {"id": int(number), "end": True, "more": bool(more), **rest} if not rest:
            return End(number, more)
        case {
            "id": int(number),
            "error": {"type": str(kind), "message": str(words)},
            "more": bool(more),
            **rest,
        } if not rest:
            return Failure(number, _printable(kind, 100), _printable(words, 2000), more)
        case {"hello": {"layers": list(layers), "missing": list(missing)}, **rest} if not rest:
            return Hello(Report(_words(layers), _words(missing)))
        case {"failed": str(reason), **rest} if not rest:
            return Unprepared(_printable(reason, 4000))
    raise FrameError("an answer of an unknown shape")


def _words(items: list[object]) -> tuple[str, ...]:
    if len(items) > 32 or not all(isinstance(item, str) for item in items):
        raise FrameError("a report of an unknown shape")
    return tuple(_printable(str(item), 200) for item in items)


def _printable(text: str, most: int) -> str:
    """Text from a worker, fit for one line of a log."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text[:most])
