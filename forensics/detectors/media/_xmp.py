"""The few statements of an XMP packet that matter here (ISO 16684-1), found without an XML parser.

XMP is RDF in XML, but hostile XML; properties are written as attributes (`xmp:CreateDate="…"`) or as
elements (`<xmp:CreateDate>…</xmp:CreateDate>`), and both are found by a bounded expression.
"""

from __future__ import annotations

import re

MARKER = b"http://ns.adobe.com/xap/1.0/\0"
LONGEST = 65_536
NAMES = {
    "xmp:CreateDate": "xmp_created",
    "xap:CreateDate": "xmp_created",  # the prefix of XMP before 2005
    "xap:ModifyDate": "xmp_modified",
    "xap:CreatorTool": "xmp_creator_tool",
    "xapMM:DocumentID": "document_id",
    "exif:DateTimeOriginal": "xmp_taken",
    "xmp:ModifyDate": "xmp_modified",
    "xmp:MetadataDate": "xmp_metadata_changed",
    "photoshop:DateCreated": "xmp_date_created",
    "xmp:CreatorTool": "xmp_creator_tool",
    "xmpMM:DocumentID": "document_id",
    "xmpMM:OriginalDocumentID": "original_document_id",
    "exif:GPSLatitude": "xmp_latitude",
    "exif:GPSLongitude": "xmp_longitude",
    "aux:SerialNumber": "xmp_serial",
}
_PROPERTY = re.compile(
    rb"\b("
    + b"|".join(name.encode() for name in NAMES)
    + rb")(?:\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,200})[\"']|>([^<]{1,200})<)"
)


def statements(packet: bytes) -> dict[str, tuple[str, int, int]]:
    """Field name → text, offset and length in the packet; the first of each."""
    found: dict[str, tuple[str, int, int]] = {}
    for each in _PROPERTY.finditer(packet[:LONGEST]):
        group = 2 if each[2] is not None else 3
        name = NAMES[each[1].decode("ascii")]
        text = each[group].decode("utf-8", "replace")
        found.setdefault(name, (text, each.start(group), each.end(group) - each.start(group)))
    return found
