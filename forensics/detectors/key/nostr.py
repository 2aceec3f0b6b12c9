"""Private keys of Nostr (NIP-19).

| part      | content                                   |
|-----------|-------------------------------------------|
| `nsec`    | a private key                             |
| 32 bytes  | a number below the order of secp256k1     |
| 6 symbols | Bech32                                    |

Who holds it signs as the identity, which is derived here and stands among the links.

Not recorded: whose it is.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.contact.nostr import TRIGGER, decoded
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Link, Secret
from forensics.primitives import bech32, secp256k1
from forensics.primitives.published import judged

_VECTOR = b"nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"


class NostrSecret(WordDetector):
    """One private key."""

    kind = "key/nostr"
    title = "Private key of a Nostr identity"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (TRIGGER,)
    references: ClassVar[tuple[str, ...]] = ("NIP-19 bech32-encoded entities",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a key", _VECTOR, (_VECTOR.decode(),), "NIP-19"),
        Specimen("in a line", b"login: " + _VECTOR + b"\n", (_VECTOR.decode(),), "NIP-19"),
        Specimen("truncated", _VECTOR[:-1], None, "made by hand"),
        Specimen("wrong checksum", _VECTOR[:-1] + b"q", None, "made by hand"),
        Specimen("look-alike: letters", b"nsec1" + b"q" * 58, None, "made by hand"),
    )
    shortest = longest = 63

    def accept(self, word: bytes) -> Accepted | None:
        """Validate by the checksum and the order of the curve."""
        data = decoded(word, "nsec")
        if data is None or not secp256k1.is_private(data):
            return None
        public = bech32.encode("npub", bech32.to_symbols(secp256k1.public_key(data)[1:]), bech32.BECH32)
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        return Accepted(
            Secret(value),
            grade,
            (passed("bech32", bech32.CHECK_BITS),),
            {"type": Field("Nostr"), "account": Field(public)},
            links=(Link("DERIVES", "contact/nostr", public),),
            caveats=caveats,
        )


DETECTOR: Detector = NostrSecret()
