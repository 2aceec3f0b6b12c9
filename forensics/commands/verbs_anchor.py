"""`anchor tsq|tsr|label|paper`, `witness key|request|cosign|import`, `clock observe`: heads that leave this machine."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from forensics.commands.labelling import print_label
from forensics.commands.opening import passphrase, writing
from forensics.commands.output import DONE, emit, say, write_new
from forensics.custody import keys, merkle, timestamp
from forensics.custody.clock import read_clock
from forensics.custody.entry import time_microseconds, time_text
from forensics.custody.label import fingerprint
from forensics.custody.note import Checkpoint, CosignatureSigner, Note, VerifierKey, check_name
from forensics.custody.store import LEDGER_TREE, LedgerReader
from forensics.custody.witness import Request, Witness, parse_line
from forensics.errors import FormatError, LedgerError, UsageError

REFERENCES = ("gps", "ntp", "tsa", "radio", "phone", "watch")


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    anchor = _group(verbs, "anchor", "fix the head of the ledger outside this machine", "tsq|tsr|label|paper")
    tsq = _verb(anchor, "tsq", "write a time-stamp query (RFC 3161) for the present head", _tsq)
    tsq.add_argument("out", type=Path)
    tsr = _verb(anchor, "tsr", "take in the authority's reply", _tsr)
    tsr.add_argument("reply", type=Path)
    tsr.add_argument("--ca", type=Path, help="certificate of the authority or its root, to check the reply now")
    tsr.add_argument("--held-by", default="", help="who keeps the authority's own record")
    printed = _verb(anchor, "label", "text and QR code of the present head, for paper", _label)
    printed.add_argument("--exhibit", default="")
    printed.add_argument("--held-by", required=True, help="who keeps the label, or where it is stuck")
    printed.add_argument("--svg", type=Path, help="write the QR code here")
    printed.add_argument("--pdf", type=Path, help="write the label here, to be printed at its true size, 100 by 50 mm")
    written = _verb(anchor, "paper", "check value of the present head, written down by hand", _paper)
    written.add_argument("--held-by", required=True, help="where it was written, such as: duty book 12, page 40")
    witness = _group(verbs, "witness", "heads remembered by another machine, by file", "key|request|cosign|import")
    key = _verb(witness, "key", "make a witness's key (on the witness's machine)", _key, case=False)
    key.add_argument("name", help="such as lab.example/witness/supervisor")
    key.add_argument("out", type=Path)
    request = _verb(witness, "request", "write what the witness is to sign", _request)
    request.add_argument("out", type=Path)
    request.add_argument("--since", type=int, default=0, help="the size that this witness last signed")
    cosign = _verb(witness, "cosign", "check a request and sign it (on the witness's machine)", _cosign, case=False)
    cosign.add_argument("request", type=Path)
    cosign.add_argument("out", type=Path)
    cosign.add_argument("--key", type=Path, required=True, dest="key_file")
    cosign.add_argument("--memory", type=Path, required=True, help="file in which the witness remembers heads")
    cosign.add_argument("--log", help="the ledger's Ed25519 vkey, the first time it is seen")
    taken = _verb(witness, "import", "take in a witness's line", _import)
    taken.add_argument("line", type=Path)
    taken.add_argument("--vkey", required=True, help="the witness's public key")
    taken.add_argument("--held-by", default="")
    clock = _group(verbs, "clock", "compare a clock with another one", "observe")
    observe = _verb(clock, "observe", "enter what two clocks said at one moment", _observe)
    observe.add_argument("--subject", default="workstation", help="workstation, or exhibit:E1")
    observe.add_argument("--reference", choices=REFERENCES, required=True)
    observe.add_argument("--reference-time", required=True, help="UTC, 2026-11-24T13:40:00.000000Z")
    observe.add_argument("--subject-time", help="what the subject showed; this computer's clock now by default")
    observe.add_argument("--uncertainty-ms", type=int, required=True)
    observe.add_argument("--zone", default="", help="zone that the subject is set to, as declared")
    observe.add_argument("--method", default="")


def _group(verbs: Any, name: str, words: str, actions: str) -> Any:
    return verbs.add_parser(name, help=words).add_subparsers(dest="action", metavar=actions, required=True)


def _verb(group: Any, name: str, words: str, run: Any, *, case: bool = True) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = group.add_parser(name, help=words)
    if case:
        verb.add_argument("folder", type=Path)
    verb.add_argument("--json", action="store_true")
    verb.set_defaults(run=run)
    return verb


def _tell(options: argparse.Namespace, facts: dict[str, Any], *words: str) -> int:
    if options.json:
        emit(facts)
    else:
        for each in words:
            say(each)
    return DONE


def _tsq(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        note = ledger.checkpoint().encode()
    write_new(options.out, timestamp.query(note))
    size = Checkpoint.parse(Note.parse(note).text).size
    return _tell(
        options,
        {"query": str(options.out), "size": size, "imprint": timestamp.imprint(note).hex()},
        f"{options.out}: a query over {size:,} entries. Take it to the time-stamping authority, and",
        "bring its reply to `impound anchor tsr`. With openssl: openssl ts -reply -queryfile …",
    )


def _tsr(options: argparse.Namespace) -> int:
    data = options.reply.read_bytes()
    token = timestamp.read(data)
    with writing(options.folder) as (_, ledger):
        with LedgerReader.open(options.folder) as reader:
            notes = dict(reader.checkpoints())
        size = next((size for size, note in notes.items() if timestamp.imprint(note) == token.imprint), None)
        if size is None:
            raise LedgerError("this time-stamp is of no checkpoint of this ledger")
        checked = options.ca is not None
        if checked:
            reason = timestamp.check(data, notes[size], [timestamp.certificate(options.ca.read_bytes())])
            if reason:
                raise LedgerError(f"the reply does not hold under {options.ca.name}: {reason}")
        stamped = time_text(token.time_us)
        facts = {"time": stamped, "authority": token.authority, "checked": checked}
        entry = ledger.add_anchor("rfc3161", size, data, options.held_by or token.authority or "authority", facts)
    return _tell(
        options,
        {"size": size, **facts, "ledger_entry": entry.seq},
        f"{size:,} entries existed at {stamped} (ledger entry {entry.seq})",
        "The reply was checked against the certificate given."
        if checked
        else "The authority was not checked: give its certificate with --ca.",
    )


def _label(options: argparse.Namespace) -> int:
    with writing(options.folder) as (case, ledger):
        told = print_label(
            case, ledger, exhibit=options.exhibit, held_by=options.held_by, svg=options.svg, pdf=options.pdf
        )
    if options.json:
        emit(told)
    else:
        print(told["text"], end="")
    return DONE


def _paper(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        text = Note.parse(ledger.checkpoint().encode()).text
        size, mark = Checkpoint.parse(text).size, fingerprint(text)
        entry = ledger.add_anchor("paper", size, mark.encode(), options.held_by, {"fingerprint": mark})
    facts = {"size": size, "fingerprint": mark, "ledger_entry": entry.seq}
    return _tell(options, facts, f"Write down, with the date: {size:,} entries, {mark}",
                 "`ledger verify --fingerprint` says later which head it is.")  # fmt: skip


# ── witness ────────────────────────────────────────────────────────────────────────────────────────────────────


def _key(options: argparse.Namespace) -> int:
    ring = keys.create(options.out, check_name(options.name), passphrase(), post_quantum=False)
    vkey = str(CosignatureSigner(ring.ed25519.name, ring.ed25519.private).verifier)
    signs = str(ring.ed25519.verifier)
    return _tell(options, {"vkey": vkey, "signs": signs}, f"cosignatures {vkey}", f"hand-overs   {signs}")


def _request(options: argparse.Namespace) -> int:
    with writing(options.folder) as (_, ledger):
        note = ledger.checkpoint().encode()
    head = Checkpoint.parse(Note.parse(note).text)
    proof: list[bytes] = []
    with LedgerReader.open(options.folder) as reader:
        if options.since:
            proof = merkle.consistency_proof(options.since, head.size, reader.tile_reader(LEDGER_TREE))
    write_new(options.out, bytes(Request(options.since, tuple(proof), note)))
    return _tell(
        options, {"size": head.size, "since": options.since}, f"{options.out}: sizes {options.since} to {head.size}"
    )


def _cosign(options: argparse.Namespace) -> int:
    ring = keys.load(options.key_file, passphrase())
    signer = CosignatureSigner(ring.ed25519.name, ring.ed25519.private)
    memory = Witness.load(options.memory.read_bytes()) if options.memory.exists() else Witness()
    request = Request.parse(options.request.read_bytes())
    log = VerifierKey.parse(options.log) if options.log else None
    line = memory.cosign(request, log, signer, int(time.time()))
    fresh = options.memory.with_name(f".{options.memory.name}.new")
    fresh.write_bytes(memory.dump())
    fresh.replace(options.memory)  # remembered before the signature is given away
    write_new(options.out, str(line).encode())
    return _tell(options, {"line": str(line), "vkey": str(signer.verifier)}, str(line).rstrip("\n"))


def _import(options: argparse.Namespace) -> int:
    data = options.line.read_bytes()
    try:
        line, key = parse_line(data.decode()), VerifierKey.parse(options.vkey)
    except UnicodeDecodeError as error:
        raise FormatError("a cosignature line is text") from error
    with writing(options.folder) as (_, ledger):
        with LedgerReader.open(options.folder) as reader:
            notes = dict(reader.checkpoints())
        if (line.name, line.id) != (key.name, key.id):
            raise LedgerError(f"the line is of {line.name}, not of {key.name}")
        over = [size for size, note in notes.items() if key.verifies(Note.parse(note).text, line.value)]
        if not over:
            raise LedgerError("this line signs no checkpoint of this ledger")
        facts: dict[str, Any] = {"name": key.name, "vkey": str(key), "time": int.from_bytes(line.value[:8], "big")}
        entry = ledger.add_anchor("witness", over[0], data, options.held_by or key.name, facts)
    return _tell(
        options,
        {"size": over[0], **facts, "ledger_entry": entry.seq},
        f"{key.name} saw {over[0]:,} entries (ledger entry {entry.seq})",
    )


# ── clock ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _observe(options: argparse.Namespace) -> int:
    exhibit = None
    if options.subject != "workstation":
        kind, _, exhibit = options.subject.partition(":")
        if kind != "exhibit" or not exhibit or not options.subject_time:
            raise UsageError("--subject is workstation, or exhibit:E1 with --subject-time")
    if not 0 <= options.uncertainty_ms <= 86_400_000:
        raise UsageError("--uncertainty-ms is between 0 and a day")
    shown = options.subject_time or time_text(read_clock().time_us)
    offset = (time_microseconds(shown) - time_microseconds(options.reference_time)) // 1000
    body = {
        "subject": options.subject,
        "reference": options.reference,
        "reference_time": options.reference_time,
        "subject_time": shown,
        "offset_ms": offset,
        "uncertainty_ms": options.uncertainty_ms,
        "zone": options.zone,
        "method": options.method,
    }
    with writing(options.folder) as (_, ledger):
        entry = ledger.append("clock.observe", body, exhibit=exhibit)
    return _tell(
        options,
        {**body, "ledger_entry": entry.seq},
        f"{options.subject}: {offset / 1000:+.3f} s ± {options.uncertainty_ms / 1000:.3f} s against {options.reference}",
    )
