"""Disclosure lines: a value that can be shown later, or withheld without breaking any proof.

``["<salt>","<label>",<MJ1 value>]`` without a newline; its commitment is SHA-256 of these bytes. The same
idea as RFC 9901 (SD-JWT), without base64 around it, so that ``printf %s "$line" | sha256sum`` checks it.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass

from forensics.custody import mj1
from forensics.custody.salts import SALT_SIZE, salt_text
from forensics.errors import FormatError

_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A disclosure line taken apart."""

    salt: str
    label: str
    value: object


def line(salt: str, label: str, value: object) -> bytes:
    """The line for ``value``; :class:`FormatError` if it is outside MJ1."""
    return mj1.dumps([salt, label, value])


def fresh_line(label: str, value: object) -> bytes:
    """The line for ``value`` under a new random salt."""
    return line(salt_text(os.urandom(SALT_SIZE)), label, value)


def commitment(line_bytes: bytes) -> str:
    """SHA-256 of the line, lower-case hexadecimal."""
    return hashlib.sha256(line_bytes).hexdigest()


def parse(line_bytes: bytes, label: str) -> Disclosure:
    """Take a line apart and check that it carries ``label``; :class:`FormatError` otherwise."""
    parts = mj1.loads(line_bytes)
    if not isinstance(parts, list) or len(parts) != 3:
        raise FormatError("a disclosure line holds salt, label and value")
    salt, found, value = parts
    if not isinstance(salt, str) or not _SALT.fullmatch(salt):
        raise FormatError("a salt is 22 characters of base64url")
    if found != label:
        raise FormatError(f"the line is labelled {found!r}, not {label!r}")
    return Disclosure(salt, label, value)
