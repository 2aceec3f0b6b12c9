"""The vectors of the published format document, checked by the program and by the single-file verifier."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from forensics.custody import disclosure, item, label, merkle, mj1, salts, schema
from forensics.custody.certificate import read
from forensics.custody.entry import EntryText
from forensics.custody.note import (
    Checkpoint,
    CosignatureSigner,
    Ed25519Signer,
    MLDSA44Signer,
    Note,
    NoteSigner,
    VerifierKey,
    cosigned_message,
)
from forensics.custody.roles import role_of
from resources import verify as plain

DOCUMENT = (Path(plain.__file__).parent / "docs" / "ledger-format.md").read_text("utf-8")
SCAN_SEED = bytes(range(0x80, 0xA0))


@pytest.fixture(scope="module")
def vectors() -> Any:
    found = re.search(r"```json\n(.*?)\n```", DOCUMENT, re.S)
    assert found
    return json.loads(found[1])


def seed(start: int) -> bytes:
    return bytes(range(start, start + 32))


def test_mj1(vectors: Any) -> None:
    for vector in vectors["mj1"]:
        data = bytes.fromhex(vector["hex"])
        assert mj1.dumps(json.loads(data)) == data
        assert mj1.loads(data) == json.loads(data)


def test_keys(vectors: Any) -> None:
    for name, start in (("examiner", 0), ("ledger", 0x20), ("session", 0x60)):
        key = VerifierKey.parse(vectors["vkeys"][name])
        made = Ed25519Signer(key.name, Ed25519PrivateKey.from_private_bytes(seed(start)))
        assert made.verifier == key
        assert plain.parse_key(str(key)).public == key.public
    key = VerifierKey.parse(vectors["vkeys"]["ledger_mldsa44"])
    assert MLDSA44Signer(key.name, MLDSA44PrivateKey.from_seed_bytes(seed(0x40))).verifier == key


def test_salts(vectors: Any) -> None:
    for vector in vectors["salts"]:
        own = salts.item_seed(SCAN_SEED, vector["index"])
        assert own.hex() == vector["item_seed"]
        assert [salts.salt_text(salts.salt(own, group)) for group in range(4)] == vector["salts"]


def test_entries(vectors: Any) -> None:
    keys = {VerifierKey.parse(text).name: VerifierKey.parse(text) for text in vectors["vkeys"].values()}
    tree = merkle.Tree()
    for number, vector in enumerate(vectors["entries"]):
        data = vector["note"].encode()
        note, text = Note.parse(data), EntryText.parse(Note.parse(data).text)
        assert (text.seq, text.prev) == (number, tree.root())
        key = keys[note.signatures[0].name]
        assert note.signed_by(key)
        assert plain.parse_note(data).signed_by(plain.parse_key(str(key)))
        line = vector["body"].encode()
        assert disclosure.commitment(line) == text.body
        assert disclosure.parse(line, "body").value == plain.parse_body(line)
        assert merkle.leaf_hash(data).hex() == vector["leaf"]
        tree.extend([merkle.leaf_hash(data)])
        assert tree.root().hex() == vector["root_after"]


def test_leaves(vectors: Any) -> None:
    for kind in ("item", "finding"):
        vector = vectors[kind]
        lines = [line.encode() for line in vector["lines"]]
        record = item.leaf_text(kind, vector["scan"], vector["index"], [hashlib.sha256(x).hexdigest() for x in lines])
        assert merkle.leaf_hash(record).hex() == vector["leaf"]
        values = [disclosure.parse(line, group).value for line, group in zip(lines, item.GROUPS[kind], strict=True)]
        again = item.prepare(kind, vector["scan"], SCAN_SEED, vector["index"], [values])
        assert again.leaves[0].hex() == vector["leaf"]
        assert again.lines[0].split(b"\n")[:4] == lines
    assert vectors["finding"]["record"].encode() == record
    body = disclosure.parse(vectors["entries"][4]["body"].encode(), "body").value
    assert isinstance(body, dict)
    assert base64.b64decode(body["root"]).hex() == vectors["item"]["root_of_3"]


def test_checkpoint_and_proofs(vectors: Any) -> None:
    data = vectors["checkpoint"]["note"].encode()
    note = Note.parse(data)
    head = Checkpoint.parse(note.text)
    for name in ("ledger", "ledger_mldsa44"):
        assert note.signed_by(VerifierKey.parse(vectors["vkeys"][name]))
        assert plain.parse_note(data).signed_by(plain.parse_key(vectors["vkeys"][name]))
    seconds = int.from_bytes(note.signatures[1].value[:8], "big")
    message = cosigned_message(head.origin, seconds, note.text).hex()
    assert message == vectors["checkpoint"]["cosigned_message"]
    roots = [bytes.fromhex(vector["root_after"]) for vector in vectors["entries"]]
    assert head.root == roots[4]
    inclusion, consistency = vectors["inclusion"], vectors["consistency"]
    leaf = bytes.fromhex(vectors["entries"][1]["leaf"])
    proof = [bytes.fromhex(node) for node in inclusion["proof"]]
    assert merkle.inclusion_root(leaf, 1, 5, proof) == head.root
    proof = [bytes.fromhex(node) for node in consistency["proof"]]
    assert merkle.consistent(3, roots[2], 5, roots[4], proof)


def test_the_text_agrees_with_the_program() -> None:
    """Tables that could go stale: who signs, the columns, the number in the SQLite header."""
    assert f"0x{schema.APPLICATION_ID:08X}" in DOCUMENT
    tables = re.findall(r"CREATE TABLE (\w+)\(\s*(.*?)\) STRICT", schema.TABLES, re.S)
    for name, columns in tables:
        row = re.search(rf"^\| `{name}` \| (.*) \|$", DOCUMENT, re.M)
        assert row, name
        for column in re.findall(r"(?:^|,)\s*(\w+) (?:INTEGER|TEXT|BLOB)", columns):
            assert f"`{column}`" in row[1], (name, column)
    for role in ("examiner", "ledger"):
        row = re.search(rf"^\| {role}[^|]*\| (.*) \|$", DOCUMENT, re.M)
        assert row
        for kind in re.findall(r"[a-z]+\.(?:[a-z]+|\*)", row[1]):
            assert role_of(kind.replace("*", "x")).value == role


def test_label_cosignature_and_punctured_seed(vectors: Any) -> None:
    text = Note.parse(vectors["checkpoint"]["note"].encode()).text
    assert label.fingerprint(text) == vectors["label"]["fingerprint"]
    told = vectors["cosignature"]
    signer = CosignatureSigner("lab.example/witness/one", Ed25519PrivateKey.from_private_bytes(seed(0xA0)))
    assert str(signer.verifier) == told["vkey"]
    assert str(signer.sign_at(text, told["time"])) == told["line"]
    ((_, _, value),) = plain.parse_note(b"x\n\n" + told["line"].encode()).signatures
    assert plain.Note(text, []).holds(plain.parse_key(told["vkey"]), value)
    stored = salts.Punctured.load(SCAN_SEED).without(vectors["punctured"]["without"]).dump()
    assert (len(stored), hashlib.sha256(stored).hexdigest()) == (
        vectors["punctured"]["size"],
        vectors["punctured"]["sha256"],
    )


def test_certificate(vectors: Any) -> None:
    told = vectors["certificate"]
    data, issuer = told["note"].encode(), [VerifierKey.parse(text) for text in told["issuer"]]
    name = issuer[0].name
    first = Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(seed(0xC0)))
    second = NoteSigner(name, MLDSA44PrivateKey.from_seed_bytes(seed(0xE0)))
    assert issuer == [first.verifier, second.verifier]
    certificate = read(data, issuer)
    assert str(certificate.vkey) == vectors["vkeys"]["examiner"]
    assert data.startswith(str(certificate).encode())
    assert Note.parse(data).signatures[0] == first.sign(str(certificate))
    own = plain.parse_certificate(data, [plain.parse_key(text) for text in told["issuer"]])
    assert own == (str(certificate.vkey), certificate.role, certificate.from_us, certificate.until_us)
