"""The packed text in an EWF image: who acquired what, when, and with which tool."""

from __future__ import annotations

import re
import zlib

_MAX_TEXT = 4 << 20

# Column codes of the "main" category (libyal, Expert Witness Compression Format, §3.3).
_CODES = {
    "a": "description",
    "c": "case_number",
    "n": "evidence_number",
    "e": "examiner",
    "t": "notes",
    "md": "model",
    "sn": "serial_number",
    "l": "device_label",
    "av": "tool_version",
    "ov": "platform",
    "m": "acquired",
    "u": "system_date",
    "pid": "process_identifier",
    "ext": "extents",
}
_XML = {
    "case_number": "case_number",
    "description": "description",
    "examiner_name": "examiner",
    "evidence_number": "evidence_number",
    "notes": "notes",
    "acquiry_operating_system": "platform",
    "acquiry_date": "acquired",
    "acquiry_software_version": "tool_version",
    "system_date": "system_date",
}


def read_header(kind: str, packed: bytes) -> dict[str, str]:
    """The values of a `header`, `header2` or `xheader` section, as stored; empty where damaged.

    Dates stay what they were: `2026 11 24 4 5 0` in `header`, Unix seconds in `header2`.
    """
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(packed, _MAX_TEXT)
    except zlib.error:
        return {}
    if kind == "xheader":
        text = raw.decode("utf-8", "replace")
        return {
            name: value.strip()
            for tag, name in _XML.items()
            if (found := re.search(rf"<{tag}>([^<]{{0,4096}})</{tag}>", text)) and (value := found.group(1)).strip()
        }
    text = raw.decode("utf-16" if kind == "header2" else "latin-1", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        if line.strip() == "main" and number + 2 < len(lines):
            codes = lines[number + 1].split("\t")
            values = lines[number + 2].split("\t")
            return {
                _CODES[code]: value.strip()
                for code, value in zip(codes, values, strict=False)
                if code in _CODES and value.strip()
            }
    return {}
