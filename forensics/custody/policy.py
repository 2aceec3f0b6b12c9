"""The keys a verifier pins: a text file he keeps himself, not the one that lies beside the ledger.

Lines as in c2sp.org/tlog-policy: ``log <vkey>``, ``witness <name> <vkey>``, ``group <name> <k|any|all>
<members…>``, ``quorum <name|none>``, comments with ``#``. Two kinds of line are added, because their keys are
outside that format: ``examiner <vkey>`` and ``tsa <base64 of a DER certificate>``, the root of a time-stamping
authority. And two for certified keys: ``root <vkey>``, one line for each key of a laboratory's root, and
``revoked <vkey> <time>``, a key that is void from then on.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass, field

from forensics.custody.entry import time_microseconds
from forensics.custody.note import VerifierKey
from forensics.errors import FormatError

_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Policy:
    """Pinned keys. ``quorum`` is ``none`` unless witnesses are asked for; ``authorities`` are DER certificates.

    ``roots`` are issuers of certificates by name, all keys of one name together; ``revoked`` gives for vkeys the time,
    in microseconds since 1970, from which they are void.
    """

    logs: tuple[VerifierKey, ...]
    examiners: tuple[VerifierKey, ...]
    quorum: str = "none"
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    authorities: tuple[bytes, ...] = ()
    roots: dict[str, tuple[VerifierKey, ...]] = field(default_factory=dict)
    revoked: dict[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Read a policy file; :class:`FormatError` names the line that cannot be read."""
        logs: list[VerifierKey] = []
        examiners: list[VerifierKey] = []
        witnesses: dict[str, VerifierKey] = {}
        groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        authorities: list[bytes] = []
        roots: dict[str, tuple[VerifierKey, ...]] = {}
        revoked: dict[str, int] = {}
        quorum: list[str] = []
        for number, row in enumerate(text.split("\n"), 1):
            words = row.split()
            if not words or words[0].startswith("#"):
                continue
            verb, rest = words[0], words[1:]
            known = {*witnesses, *groups}
            if verb in ("log", "examiner") and rest:
                (logs if verb == "log" else examiners).append(VerifierKey.parse(rest[0]))
            elif verb == "witness" and len(rest) >= 2 and rest[0] not in known:
                witnesses[rest[0]] = VerifierKey.parse(rest[1])
            elif verb == "group" and len(rest) >= 3 and rest[0] not in known and set(rest[2:]) <= known:
                groups[rest[0]] = (_threshold(rest[1], len(rest) - 2, number), tuple(rest[2:]))
            elif verb == "tsa" and len(rest) == 1:
                authorities.append(_der(rest[0], number))
            elif verb == "root" and len(rest) == 1:
                key = VerifierKey.parse(rest[0])
                roots[key.name] = (*roots.get(key.name, ()), key)
            elif verb == "revoked" and len(rest) == 2:
                revoked[str(VerifierKey.parse(rest[0]))] = time_microseconds(rest[1])
            elif verb == "quorum" and len(rest) == 1 and (rest[0] == "none" or rest[0] in known):
                quorum.append(rest[0])
            else:
                raise FormatError(f"line {number} of the policy cannot be read")
        if len(quorum) != 1:
            raise FormatError("a policy has exactly one quorum line")
        return cls(tuple(logs), tuple(examiners), quorum[0], witnesses, groups, tuple(authorities), roots, revoked)

    def satisfied(self, signed: Collection[str]) -> bool:
        """Whether the witnesses named in ``signed`` make the quorum; never without one."""
        return self.quorum != "none" and self._has(self.quorum, signed, 0)

    def _has(self, name: str, signed: Collection[str], depth: int) -> bool:
        if name in self.witnesses:
            return name in signed
        threshold, members = self.groups[name]
        return depth < _MAX_DEPTH and sum(self._has(each, signed, depth + 1) for each in members) >= threshold


def _threshold(word: str, members: int, line: int) -> int:
    count = {"any": 1, "all": members}.get(word) or (int(word) if word.isdecimal() else 0)
    if not 1 <= count <= members:
        raise FormatError(f"line {line} of the policy asks for {word} of {members}")
    return count


def _der(text: str, line: int) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise FormatError(f"line {line} of the policy is not base64") from error
