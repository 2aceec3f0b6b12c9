"""Patches behind a wallet of Electrum 4.5 and later: a log of changes until the file is written anew.

    {…whole wallet…},
    {"op": "add" | "replace" | "remove", "path": "/labels/<address or txid>", "value": …},
    …

What a patch takes away or replaces among labels, contacts, invoices and requests is reported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from forensics.detectors.wallet._objects import Json, Object, mapping, string
from forensics.model import Layer, Value

MOST_PATCHES = 50_000
MOST_OVERWRITTEN = 1_000
LARGEST = 16 << 20
_WATCHED = ("labels", "contacts", "invoices", "payment_requests")


@dataclass(slots=True)
class Patches:
    """The patches of one file; they are applied to the object's own dictionaries. `end` is behind the last."""

    count: int = 0
    end: int = 0
    broken: bool = False
    overwritten: list[Value] = field(default_factory=list)


def read_patches(layer: Layer, found: Object) -> Patches:
    """Read and apply the patches that follow an object."""
    patches = Patches()
    rest = layer.read(found.end, 64)
    if not rest.lstrip().startswith(b","):
        return patches
    text = layer.read(found.end, LARGEST).decode("latin-1")
    decoder = json.JSONDecoder()
    at = 0
    while patches.count < MOST_PATCHES:
        start = at + len(text[at : at + 64]) - len(text[at : at + 64].lstrip(", \r\n\t"))
        if start == at or not text.startswith("{", start):
            break
        try:
            patch, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError, MemoryError):
            patches.broken = True
            break
        if not isinstance(patch, dict) or not isinstance(patch.get("path"), str):
            break
        patches.count += 1
        patches.end = found.end + at
        _apply(found.value, patch, patches)
    return patches


def _apply(wallet: dict[str, Json], patch: dict[str, Json], patches: Patches) -> None:
    path = string(patch["path"], 1_024)
    parts = [each.replace("~1", "/").replace("~0", "~") for each in path.split("/")[1:]]
    if not parts:
        return
    holder: Json = wallet
    for each in parts[:-1]:
        holder = mapping(holder).get(each)
    if not isinstance(holder, dict):
        return
    name, operation = parts[-1], patch.get("op")
    before = holder.get(name)
    if operation == "remove":
        holder.pop(name, None)
    elif operation in ("add", "replace"):
        holder[name] = patch.get("value")
    changed = before not in (None, "", {}, []) and before != holder.get(name)
    if changed and parts[0] in _WATCHED and len(patches.overwritten) < MOST_OVERWRITTEN:
        patches.overwritten.append({"path": path, "before": string(before) or json.dumps(before)[:1_024]})
