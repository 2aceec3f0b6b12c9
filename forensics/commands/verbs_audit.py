"""`audit export`: the record of who did what kind of thing when, for oversight."""

from __future__ import annotations

import argparse
import importlib.resources
from pathlib import Path
from typing import Any

from forensics.commands.opening import writing
from forensics.commands.output import DONE, FAILED, emit, say
from forensics.commands.verbs_bundle import LEVELS
from forensics.custody import audit
from forensics.custody.client import LedgerClient
from forensics.custody.store import LedgerReader
from forensics.errors import UsageError
from resources import verify as plain


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb."""
    group = verbs.add_parser("audit", help="the record for oversight").add_subparsers(
        dest="action", metavar="export", required=True
    )
    export = group.add_parser(
        "export", help="every entry with its proof, counts, scope overrides; `bundle verify` and verify.py check it"
    )
    export.add_argument("folder", type=Path)
    export.add_argument("out", type=Path)
    export.add_argument("--no-bodies", action="store_true",
                        help="no content of evidence: without what people wrote into entries, which names files and values")  # fmt: skip
    export.add_argument("--recipient", default="auditor")
    export.add_argument("--json", action="store_true")
    export.set_defaults(run=_export)


def export(ledger: LedgerClient, folder: Path, out: Path, *, recipient: str, bodies: bool) -> dict[str, Any]:
    """Make the file and check it as its receiver would: what it tells, with `file`, `level` and `faults`."""
    if out.exists():
        raise UsageError(f"{out} is there already and is not replaced")
    verifier = importlib.resources.files("resources").joinpath("verify.py").read_bytes()
    with LedgerReader.open(folder) as reader:
        told = audit.build(reader, ledger, out, recipient=recipient, bodies=bodies, extra={"verify.py": verifier})
    checked = plain.verify_bundle(out)
    return {"file": str(out), "level": checked["level"], "faults": checked["faults"], **told}


def _export(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        told = export(ledger, options.folder, options.out, recipient=options.recipient, bodies=not options.no_bodies)
    code = FAILED if told["faults"] else DONE
    if options.json:
        emit(told)
        return code
    overrides = len(told["watched"]["scope.override"])
    say(f"{options.out}: {told['entries']:,} entries of {len(told['types'])} types, {overrides:,} scope overrides")
    say("With the bodies of entries: names out of the evidence are in it." if told["bodies"] else "Without bodies.")
    say(f"Level {told['level']}: {LEVELS[told['level']]}.")
    say("With a policy of pinned keys it reaches L2, with an anchor after the last scan L3.")
    return code
