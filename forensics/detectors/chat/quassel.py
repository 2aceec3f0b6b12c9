"""Quassel's store of IRC: `quassel-storage.sqlite`.

| table   | content                                                                                  |
|---------|------------------------------------------------------------------------------------------|
| backlog | time (seconds, in newer ones milliseconds since 1970), type, flags 1 own, message             |
| buffer  | buffername: channel or nick                                                                |
| sender  | nick!user@host                                                                            |
| network | networkname, saslaccount, saslpassword in plain text                                         |

Types are 1 said, 2 notice, 4 action; others are remarks of the server. The clock is that of the computer
on which the core ran.

Not recorded: who stands behind a nick.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Unit, View
from forensics.detectors.chat._specimens_store import QUASSEL
from forensics.detectors.chat._store import Messages, Needs, People, Store, Time
from forensics.model import Clock


def _own(view: View) -> bool | None:
    flags = view.number("flags")
    return None if flags is None else bool(flags & 1)


def _sender(view: View) -> str:
    return view.text("senderid>sender.senderid.sender").split("!", 1)[0]


def _text(view: View) -> str:
    return ("* " if view.number("type") == 4 else "") + view.text("message")


class Quassel(Store):
    """Reads backlog."""

    kind = "chat/quassel"
    title = "Conversation in Quassel (IRC)"
    program = "Quassel"
    references: ClassVar[tuple[str, ...]] = ("Quassel: src/core/SQL/SQLite",)
    specimens: ClassVar[tuple[Specimen, ...]] = QUASSEL
    needs: ClassVar[Needs] = {
        "backlog": ("messageid", "time", "bufferid", "senderid", "message"),
        "buffer": ("bufferid", "buffername"),
        "sender": ("senderid", "sender"),
    }
    folders = ("quassel-storage.sqlite",)
    messages = (
        Messages(
            "backlog",
            text=_text,
            peer="bufferid>buffer.bufferid.buffername",
            sender=_sender,
            own=_own,
            times=(Time("time", Unit.EITHER, Clock.DEVICE),),
            extra={
                "network": "bufferid>buffer.bufferid.networkid>network.networkid.networkname",
                "sender_host": "senderid>sender.senderid.sender",
                "kind_stored": "type",
            },
        ),
    )
    people = (
        People("network", "networkname", {"account": "saslaccount", "password": "saslpassword"}, own=True),
        People("ircserver", "hostname", {"port": "port", "password": "password", "proxy": "proxyhost"}),
    )


DETECTOR: Detector = Quassel()
