"""Archives of a Prosody server."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.detectors.chat import prosody
from forensics.detectors.chat._specimens_prosody import ARCHIVE, item
from forensics.model import Finding, Grade, Locator

PATH = "ext4:/var/lib/prosody/chat%2einvalid/archive/wick.list"


def _found(data: bytes, at: int = 0, path: str = PATH) -> list[Finding]:
    return list(prosody.DETECTOR.examine(BytesLayer(data, Locator(path)), at))


def _texts(found: Finding) -> list[object]:
    messages = found.fields["messages"].value
    assert isinstance(messages, tuple)
    return [(each["sender"], each["text"], each["own"]) for each in messages if isinstance(each, dict)]


def test_a_conversation_for_each_partner() -> None:
    first, second = _found(ARCHIVE)
    assert (first.value, first.grade) == ("tallow@chat.invalid", Grade.C3)
    assert _texts(first) == [
        ("wick@chat.invalid", 'is "it" there?\nsay', True),
        ("tallow@chat.invalid", "yes, über", False),
    ]
    assert (second.value, second.fields["account"].value) == ("kiln@chat.invalid", "wick@chat.invalid")
    assert ARCHIVE[second.span.offset : second.span.end].startswith(b'item({\n\t{\n\t\t"another"')
    assert [each.when.isoformat() for each in second.events] == ["2024-03-01T00:01:40+00:00"]


def test_told_once_and_over_pieces() -> None:
    assert not _found(ARCHIVE, ARCHIVE.index(b"item(", 10))
    one = item("x" * 3_000, "wick@chat.invalid", "tallow@chat.invalid", "tallow@chat.invalid", "1709251198")
    (found,) = _found(one.encode() * 800, path="unallocated")
    assert (found.fields["message_count"].value, found.grade) == (800, Grade.C2)


def test_damage_never_raises() -> None:
    for cut in range(0, len(ARCHIVE), 5):
        _found(ARCHIVE[:cut])
        _found(ARCHIVE[:cut] + b"\xff\0\\" + ARCHIVE[cut:])
    assert not _found(b"item({\n\t" * 20_000)
