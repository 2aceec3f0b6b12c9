"""A secret shown to a person: read, entered with the reason and by rule a second person's signature, then shown.

It is read anew from the evidence, or from the vault where a wallet was opened. It goes to the person alone: nothing is
written to a file, and the ledger holds its keyed fingerprint, by which it can be said later which secret was seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.case.wallet_vault import kept
from forensics.commands.reader import EvidenceReader
from forensics.commands.verbs_inspect import find
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.errors import UsageError
from forensics.model import Secret, Sensitivity
from forensics.sweep.unit import WIDE_STEPS
from forensics.sweep.wire import fingerprint

TYPE, RULE = "secret.reveal", "secret.rule"
VALUE = "value"
"""Name of the secret that the finding itself is."""

SHOWN_S = 60
LONGEST = 1 << 16


def second_person(folder: Path) -> bool:
    """Whether the rule of this case asks for two people."""
    with LedgerReader.open(folder) as reader:
        entry = reader.last_of(RULE)
    return entry is not None and isinstance(entry.body, dict) and bool(entry.body.get("second_person"))


def set_rule(ledger: LedgerClient, *, second: bool, reason: str) -> int:
    """Enter how many people a reveal takes from now on; returns the entry."""
    if not reason.strip():
        raise UsageError("say why the rule is set")
    return ledger.append(RULE, {"second_person": second, "reason": reason.strip()}).seq


def secrets_of(case: Case, row: Mapping[str, Any]) -> dict[str, str]:
    """Names of what is secret in a finding, with its masked form."""
    found: dict[str, str] = {}
    if row["sensitivity"] == Sensitivity.SECRET and row["fingerprint"]:
        found[VALUE] = str(row["value"])
    for name, each in json.loads(row["fields_json"]).items():
        if isinstance(each, dict) and each.get("secret") and each.get("span"):
            found[name] = str(each["value"])
    for name, text in kept(case).get(f"F{row['id']}", {}).get("secrets", ()):
        found[f"opened: {name}"] = Secret(text).masked
    return found


def reveal(
    case: Case,
    ledger: LedgerClient,
    reader: EvidenceReader,
    finding: str,
    *,
    reason: str,
    name: str = VALUE,
    key: Path | None = None,
    passphrase: str | None = None,
) -> dict[str, Any]:
    """Enter ``secret.reveal`` and return `text`, with `ledger_entry`; `key` is the second person's.

    Raises:
        UsageError: no such secret, no reason, or the rule asks for a second person; nothing was entered then.
        LedgerError: the second key does not open, or is the examiner's own; nothing was entered then.
        EvidenceError: the bytes could not be read; nothing was entered then.
    """
    row = find(case, finding)
    known = secrets_of(case, row)
    if name not in known:
        raise UsageError(f"{finding} has no secret {name!r}; it has: {', '.join(known) or 'none'}")
    if not reason.strip():
        raise UsageError("a secret is shown for a reason that is kept in the record")
    if key is None and second_person(case.folder):
        raise UsageError("the rule of this case asks for a second person: give that person's key")
    text = _text(case, reader, row, name)
    body: dict[str, object] = {
        "finding": f"F{row['id']}",
        "name": name,
        "reason": reason.strip(),
        "fingerprint": fingerprint(Secret(text), case.secret_key),
        "seconds": SHOWN_S,
    }
    if key is None:
        entry = ledger.append(TYPE, body, exhibit=row["exhibit"])
    else:
        entry = ledger.append_countersigned(TYPE, body, row["exhibit"], key.resolve(), passphrase)
    return {"finding": f"F{row['id']}", "name": name, "text": text, "ledger_entry": entry.seq, "seconds": SHOWN_S}


def _text(case: Case, reader: EvidenceReader, row: Mapping[str, Any], name: str) -> str:
    if name.startswith("opened: "):
        return str(dict(kept(case)[f"F{row['id']}"]["secrets"])[name.removeprefix("opened: ")])
    wide = row["locator"].endswith(WIDE_STEPS)
    offset, length = row["span_offset"], row["span_length"]
    if name != VALUE:
        offset, length = json.loads(row["fields_json"])[name]["span"]
        if wide:  # the spans of fields count the characters of the narrowed view
            offset, length = 2 * offset + row["locator"].endswith("+1"), 2 * length
    return _decoded(_bytes(reader, row, offset, min(length, LONGEST)), row["locator"] if wide else "")


def _bytes(reader: EvidenceReader, row: Mapping[str, Any], offset: int, length: int) -> bytes:
    """Bytes of the layer that the finding was made in."""
    if reader.stream_of(row) is not None:
        return reader.stream(row, offset, length)[0]
    within = offset - row["span_offset"]
    if within >= 0 and within + length <= row["span_length"]:
        return reader.runs(row["exhibit"], json.loads(row["runs_json"]), within, length)
    if row["entry"] is None:
        raise UsageError(
            "this secret lies outside of the bytes of its finding, in no entry: read it with `impound cat`"
        )
    return reader.entry(row["entry"], offset, length)[0]


def _decoded(data: bytes, wide: str) -> str:
    if wide:
        return data.decode("utf-16-be" if "utf-16be" in wide else "utf-16-le", "replace")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data.hex()
    return text if all(each.isprintable() or each in "\r\n\t" for each in text) else data.hex()
