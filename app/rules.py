"""The rules of links in words: what each says, and how it could be wrong."""

from __future__ import annotations

from resources.languages import tr

RULES = {
    "DERIVES": (
        "derives",
        tr("The derivation is exact. It does not say who holds the seed or key, or who wrote either."),
    ),
    "WALLET_HAS_ADDRESS": (tr("wallet has address"), tr("A wallet may list addresses that it only watches.")),
    "WALLET_HAS_XPUB": (tr("wallet has key"), tr("A wallet may hold an extended public key that it only watches.")),
    "WALLET_HAS_TRANSACTION": (tr("wallet knows transaction"), tr("A wallet may know a transaction of somebody else.")),
    "WALLET_PAID": (
        tr("wallet paid"),
        tr("The wallet's own record says so; the chain was not asked whether it came to be."),
    ),
    "USER_ID_EMAIL": (tr("user ID names"), tr("Anybody can write any mail address into a user ID.")),
    "HAS_KEYGRIP": (tr("has keygrip"), tr("The keygrip is made of the public part; the private key may be anywhere.")),
    "HAS_SUBKEY": (tr("has subkey"), tr("The binding signature shows who bound it, not who uses it.")),
    "ENCRYPTED_TO": (
        tr("encrypted to"),
        tr("A recipient is named by a key number of eight bytes, and may be hidden or false."),
    ),
    "MAILED_TO": (tr("mailed to"), tr("Header lines of a mail are written by its sender.")),
    "MAILED_BY": (tr("mailed by"), tr("Header lines of a mail are written by its sender.")),
    "CONVERSATION_WITH": (tr("conversation with"), tr("A name in a log is what the program was told.")),
    "CONVERSATION_OF": (tr("conversation of"), tr("An account may be used by more than one person.")),
    "SPOKE_IN_LOG": (tr("spoke in"), tr("A name in a log is what the program was told.")),
    "PAID_OR_LABELLED": (tr("paid or labelled"), tr("A label is written by the user of the wallet.")),
    "TAKEN_AT": (tr("taken at"), tr("A position in a picture can be edited, and the camera may have been wrong.")),
    "TAKEN_WITH": (tr("taken with"), tr("A camera's name in a picture can be edited.")),
    "ASKS_PAYMENT_TO": (tr("asks payment to"), tr("A page shows what it was made to show.")),
}
ANYTHING = tr("The rule names two things in one record. Who made the record, and whether it is true, it does not say.")


def rule_words(rule: str) -> str:
    """A rule as a label says it."""
    return RULES[rule][0] if rule in RULES else rule.replace("_", " ").lower()


def rule_caveat(rule: str) -> str:
    """How a link by this rule could be wrong."""
    return RULES[rule][1] if rule in RULES else ANYTHING
