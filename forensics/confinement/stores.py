"""Stores that a key opens, searched in a worker as the sweep searches a file: every detector, every decoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forensics.detectors.chat._opening import within
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders.base import Decoded
from forensics.sweep.decoding import DecodedLayer
from forensics.sweep.unit import Context, OpenEntry, Record, read_logically


def search(context: Context, spec: Mapping[str, Any], open_entry: OpenEntry) -> Iterator[Record]:
    """Open the store that is the entry `owner`, with the log beside it, and search what is in it.

    Of `keys` each is tried; `names` says where each is from. Yields what opened it, then the parts of
    `read_logically`. Locators end in a step `opened:` with the path; no decoder undoes that step.

    Raises:
        WrongSecretError: no key fits.
        FormatError: the store is damaged.
    """
    owner, log = spec["owner"], spec.get("log")
    below = {"": open_entry(owner), **({"-wal": open_entry(log)} if log else {})}
    found = within(spec["kind"], owner["path"], below[""], below.get("-wal"), spec["keys"])
    yield {"check": found.check, "key": found.key, "caveats": list(found.caveats), "size": len(found.plain)}
    step = f"opened:{owner['path']}"
    planned = {**owner, "steps": [*owner["steps"], step], "mode": "whole", "at_zero": ()}
    plain: dict[str, Layer] = {owner["path"]: _layer(below[""], step, found.plain, kept=found.kept)}
    if log and found.log:
        planned["companions"] = {"-wal": {**log, "steps": [*log["steps"], step]}}
        plain[log["path"]] = _layer(below["-wal"], step, found.log, kept=True)
    caveat = f"These bytes are encrypted on the medium; they were opened with {spec['names'][found.key]}."
    for part in read_logically(context, {"entries": [planned]}, lambda each: plain[each["path"]]):
        for record in part.get("findings", ()):
            record["caveats"].insert(0, caveat)
        if "digests" not in part:
            yield part


def _layer(below: Layer, step: str, data: bytes, *, kept: bool) -> Layer:
    size = min(below.size, len(data)) if kept else below.size
    return DecodedLayer(below, step, Decoded(data, ByteRun(0, size), places=((0, 0, size),) if kept else ()))
