"""A volume whose content lies in several ranges of the image, joined end to end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from forensics.evidence.base import Image
from forensics.model import ByteRun
from forensics.volumes.volume import VolumeLayer


class JoinedImage(Image):
    """The joined ranges as an image of their own, addressed from the start of the first."""

    def __init__(self, image: Image, extents: Sequence[ByteRun]) -> None:
        """Join ranges of `image`, in order."""
        super().__init__(image.segments)
        self.whole = image
        self.format = image.format
        self.chunk_size = image.chunk_size
        self._extents = tuple(extents)
        self._starts: list[int] = []
        at = 0
        for each in self._extents:
            self._starts.append(at)
            at += each.length
        self._size = at

    @property
    def size(self) -> int:
        """Bytes of all ranges together."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset`; zeros where a range lies outside the image."""
        parts = []
        for run in self.places(offset, min(length, self._size - offset)):
            part = self.whole.read(run.offset, run.length)
            parts.append(part + bytes(run.length - len(part)))
        return b"".join(parts)

    def places(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The ranges of the image that hold these bytes, in order."""
        if offset < 0:
            return
        index = bisect_right(self._starts, offset) - 1
        while length > 0 and index < len(self._extents):
            run = self._extents[index]
            inside = offset - self._starts[index]
            take = min(run.length - inside, length)
            if take > 0:
                yield ByteRun(run.offset + inside, take)
                offset += take
                length -= take
            index += 1

    def placed(self, runs: Iterable[ByteRun]) -> tuple[ByteRun, ...]:
        """Runs in the addresses of the image; holes stay holes."""
        out: list[ByteRun] = []
        for run in runs:
            for each in (run,) if run.offset < 0 else self.places(run.offset, run.length):
                if out and each.offset >= 0 and out[-1].offset >= 0 and out[-1].end == each.offset:
                    out[-1] = ByteRun(out[-1].offset, out[-1].length + each.length)
                else:
                    out.append(each)
        return tuple(out)


def placed_in(layer: VolumeLayer, runs: Iterable[ByteRun]) -> tuple[ByteRun, ...]:
    """Ranges of a layer in the addresses of its image; over a `JoinedImage`, of the image that this joins."""
    found = [ByteRun(layer.offset + run.offset, run.length) for run in runs]
    return layer.image.placed(found) if isinstance(layer.image, JoinedImage) else tuple(found)


def content_of(
    image: Image, index: int, offset: int, length: int, extents: Sequence[ByteRun], steps: Sequence[str]
) -> VolumeLayer:
    """The layer on which the file system of a volume is opened; over a `JoinedImage` where it is in pieces."""
    if not extents:
        return VolumeLayer(image, index, offset, length, steps)
    if len(extents) == 1:
        return VolumeLayer(image, index, extents[0].offset, extents[0].length, steps)
    joined = JoinedImage(image, extents)
    return VolumeLayer(joined, index, 0, joined.size, steps)
