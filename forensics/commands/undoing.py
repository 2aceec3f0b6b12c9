"""Shell lines that undo the encodings of a finding's locator with stock tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r" > (?P<kind>[a-z0-9-]+)(?:@(?P<at>\d+)(?:/(?P<index>\d+))?|(?P<odd>\+1))?\Z")

_AREAS = frozenset({"gap", "unallocated", "slack", "metadata", "unknown", "stored"})  # steps that decode nothing

# The keyword `stream` and the end of its line stand before the two bytes of zlib's header. RFC 1952: a
# member's header without name or time, so that gzip takes the bare deflate stream behind them.
_PDF = r"{ IFS= read -r keyword; printf '\037\213\010\000\000\000\000\000\000\003'; tail -c +3; } | gzip -dc"

# From the first byte of the structure, where the locator's offset points.
_AT_START = {
    "gzip": "gzip -dc",
    "bzip2": "bzip2 -dc",
    "xz": "xz -dc",
    "zstd": "zstd -dc",
    "lz4": "lz4 -dc",
    "zip": "funzip",
    "pdf-stream": _PDF,
}

# From the pieces of text that hold the finding, wherever they stand.
_OF_TEXT = {
    "base64": "sed 's/\\\\[nr]//g' | tr -cd 'A-Za-z0-9+/=' | base64 -d",
    "quoted-printable": "perl -MMIME::QuotedPrint -0777 -ne 'print decode_qp($_)'",
    "percent": "perl -0777 -pe 's/%([0-9A-Fa-f]{2})/chr hex $1/ge'",
    "utf-16be": "iconv -f UTF-16BE -t UTF-8",
    "utf-16le": "iconv -f UTF-16LE -t UTF-8",
}


def steps(locator: str) -> list[tuple[str, int]]:
    """The decodings at the end of a locator, outermost first, as (kind, offset)."""
    found: list[tuple[str, int]] = []
    while (match := _STEP.search(locator)) and match["kind"] not in _AREAS:
        if match["at"] is None and not match["kind"].startswith("utf-16"):
            break
        found.insert(0, (match["kind"], int(match["at"] or 0)))
        locator = locator[: match.start()]
    return found


def lines(finding: Mapping[str, Any]) -> list[str]:
    """Lines of a script that has the encoded bytes in `$out`; they leave the decoded ones in `$work/decoded`.

    Nothing is printed of what is decoded: it may be a secret.
    """
    taken = steps(str(finding["locator"]))
    if not taken:
        return []
    said = ", then ".join(kind for kind, _ in taken)
    head = ["", f"# What was found is encoded in these bytes: {said}."]
    commands: list[str] = []
    positional = False
    for number, (kind, at) in enumerate(taken):
        if kind in _OF_TEXT and number == len(taken) - 1 and (number == 0 or kind.startswith("utf-16")):
            positional = number == 0
            commands.append(_OF_TEXT[kind])
            continue
        if kind not in _AT_START:
            return [*head, f"# No stock tool undoes {kind} here; `impound cat` shows the decoded bytes."]
        if number:
            commands.append(f"tail -c +{at + 1}")
        commands.append(_AT_START[kind])
    commands[0] = f'cat "$out" | {commands[0]}'
    if not positional:
        cut = f"tail -c +{finding['span_offset'] + 1} | head -c {finding['span_length']}"
        place = len(commands) - 1 if taken[-1][0].startswith("utf-16") else len(commands)
        commands.insert(place, cut)
    return [
        *head,
        f'( {" | ".join(commands)} ) > "$work/decoded" 2>/dev/null || true',
        'echo "decoded  $work/decoded ($(wc -c < "$work/decoded") bytes)"',
    ]
