"""Gajim's history: `logs.db`, as it is now and as it was before 2.0.

| table     | content                                                                                |
|-----------|----------------------------------------------------------------------------------------|
| message   | text, direction 1 received, 2 sent; timestamp; numbers of account, remote and occupant     |
| account, remote, occupant | addresses; nicknames in rooms and, where known, who stands behind them       |
| logs      | before: jid_id, kind (2 room, 3 and 4 received, 5 and 6 sent), time, message                |
| jids      | before: addresses                                                                         |

Times are seconds since 1970 with a fraction. Where both forms are there, both are read.

Not recorded, before: the own account.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import GAJIM
from forensics.detectors.chat._store import Messages, Needs, People, Store, is_, seconds


def _old_own(view: View) -> bool | None:
    return {3: False, 4: False, 5: True, 6: True}.get(view.number("kind") or 0)


def _said(view: View) -> bool:
    return view.number("kind") in (2, 3, 4, 5, 6)


class Gajim(Store):
    """Reads message, or logs."""

    kind = "chat/gajim"
    title = "Conversation in Gajim"
    program = "Gajim"
    references: ClassVar[tuple[str, ...]] = ("Gajim: gajim/common/storage/archive", "Gajim 1: gajim/common/logger.py")
    specimens: ClassVar[tuple[Specimen, ...]] = GAJIM
    needs: ClassVar[Needs] = {}
    folders = ("gajim/logs.db",)
    messages = (
        Messages(
            "message",
            text="text",
            peer="fk_remote_pk>remote.pk.jid",
            account="fk_account_pk>account.pk.jid",
            sender="fk_occupant_pk>occupant.pk.nickname",
            own=is_("direction", 2),
            times=(seconds("timestamp"), seconds("user_delay_ts", meaning="message, delayed by its sender")),
            extra={"encryption": "fk_encryption_pk>encryption.pk.protocol", "id": "stanza_id|id"},
        ),
        Messages(
            "logs",
            text="message",
            peer="jid_id>jids.jid_id.jid",
            sender="contact_name",
            own=_old_own,
            times=(seconds("time"),),
            extra={"subject": "subject"},
            keep=_said,
        ),
    )
    people = (
        People("account", "jid", own=True),
        People("remote", "jid"),
        People("jids", "jid"),
    )

    def matches(self, tables: Tables) -> bool:
        """One of the two forms."""
        new = tables.has("message", ("fk_account_pk", "fk_remote_pk", "timestamp")) and tables.has("remote", ("jid",))
        old = tables.has("logs", ("jid_id", "kind", "time", "message")) and tables.has("jids", ("jid_id", "jid"))
        return new or old


DETECTOR: Detector = Gajim()
