"""Character references in HTML and XML (HTML standard, section 13.5), line by line and tag by tag.

    | where | what |
    |-------|------|
    | part  | the text between <, > and line ends |
    | escape | & name ;, &# decimal ; or &#x hexadecimal ; |

Only numbers and the names `amp`, `quot`, `commat`, `period`, `colon` wake the decoder; it then decodes all names.
Decoded characters are written in UTF-8.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Trigger
from forensics.model import Layer
from forensics.sweep.decoders._escapes import escaped
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

_TRIGGERS = (re.compile(rb"&(?:#(?:x[0-9A-Fa-f]{2,6}|[0-9]{2,7})|amp|quot|commat|period|colon);"),)
_PART = re.compile(rb"[^<>\r\n]+")
_ESCAPE = re.compile(rb"&(?:#(?:[xX][0-9A-Fa-f]{1,6}|[0-9]{1,7})|[A-Za-z][A-Za-z0-9]{1,31});")


class Html:
    """Decodes the parts of one text."""

    kind: ClassVar[str] = "html"
    title: ClassVar[str] = "HTML character references"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = tuple(Trigger(each.pattern, wide=False) for each in _TRIGGERS)
    references: ClassVar[tuple[str, ...]] = ("HTML Living Standard, 13.5 Named character references",)
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen(
            "an address in numbers",
            b"<p>write to</p><p>&#110;ote&#64;x&#x2e;example</p>",
            (b"note@x.example",),
            "made by hand",
        ),
        EncodedSpecimen(
            "names",
            b'<a href="/?a=1&amp;b=&quot;2&quot;">\n&lt;&commat;&euro;&gt;',
            (b'a href="/?a=1&b="2""\n<@\xe2\x82\xac>',),
            "made by hand",
        ),
        EncodedSpecimen("the end is cut off", b"\nnote&#64;x&#x2", (b"note@x&#x2",), "made by hand, cut"),
        EncodedSpecimen("no such name", b"<p>R&D; A&#x; &ampere; &#; &#99</p>", None, "made by hand"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        return escaped(layer, at, limit, _TRIGGERS, b"&", _PART, _ESCAPE, _character)


def _character(match: re.Match[bytes]) -> bytes:
    return html.unescape(match[0].decode("ascii")).encode("utf-8", "replace")


DECODER: Decoder = Html()
