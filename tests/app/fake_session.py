"""A stand-in for `impound session CASE`: the same JSON lines over a synthetic case database."""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

TEXT = b'{"addresses":["bc1qinventedaddress0000000000000000000000"],"seed":"one two three four five six"}'


def send(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


def progress(stage: str, done: int, total: int) -> None:
    send(
        {
            "event": "progress", "job": "examine", "stage": stage, "label": "/home/nl/file3.txt", "done": done, "total": total,
            "bytes_done": done * 1000, "bytes_total": total * 1000, "elapsed": 72.0, "left": [1500, 2400],
            "findings": {"wallet/electrum": 2, "address/bitcoin": 1108, "chat/pidgin": 91, "onion/v3": 5},
            "workers": [{"number": 1, "label": "parse /home/nl/.config/chat/db.sqlite-wal"}, {"number": 2, "label": ""}],
            "quarantined": [{"place": "/home/nl/dump.tar.xz", "reason": "the reader stopped answering after 60 s"}],
        }
    )  # fmt: skip


def database(args: dict[str, Any]) -> dict[str, Any]:
    """A shop of two tables; all invented."""
    table = args.get("table") or "orders"
    rows = [
        {"rowid": 1, "state": "live", "values": ["1", "heron", None], "log": False, "span": [32, 20], "whole": True,
         "sure": True},
        {"rowid": 2, "state": "wal", "values": ["2", "tern", "x"], "log": True, "span": [64, 20], "whole": True,
         "sure": True},
        {"rowid": None, "state": "deleted", "values": ["3", "gone", "y"], "log": False, "span": [96, 20],
         "whole": False, "sure": False},
    ]  # fmt: skip
    rows = rows if table == "orders" else []
    return {
        "tables": [{"name": "orders", "columns": ["id", "buyer", "note"]}, {"name": "empty", "columns": ["a"]}],
        "table": table, "columns": ["id", "buyer", "note"] if rows else ["a"],
        "states": {"live": 1, "wal": 1, "deleted": 1} if rows else {}, "first": int(args["first"]), "most": 200, "rows": rows,
        "log": True, "faults": [],
    }  # fmt: skip


def assets() -> dict[str, Any]:
    """A wallet in clear, one that is locked, and a seed of neither; all invented."""
    key = {"finding": "F2", "kind": "seed", "masked": "abcd •••••• yz", "place": "/home/nl/w", "how": "in the wallet, in clear",
           "derives": 0}  # fmt: skip
    first: dict[str, Any] = {
        "finding": "F1", "kind": "wallet/electrum", "exhibit": "E1", "place": "/home/nl/w", "allocation": "allocated",
        "grade": "C3", "writer": "nl", "coins": ["BTC"], "custody": "keys in clear", "encryption": "none", "policy": "",
        "addresses": [{"address": "bc1qinvented", "role": "receiving", "label": "stall", "used": True, "elsewhere": ["F3"]}],
        "address_count": 1, "payments": [
            {"txid": "aa" * 32, "when": "2024-01-01T00:00:00Z", "when_is": "time of the block", "way": "OUT",
             "amount": "1200", "fee": "200", "note": "", "coin": "BTC"}
        ],
        "flows": [
            {"coin": "BTC", "payments": 3, "received": 5000, "sent": 1200, "fees": 200, "within": 0, "untold": 1,
             "first": "2024-01-01T00:00:00Z", "last": "2024-01-02T00:00:00Z"}
        ],
        "labels": [{"of": "bc1qinvented", "text": "stall\u202e", "what": "address", "writer": "nl"}], "keys": [key],
        "stated": [["BTC", "12"]], "to_seize": "Its private keys lie in clear.",
    }  # fmt: skip
    second = {**first, "finding": "F4", "custody": "keys encrypted", "keys": [], "labels": [], "payments": [], "flows": [],
              "addresses": [], "address_count": 0, "stated": [], "to_seize": "Only with the password."}  # fmt: skip
    loose = {**key, "finding": "F5", "kind": "seed/bip39", "how": "", "derives": 2}
    coin = {"coin": "BTC", "wallets": 2, "movable": 1, "locked": 1, "addresses": 1, "payments": 1, "labels": 1}
    return {"holdings": [coin], "wallets": [first, second], "keys": [loose]}


LINKED = [1_762_290_453_000_000 + day * 86_400_000_000 for day in range(5)]


def graph(args: dict[str, Any]) -> dict[str, Any]:
    """A seed, an address that it derives, and a key that a link names; all invented."""
    grade = int(args["grade"])
    end = {"finding": "F1", "runs": [[4096, 40]], "exhibit": "E1", "secret": False}
    links: list[dict[str, Any]] = [
        {
            "from": "seed/bip39:0011223344556677", "rule": "DERIVES", "to": "address/bitcoin:bc1qinvented", "grade": 4,
            "met": True, "count": 1, "paths": ["0/0"], "same_place": False, "times": [LINKED[1], LINKED[2]],
            "evidence": [[{**end, "finding": "F2", "secret": True}, end]],
        },
        {
            "from": "address/bitcoin:bc1qinvented", "rule": "ASKS_PAYMENT_TO", "to": "parcel/s10:RR473124829US", "grade": 2,
            "met": False, "count": 3, "paths": [], "same_place": True, "times": None, "evidence": [[end]],
        },
    ]  # fmt: skip
    links = [each for each in links if each["grade"] >= grade]
    undated = sum(each["times"] is None for each in links)
    first, last = args["first"] or LINKED[0], args["last"] or LINKED[-1]
    dated = [each for each in links if each["times"]]
    within = [each for each in dated if any(first <= time <= last for time in each["times"])]
    links = within + [each for each in links if args["undated"] and each["times"] is None]
    entities = [
        {"name": "seed/bip39:0011223344556677", "kind": "seed/bip39", "value": "0011223344556677", "grade": 4,
         "findings": ["F2"], "count": 1, "steps": 0, "x": 0.0, "y": 0.0},
        {"name": "address/bitcoin:bc1qinvented", "kind": "address/bitcoin", "value": "bc1qinvented", "grade": 2,
         "findings": ["F1"], "count": 1, "steps": 1, "x": 320.0, "y": 0.0},
        {"name": "parcel/s10:RR473124829US", "kind": "parcel/s10", "value": "RR473124829US", "grade": 0,
         "findings": [], "count": 0, "steps": 2, "x": 320.0, "y": 200.0},
    ]  # fmt: skip
    ends = {name for each in links for name in (each["from"], each["to"])}
    shown = [each for each in entities if each["name"] in ends]
    centre = args["centre"] if args["centre"] != "*" else "seed/bip39:0011223344556677"
    return {
        "centre": centre if shown else None, "entities": shown, "links": links, "all_entities": 3, "all_links": 2, "of_any_grade": 2,
        "suggested": [each["name"] for each in shown], "stops": LINKED,
        "within": len(within), "outside": len(dated) - len(within), "undated": undated,
    }  # fmt: skip


def custody() -> dict[str, Any]:
    """A laptop that went through five hands, with a night of which nothing is known; all invented."""
    key = "lab.example/custodian/x+1+AA=="

    def event(entry: int, time: str, kind: str, proven: list[str | None] | None = None, **more: Any) -> dict[str, Any]:
        made = {
            "entry": entry,
            "time": f"2025-11-{time}Z",
            "kind": kind,
            "actor": "lab.example/examiner/a",
            "flags": [],
        }
        return {**made, "proven": proven or [None, None], **more}

    before, after = "2025-11-06T09:30:00Z", "2025-11-06T13:00:00Z"
    first = {
        "exhibit": "E1", "state": "held", "custodian": "Examiner", "place": "room 4", "seal": "004431",
        "events": [
            event(3, "06T06:12:00", "seize", to="Seizing officer", seal_after="004417"),
            event(4, "06T10:55:00", "release", [before, after], **{"from": "Seizing officer"}),
            event(5, "06T10:57:30", "accept", [before, after], to="Evidence store", place="shelf 12", vkey=key),
            event(6, "07T16:10:44", "release", to="Courier", seal_before="004417"),
            event(8, "08T09:33:05", "accept", to="Lab reception", seal_before="004417", flags=["only one person signed"]),
            event(9, "08T14:00:12", "release"),
            event(10, "08T14:03:00", "accept", to="Examiner", vkey=key),
        ],
        "work": [event(11, "08T18:00:41", "verify.end"), event(12, "09T03:02:10", "scan.end")],
        "gaps": [{"from": "x", "to": "y", "seconds": 62541, "entry": 8}],
        "flags": ["entry 8: only one person signed"],
    }  # fmt: skip
    second = {
        "exhibit": "E2", "state": "released", "custodian": "", "place": "", "seal": "", "work": [], "gaps": [],
        "events": [event(1, "06T06:12:00", "seize", to="A"), event(2, "06T08:00:00", "release", to="B")], "flags": [],
    }  # fmt: skip
    return {"exhibits": [first, second], "stamps": 2}


def answer(verb: str, args: dict[str, Any], case: Path) -> Any:
    if verb == "status":
        return {
            "number": "2026-0001", "title": "Invented", "examiner": "A. Examiner", "entries": 12,
            "entries_since_anchor": 3, "chain": "holds", "signatures": "good, 2 keys pinned", "disk_free": 412 << 30,
            "clock": "+0.3 s", "fences": {"layers": ["rlimits", "namespaces", "landlock 7", "seccomp"], "missing": []},
        }  # fmt: skip
    if verb in ("bytes", "image", "entry"):
        data = TEXT if verb == "entry" else bytes(range(256)) * 64
        part = data[args["offset"] : args["offset"] + args["length"]]
        return {"data": base64.b64encode(part).decode(), "size": len(data)}
    if verb == "picture":
        width, height = 8, 6
        return {
            "width": width,
            "height": height,
            "rgba": base64.b64encode(bytes([90, 120, 150, 255]) * width * height).decode(),
            "note": "",
        }
    if verb in ("tag", "untag"):
        with closing(sqlite3.connect(case / "case.db")) as connection, connection:
            connection.execute("delete from tag where finding=? and name=?", (args["finding"], args["name"]))
            if verb == "tag":
                connection.execute(
                    "insert into tag values (?,?,?,?,?)", (args["finding"], args["name"], "A. Examiner", 1, 10)
                )
        return {"seq": 10}
    if verb == "add":
        return {
            "number": "E2", "format": "raw", "size": 4096, "verdict": "no digest stored", "stored_json": "{}",
            "computed_json": json.dumps({"md5": "33" * 16, "sha256": "44" * 32}),
        }  # fmt: skip
    if verb == "database":
        return database(args)
    if verb == "graph":
        return graph(args)
    if verb == "assets":
        return assets()
    if verb == "custody":
        return custody()
    if verb == "reproduce":
        return {"script": "#!/bin/sh\nsha256sum image.raw\n"}
    if verb == "verify":
        return {"level": "L1", "entries": 12, "items": 80, "faults": []}
    if verb == "entries":
        before = min(12, int(args.get("before", 12)))
        first = max(0, before - min(5, int(args["count"])))
        rows = [
            {
                "seq": at,
                "time": "2026-01-02T03:04:05.000000Z",
                "type": "item.view",
                "actor": "A+1+x",
                "exhibit": "E1",
                "body": "{}",
            }
            for at in range(before - 1, first - 1, -1)
        ]
        return {"total": 12, "first": first, "rows": rows}
    if verb in ("view", "examine", "cancel"):
        return {}
    raise ValueError(f"there is no verb {verb}")


def main() -> None:
    case = Path(sys.argv[2])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            result = answer(request["verb"], request.get("args") or {}, case)
        except (ValueError, KeyError) as error:
            send({"id": request["id"], "ok": False, "error": str(error)})
            continue
        send({"id": request["id"], "ok": True, "result": result})
        if request["verb"] == "examine":
            send({"event": "job", "job": "examine", "state": "started", "detail": ""})
            progress("walk", 120, 120)
            progress("sweep", 62, 100)
            time.sleep(0.02)
        if request["verb"] == "cancel":
            send({"event": "job", "job": "examine", "state": "cancelled", "detail": ""})


if __name__ == "__main__":
    main()
