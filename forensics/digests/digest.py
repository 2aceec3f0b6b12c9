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
    hashes = Digester(algorithms)
    at = 0
    while at < layer.size:
        piece = layer.read(at, min(PIECE, layer.size - at))
        if not piece:
            break
        hashes.update(piece)
        at += len(piece)
    return hashes.digests()


class Digester:
    """Several digests of one stream of bytes."""

    def __init__(self, algorithms: Sequence[str]) -> None:
        """Begin with no bytes."""
        self._states = {name: new(name) for name in algorithms}

    def update(self, data: bytes | memoryview) -> None:
        """Take more bytes."""
        for state in self._states.values():
            state.update(data)

    def digests(self) -> dict[str, str]:
        """Lower-case hexadecimal, by algorithm."""
        return {name: state.hexdigest() for name, state in self._states.items()}


def new(name: str) -> hashlib._Hash:
    """An empty hash; MD5 and SHA-1 identify known files here and protect nothing."""
    return hashlib.new(name, usedforsecurity=False)
