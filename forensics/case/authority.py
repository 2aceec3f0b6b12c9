"""The authority of a case: entered in the ledger as `case.scope`, version by version, the last one holds.

Findings and moments outside it are set aside: moved to tables of their own, where nothing that shows findings looks.
A case whose authority changes has them judged anew; so has a rebuilt case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, literal, select, text, update
from sqlalchemy import case as either

from forensics.authority.scope import Scope, scope_of
from forensics.authority.verdict import ZONE_US, Judge, Moment, Standing, Verdict
from forensics.case import schema
from forensics.case.accounting import examined_exhibits
from forensics.case.store import Case, packed, unpacked
from forensics.custody.store import LedgerReader
from forensics.model import Sensitivity

ENTERED, OVERRIDDEN = "case.scope", "scope.override"
FACT = "scope"  # what the ledger's last entry says, for readers of the case
REASON = "outside the authority"
_BATCH = 16_000
_ZONELESS = "unknown"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A version of the authority; `widens` are the keys in which it may allow more than the one before."""

    scope: Scope
    version: int
    seq: int
    widens: tuple[str, ...] = ()
    reason: str = ""

    @property
    def stated(self) -> Row:
        """What the beginning of an examination says of it."""
        return {"id": self.scope.id, "version": self.version, "sha256": self.scope.sha256, "ledger_entry": self.seq}


def versions(case: Case) -> list[Held]:
    """All versions, oldest first, out of the ledger."""
    with LedgerReader.open(case.folder) as ledger:
        return [held_of(e.body, e.seq) for e in ledger.entries() if e.type == ENTERED and isinstance(e.body, dict)]


def held_of(body: Any, seq: int) -> Held:
    """A version as its ledger entry states it."""
    return Held(scope_of(body["scope"]), int(body["version"]), seq, tuple(body["widens"]), str(body["reason"]))


def in_force(case: Case) -> Held | None:
    """The version that holds, as the case database knows it; None where no authority was entered."""
    fact = case.fact(FACT, "")
    if not fact:
        return None
    told = json.loads(fact)
    return held_of(told["body"], told["seq"])


def keep(case: Case, body: Mapping[str, Any], seq: int) -> None:
    """Store what the ledger holds, for `in_force`."""
    case.set_fact(FACT, packed({"body": body, "seq": seq}))


def overrides(case: Case) -> int:
    """How often something outside was opened all the same."""
    with LedgerReader.open(case.folder) as ledger:
        return sum(entry.type == OVERRIDDEN for entry in ledger.entries())


def moments(times: Iterable[Mapping[str, Any]]) -> Iterator[Moment]:
    """Times of an entry or moments of a finding as they are kept, for the judge."""
    for each in times:
        if each["when_us"] is not None:
            yield Moment(each["when_us"], each["precision_us"], each["zone"] != _ZONELESS)


def judge_of(case: Case) -> Judge | None:
    """Of the version that holds; None where no authority was entered."""
    held = in_force(case)
    return None if held is None else Judge(held.scope)


def entry_verdict(judge: Judge, row: Mapping[str, Any]) -> Verdict:
    """Of a row of `entry`."""
    return judge.entry(row["exhibit"], row["path"], moments(unpacked(row["times_json"])))


def finding_verdict(judge: Judge, row: Mapping[str, Any]) -> Verdict:
    """Of a row of `finding`, by itself; that of its entry comes first."""
    inside = json.loads(row["fields_json"]).get("inside", {}).get("value", ())
    names = [inside] if isinstance(inside, str) else list(inside)
    return judge.finding(row["exhibit"], row["kind"], row["path"], names, moments(json.loads(row["events_json"])))


def rules(judge: Judge) -> Callable[[Row], str]:
    """For a plan: the rule by which an entry is outside, or nothing."""

    def rule_of(row: Row) -> str:
        verdict = entry_verdict(judge, row)
        return verdict.rule if verdict.outside else ""

    return rule_of


# --- setting aside


