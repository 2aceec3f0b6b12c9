"""The text of a message as it is shown."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"<(?:(?:script|style)\b.{0,20000}?</(?:script|style)>|!--.{0,20000}?-->|[^<>]{0,2000}>)", re.I | re.S
)


def readable(marked: str) -> str:
    """HTML without its tags."""
    return re.sub(r"\s*\n\s*", "\n", html.unescape(_TAG.sub(" ", marked))).strip()
