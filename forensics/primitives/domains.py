"""Top-level domains, by what they stand for.

Facts: the IANA root zone (through the ICANN section of the public suffix list of February 2023); RFC 2606,
RFC 6761, RFC 6762, RFC 7686, RFC 8375 and RFC 9476 for the reserved names.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files


@functools.cache
def top_level() -> Mapping[bytes, str]:
    """Each top-level domain in small letters and its section: countries, generic, reserved …"""
    text = (files("resources") / "words" / "tlds.txt").read_text("ascii")
    found: dict[bytes, str] = {}
    section = ""
    for line in text.splitlines():
        content = line.partition("#")[0].strip()
        if content.startswith("["):
            section = content.strip("[]")
        else:
            found |= dict.fromkeys(content.encode().split(), section)
    return found
