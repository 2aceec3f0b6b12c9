"""What a bundle shows as linked data, in the terms of :mod:`forensics.reports.case_uco`.

Made from the lines that the bundle shows and from nothing else: what is withheld cannot slip in. Objects bear the same
identifiers as in the linked data of the whole case.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.later import is_later, item_of
from forensics.case.store import Case
from forensics.custody.store import Scan
from forensics.reports.case_uco import Maker, Node, write_graph

Shown = tuple[Scan, int, Mapping[str, Any]]
"""A scan, the index of an item in it, and the groups of it that are shown."""


def linked_data(case: Case, shown: Iterable[Shown]) -> bytes:
    """`case.jsonld` of a bundle: who works under which authority, the exhibits, the items that are shown."""
    out = io.StringIO()
    write_graph(out, _nodes(case, shown))
    return out.getvalue().encode()


def _nodes(case: Case, shown: Iterable[Shown]) -> Iterator[Node]:
    maker = Maker(str(case.fact("number")))
    yield from maker.people(case)
    for row in case.exhibits():
        yield from maker.exhibit(row)
    findings: list[Shown] = []
    files: set[object] = set()
    for scan, index, groups in shown:
        if scan.kind != "item":
            findings.append((scan, index, groups))
            continue
        number = _number(case, schema.entry, scan, index)
        files.add(number)
        yield from maker.file(number, str(scan.exhibit), groups)
    for scan, index, groups in findings:
        yield from maker.finding(f"F{_number(case, schema.finding, scan, index)}", str(scan.exhibit), groups, files)


def _number(case: Case, table: Any, scan: Scan, index: int) -> object:
    """The item's number in the case; of a scan that the case no longer has, a name of its own."""
    if is_later(scan.parser_set):
        row = case.one(
            select(table.c.id).where(table.c.exhibit == scan.exhibit, table.c.item == item_of(scan.tree, index))
        )
        return row["id"] if row else f"{scan.id}:{index}"
    newest = schema.scan.c.id if table is schema.entry else schema.scan.c.findings_scan
    query = select(table.c.id).where(table.c.exhibit == scan.exhibit, table.c.item == index, newest == scan.id)
    row = case.one(query.join(schema.scan, schema.scan.c.exhibit == table.c.exhibit))
    return row["id"] if row else f"{scan.id}:{index}"