def set_aside(connection: Connection, judge: Judge | None, since: int = 0) -> None:
    """Judge the findings and moments of all exhibits whose examination has ended, and move them where they belong.

    With `since`, only findings of higher numbers, which came later.
    """
    ended = sorted(examined_exhibits(connection))
    if not since:
        _back(connection, ended)
        _unmark(connection, ended)
    if judge is None or not ended:
        return
    connection.execute(text("CREATE TEMP TABLE gone_entry (id INTEGER PRIMARY KEY, rule TEXT)"))
    connection.execute(text("CREATE TEMP TABLE gone (id INTEGER PRIMARY KEY, rule TEXT)"))
    try:
        e, f = schema.entry.c, schema.finding.c
        entries = select(e.id, e.exhibit, e.path, e.times_json).where(e.exhibit.in_(ended))
        if since:
            entries = entries.where(e.id.in_(select(f.entry).where(f.id > since)))
        _note(connection, "gone_entry", entries, e.id, lambda row: entry_verdict(judge, row))
        columns = (f.id, f.exhibit, f.kind, f.path, f.fields_json, f.events_json)
        findings = select(*columns).where(f.exhibit.in_(ended), f.id > since)
        _note(connection, "gone", findings, f.id, lambda row: finding_verdict(judge, row))
        _mark(connection, judge, ended, since)
        connection.execute(
            text(
                "INSERT OR IGNORE INTO gone SELECT f.id, g.rule FROM finding AS f"
                " JOIN gone_entry AS g ON g.id = f.entry WHERE f.id > :since"
            ),
            {"since": since},
        )
        _out(connection, schema.event, schema.outside_event, "finding", "gone")
        _out(connection, schema.event, schema.outside_event, "entry", "gone_entry")
        _out(connection, schema.finding, schema.outside_finding, "id", "gone")
        _out_by_time(connection, judge, ended)
    finally:
        connection.execute(text("DROP TABLE gone"))
        connection.execute(text("DROP TABLE gone_entry"))


def _note(connection: Connection, table: str, query: Any, number: Any, verdict_of: Callable[[Row], Verdict]) -> None:
    """Write down the numbers and rules of the rows that are outside."""
    for rows in _batches(connection, query, number):
        verdicts = ((row["id"], verdict_of(row)) for row in rows)
        gone = [(each, verdict.rule) for each, verdict in verdicts if verdict.outside]
        if gone:
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES (?, ?)", gone)  # noqa: S608 - own names


def _batches(connection: Connection, query: Any, number: Any) -> Iterator[list[Row]]:
    """The rows of a query in the order of `number`, its first column."""
    last = 0
    while True:
        result = connection.execute(query.where(number > last).order_by(number).limit(_BATCH))
        names, rows = tuple(result.keys()), result.all()
        if not rows:
            return
        yield [dict(zip(names, row, strict=True)) for row in rows]
        last = rows[-1][0]


def _mark(connection: Connection, judge: Judge, ended: Sequence[str], since: int) -> None:
    """Mark what may be privileged; a secret stays one."""
    if not judge.marks:
        return
    f = schema.finding.c
    columns = (f.id, f.sensitivity, f.value, f.summary, f.path, f.fields_json)
    query = select(*columns).where(
        f.exhibit.in_(ended), f.id > since, f.sensitivity.in_((Sensitivity.NORMAL, Sensitivity.PERSONAL))
    )
    for rows in _batches(connection, query, f.id):
        found = [
            (row["id"], rule, row["sensitivity"])
            for row in rows
            if (rule := judge.privilege(row["value"] or "", row["summary"], row["path"] or "", row["fields_json"]))
        ]
        if found:
            connection.exec_driver_sql("INSERT INTO privileged VALUES (?, ?, ?)", found)
    marked = select(schema.privileged.c.finding)
    connection.execute(update(schema.finding).where(f.id.in_(marked)).values(sensitivity=Sensitivity.PRIVILEGED.value))


