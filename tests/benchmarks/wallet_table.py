"""Every wallet of a corpus: known as what, opened with its recorded password, its values held against the truth.

    .venv/bin/python -m tests.benchmarks.wallet_table CORPUS > table.md

CORPUS holds `truth/wallets.json` (path -> facts) and `made/truth/wallets.json` (a list of facts). All files stand on
one ext4 volume, which is registered and examined as the commands do; then each finding of a wallet is tried with the
password of its file, as `open-wallet` does. A value counts as told if it is among
the fields of the file's findings or of what was opened; a secret, if its masked form or its fingerprint is. The last rows are totals.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forensics.case import objects, schema
from forensics.case.store import Case
from forensics.commands.examination import Examination, Options
from forensics.commands.founding import new_case
from forensics.commands.open_wallet import open_finding
from forensics.commands.opening import writing
from forensics.commands.register import register
from forensics.custody.client import LedgerClient
from forensics.detectors.wallet._opening import OPENERS, WITH_MORE
from forensics.errors import ImpoundError
from forensics.model import Secret
from forensics.primitives import base58
from forensics.sweep.wire import fingerprint
from tests.benchmarks.corpus_recall import leaves, volume_of

_TEXTS = (
    "address",
    "primary_address",
    "primary",
    "first_address",
    "spend_pub",
    "view_pub",
    "seed",
    "private_key",
    "txid",
)
_LISTS = ("addresses", "extended_pubkeys", "master_public_keys", "private_keys")
_SECRETS = ("seed", "private_key", "private_keys", "expected", "content")
_EXPECTED = re.compile(
    r"xprv[1-9A-HJ-NP-Za-km-z]{100,}|WIF ([1-9A-HJ-NP-Za-km-z]{51,52})|privkey 0x([0-9a-f]{64})"
    r"|(?:BIP39|seed): ((?:[a-z]{3,8} ){11,23}[a-z]{3,8})"
)
_MOST_TRIED = 12  # findings of one file: copies of the same state in a database


@dataclass(slots=True)
class Subject:
    """A file and what is known of it: values by the name of the fact, and the password."""

    path: str
    password: str = ""
    values: list[tuple[str, str]] = field(default_factory=list)


def subjects(corpus: Path) -> Iterator[Subject]:
    """Of both truths."""
    for path, facts in json.loads((corpus / "truth/wallets.json").read_text()).items():
        yield _subject(path, facts)
    for facts in json.loads((corpus / "made/truth/wallets.json").read_text()):
        yield _subject(f"made/{facts['path']}", facts)


def _subject(path: str, facts: Mapping[str, Any]) -> Subject:
    password = str(facts.get("password") or "")
    out = Subject(path, "" if password.startswith("(none") else password)
    out.values += [(name, str(facts[name])) for name in _TEXTS if facts.get(name)]
    out.values += [(name, str(each)) for name in _LISTS for each in facts.get(name) or ()]
    labels = facts.get("labels") or ()
    out.values += [("label", str(each)) for each in (labels.values() if isinstance(labels, dict) else labels)]
    for match in _EXPECTED.finditer(str(facts.get("expected", ""))):
        out.values.append(("expected", next(filter(None, match.groups()), match[0])))
    return out


def _forms(name: str, value: str, key: bytes) -> set[str]:
    """How a value may be told: as it is, without its prefix, or masked and by the fingerprint of a secret."""
    plain = value.rpartition(":")[2]
    texts = {value, plain, plain.removeprefix("0x"), f"0x{plain}"}
    payload = base58.decode_check(plain.encode("ascii", "replace"))
    if name in _SECRETS and payload is not None and len(payload) in (33, 34):
        texts.add(payload[1:33].hex())
    forms = {each.lower() for each in texts}
    if name in _SECRETS:
        secrets = [Secret(each) for each in texts]
        forms |= {fingerprint(each, key) for each in secrets} | {each.masked.lower() for each in secrets}
    return forms


def _opened(case: Case, ledger: LedgerClient, rows: list[dict[str, Any]], password: str) -> tuple[list[Any], list[str]]:
    """What opened, and why others did not."""
    told, reasons = list[Any](), list[str]()
    for row in [each for each in rows if each["kind"] in (*OPENERS, *WITH_MORE)][:_MOST_TRIED]:
        try:
            (stored,) = case.rows(select(schema.finding).where(schema.finding.c.id == int(row["id"][1:])))
            body = open_finding(case, ledger, dict(stored), [password.encode()])
        except ImpoundError as error:
            reasons.append(str(error))
            continue
        if body["opened"]:
            told.append(body)
        else:
            reasons.append(str(body["reason"]))
    return told, reasons


def main(corpus: Path) -> None:
    """Print the table."""
    known = list(subjects(corpus))
    totals: Counter[str] = Counter()
    print(
        "| file | kinds (number, grade) | version | opened | values of the truth | lacks |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory(prefix="wallets-") as name:
        folder = Path(name)
        names = {path for each in known for path in _with_companions(corpus, each.path)}
        image = volume_of(corpus, sorted(names), folder)
        new_case(folder / "case", number="1", examiner="Table", agency="", title="", authority="")
        with writing(folder / "case") as (case, ledger):
            exhibit = register(case, ledger, [image])
            Examination(case, ledger, exhibit["number"], options=Options(workers=2)).run()
            by_path: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
            for row in objects.findings(case, None, 0):
                by_path[str(row["path"] or "").lstrip("/")].append(row)
            for each in known:
                print("|", " | ".join(_row(case, ledger, each, by_path.get(each.path, []), totals)), "|", flush=True)
    print(f"\nfiles known as a wallet or by what they hold: {totals['known']} of {len(known)}")
    print(f"files opened: {totals['opened']} of {totals['passwords']} with a recorded password")
    print(f"values of the truth: {totals['told']} of {totals['asked']}")


def _with_companions(corpus: Path, path: str) -> Iterator[str]:
    """A file, and those that stand beside it under its name: a cache, keys, a log."""
    yield path
    source = corpus / path
    for each in source.parent.glob(f"{source.name.removesuffix('.keys')}*"):
        if each.is_file():
            yield each.relative_to(corpus).as_posix()


def _row(
    case: Case, ledger: LedgerClient, subject: Subject, rows: list[dict[str, Any]], totals: Counter[str]
) -> tuple[str, ...]:
    wallets = [each for each in rows if each["kind"].startswith(("wallet/", "store/", "key/", "seed/"))]
    kinds = Counter((each["kind"], each["grade"]) for each in wallets)
    totals["known"] += bool(kinds)
    versions = {
        str(each["fields"][name]["value"])
        for each in wallets
        for name in ("version", "seed_version")
        if name in each["fields"]
    }
    told, reasons = _opened(case, ledger, wallets, subject.password) if subject.password else ([], [])
    totals["passwords"] += bool(subject.password)
    totals["opened"] += bool(told)
    here = {leaf for row in rows for leaf in (*leaves(row["fields"]), str(row["value"]).lower())}
    here |= {str(row.get("value_fingerprint") or "").lower() for row in rows} | {
        leaf for each in told for leaf in leaves(each)
    }
    lacking = [(name, value) for name, value in subject.values if not _forms(name, value, case.secret_key) & here]
    totals["asked"] += len(subject.values)
    totals["told"] += len(subject.values) - len(lacking)
    opened = "; ".join(dict.fromkeys(each["check"] for each in told)) or (f"no: {reasons[0][-90:]}" if reasons else "-")
    lacks = ", ".join(dict.fromkeys(name for name, _ in lacking))
    shown = ", ".join(f"{kind} ({number}, {grade})" for (kind, grade), number in sorted(kinds.items())) or "-"
    return (
        subject.path,
        shown,
        ", ".join(sorted(versions)),
        opened.replace("|", "/"),
        f"{len(subject.values) - len(lacking)}/{len(subject.values)}",
        lacks,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
