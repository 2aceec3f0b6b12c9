"""The authority in the status line."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.jobs import Jobs
from app.main import application_of
from app.status_line import StatusLine
from viewers.look import Look


def test_the_status_line_tells_of_the_authority() -> None:
    application = application_of(["test"])
    assert application is not None
    line = StatusLine(Look("light"), Jobs())
    line.show()
    assert "Authority" not in line.accessible_value()
    told = {
        "id": "S-1\u202e",
        "scope": {"valid_to": "2026-04-10T23:59:59.999999Z"},
        "overrides": 0,
        "findings_outside": {},
    }
    line.set_scope(told)
    assert "Authority S-1\\u{202e}, until 2026-04-10" in line.accessible_value()
    line.set_scope({**told, "overrides": 2, "findings_outside": {"exhibits": 3, "dates.to": 1}})
    assert "4 findings outside, opened outside 2 times" in line.accessible_value()
    line.set_scope({})
    assert "Authority" not in line.accessible_value()
    line.close()
