"""The seam to The Sleuth Kit's view of bytes: the only place that subclasses its image class."""

from __future__ import annotations

from collections.abc import Callable

import pytsk3

from forensics.volumes.readable import Readable

Patch = Callable[[int, bytes], bytes]


class LayerImage(pytsk3.Img_Info):  # type: ignore[misc]  # pytsk3 has no types
    """A layer as The Sleuth Kit reads it.

    The callback never raises: an error in it makes the library give up a whole file system over one
    sector. It returns exactly the bytes asked for, zeros where the layer has none. `patch(offset, data)`
    may alter what the library sees, never the evidence; it shields it from values that hang it.
    """

    def __init__(self, layer: Readable, patch: Patch | None = None) -> None:
        """Stand between the library and `layer`."""
        self._layer = layer
        self._patch = patch
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def close(self) -> None:
        """Nothing to close: the layer belongs to its maker."""

    def get_size(self) -> int:
        """Bytes of the layer."""
        return self._layer.size

    def read(self, offset: int, size: int) -> bytes:
        """The bytes; called by the library."""
        try:
            data = self._layer.read(offset, size)
            if self._patch is not None:
                data = self._patch(offset, data)
        except Exception:  # noqa: BLE001  # the library would drop the file system; the image keeps the bad range
            data = b""
        if len(data) < size:
            data += bytes(size - len(data))
        return data
