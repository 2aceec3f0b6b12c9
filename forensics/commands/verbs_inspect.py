"""`tree`, `findings`, `timeline`, `unexamined`, `reproduce`, `cat`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forensics.case import authority, objects, schema
from forensics.case.accounting import examined_exhibits, unexamined_by_exhibit
from forensics.case.store import Case
from forensics.commands import authority as overriding
from forensics.commands import reproduce
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, emit, say
from forensics.commands.reader import EvidenceReader, found
from forensics.errors import UsageError
from forensics.model import Sensitivity
from forensics.sweep.wire import microseconds
from forensics.visible import visible


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    tree = _verb(verbs, "tree", "every entry with size, times, digests and byte runs", _tree)
    tree.add_argument("--exhibit")
    tree.add_argument("--volume", type=int)
    tree.add_argument("--hashes", action="store_true", help="show digests in the listing for people too")
    findings = _verb(verbs, "findings", "the findings", _findings)
    findings.add_argument("--kind", help="glob, such as 'wallet/*'")
    findings.add_argument("--grade", default="C0", choices=("C0", "C1", "C2", "C3", "C4"), help="the lowest wanted")
    _outside(findings, "show those outside the authority instead")
    timeline = _verb(verbs, "timeline", "events in order of time", _timeline)
    timeline.add_argument("--from", dest="first", help="ISO 8601, UTC")
    timeline.add_argument("--to", dest="last")
    _verb(verbs, "unexamined", "what could not be searched, and why", _unexamined)
    again = _verb(verbs, "reproduce", "a script of stock tools that rebuilds a finding's bytes", _reproduce)
    again.add_argument("finding", help="such as F17")
    raw = _verb(verbs, "cat", "raw bytes of any layer", _cat)
    raw.add_argument("locator", help="F17, entry:42, E1:/path or E1@offset (image bytes)")
    raw.add_argument("--offset", type=int, default=0)
    raw.add_argument(
        "--encoded", action="store_true", help="of a finding in a decoded stream: its bytes as they lie on the image"
    )
    raw.add_argument("--length", type=int)
    _outside(raw, "read it though it is outside the authority")


def _outside(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument(
        "--outside", action="store_true", help=f"{words}; needs --reason, which is entered in the ledger"
    )
    parser.add_argument("--reason", default="")


def _verb(verbs: Any, name: str, words: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=words)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def _tree(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        for each in objects.entries(case, options.exhibit, options.volume):
            if options.json:
                emit(each)
                continue
            name = each["path"] if each["stream"] is None else f"{each['path']}:{each['stream']}"
            state = " " if each["allocated"] else "*"
            digest = f" {each.get('sha256', '-'):<64}" if options.hashes else ""
            print(f"{state} {each['size']:>14,}{digest} {each['exhibit']}/{each['volume']} {visible(name)}")
    return DONE


def _findings(options: argparse.Namespace) -> int:
    grade = int(options.grade[1])
    if options.outside:
        with writing(options.folder) as (case, ledger):
            wanted = list(objects.findings(case, options.kind, grade, table=schema.outside_finding))
            for each in wanted:
                overriding.override(case, ledger, options.reason, {"item": each["id"]}, each["exhibit"])
        _list(wanted, as_json=options.json)
        return DONE
    with reading(options.folder) as case:
        _list(objects.findings(case, options.kind, grade), as_json=options.json)
        outside = sum(authority.counted(case).values())
    if outside and not options.json:
        say(f"{outside:,} outside the authority are not shown")
    return DONE


def _list(findings: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    for each in findings:
        if as_json:
            emit(each)
        else:
            where = each["path"] or each["locator"].rpartition(" > ")[2]
            say(f"{each['id']:<7} {each['grade']} {each['kind']:<22} {each['value'] or '-'}  {where}")


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a time such as 2025-11-04T21:00:00Z") from error
    return microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _timeline(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        for each in objects.events(case, _moment(options.first), _moment(options.last)):
            if options.json:
                emit(each)
            else:
                zone = "UTC" if each["zone"] == "utc" else f"zone {each['zone']}"
                say(f"{each['when']} {zone:<13} {each['meaning']:<22} {each['finding'] or '':<6} {each['path'] or ''}")
    return DONE


def _unexamined(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        total = unexamined = 0
        for each in objects.unexamined(case):
            tried = each.pop("tried")
            if options.json:
                emit(each)
            else:
                say(f"{each['exhibit']}  {each['bytes']:>16,}  {each['reason']:<20} {each['place']}: {each['detail']}")
                if each["reason"] == "quarantined":
                    say(f"{'':22}{tried}")
        with case.engine.connect() as connection:
            lost, ended = unexamined_by_exhibit(connection), examined_exhibits(connection)
        for exhibit in case.exhibits():
            number = exhibit["number"]
            total += exhibit["size"]
            unexamined += lost[number]
            if number not in ended:
                place = {"exhibit": number, "place": "the whole exhibit", "reason": "not examined yet"}
                if options.json:
                    emit({**place, "bytes": exhibit["size"]})
                else:
                    say(f"{number}  {exhibit['size']:>16,}  not examined yet")
    sums = {"total": total, "examined": total - unexamined, "unexamined": unexamined}
    if options.json:
        emit(sums)
    else:
        say(f"{sums['examined']:,} bytes examined + {unexamined:,} not = {total:,}, the size of the evidence")
    return DONE


def find(case: Case, name: str) -> dict[str, Any]:
    """The row of a finding by its name such as F17."""
    if not re.fullmatch(r"F?\d{1,12}", name):
        raise UsageError(f"{name!r} is not a finding such as F17")
    return found(case, int(name.lstrip("F")))


def _reproduce(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        row = find(case, options.finding)
        text = reproduce.script(row, case.exhibit(row["exhibit"]))
    if options.json:
        emit({"finding": options.finding, "script": text})
    else:
        print(text, end="")
    return DONE


def _refuse_secret(row: Mapping[str, Any]) -> None:
    if row["sensitivity"] == Sensitivity.SECRET:
        raise UsageError(f"F{row['id']} is a secret: `impound reveal` shows it for a reason that is kept in the record")


def _cat(options: argparse.Namespace) -> int:
    if not options.outside:
        with reading(options.folder) as case, EvidenceReader(case) as reader:
            _pour(case, reader, options)
        return DONE
    reason = overriding.checked(options.reason)
    with writing(options.folder) as (case, ledger), EvidenceReader(case) as reader:

        def all_of_it() -> bytes:
            wanted = 1 << 62 if options.length is None else options.length
            return reader.read(options.locator, options.offset, wanted, encoded=options.encoded)

        overriding.opened(case, ledger, reader, reason, all_of_it)
        _pour(case, reader, options)
    return DONE


def _pour(case: Case, reader: EvidenceReader, options: argparse.Namespace) -> None:
    if re.fullmatch(r"[Ff]\d{1,12}", options.locator):
        _refuse_secret(found(case, int(options.locator[1:]), outside=options.outside))
    offset, length = options.offset, options.length
    while length is None or length > 0:
        wanted = 1 << 20 if length is None else min(length, 1 << 20)
        data = reader.read(options.locator, offset, wanted, encoded=options.encoded)
        if not data:
            break
        sys.stdout.buffer.write(data)
        offset += len(data)
        if length is not None:
            length -= len(data)
    sys.stdout.buffer.flush()
