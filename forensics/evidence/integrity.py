"""Does an image still hold what its container says that it held? One read answers, with every bad range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from queue import SimpleQueue
from threading import Semaphore, Thread

from forensics.digests.digest import ALGORITHMS, new
from forensics.evidence.base import Image
from forensics.evidence.ewf import EwfImage
from forensics.evidence.ewf2 import Ex01Image
from forensics.evidence.ewf_reference import cross_check
from forensics.model import ByteRun

_PIECE = 4 << 20
_AHEAD = 4  # pieces that may wait for a hash


class Verdict(StrEnum):
    """What comparing stored and computed digests says."""

    VERIFIED = "verified"  # every stored digest equals the computed one
    DIFFERS = "differs"  # readable throughout, and not what was acquired
    DAMAGED = "damaged"  # parts cannot be read, so the digests cannot be equal
    INCOMPLETE = "incomplete"  # parts are absent; the digests are of what is present
    NONE_STORED = "no digest stored"


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests of an image beside those that its container stores.

    `hashed` is how many bytes from the start were read: all of the image, or those present in an
    incomplete container. `bad_runs` is the complete list of ranges that were given as zeros.
    `disagreements` says what a second, independent reader of the container sees differently.
    """

    computed: Mapping[str, str]
    stored: Mapping[str, str]
    verdict: Verdict
    hashed: int
    bad_runs: tuple[ByteRun, ...]
    disagreements: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[str, ...]:
        """Algorithms whose stored digest is not the computed one."""
        return tuple(name for name, value in self.stored.items() if self.computed.get(name, value) != value)


def verify(
    image: Image,
    algorithms: Sequence[str] = ALGORITHMS,
    progress: Callable[[int, int], None] | None = None,
) -> Digests:
    """Read the image once, check every chunk, and compare its digests with the stored ones.

    Digests that the container stores are computed too, asked for or not. `progress(done, total)` is
    called after each piece of some megabytes. Hashing runs beside reading where threads are allowed.
    """
    names = [*dict.fromkeys([*algorithms, *(name for name in image.stored_digests if name in ALGORITHMS)])]
    total = image.present_size if isinstance(image, EwfImage) else image.size
    hashes = {name: new(name) for name in names}
    beside = [_Beside(each.update) for each in hashes.values()]
    at = 0
    try:
        while at < total:
            piece = image.read(at, min(_PIECE, total - at))
            if not piece:
                break
            for each in beside:
                each.feed(piece)
            at += len(piece)
            if progress is not None:
                progress(at, total)
    finally:
        for each in beside:
            each.finish()
    computed = {name: each.hexdigest() for name, each in hashes.items()}
    differences = cross_check(image) if isinstance(image, EwfImage | Ex01Image) else ()
    return Digests(
        computed,
        dict(image.stored_digests),
        _verdict(image, computed, at),
        at,
        image.bad_runs,
        differences,
    )


def _verdict(image: Image, computed: Mapping[str, str], hashed: int) -> Verdict:
    stored = image.stored_digests
    compared = [computed[name] == value for name, value in stored.items() if name in computed]
    if hashed < image.size:
        return Verdict.INCOMPLETE
    if compared and all(compared):
        return Verdict.VERIFIED
    if image.bad_runs:
        return Verdict.DAMAGED
    return Verdict.DIFFERS if compared else Verdict.NONE_STORED


class _Beside:
    """Feeds pieces to a hash in a thread of its own; in the caller's where none may start."""

    def __init__(self, update: Callable[[bytes], None]) -> None:
        self._update = update
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = Semaphore(_AHEAD)
        self._thread: Thread | None = Thread(target=self._run, daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # a confined worker may not start threads
            self._thread = None

    def feed(self, piece: bytes) -> None:
        """Hash a piece, now or soon."""
        if self._thread is None:
            self._update(piece)
        else:
            self._room.acquire()
            self._pieces.put(piece)

    def finish(self) -> None:
        """Wait until every piece is hashed."""
        if self._thread is not None:
            self._pieces.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._update(piece)
            self._room.release()
