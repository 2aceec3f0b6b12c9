"""Where the bytes of a subject come from: its entry, its runs, the image around them, or a stream within."""

from __future__ import annotations

from collections.abc import Callable

from app.session import Session
from resources.languages import tr
from viewers.base import ByteSource, Done, Picture, Subject, Told

BEFORE, BEHIND = 256, 1024
ADDRESSED = ("plain",)


def source_of(session: Session, subject: Subject) -> ByteSource:
    """The source of a subject for the viewers; of one in a decoded stream, its encoded bytes."""
    if subject.entry is not None and not subject.inside:
        return _entry(session, subject)
    return _runs(session, subject)


def prepare(session: Session, subject: Subject, take: Callable[[ByteSource], None]) -> None:
    """Give `take` the source of a subject: at once, or when the size of its decoded stream is known.

    Where the stream cannot be opened again it is the encoded bytes, and the source says why.
    """
    if not subject.inside:
        take(source_of(session, subject))
        return

    def reply(ok: bool, result: object) -> None:
        if ok and isinstance(result, dict) and isinstance(result.get("size"), int):
            take(_stream(session, subject, result["size"]))
            return
        source = _runs(session, subject)
        source.trouble = tr("The decoded stream could not be opened: {result}", result=result)
        take(source)

    session.call("stream", {"finding": subject.finding, "offset": 0, "length": 0}, reply)


def _stream(session: Session, subject: Subject, size: int) -> ByteSource:
    """The decoded stream."""

    def ask(offset: int, length: int, done: Done) -> None:
        session.bytes_of("stream", {"finding": subject.finding, "offset": offset, "length": length}, done)

    source = ByteSource(
        size=size,
        label=tr("stream offset"),
        note=tr("Decoded: these bytes have no place of their own on the image"),
        ask=ask,
        other=_runs(session, subject),
    )
    _picture(session, source, subject)
    return source


def _picture(session: Session, source: ByteSource, subject: Subject) -> None:
    def ask(width: int, height: int, blur: bool, done: Picture) -> None:
        args: dict[str, object] = {"width": width, "height": height, "blur": blur}
        if subject.finding is not None:
            args["finding"] = subject.finding
        else:
            args["entry"] = subject.entry
        session.picture_of(args, done)

    source.ask_picture = ask
    if subject.entry is not None and not subject.inside:
        source.ask_table = lambda table, first, done: _told(
            session, "database", {"entry": subject.entry, "table": table, "first": first}, done
        )
    if subject.finding is not None or subject.entry is not None:
        named: dict[str, object] = (
            {"finding": subject.finding} if subject.finding is not None else {"entry": subject.entry}
        )
        source.ask_page = lambda done: _told(session, "page", named, done)
        source.ask_archive = lambda done: _told(session, "archive", named, done)


def _told(session: Session, verb: str, args: dict[str, object], done: Told) -> None:
    def reply(ok: bool, result: object) -> None:
        if ok and isinstance(result, dict):
            done(result, "")
        else:
            done(None, str(result))

    session.call(verb, args, reply)


def _entry(session: Session, subject: Subject) -> ByteSource:
    number = subject.entry
    placed = subject.storage in ADDRESSED and bool(subject.entry_runs)

    def ask(offset: int, length: int, done: Done) -> None:
        session.bytes_of("entry", {"entry": number, "offset": offset, "length": length}, done)

    source = ByteSource(
        size=subject.size,
        label=tr("image offset") if placed else tr("entry offset"),
        runs=subject.entry_runs if placed else (),
        volume_offset=subject.volume_offset,
        ask=ask,
    )
    if not placed and subject.size:
        words = {
            "resident": tr("inside its metadata record"),
            "compressed": tr("compressed"),
            "encrypted": tr("encrypted"),
        }
        source.note = tr(
            "Stored {storage}: these bytes have no run of their own",
            storage=words.get(subject.storage, subject.storage),
        )
    _picture(session, source, subject)
    return source


def _runs(session: Session, subject: Subject) -> ByteSource:
    runs = list(subject.runs)
    packed = bool(subject.inside)
    shift = subject.span[0]
    if len(runs) == 1 and subject.kind and not packed:
        start, length = runs[0]
        low = max(0, start - BEFORE) // 16 * 16
        high = start + length + BEHIND
        if subject.image_size:
            high = min(high, subject.image_size)
        runs = [(low, high - low)]
        shift -= start - low
    size = sum(length for _, length in runs)

    def ask(offset: int, length: int, done: Done) -> None:
        args = {"exhibit": subject.exhibit, "runs": [list(run) for run in runs], "offset": offset, "length": length}
        session.bytes_of("bytes", args, done)

    source = ByteSource(
        size=size,
        label=tr("image offset"),
        runs=tuple(runs),
        volume_offset=subject.volume_offset,
        shift=shift,
        mapped=not packed,
        note=tr("Encoded as on the image; the fields stand in what this decodes to") if packed else "",
        ask=ask,
    )
    _picture(session, source, subject)
    return source
