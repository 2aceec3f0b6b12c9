"""The rules of links in words: what each says, and how it could be wrong."""

from __future__ import annotations

RULES = {
    "DERIVES": ("derives", "The derivation is exact. It does not say who holds the seed or key, or who wrote either."),
    "WALLET_HAS_ADDRESS": ("wallet has address", "A wallet may list addresses that it only watches."),
    "WALLET_HAS_XPUB": ("wallet has key", "A wallet may hold an extended public key that it only watches."),
    "WALLET_HAS_TRANSACTION": ("wallet knows transaction", "A wallet may know a transaction of somebody else."),
    "WALLET_PAID": ("wallet paid", "The wallet's own record says so; the chain was not asked whether it came to be."),
    "USER_ID_EMAIL": ("user ID names", "Anybody can write any mail address into a user ID."),
    "HAS_SUBKEY": ("has subkey", "The binding signature shows who bound it, not who uses it."),
    "ENCRYPTED_TO": (
        "encrypted to",
        "A recipient is named by a key number of eight bytes, and may be hidden or false.",
    ),
    "MAILED_TO": ("mailed to", "Header lines of a mail are written by its sender."),
    "MAILED_BY": ("mailed by", "Header lines of a mail are written by its sender."),
    "CONVERSATION_WITH": ("conversation with", "A name in a log is what the program was told."),
    "CONVERSATION_OF": ("conversation of", "An account may be used by more than one person."),
    "SPOKE_IN_LOG": ("spoke in", "A name in a log is what the program was told."),
    "PAID_OR_LABELLED": ("paid or labelled", "A label is written by the user of the wallet."),
    "TAKEN_AT": ("taken at", "A position in a picture can be edited, and the camera may have been wrong."),
    "TAKEN_WITH": ("taken with", "A camera's name in a picture can be edited."),
    "ASKS_PAYMENT_TO": ("asks payment to", "A page shows what it was made to show."),
}
ANYTHING = "The rule names two things in one record. Who made the record, and whether it is true, it does not say."


def rule_words(rule: str) -> str:
    """A rule as a label says it."""
    return RULES[rule][0] if rule in RULES else rule.replace("_", " ").lower()


def rule_caveat(rule: str) -> str:
    """How a link by this rule could be wrong."""
    return RULES[rule][1] if rule in RULES else ANYTHING
