"""Names as file systems store them: bytes that need not be text."""

from __future__ import annotations


def shown(raw: bytes) -> tuple[str, bytes | None]:
    """The text of a stored name, and the bytes again where they are not valid UTF-8.

    Invalid bytes appear as `\\xNN`. Control characters stay: showing them safely is the viewer's part.
    """
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace"), raw
