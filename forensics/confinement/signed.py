"""Signatures held against keys, in a worker; what comes out is plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forensics.detectors.openpgp._report import moment, text
from forensics.detectors.openpgp._signed import SHOWN, Held, certifications, held, keys_in, onions, signatures_in
from forensics.model import Layer
from forensics.sweep.wire import clean

LARGEST_FILE = 64 << 20  # octets of a file beside its signature


def look(spec: Mapping[str, Any], document: Layer | None) -> list[dict[str, Any]]:
    """The signatures in the octets `data` of a finding, of those made by one of `keys` (octets of findings).

    Of a key in `data` it is the certifications by `keys`; else the signature of the text in it, or of `document`.
    """
    return list(_each(spec["data"], spec["keys"], document))


def _each(data: bytes, stored: list[bytes], document: Layer | None) -> Iterator[dict[str, Any]]:
    keys = [key for each in stored for key in keys_in(each)]
    certified = keys_in(data)
    if certified:
        known = {key.primary.fingerprint for key in certified}
        for each in certifications([*certified, *(key for key in keys if key.primary.fingerprint not in known)]):
            if each.certified in known:
                yield {**_told(each, "certification"), "certified": each.certified, "user_id": clean(each.user_id)}
        return
    signatures, content = signatures_in(data)
    what = "text"
    if content is None:
        if document is None or document.size > LARGEST_FILE:
            return
        what, content = "file", document.read(0, document.size)
    for each in held(signatures, content, keys):
        told = _told(each, what)
        if what == "text":
            told |= {"text": clean(content[:SHOWN].decode("utf-8", "replace"))}
        yield {**told, "onions": onions(content)}


def _told(each: Held, what: str) -> dict[str, Any]:
    made = each.signature.created
    return {
        "what": what,
        "holds": each.holds,
        "signer": each.certificate.primary.fingerprint,
        "key": each.key.fingerprint,
        "user_ids": [clean(text(name)) for name in each.certificate.user_ids[:20]],
        "made": moment(made) if made > 0 else "",
        "made_s": made,
    }
