"""Streams within: the decodings of a finding's locator, done again in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forensics.errors import EvidenceError
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders import decoders
from forensics.sweep.decoding import DEEPEST, reopen


def open_stream(
    below: Layer, steps: Sequence[Sequence[Any]], span: Sequence[int], runs: Sequence[Sequence[int]]
) -> Layer:
    """The layer above `below` that `steps` ([kind, at, index], outermost first) lead to.

    `span` and `runs` are those of the finding: a stream that is too short for the span, or whose bytes
    there come from none of the runs, is another one.

    Raises:
        EvidenceError: there is no such decoder, or these bytes do not give that stream.
    """
    if not 0 < len(steps) <= DEEPEST:
        raise EvidenceError(str(below.locator), f"{len(steps)} decodings, at most {DEEPEST} are undone")
    known = {each.kind: each for each in decoders()}
    layer = below
    for kind, at, index in steps:
        decoder = known.get(kind)
        if decoder is None:
            raise EvidenceError(str(layer.locator), f"there is no decoder {kind}")
        try:
            layer = reopen(decoder, layer, at, index)
        except MemoryError:
            raise
        except Exception as error:
            raise EvidenceError(str(layer.locator), f"{kind} at {at:,}: {error}") from error
    offset, length = span
    if offset + length > layer.size:
        raise EvidenceError(str(layer.locator), f"the stream ends at {layer.size:,}, before {offset + length:,}")
    recorded = [ByteRun(*run) for run in runs]
    now = list(layer.runs(offset, max(1, length)))
    if recorded and not any(a.offset < b.end and b.offset < a.end for a in recorded for b in now):
        raise EvidenceError(str(layer.locator), "the stream comes from other bytes than those that were recorded")
    return layer


def key_of(exhibit: str, below: Layer, steps: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """What tells an opened stream from another one."""
    return (exhibit, str(below.locator), tuple(tuple(step) for step in steps))
