"""What the window says of times: a stored time without a zone is never called UTC."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from app import reading
from forensics.case import schema


@pytest.mark.parametrize(("zone", "mark"), [("unknown", ", no zone"), ("utc", "")])
def test_times_of_entries_and_findings_say_that_no_zone_is_stored(case: Path, zone: str, mark: str) -> None:
    engine = create_engine(f"sqlite:///{case / 'case.db'}")
    moment = 1_712_171_400_000_000
    stored = json.dumps(
        [{"field": "modified", "when_us": moment, "precision_us": 2_000_000, "as_stored": "1", "zone": zone}]
    )
    with engine.begin() as connection:
        connection.execute(update(schema.entry).values(times_json=stored, modified_us=moment, created_us=None))
        connection.execute(update(schema.finding).values(events_json=stored, first_us=moment))
        numbers = list(reading.finding_ids(connection, None, ()))[:3]
        entries = reading.entry_lines(connection, [1, 2, 3])
        findings = reading.finding_lines(connection, numbers)
    engine.dispose()
    assert len(findings) == 3
    assert {line.time for line in findings.values()} == {f"2024-04-03 19:10:00{mark}"}
    assert {line.modified for line in entries.values()} == {f"2024-04-03 19:10:00{mark}"}
    assert {line.created for line in entries.values()} == {"none stored"}
