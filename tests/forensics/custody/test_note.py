"""Signed notes: round trips, and what must not pass; published examples are in test_published_formats.py."""

from __future__ import annotations

import base64
import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.custody.note import (
    Checkpoint,
    Ed25519Signer,
    MLDSA44Signer,
    Note,
    VerifierKey,
    cosigned_message,
)
from forensics.errors import FormatError

# The example in the documentation of the Go package golang.org/x/mod/sumdb/note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

SIGNER = Ed25519Signer("lab.example/x", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
PQ_SIGNER = MLDSA44Signer("lab.example/x", MLDSA44PrivateKey.from_seed_bytes(bytes(range(32))))
HEAD = str(Checkpoint("lab.example/log", 7, hashlib.sha256(b"root").digest()))


def test_key_id_is_the_hash_c2sp_gives() -> None:
    key = PQ_SIGNER.verifier
    assert key.id == hashlib.sha256(b"lab.example/x\n\x06" + key.public).digest()[:4]
    assert VerifierKey.parse(str(key)) == key


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30))
def test_any_text_signs_and_reads_back(words: str) -> None:
    text = f"{words}\n\nlast\n"
    note = Note.parse(bytes(Note(text, (SIGNER.sign(text),))))
    assert note.text == text
    assert note.signed_by(SIGNER.verifier)


@settings(max_examples=60)
@given(st.data())
def test_no_changed_byte_passes(data: st.DataObject) -> None:
    whole = bytearray(bytes(Note(HEAD, (SIGNER.sign(HEAD), PQ_SIGNER.sign_at(HEAD, 1_700_000_000)))))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        note = Note.parse(bytes(whole))
        signed = note.signed_by(SIGNER.verifier) and note.signed_by(PQ_SIGNER.verifier)
    except FormatError:
        return
    assert not signed


def test_one_bad_line_of_a_known_key_spoils_the_note() -> None:
    good = SIGNER.sign(HEAD)
    bad = type(good)(good.name, good.id, bytes(64))
    assert not Note(HEAD, (good, bad)).signed_by(SIGNER.verifier)


def test_cosigned_message_layout() -> None:
    root = hashlib.sha256(b"root").digest()
    named = struct.pack(">12sB13sQB15s", b"subtree/v1\n\0", 13, b"lab.example/x", 99, 15, b"lab.example/log")
    expected = named + struct.pack(">QQ32s", 0, 7, root)
    assert cosigned_message("lab.example/x", 99, HEAD) == expected
    line = PQ_SIGNER.sign_at(HEAD, 99)
    assert struct.unpack(">Q", line.value[:8]) == (99,)
    PQ_SIGNER.private.public_key().verify(line.value[8:], expected)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"text\n", b"text\n\n", b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n", b"t\n\n- a AAAAAAA=\n",
        "t\n\n— a AAAAAAA\n".encode(), "t\n\n— a AAAAAAB=\n".encode(), "t\n\n— a+b AAAAAAA=\n".encode(),
        "t\n\n— a AAAAAAA=".encode(), "t\tx\n\n— a AAAAAAA=\n".encode(), "t\n\n— a AAAA\n".encode(),
        ("t\n\n" + "— a AAAAAAA=\n" * 17).encode(),
    ],
)  # fmt: skip
def test_refuses_what_is_no_note(data: bytes) -> None:
    with pytest.raises(FormatError):
        Note.parse(data)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        HEAD + "x\n",
        HEAD.replace("\n7\n", "\n07\n"),
        HEAD.replace("\n7\n", "\n-7\n"),
        "o\n1\nAAAA\n",
    ],
)
def test_refuses_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(FormatError):
        Checkpoint.parse(text)


def test_refuses_a_vkey_that_does_not_fit_itself() -> None:
    name, key_id, material = GO_VKEY.split("+", 2)
    raw = base64.b64decode(material)
    for bad in (
        f"Peter+{key_id}+{material}",
        f"{name}+00000000+{material}",
        f"{name}+{key_id}+{base64.b64encode(raw[:-1]).decode()}",
        f"{name}+{key_id}",
        "",
    ):
        with pytest.raises(FormatError):
            VerifierKey.parse(bad)
