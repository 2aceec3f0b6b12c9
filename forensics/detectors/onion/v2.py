"""Names of version 2 onion services.

| letters | bytes | content                                                            |
|---------|-------|--------------------------------------------------------------------|
| 0-16    | 10    | first half of the SHA-1 of the service's RSA key, in base32        |
| 16-22   |       | `.onion`; without it any word of 16 letters could be one           |

The network dropped them in October 2021: a text with one is older, or speaks of older times. A name has no
checksum, so it is possible at most (C1), and words that spell something are as good as others.

Not recorded: what the service offers, whether it existed, and who ran it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import WORD, Accepted, WordDetector
from forensics.model import Grade
from forensics.primitives.published import judged

DEAD = "version 2 names stopped working in October 2021"
NO_CHECK = "a name of this version has no checksum: any 16 letters pass"

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz234567")


class OnionV2(WordDetector):
    """One name with its suffix."""

    kind = "onion/v2"
    title = "Onion service, version 2"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b(?i:[a-z2-7]{16}\.onion)\b"),)
    references: ClassVar[tuple[str, ...]] = ("Tor rend-spec-v2, section 1.3", "Tor blog: v2 onion services deprecation")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "with suffix", b"expyuzz4wqqyqhjn.onion", ("expyuzz4wqqyqhjn.onion",), "former name of torproject.org"
        ),
        Specimen(
            "in a URL",
            b"http://www.3g2upl4pq6kufc4m.onion/?q=x",
            ("3g2upl4pq6kufc4m.onion",),
            "former name of DuckDuckGo",
        ),
        Specimen("capitals", b"KPVZ7KI2V5AGWT35.ONION", ("kpvz7ki2v5agwt35.onion",), "former name of The Hidden Wiki"),
        Specimen("truncated", b"xpyuzz4wqqyqhjn.onion", None, "made by hand"),
        Specimen("no suffix", b"expyuzz4wqqyqhjn", None, "made by hand"),
        Specimen("not base32", b"expyuzz4wqqyqhj1.onion", None, "made by hand"),
        Specimen("look-alike: a longer domain", b"expyuzz4wqqyqhjn.onions", None, "made by hand"),
        Specimen("look-alike: one letter", b"xxxxxxxxxxxxxxxx.onion", None, "placeholder of documentation"),
        Specimen(
            "look-alike: version 3",
            b"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
            None,
            "Tor rend-spec-v3",
        ),
    )
    shortest = 22
    longest = 22

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """The 22 letters in front of each match end."""
        for end in ends:
            start = end - 22
            if start < 0 or (start and data[start - 1] in WORD) or (end < len(data) and data[end] in WORD):
                continue
            verdict = self.accept(data[start:end])
            if verdict is not None:
                yield start, verdict, 22

    def accept(self, word: bytes) -> Accepted | None:
        """Take 16 letters of base32 and the suffix; few different letters are a placeholder."""
        name = word.lower()
        if len(name) != 22 or name[16:] != b".onion" or not _LETTERS.issuperset(name[:16]) or len(set(name[:16])) < 5:
            return None
        value = name.decode("ascii")
        grade, caveats = judged(value, Grade.C1, DEAD, NO_CHECK)
        return Accepted(value, grade, (passed("base32 and suffix", 8),), caveats=caveats)


DETECTOR: Detector = OnionV2()
