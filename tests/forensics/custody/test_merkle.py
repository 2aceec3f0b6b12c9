"""Trees against RFC 6962's recursive definition; published vectors are in test_published_formats.py."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.custody import merkle
from forensics.errors import FormatError


def leaf(index: int) -> bytes:
    return hashlib.sha256(b"\0" + index.to_bytes(4, "big")).digest()


@cache
def mth(start: int, end: int) -> bytes:
    """MTH(D[start:end]) as RFC 6962 §2.1 writes it."""
    if end - start == 0:
        return hashlib.sha256().digest()
    if end - start == 1:
        return leaf(start)
    split = 1
    while split * 2 < end - start:
        split *= 2
    return hashlib.sha256(b"\1" + mth(start, start + split) + mth(start + split, end)).digest()


class Tiles:
    """Tiles of a tree grown in the given steps, read back as the ledger would."""

    def __init__(self, *sizes: int) -> None:
        self.tree = merkle.Tree()
        self.kept: dict[tuple[int, int], bytes] = {}
        for size in sizes:
            self.tree.extend(leaf(index) for index in range(self.tree.size, size))
            for place, data in self.tree.take_tiles().items():
                assert data.startswith(self.kept.get(place, b""))
                self.kept[place] = data

    def __call__(self, level: int, index: int) -> bytes:
        return self.kept.get((level, index), b"")


@pytest.mark.parametrize("size", [*range(71), 255, 256, 257, 511, 512, 513, 65535, 65536, 65537])
def test_grown_loaded_and_folded_agree(size: int) -> None:
    tiles = Tiles(size // 3, size)
    expected = mth(0, size)
    assert tiles.tree.root() == expected
    assert merkle.Tree.load(size, tiles).root() == expected
    assert merkle.range_root(0, size, tiles) == expected
    again = merkle.Tree.load(size, tiles)
    again.extend([leaf(size), leaf(size + 1)])
    assert again.root() == mth(0, size + 2)
    assert again.take_tiles() == {place: data for place, data in Tiles(size + 2).kept.items()
                                  if tiles.kept.get(place) != data}  # fmt: skip


def test_tile_layout() -> None:
    tiles = Tiles(100, 65536 + 300)
    assert tiles(0, 1) == b"".join(leaf(index) for index in range(256, 512))
    assert tiles(0, 257) == b"".join(leaf(index) for index in range(65792, 65836))
    assert tiles(1, 0)[32:64] == mth(256, 512)
    assert tiles(2, 0) == mth(0, 65536)
    assert set(tiles.kept) == {(0, i) for i in range(258)} | {(1, 0), (1, 1), (2, 0)}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 33, 256, 300])
def test_every_inclusion_proof(size: int) -> None:
    tiles = Tiles(size)
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, tiles)
        assert merkle.inclusion_root(leaf(index), index, size, proof) == mth(0, size)
        if proof:
            wrong = [*proof[:-1], bytes(32)]
            assert merkle.inclusion_root(leaf(index), index, size, wrong) != mth(0, size)
            with pytest.raises(FormatError):
                merkle.inclusion_root(leaf(index), index, size, proof[:-1])
        with pytest.raises(FormatError):
            merkle.inclusion_root(leaf(index), index, size, [*proof, bytes(32)])


def subproof(old: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF as RFC 6962 §2.1.2 writes it, over leaves [start, end)."""
    if old == end - start:
        return [] if whole else [mth(start, end)]
    split = 1
    while split * 2 < end - start:
        split *= 2
    if old <= split:
        return [*subproof(old, start, start + split, whole), mth(start + split, end)]
    return [*subproof(old - split, start + split, end, False), mth(start, start + split)]


def test_every_consistency_proof_to_40() -> None:
    for new in range(1, 41):
        tiles = Tiles(new)
        for old in range(1, new + 1):
            proof = merkle.consistency_proof(old, new, tiles)
            assert proof == subproof(old, 0, new, True)
            assert merkle.consistent(old, mth(0, old), new, mth(0, new), proof)
            assert not merkle.consistent(old, bytes(32), new, mth(0, new), proof)
            assert not merkle.consistent(old, mth(0, old), new, bytes(32), proof)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 70000), st.data())
def test_large_proofs(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    tiles = _grown(70000)
    proof = merkle.consistency_proof(old, new, tiles)
    assert merkle.consistent(old, mth(0, old), new, mth(0, new), proof)
    index = data.draw(st.integers(0, new - 1))
    path = merkle.inclusion_proof(index, new, tiles)
    assert merkle.inclusion_root(leaf(index), index, new, path) == mth(0, new)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        broken = [*proof[:at], bytes(32), *proof[at + 1 :]]
        assert not merkle.consistent(old, mth(0, old), new, mth(0, new), broken)


@cache
def _grown(size: int) -> Tiles:
    return Tiles(size)


def test_short_tile_is_refused() -> None:
    with pytest.raises(FormatError):
        merkle.Tree.load(300, lambda _level, _index: bytes(32))
