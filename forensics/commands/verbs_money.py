"""`open-wallet`, `graph`, `assets`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forensics.case.linked import assets_of, known
from forensics.commands.open_store import KINDS, tell
from forensics.commands.open_wallet import held, open_finding, passwords
from forensics.commands.opening import reading, writing
from forensics.commands.output import DONE, FAILED, emit, say
from forensics.commands.verbs_inspect import find
from forensics.errors import UsageError
from forensics.links.corroborate import Edge, corroborate, entities
from forensics.links.payments import Flow
from forensics.visible import visible


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    wallet = verbs.add_parser(
        "open-wallet",
        help="open a wallet, a store of passwords or of messages with what the examiner has, or the evidence",
    )
    wallet.add_argument("folder", type=Path)
    wallet.add_argument("finding", help="such as F17")
    wallet.add_argument(
        "--secret",
        metavar="@FILE",
        help="a file whose text, a last newline aside, is the password, or a key in hexadecimal; stores of messages "
        "open without where their key is a finding of the case",
    )
    wallet.add_argument("--secrets", metavar="@FILE", help="a list of passwords that the examiner has, one a line")
    wallet.add_argument("--key-file", type=Path, metavar="FILE", help="where the store wants one beside or instead")
    wallet.add_argument("--json", action="store_true")
    wallet.set_defaults(run=_open_wallet)
    graph = verbs.add_parser("graph", help="entities and links, and what derivation proves")
    graph.add_argument("folder", type=Path)
    graph.add_argument("--proven", action="store_true", help="only links of grade C4, with their two ends")
    graph.add_argument("--json", action="store_true")
    graph.set_defaults(run=_graph)
    held = verbs.add_parser("assets", help="wallets by coin: keys, addresses, payments, labels, and what seizing takes")
    held.add_argument("folder", type=Path)
    held.add_argument("--json", action="store_true")
    held.set_defaults(run=_assets)


def _file(text: str) -> Path:
    if not text.startswith("@"):
        raise UsageError("--secret takes @FILE: a password in the list of processes is a password given away")
    return Path(text[1:])


def _secret(text: str) -> bytes:
    return held(_file(text), "password").removesuffix(b"\n").removesuffix(b"\r")


def _open_wallet(options: argparse.Namespace) -> int:
    secrets = [_secret(options.secret)] if options.secret else []
    if options.secrets:
        secrets += passwords(_file(options.secrets))
    key_file = held(options.key_file, "key") if options.key_file else b""
    with writing(options.folder) as (case, ledger):
        row = find(case, options.finding)
        told = open_finding(case, ledger, row, secrets, key_file)
    if options.json:
        emit(told)
    elif row["kind"] in KINDS:
        for line in tell(told):
            say(line)
    else:
        _tell(told)
    return DONE if told["opened"] else FAILED


def _tell(body: dict[str, Any]) -> None:
    if not body["opened"]:
        say(f"{body['finding']}: not opened: {body['reason']}")
    else:
        say(f"{body['finding']}: opened, proven by {body['check']}")
        entries = body["fields"].get("entries", ())
        if not entries:
            say(f"{body['addresses_in_all']:,} addresses, {len(body['keys'])} public keys")
        for each in entries:
            say("    " + "  ".join(visible(each.get(name) or "-") for name in ("title", "user", "url", "changed")))
        for each in body["secrets"]:
            say(f"    {visible(each['name'])}: {each['masked']} (kept in the vault)")


def _graph(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        findings = known(case)
    edges = sorted(set(corroborate(findings)))
    if options.proven:
        edges = [each for each in edges if each.grade == 4 and each.met]
    ends = {each.source for each in edges} | {each.target for each in edges}
    for name, entity in entities(findings).items():
        if name not in ends:
            continue
        told = {
            "type": "entity",
            "entity": name,
            "kind": entity.kind,
            "grade": f"C{entity.grade}",
            "findings": entity.findings,
        }
        emit(told) if options.json else say(f"C{entity.grade} {name}  {' '.join(entity.findings[:8])}")
    for edge in edges:
        emit(_edge(edge)) if options.json else say(
            f"C{edge.grade} {edge.source} {edge.rule} {edge.target}{'' if edge.met else '  (not found)'}"
        )
    return DONE


def _assets(options: argparse.Namespace) -> int:
    with reading(options.folder) as case:
        found = assets_of(case)
    if options.json:
        emit(asdict(found))
        return DONE
    for each in found.holdings:
        say(
            f"{each.coin}: {each.wallets} wallets, {each.movable} with keys, {each.locked} locked; {each.addresses:,} "
            f"addresses, {each.payments:,} payments, {each.labels:,} labels"
        )
    for wallet in found.wallets:
        say(f"{wallet.finding} {wallet.kind}, {', '.join(wallet.coins)}: {wallet.place}")
        say(f"    {wallet.custody}; {wallet.address_count:,} addresses, {len(wallet.payments):,} payments")
        for flow in wallet.flows:
            say(f"    {_flow(flow)}")
        for label in wallet.labels:
            say(f"    {label.what} {label.of}: {label.text}" + (f" (account {label.writer})" if label.writer else ""))
        for key in wallet.keys:
            say(f"    {key.kind} {key.masked} in {key.finding}: {key.how}")
        say(f"    {wallet.to_seize}")
    for key in found.keys:
        say(f"{key.finding} {key.kind} {key.masked}: of no wallet here, {key.derives} of its values stand elsewhere")
    say("What coins are left is on the public chain, which is not asked.")
    return DONE


def _flow(flow: Flow) -> str:
    """A sentence of what a wallet's own records say came and went, in the coin's smallest unit."""
    since = f", {flow.first} to {flow.last}" if flow.first else ""
    untold = f"; {flow.untold:,} without amount" if flow.untold else ""
    within = f"; {flow.within:,} to itself" if flow.within else ""
    return (
        f"flows in {flow.coin}, smallest unit, as the wallet says: received {flow.received:,}, sent {flow.sent:,}, "
        f"fees {flow.fees:,}, by {flow.payments:,} payments{since}{within}{untold}"
    )


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "type": "link",
        "from": edge.source,
        "rule": edge.rule,
        "to": edge.target,
        "grade": f"C{edge.grade}",
        "met": edge.met,
        "via": edge.via or None,
        "path": edge.path or None,
        "evidence": [{"finding": name, "runs": [list(run) for run in runs]} for name, runs in edge.evidence],
        "same_place": edge.same_place,
    }
