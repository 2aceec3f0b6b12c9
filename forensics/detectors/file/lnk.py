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

from forensics.detectors._shell_link import MAGIC, NAMES, PATTERN, read_link
from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import Carved, FileDetector, known
from forensics.model import Layer, Value

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
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(PATTERN, at=0, wide=False),)
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
        link = read_link(layer, at)
        if link is None:
            return None
        facts: dict[str, Value] = {name: link.texts[name].text for name in NAMES if name in link.texts}
        return Carved(link.length, 100, link.broken, facts=facts)


DETECTOR: Detector = Lnk()
