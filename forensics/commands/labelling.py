"""The label of an exhibit: the present head of the ledger as text, picture and paper, entered as an anchor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forensics.case.store import Case
from forensics.commands.output import write_new
from forensics.custody import label
from forensics.custody.client import LedgerClient
from forensics.custody.note import Checkpoint, Note
from forensics.custody.store import LedgerReader
from forensics.reports.label_pdf import label_pdf


def print_label(
    case: Case, ledger: LedgerClient, *, exhibit: str, held_by: str, svg: Path | None = None, pdf: Path | None = None
) -> dict[str, Any]:
    """Sign a checkpoint, write its label, and enter who holds it.

    `size` of the ledger, `fingerprint`, `note` (what the code holds), `text`, `ledger_entry`. Files that are there
    already are not replaced.
    """
    note = ledger.checkpoint().encode()
    with LedgerReader.open(case.folder) as reader:
        own = reader.verifiers()[1]
        text = Note.parse(note).text
        short, size = label.label_note(note, own), Checkpoint.parse(text).size
        moment = next(reader.entries(size - 1)).text.time_us
    number = case.fact("number")
    if svg:
        write_new(svg, label.qr_svg(short))
    if pdf:
        write_new(pdf, label_pdf(short, number=number, exhibit=exhibit, time_us=moment))
    facts: dict[str, Any] = {"fingerprint": label.fingerprint(text)}
    entry = ledger.add_anchor("label", size, short, held_by, facts)
    shown = label.label_text(note, own, number=number, exhibit=exhibit)
    return {"size": size, **facts, "note": short.decode(), "text": shown, "ledger_entry": entry.seq}
