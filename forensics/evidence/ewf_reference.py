"""libewf as a second, independent reader of E01 and Ex01 images: two readers that agree are better than one.

libewf is slower and says nothing of damage, so it only checks: the size, the stored digests, and some
chunks. It reads through descriptors that are open already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyewf

from forensics.errors import EvidenceError
from forensics.evidence.ewf import EwfImage, LogicalImage
from forensics.evidence.ewf2 import Ex01Image
from forensics.evidence.handles import SegmentFile
from forensics.evidence.stream import SegmentStream
from forensics.model import ByteRun

_SAMPLES = 32
_REFUSALS = (OSError, ValueError, RuntimeError, MemoryError, TypeError)  # what the binding raises
_DIGESTS = {"MD5": "md5", "SHA1": "sha1"}


class EwfReference:
    """An E01 image through libewf."""

    def __init__(self, segments: Sequence[SegmentFile]) -> None:
        """Open it.

        Raises:
            EvidenceError: libewf refuses it.
        """
        self._name = segments[0].name
        self._handle: Any = pyewf.handle()
        try:
            self._handle.open_file_objects([SegmentStream(segment) for segment in segments], "r")
            self.size = int(self._handle.get_media_size())
            values = dict(self._handle.get_hash_values())
        except _REFUSALS as error:
            raise EvidenceError(self._name, f"libewf cannot open it: {_words(error)}") from error
        self.stored_digests = {_DIGESTS[key]: value.lower() for key, value in values.items() if key in _DIGESTS}

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; zeros where libewf finds damage.

        Raises:
            EvidenceError: libewf answers with an error.
        """
        try:
            data: bytes = self._handle.read_buffer_at_offset(length, offset)
        except _REFUSALS as error:
            raise EvidenceError(self._name, f"libewf cannot read: {_words(error)}", offset) from error
        return data


def cross_check(image: EwfImage | Ex01Image, samples: int = _SAMPLES) -> tuple[str, ...]:
    """What libewf sees differently, in words; nothing means that both readers agree.

    Compares the size, the stored digests, and `samples` chunks: the first, the last, and others at equal
    distances, so that two checks of one image read the same. Chunks that this program calls damaged or
    absent are left out, since libewf gives zeros for them and does not say so.
    """
    try:
        reference = EwfReference(image.segments)
    except EvidenceError as error:
        return (str(error),)
    out: list[str] = []
    # Of logical evidence libewf takes the size from its tree, which does not count what fills the last sector.
    if reference.size != image.size and not isinstance(image, LogicalImage):
        out.append(f"the size is {image.size:,} bytes to this program and {reference.size:,} to libewf")
    for name in sorted({*reference.stored_digests, *image.stored_digests}):
        ours, theirs = image.stored_digests.get(name), reference.stored_digests.get(name)
        if ours != theirs:
            out.append(f"the stored {name} is {ours or 'absent'} to this program and {theirs or 'absent'} to libewf")
    chunks = min(image.chunk_count, -(-reference.size // image.chunk_size))
    last = max(chunks - 1, 0)
    chosen = sorted({last * index // max(samples - 1, 1) for index in range(samples)}) if chunks else []
    for number in chosen:
        start = number * image.chunk_size
        run = ByteRun(start, min(image.chunk_size, min(image.size, reference.size) - start))
        ours_bytes = image.read(run.offset, run.length)
        if any(bad.offset < run.end and run.offset < bad.end for bad in image.bad_runs):
            continue
        try:
            same = reference.read(run.offset, run.length) == ours_bytes
        except EvidenceError as error:
            out.append(str(error))
            continue
        if not same:
            out.append(f"the bytes from offset {run.offset:,} differ between this program and libewf")
    return tuple(out)


def _words(error: BaseException) -> str:
    """The part of libewf's message that is for people."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
