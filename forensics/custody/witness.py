"""Witnesses: another machine that remembers the heads it saw, and signs only what continues them. By file.

The request is the body of C2SP's add-checkpoint (tlog-witness): ``old <size>``, the consistency proof, an empty
line, the checkpoint. The answer is a cosignature line (tlog-cosignature, Ed25519, type 0x04) over
``cosignature/v1``, the time, and the checkpoint's text.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from forensics.custody import merkle, mj1
from forensics.custody.note import Checkpoint, CosignatureSigner, Note, Signature, VerifierKey
from forensics.errors import FormatError, LedgerError

MAX_PROOF = 63


@dataclass(frozen=True, slots=True)
class Request:
    """What a witness is asked to sign: a checkpoint, and the proof that it continues the one of size ``old``."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def __bytes__(self) -> bytes:
        rows = "".join(base64.b64encode(node).decode() + "\n" for node in self.proof)
        return f"old {self.old}\n{rows}\n".encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Request:
        """Read a request; :class:`FormatError` for anything else."""
        head, gap, checkpoint = data.partition(b"\n\n")
        lines = head.split(b"\n")
        match = re.fullmatch(rb"old (0|[1-9][0-9]{0,18})", lines[0])
        if not match or not gap or len(lines) - 1 > MAX_PROOF:
            raise FormatError("a request reads: old size, proof, empty line, checkpoint")
        try:
            proof = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
        except ValueError as error:
            raise FormatError("a hash of the proof is not base64") from error
        if any(len(node) != merkle.HASH_SIZE for node in proof):
            raise FormatError("a hash of the proof has not 32 bytes")
        return cls(int(match[1]), proof, checkpoint)


class Witness:
    """The memory of a witness: for each ledger its key and the last head it signed. One line of MJ1."""

    FORMAT = "impound/witness/v1"

    def __init__(self, seen: dict[str, dict[str, object]] | None = None) -> None:
        """Begin with nothing seen."""
        self._seen = seen or {}

    @classmethod
    def load(cls, data: bytes) -> Witness:
        """Read what :meth:`dump` wrote."""
        record = mj1.loads(data.removesuffix(b"\n"))
        if not isinstance(record, dict) or record.get("format") != cls.FORMAT or not isinstance(record["logs"], list):
            raise FormatError("not the memory of a witness")
        return cls({str(each["origin"]): each for each in record["logs"]})

    def dump(self) -> bytes:
        """The memory as a file."""
        return mj1.dumps({"format": self.FORMAT, "logs": [self._seen[name] for name in sorted(self._seen)]}) + b"\n"

    def last_size(self, origin: str) -> int:
        """The size it last signed for a ledger, 0 for one it does not know."""
        size = self._seen.get(origin, {}).get("size", 0)
        return size if isinstance(size, int) else 0

    def cosign(self, request: Request, log: VerifierKey | None, signer: CosignatureSigner, seconds: int) -> Signature:
        """Check and sign. ``log`` is the ledger's Ed25519 key, needed the first time.

        Raises :class:`LedgerError` when the key is another one, the ledger shrank, forked, or is not proven to
        continue what was seen; nothing is remembered then.
        """
        note = Note.parse(request.checkpoint)
        head = Checkpoint.parse(note.text)
        known = self._seen.get(head.origin)
        key = VerifierKey.parse(str(known["vkey"])) if known else log
        if key is None:
            raise LedgerError(f"{head.origin} is not known to this witness; give the ledger's key the first time")
        if (log is not None and log != key) or not note.signed_by(key):
            raise LedgerError(f"the checkpoint is not signed by the key known for {head.origin}")
        old = self.last_size(head.origin)
        if request.old != old:
            raise LedgerError(f"409: the proof starts at size {request.old}, this witness last signed size {old}")
        if head.size < old:
            raise LedgerError(f"409: the ledger had {old} entries, now {head.size}: it was cut off")
        if known:
            root = base64.b64decode(str(known["root"]))
            if not merkle.consistent(old, root, head.size, head.root, request.proof):
                raise LedgerError(f"422: size {head.size} does not continue the ledger seen at size {old}")
        line = signer.sign_at(note.text, seconds)
        self._seen[head.origin] = {
            "origin": head.origin,
            "vkey": str(key),
            "size": head.size,
            "root": base64.b64encode(head.root).decode(),
        }
        return line


def parse_line(line: str) -> Signature:
    """One cosignature line with its newline; :class:`FormatError` otherwise."""
    note = Note.parse(b"x\n\n" + line.encode())
    if len(note.signatures) != 1:
        raise FormatError("one cosignature line is wanted")
    return note.signatures[0]
