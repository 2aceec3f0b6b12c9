"""What a case is and holds, in numbers."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select

from forensics.case import schema
from forensics.case.store import Case
from forensics.custody.status import status_of
from forensics.custody.store import LedgerReader


def facts_of(case: Case) -> dict[str, Any]:
    """Number, people, exhibits with both digests, scans, counts. The trust level is not among them: it is checked."""
    with LedgerReader.open(case.folder) as reader:
        custody = status_of(reader)
    kinds = {
        row["kind"]: row["n"]
        for row in case.rows(
            select(schema.finding.c.kind, func.count().label("n"))
            .group_by(schema.finding.c.kind)
            .order_by(schema.finding.c.kind)
        )
    }
    grades = {
        f"C{row['grade']}": row["n"]
        for row in case.rows(
            select(schema.finding.c.grade, func.count().label("n"))
            .group_by(schema.finding.c.grade)
            .order_by(schema.finding.c.grade)
        )
    }
    return {
        "number": case.fact("number"),
        "title": case.fact("title"),
        "examiner": case.fact("examiner"),
        "agency": case.fact("agency"),
        "authority": case.fact("authority"),
        "exhibits": [
            {
                "number": row["number"],
                "description": row["description"],
                "format": row["format"],
                "size": row["size"],
                "segments": json.loads(row["segments_json"]),
                "stored": json.loads(row["stored_json"]),
                "computed": json.loads(row["computed_json"]),
                "verdict": row["verdict"],
                "caveats": json.loads(row["caveats_json"]),
                "entries": case.count(schema.entry, schema.entry.c.exhibit == row["number"]),
            }
            for row in case.exhibits()
        ],
        "scans": [
            {key: row[key] for key in ("id", "exhibit", "state", "profile")}
            for row in case.rows(select(schema.scan).order_by(schema.scan.c.started_us))
        ],
        "findings": kinds,
        "grades": grades,
        **custody,
        "examiner_key_protected": case.fact("protected", "no") == "yes",
    }
