"""Windows shortcuts (MS-SHLLINK).

| offset | length | content                                                                   |
|--------|--------|---------------------------------------------------------------------------|
| 0      | 20     | u32 76, class 00021401-0000-0000-C000-000000000046                         |
| 20     | 4      | flags: 1 list of items, 2 place, 4 … 40 name, path, folder, arguments, icon, 80 UTF-16 |
| 24     | 52     | attributes, three times (FILETIME) and the size of the target, icon, window, key, 10 bytes of zeros |
| 76     | …      | by flags: u16 length and items; u32 length and place; u16 characters and text, each |
|        | …      | blocks: u32 length, u32 signature A0000001 … A000000C                       |
|        | 4      | a length below 4: the end                                                  |

Not recorded: a checksum.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.model import Layer, Value

MAGIC = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
LARGEST_PART = 1 << 20
MOST_BLOCKS = 64
_NAMES = ("name", "relative path", "folder", "arguments", "icon")

_TEXT = "..\\deals.txt"
_LINK = (
    MAGIC
    + (0x89).to_bytes(4, "little")
    + bytes(52)
    + b"\x06\0\x04\0\x1f\x50\0\0"
    + len(_TEXT).to_bytes(2, "little")
    + _TEXT.encode("utf-16-le")
    + b"\x0c\0\0\0\x06\0\0\xa0hint"
    + bytes(4)
)


class Lnk(FileDetector):
    """Walks the parts that the flags name, then the blocks."""

    kind = "file/lnk"
    title = "Windows shortcut, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x4c\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("Microsoft, [MS-SHLLINK]: Shell Link (.LNK) Binary File Format",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a relative path", _LINK, known(_LINK), "made by hand"),
        Specimen(
            "an unknown block", _LINK.replace(b"\x06\0\0\xa0", b"\x06\0\0\xb0"), known(_LINK[:-16]), "made by hand"
        ),
        Specimen("truncated", _LINK[:60], None, "made by hand"),
        Specimen("items longer than their list", _LINK.replace(b"\x06\0\x04\0", b"\x06\0\x40\0"), None, "made by hand"),
        Specimen("look-alike: magic alone", MAGIC + b"\xff" * 80, None, "made by hand"),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        head = layer.read(at, 76)
        if len(head) < 76 or head[66:76] != bytes(10):
            return None
        flags, position, facts = int.from_bytes(head[20:24], "little"), at + 76, dict[str, Value]()
        if flags & 1:
            size = int.from_bytes(layer.read(position, 2), "little")
            if not _items(layer.read(position + 2, size), size):
                return None
            position += 2 + size
        if flags & 2:
            size = int.from_bytes(layer.read(position, 4), "little")
            if not 28 <= size <= LARGEST_PART:
                return None
            position += size
        width = 2 if flags & 0x80 else 1
        for bit, name in enumerate(_NAMES):
            if flags & 4 << bit:
                count = int.from_bytes(layer.read(position, 2), "little")
                text = layer.read(position + 2, count * width)
                facts[name] = text[: 1024 * width].decode("utf-16-le" if width == 2 else "cp1252", "replace")
                position += 2 + count * width
        if position > layer.size:
            return Carved(layer.size - at, 100, "the area ends", facts=facts)
        for _ in range(MOST_BLOCKS):
            block = layer.read(position, 8)
            size = int.from_bytes(block[:4], "little")
            if len(block) >= 4 and size < 4:
                return Carved(position + 4 - at, 100, facts=facts)
            if (
                len(block) < 8
                or size < 8
                or size > LARGEST_PART
                or block[5:] != b"\0\0\xa0"
                or not 0 < block[4] <= 0x0C
            ):
                break
            position += size
        return Carved(position - at, 100, "something else", facts=facts)


def _items(stored: bytes, size: int) -> bool:
    """Whether a list of items (u16 length each, up to one of 0) fills its place."""
    position = 0
    while position + 2 <= len(stored):
        length = int.from_bytes(stored[position : position + 2], "little")
        if length == 0:
            return position + 2 == size
        if length < 2:
            return False
        position += length
    return False


DETECTOR: Detector = Lnk()
