"""Trees against Certificate Transparency's own vectors and RFC 6962's recursive definition."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.custody import merkle
from forensics.errors import FormatError

# merkle_tree_test.cc of the Certificate Transparency reference implementation.
CT_LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


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


def test_reference_roots() -> None:
    tree = merkle.Tree()
    for size, expected in enumerate(CT_ROOTS):
        assert tree.root().hex() == expected
        assert merkle.root_of([merkle.leaf_hash(data) for data in CT_LEAVES[:size]]).hex() == expected
        if size < 8:
            tree.extend([merkle.leaf_hash(CT_LEAVES[size])])


@pytest.mark.parametrize(("index", "size"), CT_PATHS)
def test_reference_paths(index: int, size: int) -> None:
    tree = merkle.Tree()
    tree.extend(merkle.leaf_hash(data) for data in CT_LEAVES[:size])
    tiles = tree.take_tiles()
    proof = merkle.inclusion_proof(index, size, lambda level, at: tiles.get((level, at), b""))
    assert [node.hex() for node in proof] == CT_PATHS[index, size]
    assert merkle.inclusion_root(merkle.leaf_hash(CT_LEAVES[index]), index, size, proof).hex() == CT_ROOTS[size]


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
