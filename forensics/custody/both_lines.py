"""The two entries at the first place where the entries of a ledger do not fit together, each as it says and as it is.

Only the chain of entries is walked: notes, the history that each was signed on, bodies, and whether a key that the
ledger names signed. :func:`forensics.custody.verify.verify` checks everything else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from forensics.custody import disclosure, merkle
from forensics.custody.entry import EntryText, time_text
from forensics.custody.note import Note, VerifierKey
from forensics.custody.store import LedgerReader
from forensics.errors import FormatError


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; digests in hexadecimal, SHA-256, empty where the entry cannot be read.

    `history` is the root of the tree over all entries before it, `body` the commitment to its body line.
    """

    seq: int
    note: str
    time: str = ""
    type: str = ""
    signers: tuple[str, ...] = ()
    signed: bool = False  # by a key that the ledger names, or the key of the running session
    history_said: str = ""
    history: str = ""
    body_said: str = ""
    body: str = ""
    fault: str = ""  # why it cannot be read

    @property
    def fits(self) -> bool:
        """Whether it fits to what is before it, to its body, and to its signature."""
        same = self.history_said == self.history and self.body_said == self.body
        return same and self.signed and not self.fault


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that does not fit, with the one before it, or the one after it where it is the very first."""

    seq: int
    lines: tuple[Line, ...]


def first_break(folder: Path) -> Break | None:
    """The first break of the ledger of a case folder; None where its entries fit together.

    Raises:
        LedgerError: there is no ledger, or the file is damaged.
    """
    with LedgerReader.open(folder) as ledger:
        keys = list(ledger.verifiers())
        tree = merkle.Tree()
        session: VerifierKey | None = None
        before: Line | None = None
        for seq in range(ledger.size()):
            note, body = ledger.raw_entry(seq)
            line = _line(seq, note, body, tree.root(), keys if session is None else [*keys, session])
            if before is not None and not before.fits:
                return Break(before.seq, (before, line))
            if not line.fits and before is not None:
                return Break(seq, (before, line))
            session = _session(line, body) or session
            before = line
            tree.extend([merkle.leaf_hash(note)])
    return Break(before.seq, (before,)) if before is not None and not before.fits else None


def _line(seq: int, data: bytes, body: bytes | None, root: bytes, keys: list[VerifierKey]) -> Line:
    digest = hashlib.sha256(data).hexdigest()
    try:
        note = Note.parse(data)
        text = EntryText.parse(note.text)
    except FormatError as error:
        return Line(seq, digest, history=root.hex(), fault=str(error))
    return Line(
        seq,
        digest,
        time=time_text(text.time_us),
        type=text.type,
        signers=tuple(each.name for each in note.signatures),
        signed=any(note.signed_by(key) for key in keys),
        history_said=text.prev.hex(),
        history=root.hex(),
        body_said=text.body,
        body="" if body is None else disclosure.commitment(body),
        fault="" if text.seq == seq else f"it was signed as number {text.seq}",
    )


def _session(line: Line, body: bytes | None) -> VerifierKey | None:
    """The key that an entry of type ``session.open`` names."""
    if line.type != "session.open" or body is None:
        return None
    try:
        value = disclosure.parse(body, "body").value
        return VerifierKey.parse(str(value.get("vkey"))) if isinstance(value, dict) else None
    except FormatError:
        return None
