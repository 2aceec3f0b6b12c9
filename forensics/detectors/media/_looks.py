"""How alike two pictures look: 64 bits of a picture in small, and a thumbnail against the picture that it is of.

A picture is shrunk to 9 x 8 grey dots; each bit says whether a dot is brighter than its right neighbour (a
"difference hash"). Two that show the same differ in few bits, whatever their size and quality; unlike ones in some 32.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import PIL.Image

from forensics.detectors.file.jpeg import Jpeg
from forensics.model import Layer

UNLIKE = (
    18  # of 64, in the turn that is most alike: of 51 photographs none was above 11, of 2,652 other pairs 2 % below
)
LARGEST = 32 << 20
PIXELS = 50_000_000
FLAT = 6  # spread of brightness (standard deviation) below which a picture shows nothing to compare
_BAR = 12  # brightness up to which a row or column at the edge is a bar of a thumbnail
_SIDE = 64
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, Warning)

Bits = int


def jpeg_at(layer: Layer, at: int) -> np.ndarray | None:
    """The JPEG at an offset in small grey dots; None where it is damaged, too large or shows nothing."""
    carved = Jpeg().carve(layer, at)
    if carved is None or carved.broken or carved.length > LARGEST:
        return None
    return small(layer.read(at, carved.length))


def small(data: bytes) -> np.ndarray | None:
    """A JPEG's octets as at most 64 x 64 grey dots, its sides stretched to equal ones."""
    PIL.Image.MAX_IMAGE_PIXELS = PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = PIL.Image.open(io.BytesIO(data), formats=("JPEG",))
            if image.width * image.height > PIXELS or min(image.size) < 16:
                return None
            image.draft("L", (2 * _SIDE, 2 * _SIDE))
            dots = _without_bars(np.asarray(image.convert("L")))
            grey = PIL.Image.fromarray(dots).resize((_SIDE, _SIDE), PIL.Image.Resampling.BOX)
        except (*_UNREADABLE, PIL.Image.DecompressionBombError):
            return None
    found = np.asarray(grey)
    return found if found.std() >= FLAT else None


def look(dots: np.ndarray) -> Bits:
    """The 64 bits."""
    shrunk = np.asarray(PIL.Image.fromarray(dots).resize((9, 8), PIL.Image.Resampling.BOX)).astype(int)
    bits = (shrunk[:, 1:] > shrunk[:, :-1]).flatten()
    return int("".join("1" if each else "0" for each in bits), 2)


def distance(one: np.ndarray, other: np.ndarray) -> int:
    """Bits in which two pictures differ, the other in the turn (0, 90, 180, 270 degrees) that is most alike."""
    wanted = look(one)
    return min((wanted ^ look(np.ascontiguousarray(np.rot90(other, turn)))).bit_count() for turn in range(4))


def compared(layer: Layer, at: int, thumbnail: bytes | None) -> tuple[Bits, int | None] | None:
    """The look of the JPEG at an offset, None where it is unreadable; the bits in which a readable thumbnail differs."""
    one = jpeg_at(layer, at)
    if one is None:
        return None
    other = small(thumbnail) if thumbnail else None
    return look(one), None if other is None else distance(one, other)


def _without_bars(dots: np.ndarray) -> np.ndarray:
    """Without the black rows and columns that cameras put around a picture of another form."""
    rows, columns = (np.flatnonzero(dots.max(axis=axis) > _BAR) for axis in (1, 0))
    if not len(rows) or not len(columns) or len(rows) < 8 or len(columns) < 8:
        return dots
    return np.ascontiguousarray(dots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
