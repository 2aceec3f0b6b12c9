"""Names of version 3 onion services.

| letters | bytes | content                                                   |
|---------|-------|-----------------------------------------------------------|
| 0-51    | 32    | ed25519 identity key of the service                       |
| 51-54   | 2     | SHA3-256(".onion checksum" ‖ key ‖ version), first bytes  |
| 54-56   | 1     | version 3; the last letter is always `d`                  |

Base32 in small letters, in practice; `.onion` follows where the name is used as one, and sub-domains
may stand before it.

Not recorded: what the service offers, whether it ever answered, and who runs it. A name in a browser
is a visit or a link, not an operator; the operator has the private key.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade
from forensics.primitives import onion
from forensics.primitives.ed25519_point import is_point
from forensics.primitives.published import judged


class OnionV3(WordDetector):
    """One service name, with or without its suffix."""

    kind = "onion/v3"
    title = "Onion service, version 3"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b(?i:[a-z2-7]{54}[aiqy]d)\b"),)
    references: ClassVar[tuple[str, ...]] = ("Tor rend-spec-v3, [ONIONADDRESS]", "RFC 8032 section 5.1.3")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "with suffix",
            b"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
            ("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",),
            "Tor rend-spec-v3",
        ),
        Specimen(
            "bare",
            b"sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
            ("sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd.onion",),
            "Tor rend-spec-v3",
        ),
        Specimen(
            "sub-domain in a URL",
            b"http://www.xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion/x",
            ("xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion",),
            "Tor rend-spec-v3",
        ),
        Specimen(
            "truncated",
            b"g6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
            None,
            "made by hand",
        ),
        Specimen(
            "wrong checksum",
            b"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscrad.onion",
            None,
            "made by hand",
        ),
        Specimen(
            "not a point",
            b"aiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab3did.onion",
            None,
            "made by hand: y = 2 with the right checksum",
        ),
        Specimen("look-alike: version 2", b"expyuzz4wqqyqhjn.onion", None, "name of the dead version"),
        Specimen(
            "look-alike: base32",
            b"ieqh746yng7by3a4rogubbbayn3bo47owoo5sb2glshv3mts7zc6pzqd",
            None,
            "made by hand",
        ),
    )
    shortest = 56
    longest = 56

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for version, checksum and a key that can exist."""
        key = onion.decode(word)
        if key is None or not is_point(key):
            return None
        value = word.decode("ascii").lower() + ".onion"
        grade, caveats = judged(value, Grade.C2)
        return Accepted(
            value,
            grade,
            (
                passed("version", onion.VERSION_BITS),
                passed("onion checksum", onion.CHECKSUM_BITS),
                passed("curve point", 1),
            ),
            {"identity_key": Field(key.hex())},
            caveats=caveats,
        )


DETECTOR: Detector = OnionV3()
