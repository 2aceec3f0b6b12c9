"""PDF documents (ISO 32000-1 §7.5).

| place        | content                                                                              |
|--------------|--------------------------------------------------------------------------------------|
| beginning    | "%PDF-1." or "%PDF-2." and a digit                                                    |
| …            | objects: "12 0 obj" … "endobj"                                                        |
| n            | "xref" and a table, or "12 0 obj" with a stream of cross-references                   |
| end          | "startxref", n in digits, "%%EOF"                                                     |

A change is appended: objects, another n, another end. The document ends with the last end whose n leads to
a cross-reference and behind which no further object follows. Documents with bytes before "%PDF" that
count for n are found too, by what n leads to.

Not recorded: the length of the file. Objects between are not read; a document whose middle was overwritten
looks whole.
"""

from __future__ import annotations

import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.file._carve import LARGEST, PIECE, Carved, FileDetector, known
from forensics.model import Layer

_END = re.compile(rb"startxref[\r\n ]{1,4}(\d{1,10})[\r\n ]{1,4}%%EOF(?:\r\n|\r|\n)?")
_LONGEST_END = 64
_NEXT = re.compile(rb"%PDF-[12]\.[0-9]")
_TABLE = re.compile(rb"[\r\n ]{0,4}(?:xref[\r\n ]|\d{1,10} \d{1,5} obj)")
_GOES_ON = re.compile(rb"[\s\0]{0,512}(?:\d{1,10} \d{1,5} obj|xref[\r\n ])")

_BODY = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\n"
    b"endobj\n"
)
_PDF = _BODY + (
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R >>\n"
    b"startxref\n110\n%%EOF\n"
)
_ADDED = _PDF + b"3 0 obj\n<< /Note (added) >>\nendobj\n"
_CHANGED = _ADDED + (
    b"xref\n3 1\n%010d 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Prev 110 >>\nstartxref\n%d\n%%%%EOF\n"
    % (len(_PDF), len(_ADDED))
)


class Pdf(FileDetector):
    """Looks for the last end that leads back into the document."""

    kind = "file/pdf"
    title = "PDF document, carved"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"%PDF-[12]\.[0-9]", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("ISO 32000-1 section 7.5",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a document", _PDF, known(_PDF), "made by hand"),
        Specimen("changed once", _CHANGED, known(_CHANGED), "made by hand"),
        Specimen("the change is cut off", _CHANGED[:-40], known(_PDF), "made by hand"),
        Specimen("truncated", _PDF[:-12], None, "made by hand"),
        Specimen("an end that leads elsewhere", _PDF.replace(b"\n110\n", b"\n120\n"), None, "made by hand"),
        Specimen(
            "look-alike: a script", b'if head == b"%PDF-1.4": ok()\n# startxref\n#9\n#%%EOF\n', None, "made by hand"
        ),
    )

    def carve(self, layer: Layer, at: int) -> Carved | None:
        """As the table says."""
        limit, position, end, ends = min(layer.size, at + LARGEST), at + 8, 0, 0
        while position < limit:
            data = layer.read(position, PIECE + _LONGEST_END)
            following = _NEXT.search(data)
            if following:
                limit = min(limit, position + following.start())
            for match in _END.finditer(data):
                if position + match.end() > limit:
                    break
                table = int(match.group(1))
                if not table or at + table >= position + match.start():
                    continue
                if _TABLE.match(layer.read(at + table, 24)):
                    end, ends = position + match.end(), ends + 1
                    if not _GOES_ON.match(layer.read(end, 600)):
                        return Carved(end - at, 40, facts={"changes": ends - 1})
            position += PIECE
        # What was appended last is cut off: the document is whole as it was before.
        return Carved(end - at, 40, facts={"changes": ends - 1}) if end else None


DETECTOR: Detector = Pdf()
