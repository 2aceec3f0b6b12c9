"""Kinds of findings for people: which tile a family takes, and how grades, places and care are said."""

from __future__ import annotations

from forensics.model import Allocation, Grade, Sensitivity
from resources.languages import tr

TILES: dict[str, str] = {
    "wallet": "wallet",
    "seed": "wallet",
    "address": "address",
    "coin": "address",
    "transaction": "address",
    "key": "key",
    "openpgp": "key",
    "pgp": "key",
    "otr": "key",
    "ssh": "key",
    "certificate": "key",
    "chat": "chat",
    "message": "chat",
    "messaging": "chat",
    "conversation": "chat",
    "irc": "chat",
    "market": "market",
    "listing": "market",
    "order": "market",
    "page": "market",
    "web": "market",
    "parcel": "parcel",
    "shipping": "parcel",
    "tracking": "parcel",
    "onion": "onion",
    "tor": "onion",
    "i2p": "onion",
    "media": "media",
    "photo": "media",
    "image": "media",
    "picture": "media",
    "exif": "media",
    "gps": "media",
    "person": "person",
    "handle": "person",
    "account": "person",
    "identity": "person",
    "email": "person",
    "contact": "person",
    "phone": "person",
}
PLURALS = {
    "wallet": tr("wallets"),
    "address": tr("addresses"),
    "key": tr("keys"),
    "chat": tr("conversations"),
    "market": tr("market pages"),
    "parcel": tr("parcels"),
    "onion": tr("onion names"),
    "media": tr("photos"),
    "person": tr("people, handles"),
    "system": tr("system traces"),
}
FAMILY_NAMES = {
    "mail": tr("Mail"),
    "contact": tr("Contact"),
    "message": tr("Message"),
    "seed": tr("Seed phrase"),
    "email": tr("Mail address"),
    "phone": tr("Phone number"),
    "file system": tr("File system"),
    "browser": tr("Browser trace"),
    "watch": tr("Watch-list"),
    "hashset": tr("Hash set"),
}
FAMILY_GLYPHS = {"mail": "mail", "file system": "disk", "database": "db", "sqlite": "db"}
GRADE_WORDS = {
    Grade.C0: tr("resembles"),
    Grade.C1: tr("possible"),
    Grade.C2: tr("valid"),
    Grade.C3: tr("in context"),
    Grade.C4: tr("verified"),
}
CARE_WORDS = {
    Sensitivity.NORMAL.value: "",
    Sensitivity.PERSONAL.value: "personal",
    Sensitivity.SECRET.value: "secret",
    Sensitivity.PRIVILEGED.value: "privileged?",
    Sensitivity.RESTRICTED.value: "blurred",
}
CARE_ICONS = {"secret": "lock", "blurred": "eyeoff", "privileged?": "scale"}
CARE_NAMES = {
    "personal": tr("personal"),
    "secret": tr("secret"),
    "privileged?": tr("privileged?"),
    "blurred": tr("blurred"),
}
ALLOCATION_NAMES = {
    Allocation.ALLOCATED.value: tr("allocated"),
    Allocation.NAME_DELETED.value: tr("name deleted"),
    Allocation.UNALLOCATED.value: tr("unallocated"),
    Allocation.SLACK.value: tr("slack"),
    Allocation.GAP.value: tr("gap"),
    Allocation.METADATA.value: tr("metadata"),
}
TILE_NAMES = {
    "wallet": tr("Wallet"),
    "address": tr("Address"),
    "key": tr("Key"),
    "chat": tr("Conversation"),
    "market": tr("Market page"),
    "parcel": tr("Parcel"),
    "onion": tr("Onion name"),
    "media": tr("Photo"),
    "person": tr("Person or handle"),
    "system": tr("System trace"),
}
ALLOCATIONS = tuple(item.value for item in Allocation)


def family(kind: str) -> str:
    """The part of a kind before the stroke."""
    return kind.partition("/")[0]


def tile(kind: str) -> str:
    """The one of the ten tiles that a kind takes; new kinds take the nearest."""
    return TILES.get(family(kind), "system")


def glyph(kind: str) -> str:
    """An icon of its own for a family that shares a tile, or an empty string."""
    return FAMILY_GLYPHS.get(family(kind), "")


def families(tile_name: str) -> list[str]:
    """The families that stand under a tile, besides the unnamed ones of `system`."""
    return [name for name, own in TILES.items() if own == tile_name]


def allocation_name(allocation: str) -> str:
    """The state of a place as people say it."""
    return ALLOCATION_NAMES.get(allocation, allocation)


def care_name(care: str) -> str:
    """The word of a care chip."""
    return CARE_NAMES.get(care, care)


def grade_word(grade: int) -> str:
    """What a grade says."""
    return GRADE_WORDS.get(Grade(grade), "") if 0 <= grade <= 4 else ""
