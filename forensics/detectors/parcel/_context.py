"""What stands around a number: a word of the post, a carrier's name, a line of the same kind."""

from __future__ import annotations

import re

BEFORE = 96  # bytes in front of a number that are looked at
BEHIND = 64

CONTEXT_BITS = 16

WORDS = (
    rb"tracking|track ?(?:&|and) ?trace|tracknum\w{0,4}|tlabels|parcels?|packages?|shipments?|shipped|waybill|airway ?bill"
    rb"|consignments?|registered mail|postal|courier|delivery (?:no|number)|customs|cn2[23]|packstation|paketmarke"
    rb"|sendung(?:en|snummer|snr|sverfolgung|s-nr|s-id)?|paket(?:e|nummer|nr|schein)?|einschreiben|frachtbrief"
    rb"|colis|envoi|num[e\xe9\xc3\xa9]{1,2}ro de suivi|suivi|env[i\xed\xc3\xad]{1,2}o|seguimiento|rastreo|rastreamento"
    rb"|encomenda|spedizione|pacco|zending|trackcode|przesy[l\xb3\xc5\x82]{1,2}k[ai]|kargo|piececode|awb|idcs?|qtc_tlabels1"
)
CARRIERS = (
    rb"fedex|federal express|dhl|ups|usps|dpd|gls|hermes|evri|yodel|ontrac|purolator|canada ?post|canadapost|auspost"
    rb"|australia ?post|post ?nl|bpost|colissimo|la ?poste|chronopost|correos|inpost|royal ?mail|parcelforce|an ?post"
    rb"|deutsche ?post|swiss ?post|poczta(?: polska)?|poste italiane|posten|postnord|china ?post|ems|17track"
    rb"|nova ?poshta|cdek|lasership|landmark|gofo|yunexpress|amazon logistics|aftership|parcelsapp"
)
_CYRILLIC = "трек|посыл|отправлени|накладн|почт".encode()
_WORD = re.compile(rb"(?i)(?<![a-z])(?:" + WORDS + rb")(?![a-z])|" + rb"|".join(_CYRILLIC.split(b"|")))
_CARRIER = re.compile(rb"(?i)(?<![a-z0-9])(?:" + CARRIERS + rb")(?![a-z])")


def around(data: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    """The text in front of and behind a number, in its own line and the lines beside it."""
    before = data[max(0, start - BEFORE) : start].replace(b"\0", b"\n\n\n").split(b"\n")[-2:]
    behind = data[end : end + BEHIND].replace(b"\0", b"\n\n\n").split(b"\n")[:2]
    return b"\n".join(before), b"\n".join(behind)


def word(text: bytes) -> str:
    """The word of the post in a text, small; empty where there is none."""
    found = _WORD.search(text)
    return found[0].decode("utf-8", "replace").lower() if found else ""


def carrier(text: bytes) -> str:
    """The name of a carrier in a text, small; empty where there is none."""
    found = _CARRIER.search(text)
    return found[0].decode("ascii").lower().replace(" ", "") if found else ""


def told(data: bytes, start: int, end: int) -> str:
    """The first word of the post or name of a carrier beside a number, in front of it before behind it."""
    before, behind = around(data, start, end)
    return word(before) or carrier(before) or word(behind) or carrier(behind)
