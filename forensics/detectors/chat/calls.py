"""Calls of Android and of Viber on Android: `contacts2.db` or `calllog.db`, `viber_data`.

| column of calls | content                                                          |
|-----------------|------------------------------------------------------------------|
| number          | the other side                                                     |
| date            | milliseconds since 1970, when it began                              |
| duration        | seconds                                                            |
| type            | 1 taken, 2 made, 3 missed, 4 voice mail, 5 refused, 6 blocked         |
| name            | Android: as in the list of contacts at that time                     |

Not recorded: what was said.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen
from forensics.detectors.chat._rows import Tables, View
from forensics.detectors.chat._specimens_store import CALLS
from forensics.detectors.chat._store import Messages, Needs, People, Store, milliseconds
from forensics.model import Clock

_KINDS = {1: "taken", 2: "made", 3: "missed", 4: "voice mail", 5: "refused", 6: "blocked"}


def _call(view: View) -> str:
    return f"call {_KINDS.get(view.number('type') or 0, 'of an unknown kind')}, {view.number('duration') or 0} s"


def _own(view: View) -> bool | None:
    kind = view.number("type")
    return None if kind not in _KINDS else kind == 2


class Calls(Store):
    """Reads calls."""

    kind = "chat/calls"
    title = "Calls of Android or Viber"
    program = "Android or Viber, calls"
    references: ClassVar[tuple[str, ...]] = ("Android: android.provider.CallLog",)
    specimens: ClassVar[tuple[Specimen, ...]] = CALLS
    needs: ClassVar[Needs] = {"calls": ("number", "date", "duration", "type")}
    folders = ("contacts2.db", "calllog.db", "viber_data")
    messages = (
        Messages(
            "calls",
            text=_call,
            peer="canonized_number|number",
            name="name",
            own=_own,
            times=(milliseconds("date", Clock.DEVICE, "call"),),
            extra={"duration": "duration", "country": "countryiso", "place": "geocoded_location"},
        ),
    )
    people = (People("vibernumbers", "canonized_number", {"name": "viber_name", "id": "member_id"}),)

    def matches(self, tables: Tables) -> bool:
        """Android's table, or Viber's."""
        return super().matches(tables) and (
            tables.has("calls", ("numbertype",)) or tables.has("calls", ("viber_call",))
        )


DETECTOR: Detector = Calls()
