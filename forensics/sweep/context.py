"""What the place of a finding says about it: installed software, documentation, a chain's own data.

A place never hides anything: it lowers the grade and says why. The measure is the strength of the checks
that passed, as a log10 likelihood ratio of 0.3 a bit, against a penalty of 3 for software and its
documentation: what is then below 3, that is with fewer than 20 bits, resembles its kind and no more; what
is above is valid at most, because a neighbourhood of code and manuals is no context. In lists of words and
in the data that a node keeps of a whole chain the penalty is 6. Proofs (C4) stand everywhere.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from forensics.model import Finding, Grade, Outcome

SOFTWARE = "in installed software or its documentation: found wherever that is installed"
PACKAGES = "in a package of program code: found wherever that code is used"
WORDS = "in a list of words: any phrase can be put together from it"
CHAIN = "in the data that a node keeps of its whole chain: everyone's, not its owner's"

FOLD_SOFTWARE = 20  # bits of checks below which a finding is folded
FOLD_CHAIN = 1000  # no check says whose a value is


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place: the sentence on it, and the bits of checks that a finding needs to stay valid there."""

    caveat: str
    bits: int
    families: tuple[str, ...] = ()  # whom it concerns; all where empty


# Kinds that say of software itself that it is there: such a place is their context.
_OF_SOFTWARE = frozenset({"system/app_bundle", "system/desktop_entry", "system/dpkg_status"})

# Paths are lower-case, from the root of their volume. The first that fits counts.
_PLACES: tuple[tuple[re.Pattern[str], Place], ...] = (
    (
        re.compile(
            r"/blocks/(?:blk|rev)\d{5,}\.dat$|/blocks/index/|/(?:chainstate|txindex|chaindata|ancient)/[^/]*(?:/[^/]*)?$"
            r"|/indexes/[a-z]+/(?:db/)?[^/]+$|/lmdb/data\.mdb$|/blockchain_headers$|/block_filters?/"
            r"|\.(?:spvchain|headers)$"
        ),
        Place(CHAIN, FOLD_CHAIN, ("address", "contact", "onion")),
    ),
    (
        re.compile(
            r"word-?_?lists?|/usr/share/dict/|rockyou|diceware|/(?:bip-?0?39|mnemonic)[^/]*/[^/]*\.(?:txt|json)$"
        ),
        Place(WORDS, FOLD_CHAIN, ("seed",)),
    ),
    (
        re.compile(
            r"/(?:node_modules|bower_components|site-packages|dist-packages|__pycache__)/|/\.cargo/registry/"
            r"|/go/pkg/mod/|/\.m2/repository/|/\.gradle/caches/|/\.npm/_|/vendor/(?:bundle|github\.com)/|/gems/[^/]+-\d"
            r"|/extensions/[a-p]{32}/|/(?:tests?|testdata|__tests__|fixtures|examples?)/.*\.(?:py|js|ts|go|rs|c|cc|cpp|h|java)$"
        ),
        Place(PACKAGES, FOLD_SOFTWARE),
    ),
    (
        re.compile(
            r"^/(?:usr/(?!local/|home/)|lib(?:32|64|x32)?/|s?bin/|snap/|var/lib/(?:dpkg|apt|rpm|snapd)/|var/cache/(?:apt|dnf)/)"
            r"|^/usr/local/(?:lib|share/(?:doc|man|locale)|include)/"
            r"|^/program files(?: \(x86\))?/|^/windows/(?:winsxs|servicing|help|assembly|microsoft\.net|inf|fonts)/"
            r"|^/(?:system/library|library/developer|applications/[^/]+\.app/contents)/"
            r"|\.(?:dll|exe|mui|sys|ocx|pyd|pyc|class|jar|dylib|a|lib|node|so(?:\.\d+)*)$"
        ),
        Place(SOFTWARE, FOLD_SOFTWARE),
    ),
)


@functools.lru_cache(maxsize=4096)
def place(path: str) -> Place | None:
    """What kind of place a path is; None for one that says nothing."""
    lowered = path.lower()
    return next((each for expression, each in _PLACES if expression.search(lowered)), None)


def in_context(finding: Finding, path: str | None, inside: Sequence[str] = ()) -> Finding:
    """The finding as its place lets it stand; `inside` names the streams within the file that it is in."""
    where = place("/".join((path or "", *inside))) if path else None
    if where is None or finding.grade == Grade.C4 or finding.kind in _OF_SOFTWARE:
        return finding
    if where.families and finding.kind.partition("/")[0] not in where.families:
        return finding
    bits = sum(check.bits for check in finding.checks if check.outcome is Outcome.PASS)
    grade = Grade.C0 if bits < where.bits else min(finding.grade, Grade.C2)
    return replace(finding, grade=min(grade, finding.grade), caveats=(*finding.caveats, where.caveat))
