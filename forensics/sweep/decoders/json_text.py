r"""Escapes of JSON and JavaScript strings (RFC 8259, section 7), string by string.

    | where | what |
    |-------|------|
    | part  | the text between quotes that are not escaped, and line ends |
    | escape | \u and four hexadecimal digits (two of them beyond U+FFFF), \/ \" \\ \b \f \n \r \t |

Only \u and \/ wake the decoder; it then undoes all escapes. Decoded characters are written in UTF-8; half of
a pair becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import Layer
from forensics.sweep.decoders._escapes import escaped
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

_TRIGGERS = (
    re.compile(rb"\\u[0-9A-Fa-f]{4}"),
    re.compile(rb"[A-Za-z0-9:.\"]\\/[A-Za-z0-9\\]"),
)
_PART = re.compile(rb"(?:[^\"\\\r\n]|\\[^\r\n])+")
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9A-Fa-f]{4}|[\"\\/bfnrt])")
_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Json:
    """Decodes the strings of one text."""

    kind: ClassVar[str] = "json"
    title: ClassVar[str] = "JSON escapes"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = tuple(Trigger(each.pattern, wide=False) for each in _TRIGGERS)
    references: ClassVar[tuple[str, ...]] = ("RFC 8259, section 7",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen(
            "numbers", b'{"to": "note\\u0040x.example \\u20ac5"}', (b"note@x.example \xe2\x82\xac5",), "json.dumps"
        ),
        EncodedSpecimen("slashes", b'{"a":"http:\\/\\/x.example\\/a"}', (b"http://x.example/a",), "as PHP writes it"),
        EncodedSpecimen(
            "a string in a string",
            b'"{\\"n\\":\\"\\ud83d\\ude00\\"}"',
            ('{"n":"\U0001f600"}'.encode(),),
            "json.dumps, twice",
        ),
        EncodedSpecimen("the end is cut off", b'"note\\u0040x\\u00', (b"note@x\\u00",), "json.dumps, cut"),
        EncodedSpecimen("a path", b"C:\\users\\updates\\unix and s/\\/\\//x/", None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        return escaped(layer, at, limit, _TRIGGERS, b"\\", _PART, _ESCAPE, _character)


def _character(match: re.Match[bytes]) -> bytes:
    text = match[0][1:]
    if text[:1] != b"u":
        return _SHORT.get(text, text)
    units = b"".join(bytes.fromhex(each.decode()) for each in text[1:].split(b"\\u"))
    return units.decode("utf-16-be", "replace").encode()


DECODER: Decoder = Json()
