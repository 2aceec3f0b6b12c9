"""The seeker of Base64 runs against the trigger that defines its places."""

from __future__ import annotations

import random
import re

from forensics.sweep.decoders.base64_text import _ALPHABET, DECODER, TRIGGER


def test_short_and_broken_runs_are_told_as_the_trigger_tells_them() -> None:
    draw, expression = random.Random(3), re.compile(TRIGGER, re.DOTALL)
    for _ in range(2000):
        data = bytearray(draw.choice(_ALPHABET) for _ in range(draw.randrange(30, 260)))
        for _ in range(draw.randrange(4)):
            data[draw.randrange(len(data))] = draw.choice(b"\0\n ")
        expected = [match.end() for match in expression.finditer(data)]
        assert DECODER.ends(bytes(data)) == expected, bytes(data)  # type: ignore[attr-defined]
