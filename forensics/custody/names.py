"""Names of ledgers and keys: ``<lab domain>/<case number>/<ledger name>``, ``<lab
domain>/examiner/<person>``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from forensics.custody.note import check_name

_OUTSIDE = re.compile(r"[^a-z0-9_-]+")


def slug(text: str) -> str:
    """``text`` as a path segment: ASCII letters in lower case, digits, ``_ -``; other runs become one ``-``.

    Text without any such character becomes ``x-`` and eight digits of its SHA-256, so that names in any
    script stay apart.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    short = _OUTSIDE.sub("-", plain).strip("-")[:64]
    return short or "x-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def domain_slug(domain: str) -> str:
    """A domain name with each of its labels as a path segment."""
    return ".".join(slug(label) for label in domain.split("."))


def origin(domain: str, number: str, ledger: str) -> str:
    """The ledger's name, also its key's."""
    return check_name(f"{domain_slug(domain)}/{slug(number)}/{slug(ledger)}")


def examiner(domain: str, person: str) -> str:
    """The name of an examiner's key."""
    return check_name(f"{domain_slug(domain)}/examiner/{slug(person)}")
