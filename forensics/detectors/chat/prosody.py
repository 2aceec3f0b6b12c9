r"""Archives of messages that the XMPP server Prosody keeps: `<host>/archive/<user>.list`, one for each of its users.

| part      | content                                                                                 |
|-----------|-----------------------------------------------------------------------------------------|
| `item({`  | one message as a table of Lua; ends with `});`                                            |
| children  | tables with `["name"] = "body"`, the text first; other elements stand beside it           |
| `attr`    | `from` and `to` with the program behind a slash, `type`, `stamp`                          |
| `when`    | seconds since 1970 by the server's clock; `with` is the other side, `key` the item's name |

The user is who is on one side of all of them; in the name of the file octets are written `%2e`. A server keeps a week
unless it is told otherwise. Not recorded: the text of messages that were encrypted from end to end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._log import Conversation, Message
from forensics.detectors.chat._specimens_prosody import PROSODY
from forensics.detectors.chat._stamped import bare
from forensics.model import Check, Clock, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_PIECE = 128 << 10
_LARGEST = 64 << 20
_LONGEST = 32 << 10  # octets of one item
_START, _STOP = b"item({\n", b"\n});"
_CHILD = re.compile(rb"^\t\{\n(.*?)\n\t\};", re.DOTALL | re.MULTILINE)
_TEXT = re.compile(rb'^\t\t"((?:[^"\\]|\\.)*)";', re.DOTALL | re.MULTILINE)
_VALUE = re.compile(
    rb'^\t{1,2}\["(when|with|from|to|type)"\] = (?:"((?:[^"\\]|\\.){0,3000})"|(\d{1,12})(?:\.\d{1,9})?);', re.MULTILINE
)
_ESCAPE = re.compile(rb"\\(\d{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_END = b"});\n"


class Prosody:
    """Reads the items that follow each other."""

    kind: ClassVar[str] = "chat/prosody"
    title: ClassVar[str] = "Conversation kept by a Prosody server"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"item\(\{\n\t", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "Prosody 0.12: util/datamanager.lua, util/serialization.lua, mod_storage_internal",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = PROSODY

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The archive whose first item is at `at`, one finding for each partner."""
        if at >= len(_END) and layer.read(at - len(_END), len(_END)) == _END:
            return
        talks: dict[str, Conversation] = {}
        sides: Counter[str] = Counter()
        for offset, body in _items(layer, at):
            held = _values(body)
            partner, when = bare(held.get("with", "")), _moment(held.get("when", ""))
            text = _body(body)
            if not partner or when is None or text is None:
                continue
            sender = bare(held.get("from", ""))
            sides.update({sender, bare(held.get("to", ""))} - {partner, ""})
            talk = talks.setdefault(partner, Conversation(zone="utc", clock=Clock.SERVER))
            stored = held["when"]
            talk.add(
                Message(text, sender, when, stored, offset, len(_START) + len(body) + len(_STOP), sender != partner)
            )
        account = sides.most_common(1)[0][0] if sides else ""
        for partner, talk in talks.items():
            yield self._found(layer, partner, account, talk)

    def _found(self, layer: Layer, partner: str, account: str, talk: Conversation) -> Finding:
        start = talk.messages[0].offset
        named = "/archive/" in layer.locator.step and layer.locator.step.endswith(".list")
        fields = {"program": Field("Prosody"), **talk.fields(), "peer": Field(partner[:300])}
        links = [Link("CONVERSATION_WITH", "account", partner)]
        if account:
            fields["account"] = Field(account[:300])
            links.insert(0, Link("CONVERSATION_OF", "account", account))
        return finding(
            self,
            layer,
            start,
            talk.end - start,
            grade=Grade.C3 if named else Grade.C2,
            value=partner[:300],
            checks=(
                Check("items in form", Outcome.PASS, 60),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 30),
            ),
            fields=fields,
            events=tuple(talk.events()),
            links=tuple(links),
            caveats=("Kept by the server for one of its users, not by the user's program.", *talk.limits()),
            sensitivity=Sensitivity.PERSONAL,
        )


def _items(layer: Layer, at: int) -> Iterator[tuple[int, bytes]]:
    """(offset, what stands between the braces) of items without a gap between them."""
    end = at + _LARGEST
    held, base = layer.read(at, _PIECE), at
    place = 0
    while base + place < end:
        if len(held) - place < _LONGEST + 100 and (more := layer.read(base + len(held), _PIECE)):
            held, base, place = held[place:] + more, base + place, 0
        start = place + len(_START)
        stop = held.find(_STOP, start, start + _LONGEST)
        if not held.startswith(_START, place) or stop < 0:
            return
        yield base + place, held[start:stop]
        place = stop + len(_STOP)
        place += held.startswith(b"\n", place)


def _values(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text, digits in _VALUE.findall(body):
        found.setdefault(name.decode("ascii"), digits.decode("ascii") or _unescaped(text))
    return found


def _body(body: bytes) -> str | None:
    for child in _CHILD.finditer(body):
        if b'\t\t["name"] = "body";' in child[1] and (text := _TEXT.search(child[1])):
            return _unescaped(text[1])
    return None


def _unescaped(text: bytes) -> str:
    """A string of Lua: `\\n`, `\\034`, a backslash before what stands for itself."""

    def one(match: re.Match[bytes]) -> bytes:
        held = match[1]
        return bytes((int(held) & 0xFF,)) if held.isdigit() else _LETTERS.get(held, held)

    return _ESCAPE.sub(one, text).decode("utf-8", "replace")


def _moment(seconds: str) -> datetime | None:
    if not seconds.isdigit() or not 946_684_800 <= int(seconds) < 4_102_444_800:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


DETECTOR: Detector = Prosody()
