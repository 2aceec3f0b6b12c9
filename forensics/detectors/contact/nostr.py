"""Public keys of Nostr, by which its users are known (NIP-19).

| part      | content                                   |
|-----------|-------------------------------------------|
| `npub`    | a public key                              |
| 32 bytes  | its abscissa                              |
| 6 symbols | Bech32                                    |

Not recorded: who it is; names and messages are on relays.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import bech32, secp256k1
from forensics.primitives.published import judged

# One expression for both kinds of keys: equal ones are compiled once.
TRIGGER = Trigger(rb"\bn(?:pub|sec)1[02-9ac-hj-np-z]{58}\b")
_VECTOR = b"npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"


def decoded(word: bytes, hrp: str) -> bytes | None:
    """The 32 bytes of a key; None where the checksum does not hold or it is of another kind."""
    read = bech32.decode(word)
    if read is None or read.hrp != hrp or read.constant != bech32.BECH32:
        return None
    data = bech32.to_bytes(read.symbols)
    return data if data is not None and len(data) == 32 else None


class NostrKey(WordDetector):
    """One public key."""

    kind = "contact/nostr"
    title = "Nostr identity"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (TRIGGER,)
    references: ClassVar[tuple[str, ...]] = ("NIP-19 bech32-encoded entities",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a key", _VECTOR, (_VECTOR.decode(),), "NIP-19"),
        Specimen("in a link", b"nostr:" + _VECTOR + b".", (_VECTOR.decode(),), "NIP-19"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"q", None, "made by hand"),
        Specimen("look-alike: letters", b"npub1" + b"q" * 58, None, "made by hand"),
    )
    shortest = longest = 63

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum and the point."""
        data = decoded(word, "npub")
        if data is None or secp256k1.point(b"\2" + data) is None:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        fields = {"type": Field("Nostr"), "key": Field(data.hex())}
        return Accepted(value, grade, (passed("bech32", bech32.CHECK_BITS),), fields, caveats=caveats)


DETECTOR: Detector = NostrKey()
