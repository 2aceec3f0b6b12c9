"""Known answers: archives in the form of Prosody 0.12."""

from __future__ import annotations

from forensics.detectors.base import Specimen


def item(text: str, sender: str, to: str, partner: str, when: str) -> str:
    """One message as Prosody's serializer indents it."""
    return (
        f'item({{\n\t{{\n\t\t"{text}";\n\t\t["attr"] = {{}};\n\t\t["name"] = "body";\n\t}};\n'
        f'\t["name"] = "message";\n\t["attr"] = {{\n\t\t["type"] = "chat";\n\t\t["to"] = "{to}";\n'
        f'\t\t["from"] = "{sender}/mcabber.1";\n\t}};\n\t["when"] = {when};\n\t["key"] = "kKQmo0DyvYE8";\n'
        f'\t["with"] = "{partner}";\n}});\n'
    )


_WICK, _TALLOW, _KILN = "wick@chat.invalid", "tallow@chat.invalid", "kiln@chat.invalid"
ARCHIVE = (
    item('is \\"it\\" there?\\nsay', _WICK, _TALLOW, _TALLOW, "1709251198")
    + item("yes, \\195\\188ber", _TALLOW, _WICK, _TALLOW, "1709251203")
    + item("another", _KILN, _WICK, _KILN, "1709251300")
).encode()
_HAND = "by hand, in the form of Prosody 0.12"

PROSODY = (
    Specimen("an archive with two partners", ARCHIVE, (_TALLOW, _KILN), _HAND),
    Specimen("cut within the first item", ARCHIVE[:200], None, _HAND + ", cut"),
    Specimen("a time that is none", ARCHIVE.replace(b"= 1709", b"= 99991709"), None, _HAND + ", changed"),
    Specimen("another list of Lua", b'item({\n\t["name"] = "pubsub";\n\t["with"] = "x";\n});\n', None, _HAND),
)
