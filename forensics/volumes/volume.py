"""A volume: a window on the image, and a `Layer` of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forensics.evidence.base import Image
from forensics.model import ByteRun, Locator
from forensics.volumes.signatures import Content


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of an image.

    `index` counts from 1 in order of offset; `offset` and `length` are image bytes. `content` is what
    its first bytes look like, None where nothing is recognised. `allocated` is False for a range that
    a table lists without assigning it.
    """

    index: int
    offset: int
    length: int
    type: str
    allocated: bool = True
    content: Content | None = None
    caveats: tuple[str, ...] = ()
    extents: tuple[ByteRun, ...] = ()  # image ranges of its content in order, where it is not the volume itself
    covers: tuple[ByteRun, ...] = ()  # image ranges that it answers for, where it is not offset and length
    steps: tuple[str, ...] = ()  # locator steps from the volume to its content: `luks`, `lvm:vg/home`

    @property
    def end(self) -> int:
        """The first image offset behind the volume."""
        return self.offset + self.length

    def layout(self) -> dict[str, object]:
        """What is not said by offset and length, as plain data; empty for an ordinary volume."""
        out: dict[str, object] = {}
        for name, runs in (("covers", self.covers), ("extents", self.extents)):
            if runs:
                out[name] = [[run.offset, run.length] for run in runs]
        if self.steps:
            out["steps"] = list(self.steps)
        return out


class VolumeLayer:
    """The bytes of a volume of an image, addressed from the start of the volume."""

    def __init__(self, image: Image, index: int, offset: int, length: int, steps: Sequence[str] = ()) -> None:
        """Window `length` bytes of `image` from `offset`, cut at the end of the image."""
        self.image = image
        self.index = index
        self.offset = offset
        self._size = max(0, min(length, image.size - offset))
        self._locator = Locator(f"partition:{index}", image.locator)
        for step in steps:
            self._locator = Locator(step, self._locator)

    @property
    def locator(self) -> Locator:
        """`partition:N` within the image."""
        return self._locator

    @property
    def size(self) -> int:
        """Bytes of the volume that lie in the image."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from `offset` in the volume; shorter only at its end, zeros for bad ranges of the image."""
        length = min(length, self._size - offset)
        if offset < 0 or length <= 0:
            return b""
        return self.image.read(self.offset + offset, length)

    def runs(self, offset: int, length: int) -> Iterator[ByteRun]:
        """The image range of these bytes."""
        length = min(length, self._size - offset)
        if offset >= 0 and length > 0:
            yield ByteRun(self.offset + offset, length)
