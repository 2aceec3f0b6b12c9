"""Session keys: made in memory, granted by the examiner, gone with the process.

A session signs what happens many times an hour, so that the examiner's key is needed only now and then. The
grant is an entry ``session.open`` signed by the examiner, whose body names the session's public key and its
end.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.custody.entry import time_text
from forensics.custody.note import Ed25519Signer

LIFETIME_US = 12 * 3600 * 1_000_000
"""A session's longest life, in microseconds: twelve hours."""


@dataclass(frozen=True, slots=True)
class Session:
    """A granted key and its time, in microseconds since 1970."""

    signer: Ed25519Signer
    opened_us: int
    ends_us: int

    def covers(self, time_us: int) -> bool:
        """Whether an entry made at ``time_us`` may still carry this session's signature."""
        return self.opened_us <= time_us < self.ends_us

    def grant(self) -> dict[str, object]:
        """Body of the ``session.open`` entry."""
        return {"vkey": str(self.signer.verifier), "not_after": time_text(self.ends_us)}


def new_session(examiner: str, time_us: int) -> Session:
    """A new key named ``<examiner>/session/<eight digits>``, from now on."""
    name = f"{examiner}/session/{secrets.token_hex(4)}"
    return Session(Ed25519Signer(name, Ed25519PrivateKey.generate()), time_us, time_us + LIFETIME_US)
