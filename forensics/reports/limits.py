"""What every report says of its own words and of what nothing here can show; see resources/docs/attacks.md."""

from __future__ import annotations

LIMITS = (
    "A finding says what some bytes are. It does not say who put them there, who knew of them, or who controls "
    "a wallet. Entries of the ledger made after the last anchor can be rewritten by whoever holds its keys. "
    "Secrets are masked. What could not be examined is listed below."
)
GRADES = {
    "C0": "a pattern only: it resembles this",
    "C1": "a weak check, or strong context without one: possible",
    "C2": "a check that chance passes once in a million, or a structure that leaves no doubt: valid",
    "C3": "as C2, and something independent of it in its context",
    "C4": "proven by cryptography",
}
LEVELS = {
    "none": "the ledger does not hold together",
    "L1": "the ledger holds together, under the keys that it names for itself",
    "L2": "the ledger holds together, under keys that were pinned by whoever checked it",
    "L3": "as L2, and an anchor from outside covers part of it",
    "L4": "as L3, and as many witnesses as were asked for signed one head of it",
}
NEVER = (
    "What was done outside this program.",
    "What was hashed wrongly before it was first entered, by a workstation that lies at acquisition.",
    "A second ledger that is shown to nobody.",
    "A false statement, signed when it was made.",
    "What the holder of the keys writes anew after the last anchor.",
    "The holder of the keys, all witnesses and the time-stamping authority acting together.",
)
READING = (
    "Times are UTC, as the ledger's own clock claimed them, unless it is said that they are proven.",
    "Characters that cannot be seen, that change the direction of text, that no face of this document has, or that are "
    "piled up on one letter, are written as \\u{…} with their number in Unicode.",
)
