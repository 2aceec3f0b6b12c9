"""The certificate of a custodian about the records of a case, for a person to complete and sign.

What the program did and compared it fills in. What only the person can state stays a line to tick: the program knows
neither how the office works nor the law of the place. Rules 902(13) and (14) of the United States' Federal Rules of
Evidence name what such a paper usually tells of: the process, the means of identification, the qualified person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.custody.label import fingerprint
from forensics.custody.note import Note
from forensics.custody.store import LedgerReader
from forensics.reports.paper import BODY, Paper, Words
from forensics.reports.state import State, tell_limits, tell_state

ENTRIES = ("verify.end", "scan.end", "verify.rerun", "tool.validate", "clock.observe")
"""Types of entries in which the records were made or compared."""

MOST_ENTRIES = 500
STATEMENTS = (
    "The records named here were made at or near the times that they bear, by me, or by the program under my direction.",
    "They were made and kept in the course of a regular activity, and making them was a regular practice of it.",
    "The images were read without being written to, by the means that I name below.",
    "I compared the digests named here with those taken when the images were made.",
    "I know how the program works as far as its own documents tell it, and I used it as they say.",
)


def certificate_facts(case: Case, state: State) -> dict[str, Any]:
    """Exhibits with digests, the entries that record process and comparison, keys, and the head of the ledger."""
    with LedgerReader.open(case.folder) as reader:
        keys = [str(key) for key in reader.verifiers()]
        last = reader.last_checkpoint()
        steps = [
            {
                "entry": entry.seq,
                "type": entry.type,
                "time": entry.time,
                "exhibit": entry.exhibit,
                **_outcome(entry.body),
            }
            for entry in reader.entries()
            if entry.type in ENTRIES
        ]
    head = None if last is None else {"size": last[0], "fingerprint": fingerprint(Note.parse(last[1]).text)}
    exhibits = [
        {
            "exhibit": row["number"],
            "description": row["description"],
            "size": row["size"],
            "format": row["format"],
            "entry": row["seq"],
            "stored": json.loads(row["stored_json"]),
            "computed": json.loads(row["computed_json"]),
            "verdict": row["verdict"],
        }
        for row in case.exhibits()
    ]
    return {"program": f"Impound {metadata.version('impound')}", "keys": keys, "head": head, "exhibits": exhibits,
            "steps": steps}  # fmt: skip


def _outcome(body: object) -> dict[str, Any]:
    """What an entry says of its outcome, in short."""
    if not isinstance(body, dict):
        return {"outcome": "its body was deleted under the law"}
    told = [f"{key} {body[key]}" for key in ("verdict", "size", "entries", "findings", "offset_ms", "reference", "specimens")
            if isinstance(body.get(key), int | str)]  # fmt: skip
    if isinstance(body.get("differs"), list):
        told.append(f"{len(body['differs'])} differ")
    return {"outcome": ", ".join(told)}


def write_certificate(case: Case, path: Path, state: State, told: Mapping[str, Any]) -> None:
    """Write the certificate, unsigned."""
    paper = Paper(f"Case {case.fact('number')}: certificate", state.time_us)
    paper.title("Certificate about records")
    paper.remark(
        "Prepared by the program; complete only when a person has ticked, completed and signed part 4.", "small"
    )
    paper.heading("1. The records")
    tell_state(paper, case, state)
    for each in told["exhibits"]:
        good = each["verdict"] in ("verified", "no digest stored")
        paper.facts(
            (
                (f"Exhibit {each['exhibit']}", Words(each["description"] or "no description", "bold")),
                ("Container", f"{each['format']}, {each['size']:,} bytes of media, entry {each['entry']}"),
                ("Compared", Words(each["verdict"], "bold", "text" if good else "danger")),
                *((name, Words(digest, "code")) for name, digest in sorted(each["computed"].items())),
            )
        )
    paper.heading("2. The process")
    for text in (
        f"{told['program']} read each image as far as its file could be read and computed the digests above from the "
        "media; a digest that the container holds was compared with the one computed.",
        "Each step was entered in a ledger when it was done: a text with its claimed time, signed by the examiner's key or one "
        "that the examiner granted, over a digest of everything entered before. The head of the ledger is signed under "
        "Ed25519 and ML-DSA-44.",
        "Anyone can check the ledger without this program, with the file verify.py or with openssl and sha256sum; the format is "
        "described in ledger-format.md.",
    ):
        paper.remark(text)
    head = told["head"]
    paper.facts(
        (
            ("Head", f"{head['size']:,} entries, fingerprint {head['fingerprint']}" if head else ""),
            ("Keys", [Words(key, "code", limit=140) for key in told["keys"]]),
        )
    )
    paper.heading("3. Steps that the ledger records")
    paper.table(
        (("entry", 14), ("what", 34), ("claimed time", 52), ("exhibit", 20), ("outcome", BODY - 120)),
        (
            (str(each["entry"]), each["type"], Words(each["time"], "small"), each["exhibit"] or "",
             Words(each["outcome"], "small", limit=400))
            for each in told["steps"][:MOST_ENTRIES]
        ),
    )  # fmt: skip
    if len(told["steps"]) > MOST_ENTRIES:
        paper.remark(f"{len(told['steps']) - MOST_ENTRIES:,} more steps are not printed.", "bold")
    paper.heading("4. What the person who signs states")
    paper.remark("Tick what you can state of your own knowledge, and strike out the rest.", "small")
    for text in STATEMENTS:
        paper.tick(text)
    for label in ("Means of reading, exceptions", "Name and position", "Qualification", "Place and date", "Signature"):
        paper.blank(label)
    tell_limits(
        paper,
        "This paper says how records were made and compared. It does not say that what they contain is true, what it means, "
        "or how any court is to treat it. Which form, notice and oath are due is for the law of the place.",
    )
    paper.save(path)
