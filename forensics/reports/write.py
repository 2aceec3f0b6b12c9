"""A report of a case as a file, in the format that is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from forensics.case import objects, schema
from forensics.case.facts import facts_of
from forensics.case.linked import assets_of
from forensics.case.store import Case
from forensics.custody.policy import Policy
from forensics.custody.verify import verify
from forensics.reports.case_pdf import write_pdf
from forensics.reports.case_uco import write_case
from forensics.reports.page import write_html
from forensics.reports.state import state_of
from forensics.reports.tables import write_bodyfile, write_csv, write_unexamined

FORMATS = {"html": "html", "csv": "csv", "bodyfile": "body", "jsonl": "jsonl", "case": "jsonld", "pdf": "pdf"}


def write(case: Case, kind: str, path: Path, policy: Policy | None = None, authorities: Sequence[bytes] = ()) -> None:
    """Write `path`. Page and PDF state the trust level that a verification just reached, under what its caller pins.

    Beside the other formats, which have no place for it, goes a table `….unexamined.csv` where there is something
    to list.
    """
    if kind == "pdf":
        write_pdf(case, path, state_of(case, policy, authorities))
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind == "html":
            facts = {**facts_of(case), "level": verify(case.folder, policy, (), authorities).level}
            write_html(file, facts, objects.findings(case), objects.unexamined(case), assets_of(case))
        elif kind == "csv":
            write_csv(file, objects.findings(case))
        elif kind == "case":
            write_case(file, case)
        elif kind == "jsonl":
            for each in objects.findings(case):
                file.write(json.dumps(each, ensure_ascii=False) + "\n")
        else:
            statement = select(schema.entry).order_by(schema.entry.c.id)
            write_bodyfile(file, ({**row, "times": json.loads(row["times_json"])} for row in case.rows(statement)))
    if kind != "html" and case.count(schema.unexamined):
        with path.with_name(f"{path.name}.unexamined.csv").open("w", encoding="utf-8", newline="") as file:
            write_unexamined(file, objects.unexamined(case))
