"""The receipt of an entry: the entry, its body, and the proof that a signed head covers it. One text file.

the entry's note (text, empty line, signatures)
empty line
the body line
empty line
c2sp.org/tlog-proof@v1, index, hashes, empty line, the checkpoint's note
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from forensics.custody import disclosure, merkle
from forensics.custody.entry import EntryText
from forensics.custody.note import Checkpoint, Note, VerifierKey
from forensics.custody.store import LEDGER_TREE, LedgerReader
from forensics.errors import FormatError, LedgerError

PROOF = "c2sp.org/tlog-proof@v1"
LARGEST = 1 << 20


def tlog_proof(index: int, size: int, tile: merkle.TileReader, checkpoint: bytes) -> bytes:
    """A proof that leaf ``index`` is in the tree of ``checkpoint``, as a c2sp.org/tlog-proof."""
    nodes = merkle.inclusion_proof(index, size, tile)
    rows = "".join(base64.b64encode(node).decode() + "\n" for node in nodes)
    return f"{PROOF}\nindex {index}\n{rows}\n".encode() + checkpoint


@dataclass(frozen=True, slots=True)
class Receipt:
    """One entry as somebody else holds it."""

    note: bytes
    line: bytes
    proof: bytes

    @classmethod
    def of(cls, reader: LedgerReader, seq: int, checkpoint: bytes) -> Receipt:
        """The receipt of entry ``seq`` under a checkpoint that covers it; an expunged body leaves its line empty."""
        size = Checkpoint.parse(Note.parse(checkpoint).text).size
        note, line = reader.raw_entry(seq)
        return cls(note, line or b"", tlog_proof(seq, size, reader.tile_reader(LEDGER_TREE), checkpoint))

    def __bytes__(self) -> bytes:
        return b"\n".join((self.note, self.line, b"", self.proof))

    @classmethod
    def parse(cls, data: bytes) -> Receipt:
        """Take a receipt apart; :class:`FormatError` for anything else."""
        parts = data[: LARGEST + 1].split(b"\n\n")
        if len(parts) != 6 or len(data) > LARGEST:
            raise FormatError("a receipt holds an entry, its body and a proof, with empty lines between them")
        text, signatures, line, *proof = parts
        return cls(text + b"\n\n" + signatures + b"\n", line, b"\n\n".join(proof))

    def check(self, key: VerifierKey) -> tuple[EntryText, object]:
        """The entry and its body, if a head signed by ``key`` covers them.

        Raises:
            FormatError: a part of it is not what it should be.
            LedgerError: the head is not signed by that key, or does not cover this entry.
        """
        text = EntryText.parse(Note.parse(self.note).text)
        if disclosure.commitment(self.line) != text.body:
            raise LedgerError("the body is not the one that was signed")
        head, _, checkpoint = self.proof.decode().partition("\n\n")
        first, second, *rows = head.split("\n")
        try:
            nodes = [base64.b64decode(row, validate=True) for row in rows]
        except ValueError as error:
            raise FormatError("a hash of the proof is not base64") from error
        if [first, second] != [PROOF, f"index {text.seq}"] or any(len(node) != merkle.HASH_SIZE for node in nodes):
            raise FormatError("the proof is not a tlog-proof of this entry")
        signed = Note.parse(checkpoint.encode())
        covered = Checkpoint.parse(signed.text)
        if not signed.signed_by(key) or covered.origin != key.name or text.ledger != covered.origin:
            raise LedgerError(f"the head is not signed by the key given for {covered.origin}")
        if text.seq >= covered.size:
            raise LedgerError("the head is older than the entry")
        if merkle.inclusion_root(merkle.leaf_hash(self.note), text.seq, covered.size, nodes) != covered.root:
            raise LedgerError("the head does not cover this entry")
        return text, disclosure.parse(self.line, "body").value
