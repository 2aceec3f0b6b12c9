r"""Objects of JSON that stand as text within other texts, so that their quotation marks have backslashes.

What browser extensions store is often JSON in a string of JSON. Values that are looked for here (base64, base58,
hexadecimal, numbers) have no backslash of their own, so that leaving all of them out gives the object.
"""

from __future__ import annotations

import json
import re

from forensics.detectors.wallet._objects import Json
from forensics.model import Layer

QUOTE = rb"\\{0,7}\""
_LONGEST = 64 << 10
_MARK = re.compile(rb"[{}]")


def escaped_object(layer: Layer, at: int, opens: re.Pattern[bytes]) -> tuple[dict[str, Json], int, int] | None:
    """The object around `at` that begins where `opens` last matches before it: its value, start and length.

    At most 64 KiB to either side. Braces within strings are not expected.
    """
    low = max(0, at - _LONGEST)
    before = layer.read(low, at - low)
    starts = [each.start() for each in opens.finditer(before)]
    if not starts:
        return None
    start = low + starts[-1]
    text = layer.read(start, 2 * _LONGEST)
    depth = 0
    for each in _MARK.finditer(text):
        depth += 1 if each[0] == b"{" else -1
        if not depth:
            return _parsed(text[: each.end()], start) if start + each.end() >= at else None
    return None


def _parsed(text: bytes, start: int) -> tuple[dict[str, Json], int, int] | None:
    value = unescaped(text)
    return (value, start, len(text)) if value is not None else None


def unescaped(text: bytes) -> dict[str, Json] | None:
    """The object that `text` is without its backslashes; None where it is none.

    An object that is the text of a member has quotation marks around it, which go too.
    """
    plain = text.replace(b"\\", b"")
    for each in (plain, plain.replace(b'"{', b"{").replace(b'}"', b"}")):
        try:
            value = json.loads(each)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else None
    return None
