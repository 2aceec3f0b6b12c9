"""Digests of a layer, in one read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from forensics.model import Layer

ALGORITHMS = ("md5", "sha1", "sha256")
PIECE = 1 << 20


def digest(layer: Layer, algorithms: Sequence[str] = ("sha256",)) -> Mapping[str, str]:
    """Lower-case hexadecimal digests of all bytes of `layer`, by algorithm.

    Raises:
        UnreadableRun: some of its bytes cannot be had; a digest of the rest would mislead.
        ValueError: an algorithm that `hashlib` does not know.
    """
    hashes = {name: new(name) for name in algorithms}
    at = 0
    while at < layer.size:
        piece = layer.read(at, min(PIECE, layer.size - at))
        if not piece:
            break
        for each in hashes.values():
            each.update(piece)
        at += len(piece)
    return {name: each.hexdigest() for name, each in hashes.items()}


def new(name: str) -> hashlib._Hash:
    """An empty hash; MD5 and SHA-1 identify known files here and protect nothing."""
    return hashlib.new(name, usedforsecurity=False)
