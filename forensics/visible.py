r"""Text from evidence made fit to show: what a reader could not see is written out.

Names and messages are written by others. A control, format, unassigned or separator character can hide
text, reverse it or start a new line; each is shown as `\u{…}` with its number.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def visible(text: str, keep: str = "") -> str:
    r"""`text` with every hidden character as `\u{…}`, but for those in `keep`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each if each in keep or unicodedata.category(each) not in _HIDDEN else f"\\u{{{ord(each):x}}}" for each in text
    )


def json_line(document: Any) -> str:
    r"""A document as JSON on one line, in which every hidden character is written as `\uXXXX`: it says the same."""
    text = json.dumps(document, ensure_ascii=False)
    if text.isascii() and text.isprintable():
        return text
    return "".join(json.dumps(each)[1:-1] if unicodedata.category(each) in _HIDDEN else each for each in text)
