"""Where the bytes of a subject come from: its entry, its runs, or the image around them."""

from __future__ import annotations

from app.reading import unpacked
from app.session import Session
from viewers.base import ByteSource, Done, Picture, Subject

BEFORE, BEHIND = 256, 1024
ADDRESSED = ("plain",)


def source_of(session: Session, subject: Subject) -> ByteSource:
    """The source of a subject for the viewers."""
    if subject.entry is not None and not unpacked(subject.locator):
        return _entry(session, subject)
    return _runs(session, subject)


def _picture(session: Session, source: ByteSource, subject: Subject) -> None:
    def ask(width: int, height: int, blur: bool, done: Picture) -> None:
        args: dict[str, object] = {"width": width, "height": height, "blur": blur}
        if subject.finding is not None:
            args["finding"] = subject.finding
        else:
            args["entry"] = subject.entry
        session.picture_of(args, done)

    source.ask_picture = ask


def _entry(session: Session, subject: Subject) -> ByteSource:
    number = subject.entry
    placed = subject.storage in ADDRESSED and bool(subject.entry_runs)

    def ask(offset: int, length: int, done: Done) -> None:
        session.bytes_of("entry", {"entry": number, "offset": offset, "length": length}, done)

    source = ByteSource(
        size=subject.size,
        label="image offset" if placed else "entry offset",
        runs=subject.entry_runs if placed else (),
        volume_offset=subject.volume_offset,
        ask=ask,
    )
    if not placed and subject.size:
        words = {"resident": "inside its metadata record", "compressed": "compressed", "encrypted": "encrypted"}
        source.note = f"Stored {words.get(subject.storage, subject.storage)}: these bytes have no run of their own"
    _picture(session, source, subject)
    return source


def _runs(session: Session, subject: Subject) -> ByteSource:
    runs = list(subject.runs)
    packed = bool(unpacked(subject.locator))
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
        label="image offset",
        runs=tuple(runs),
        volume_offset=subject.volume_offset,
        shift=shift,
        mapped=not packed,
        note="These bytes are packed; the fields stand in what they unpack to" if packed else "",
        ask=ask,
    )
    _picture(session, source, subject)
    return source
