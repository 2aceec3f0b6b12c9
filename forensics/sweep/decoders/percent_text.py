"""Percent-encoded words (RFC 3986, section 2.1): addresses of pages, bodies of forms, cookies.

    | where | what |
    |-------|------|
    | word  | printable characters but space, quotes, < > \\ ^ ` { | } |
    | escape | %, two hexadecimal digits: one byte |

Words with fewer than four escapes are left to the sweep of the layer below. A plus sign may be a space or a
plus sign and is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import Layer
from forensics.sweep.decoders._escapes import escaped
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

LEAST = 4

_TRIGGERS = (re.compile(rb"%[0-9A-Fa-f]{2}[A-Za-z0-9._~+&=/:@!$*,;?-]{0,12}%[0-9A-Fa-f]{2}"),)
_WORD = re.compile(rb"[^\s\"'<>\\^`{|}]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")

_URI = b"bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?amount=0.5&label=half now"
_ENCODED = b"bitcoin%3A1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2%3Famount%3D0.5%26label%3Dhalf%20now"


class Percent:
    """Decodes the words of one text."""

    kind: ClassVar[str] = "percent"
    title: ClassVar[str] = "Percent-encoded text"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = tuple(Trigger(each.pattern, wide=False) for each in _TRIGGERS)
    references: ClassVar[tuple[str, ...]] = ("RFC 3986, section 2.1",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen(
            "a link", b"see https://x.example/?u=" + _ENCODED + b" .", (b"https://x.example/?u=" + _URI,), "urllib"
        ),
        EncodedSpecimen("two words", _ENCODED + b"\n" + _ENCODED, (_URI + b"\n" + _URI,), "urllib"),
        EncodedSpecimen("the end is cut off", b"\n" + _ENCODED[:-5], (_URI[:-4] + b"%",), "urllib, cut"),
        EncodedSpecimen("a format", b'printf("%02x%02x:%02x\\n", a, b, c);', None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        return escaped(
            layer, at, limit, _TRIGGERS, b"%", _WORD, _ESCAPE, lambda match: bytes.fromhex(match[1].decode()), LEAST
        )


DECODER: Decoder = Percent()
