"""What a comparison of stored and computed digests says, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resources.languages import tr


@dataclass(frozen=True, slots=True)
class Words:
    """A verdict in a tree, in a table and in a sentence; `tone` is a colour role."""

    tree: str
    cell: str
    sentence: str
    tone: str


_WORDS = {
    "verified": Words(
        tr("digests equal"), tr("equal"), tr("What the image states and what was computed are equal."), "ok"
    ),
    "differs": Words(
        tr("digests differ"),
        tr("differs"),
        tr("The digests differ: the image is not what it was when its digest was stored. Say so wherever it is used."),
        "danger",
    ),
    "damaged": Words(
        tr("damaged"),
        tr("parts are damaged"),
        tr(
            "Parts of the image cannot be read, so its digests cannot be equal. The rest is examined, "
            "and the damaged parts are listed."
        ),
        "danger",
    ),
    "incomplete": Words(
        tr("incomplete"),
        tr("parts are absent"),
        tr("Parts of the image are absent. What was computed is of the parts that are present."),
        "danger",
    ),
    "no digest stored": Words(
        tr("no digest stored"),
        tr("none stored"),
        tr("The image states no digest of its own. What was computed is now recorded."),
        "text2",
    ),
}


def words_of(verdict: str) -> Words:
    """The words of a verdict; one that is not known stands for itself."""
    return _WORDS.get(verdict) or Words(
        verdict, verdict, tr("The comparison of digests says: {verdict}.", verdict=verdict), "warn"
    )


DIGESTS = (("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256"))


def digest_rows(stored: Mapping[str, Any], computed: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Name, stored and computed digest, and the result, of each digest that is known."""
    rows = []
    for name, shown in DIGESTS:
        left, right = str(stored.get(name) or ""), str(computed.get(name) or "")
        if left or right:
            same = (
                tr("new, recorded") if not left else (tr("equal") if left.lower() == right.lower() else tr("differs"))
            )
            rows.append((shown, left or tr("none stored"), right or tr("not computed"), same))
    return rows
