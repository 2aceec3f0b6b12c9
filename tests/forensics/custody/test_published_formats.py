"""Examples that the authors of the formats published, put to both verifiers."""

from __future__ import annotations

import base64

import pytest

from forensics.custody import merkle
from forensics.custody.note import Checkpoint, Note, VerifierKey
from forensics.custody.witness import Request, parse_line
from resources import verify as plain

# merkle_tree_test.cc of the Certificate Transparency reference implementation: leaves, roots of the first 0 to 8, and
# proofs (RFC 6962 sections 2.1.1 and 2.1.2) named by their nodes.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [bytes.fromhex(text) for text in (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
NODES = {key: bytes.fromhex(text) for key, text in {
    "leaf 0": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "leaf 1": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "leaf 4": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "0-1": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "2-3": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "4-5": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "6-7": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0-3": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4-7": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
}.items()}  # fmt: skip
INCLUSION = {
    (0, 1): [],
    (0, 8): ["leaf 1", "2-3", "4-7"],
    (5, 8): ["leaf 4", "6-7", "0-3"],
    (2, 3): ["0-1"],
    (1, 5): ["leaf 0", "2-3", "leaf 4"],
}
CONSISTENCY = {(1, 1): [], (1, 8): ["leaf 1", "2-3", "4-7"], (6, 8): ["4-5", "6-7", "0-3"], (2, 5): ["2-3", "leaf 4"]}

# The example in the documentation of the Go package golang.org/x/mod/sumdb/note, from which signed-note comes.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# The examples of c2sp.org/tlog-checkpoint, tlog-cosignature and tlog-witness; their keys were not published.
CHECKPOINT = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
COSIGNATURE = (
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
REQUEST = (
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n" + CHECKPOINT
)


def tiles(size: int) -> merkle.TileReader:
    tree = merkle.Tree()
    tree.extend(merkle.leaf_hash(data) for data in LEAVES[:size])
    kept = tree.take_tiles()
    return lambda level, at: kept.get((level, at), b"")


@pytest.mark.parametrize("size", range(9))
def test_roots(size: int) -> None:
    mine, other = merkle.Tree(), plain.Tree()
    mine.extend(merkle.leaf_hash(data) for data in LEAVES[:size])
    for data in LEAVES[:size]:
        other.add(plain.leaf_hash(data))
    assert mine.root() == other.root() == plain.join(list(map(plain.leaf_hash, LEAVES[:size]))) == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion(index: int, size: int) -> None:
    proof, leaf = [NODES[key] for key in INCLUSION[index, size]], plain.leaf_hash(LEAVES[index])
    assert merkle.inclusion_proof(index, size, tiles(size)) == proof
    assert merkle.inclusion_root(leaf, index, size, proof) == plain.proves(leaf, index, size, proof) == ROOTS[size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency(old: int, new: int) -> None:
    proof = [NODES[key] for key in CONSISTENCY[old, new]]
    assert merkle.consistency_proof(old, new, tiles(new)) == proof
    for check in (merkle.consistent, plain.continues):
        assert check(old, ROOTS[old], new, ROOTS[new], proof)
        assert not check(old, ROOTS[old + 1], new, ROOTS[new], proof)
        assert not check(old, ROOTS[old], new, ROOTS[new], [*proof, ROOTS[0]])


def test_a_signed_note() -> None:
    assert Note.parse(GO_NOTE.encode()).signed_by(VerifierKey.parse(GO_VKEY))
    assert plain.parse_note(GO_NOTE.encode()).signed_by(plain.parse_key(GO_VKEY))
    changed = GO_NOTE.replace("answer", "Answer").encode()
    assert not Note.parse(changed).signed_by(VerifierKey.parse(GO_VKEY))
    assert not plain.parse_note(changed).signed_by(plain.parse_key(GO_VKEY))


def test_a_checkpoint() -> None:
    root = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    note = Note.parse(CHECKPOINT.encode())
    assert Checkpoint.parse(note.text) == Checkpoint("example.com/behind-the-sofa", 20852163, root)
    other = plain.parse_note(CHECKPOINT.encode())
    assert plain.parse_checkpoint(other.text) == ("example.com/behind-the-sofa", 20852163, root)
    assert [(line.name, line.id.hex(), len(line.value)) for line in note.signatures] == [
        ("example.com/behind-the-sofa", "033de0ae", 64)
    ]
    assert other.signatures == [(line.name, line.id, line.value) for line in note.signatures]
    assert bytes(note) == CHECKPOINT.encode()


def test_a_cosignature() -> None:
    """The first eight bytes are the time that the specification tells of: 1679315147."""
    line = parse_line(COSIGNATURE)
    assert (line.name, int.from_bytes(line.value[:8], "big"), len(line.value)) == (
        "witness.example.com/w1",
        1679315147,
        72,
    )
    assert plain.parse_note((CHECKPOINT + COSIGNATURE).encode()).signatures[1] == (line.name, line.id, line.value)


def test_a_witness_is_asked() -> None:
    request = Request.parse(REQUEST.encode())
    assert (request.old, len(request.proof), request.checkpoint) == (20852014, 4, CHECKPOINT.encode())
    assert bytes(request) == REQUEST.encode()