def _unmark(connection: Connection, ended: Sequence[str]) -> None:
    """Take back what an earlier version has marked."""
    p, f = schema.privileged.c, schema.finding.c
    before = select(p.before).where(p.finding == f.id).scalar_subquery()
    own = select(f.id).where(f.exhibit.in_(ended))
    connection.execute(
        update(schema.finding).where(f.id.in_(select(p.finding)), f.exhibit.in_(ended)).values(sensitivity=before)
    )
    connection.execute(delete(schema.privileged).where(p.finding.in_(own)))


def _names(table: Any) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _back(connection: Connection, ended: Sequence[str]) -> None:
    for home, aside in ((schema.finding, schema.outside_finding), (schema.event, schema.outside_event)):
        names = _names(home)
        for exhibit in ended:
            where = f"FROM {aside.name} WHERE exhibit = ?"
            connection.exec_driver_sql(f"INSERT INTO {home.name} ({names}) SELECT {names} {where}", (exhibit,))
            connection.exec_driver_sql(f"DELETE {where}", (exhibit,))


def _out(connection: Connection, home: Any, aside: Any, column: str, gone: str) -> None:
    """Move the rows of `home` whose `column` a row of `gone` names."""
    names = _names(home)
    chosen = ", ".join(f'{home.name}."{column.name}"' for column in home.columns)
    connection.exec_driver_sql(
        f"INSERT INTO {aside.name} ({names}, rule) SELECT {chosen}, {gone}.rule FROM {home.name}"  # noqa: S608
        f" JOIN {gone} ON {home.name}.{column} = {gone}.id"
    )
    connection.exec_driver_sql(
        f"DELETE FROM {home.name} WHERE id IN (SELECT id FROM {aside.name})"  # noqa: S608 - own names
    )


def _out_by_time(connection: Connection, judge: Judge, ended: Sequence[str]) -> None:
    """Move the moments outside the window of dates, though what they are of is inside."""
    v = schema.event.c
    first, last = judge.window
    slack = either((v.zone == _ZONELESS, ZONE_US), else_=0)
    sides = {} if first is None else {"dates.from": v.when_us + v.precision_us + slack < first}
    sides |= {} if last is None else {"dates.to": v.when_us - slack > last}
    for rule, outside in sides.items():
        query = select(*schema.event.columns, literal(rule)).where(outside, v.exhibit.in_(ended))
        connection.execute(schema.outside_event.insert().from_select([*schema.event.columns.keys(), "rule"], query))
    connection.exec_driver_sql("DELETE FROM event WHERE id IN (SELECT id FROM outside_event)")


def last_number(connection: Connection) -> int:
    """The highest number that a finding has, set aside or not."""
    tables = (schema.finding, schema.outside_finding)
    return max(int(connection.execute(select(func.max(each.c.id))).scalar() or 0) for each in tables)


def counted(case: Case) -> dict[str, int]:
    """Findings that are set aside, by rule."""
    o = schema.outside_finding.c
    query = select(o.rule, func.count().label("n")).group_by(o.rule).order_by(o.rule)
    return {row["rule"]: row["n"] for row in case.rows(query)}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Entries by their standing, with the bytes of their size; and findings, kept and set aside."""

    entries: Mapping[Standing, tuple[int, int]]
    findings: int
    aside: Mapping[str, int]


def coverage(case: Case, judge: Judge) -> Coverage:
    """The map of what the authority covers, entry by entry."""
    sums = {standing: [0, 0] for standing in Standing}
    e = schema.entry.c
    query = select(e.id, e.exhibit, e.path, e.times_json, e.size)
    last = 0
    while rows := list(case.rows(query.where(e.id > last).order_by(e.id).limit(_BATCH))):
        for row in rows:
            tally = sums[entry_verdict(judge, row).standing]
            tally[0] += 1
            tally[1] += row["size"]
        last = rows[-1]["id"]
    told = {standing: (count, size) for standing, (count, size) in sums.items()}
    return Coverage(told, case.count(schema.finding), counted(case))
