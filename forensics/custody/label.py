"""The label: a head of the ledger for paper, with a fingerprint that can be read out and typed.

The QR code holds the checkpoint under its Ed25519 line alone; the ML-DSA-44 line does not fit. The fingerprint
is the first 150 bits of SHA-256 of the checkpoint's text in Crockford's base 32, six groups of five. Fewer bits
would not do: it is the operator of the ledger who could search for two texts with one fingerprint.
"""

from __future__ import annotations

import hashlib
import io

import segno

from forensics.custody.note import ED25519, Checkpoint, Note, VerifierKey
from forensics.errors import FormatError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""

GROUPS, WIDTH = 6, 5
MODULE, BORDER = 0.4, 4
"""Of the QR code: millimetres a module, and modules of white around it (ISO/IEC 18004)."""


def fingerprint(text: str) -> str:
    """Of a checkpoint's text (three lines), such as ``NWKW5 Y42E6 BCW5D VN939 RCBN1 PYY5D``."""
    count = GROUPS * WIDTH
    value = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") >> (256 - 5 * count)
    letters = "".join(ALPHABET[value >> 5 * at & 31] for at in reversed(range(count)))
    return " ".join(letters[at : at + WIDTH] for at in range(0, count, WIDTH))


def same_fingerprint(typed: str, text: str) -> bool:
    """Whether what somebody typed off a label is ``text``'s: case, spaces, O for 0 and I, L for 1 are forgiven."""
    plain = "".join(typed.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    return plain == fingerprint(text).replace(" ", "")


def label_note(checkpoint: bytes, key: VerifierKey) -> bytes:
    """The checkpoint under the line of the ledger's Ed25519 key alone."""
    note = Note.parse(checkpoint)
    lines = note.by(key)
    if key.kind != ED25519 or not lines:
        raise FormatError("the checkpoint is not signed by the ledger's Ed25519 key")
    return bytes(Note(note.text, tuple(lines)))


def label_text(checkpoint: bytes, key: VerifierKey, *, number: str, exhibit: str = "") -> str:
    """The lines of a label, for printing beside the QR code of :func:`qr_svg`."""
    note = label_note(checkpoint, key)
    head = Checkpoint.parse(Note.parse(note).text)
    marks = fingerprint(str(head)).split(" ")
    lines = [
        f"Case {number}" + (f"  exhibit {exhibit}" if exhibit else ""),
        f"Ledger {head.origin}",
        f"{head.size} entries",
        " ".join(marks[:3]),
        " ".join(marks[3:]),
        "",
        note.decode(),
    ]
    return "\n".join(lines)


def qr_rows(note: bytes) -> list[tuple[bool, ...]]:
    """The label's note as a QR code (error correction M): rows of modules, true where dark, without a border."""
    return [tuple(bool(module) for module in row) for row in segno.make_qr(note, error="m").matrix]


def qr_svg(note: bytes) -> bytes:
    """The same code with its border as SVG."""
    out = io.BytesIO()
    segno.make_qr(note, error="m").save(out, kind="svg", scale=MODULE, unit="mm", border=BORDER)
    return out.getvalue()
