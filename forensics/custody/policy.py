"""The keys a verifier pins: a text file he keeps himself, not the one that lies beside the ledger.

Lines as in c2sp.org/tlog-policy: ``log <vkey>``, ``witness <name> <vkey>``, ``group …``, ``quorum <name>``,
comments with ``#``. One kind of line is added, because keys inside entries are outside that format:
``examiner <vkey>``.
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.custody.note import VerifierKey
from forensics.errors import FormatError


@dataclass(frozen=True, slots=True)
class Policy:
    """Pinned keys. ``quorum`` is ``none`` unless witnesses are asked for."""

    logs: tuple[VerifierKey, ...]
    examiners: tuple[VerifierKey, ...]
    quorum: str = "none"

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Read a policy file; :class:`FormatError` names the line that cannot be read."""
        logs: list[VerifierKey] = []
        examiners: list[VerifierKey] = []
        quorum: list[str] = []
        for number, row in enumerate(text.split("\n"), 1):
            words = row.split()
            if not words or words[0].startswith("#"):
                continue
            verb, rest = words[0], words[1:]
            if verb in ("log", "examiner") and rest:
                (logs if verb == "log" else examiners).append(VerifierKey.parse(rest[0]))
            elif verb == "quorum" and len(rest) == 1:
                quorum.append(rest[0])
            elif verb not in ("witness", "group"):
                raise FormatError(f"line {number} of the policy cannot be read")
        if len(quorum) != 1:
            raise FormatError("a policy has exactly one quorum line")
        return cls(tuple(logs), tuple(examiners), quorum[0])
