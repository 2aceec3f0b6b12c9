"""`key root|certify|enrol|revoke|list`: which person a key belongs to, by whose word, and until when."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from forensics.commands.opening import passphrase, writing
from forensics.commands.output import DONE, emit, say
from forensics.custody import keys
from forensics.custody.certificate import ROLES, Certificate, Root, enrolment
from forensics.custody.clock import read_clock
from forensics.custody.entry import time_microseconds, time_text
from forensics.custody.note import VerifierKey
from forensics.custody.store import LedgerReader
from forensics.errors import FormatError, UsageError
from forensics.visible import visible

DAYS = 730
MOST_DAYS = 3660


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    key = verbs.add_parser("key", help="certificates of examiners' keys").add_subparsers(
        dest="action", metavar="root|certify|enrol|revoke|list", required=True
    )
    root = key.add_parser("root", help="make the root key of a laboratory, protected by IMPOUND_PASSPHRASE")
    root.add_argument("file", type=Path)
    root.add_argument("--name", required=True, help="such as lab.example/root")
    root.set_defaults(run=_root)
    certify = key.add_parser("certify", help="sign a certificate with the root key")
    certify.add_argument("root", type=Path, help="the root's key file; IMPOUND_PASSPHRASE opens it")
    certify.add_argument("out", type=Path, help="the certificate to write")
    certify.add_argument("--vkey", required=True, help="the key, as `key list` shows it")
    certify.add_argument("--person", required=True, help="whose key it is")
    certify.add_argument("--role", choices=ROLES, default=ROLES[0])
    certify.add_argument("--from", dest="start", help="time (2026-11-24T02:15:24.349059Z) or date; default: now")
    certify.add_argument("--days", type=int, default=DAYS, help=f"how long it is valid (default {DAYS})")
    certify.add_argument("--token-serial", help="serial number of the token that holds the key")
    certify.set_defaults(run=_certify)
    enrol = key.add_parser("enrol", help="enter a certificate into the ledger of a case")
    enrol.add_argument("folder", type=Path)
    enrol.add_argument("certificate", type=Path)
    enrol.add_argument(
        "--root",
        type=Path,
        required=True,
        metavar="FILE",
        help="lines `root <vkey>` of the issuer, as `key root` wrote",
    )
    enrol.set_defaults(run=_enrol)
    revoke = key.add_parser("revoke", help="enter that a key is void")
    revoke.add_argument("folder", type=Path)
    revoke.add_argument("--vkey", required=True)
    revoke.add_argument("--reason", required=True)
    revoke.add_argument("--since", help="time or date from which it is void; default: from the entry on")
    revoke.set_defaults(run=_revoke)
    shown = key.add_parser("list", help="the keys of a case, their certificates and revocations")
    shown.add_argument("folder", type=Path)
    shown.set_defaults(run=_list)
    for verb in (root, certify, enrol, revoke, shown):
        verb.add_argument("--json", action="store_true")


def _root(options: argparse.Namespace) -> int:
    root = Root.create(options.file, options.name, passphrase() or "")
    lines = [f"root {key}" for key in root.verifiers]
    public = options.file.with_name(options.file.name + ".pub")
    keys.write_once(public, "".join(f"{line}\n" for line in lines).encode(), 0o644)
    if options.json:
        emit({"file": str(options.file), "public": str(public), "name": root.name, "policy": lines})
        return DONE
    say(f"The root key {root.name} is in {options.file}; keep it offline.")
    say(f"Lines for the policy of whoever verifies are in {public}")
    return DONE


def _certify(options: argparse.Namespace) -> int:
    if not 1 <= options.days <= MOST_DAYS:
        raise UsageError(f"a certificate is valid for 1 to {MOST_DAYS} days")
    start = _time(options.start) if options.start else read_clock().time_us
    end = start + timedelta(days=options.days) // timedelta(microseconds=1)
    root = Root.load(options.root, passphrase())
    try:
        certificate = Certificate(
            VerifierKey.parse(options.vkey),
            options.person,
            options.role,
            start,
            end,
            options.token_serial,
            root.name,
        )
        note = root.certify(certificate)
    except FormatError as error:
        raise UsageError(str(error)) from error
    keys.write_once(options.out, note, 0o644)
    if options.json:
        emit({"file": str(options.out), **_told(certificate)})
    else:
        say(f"{visible(certificate.person)} is certified as {certificate.role} until {time_text(end)}: {options.out}")
    return DONE


def _enrol(options: argparse.Namespace) -> int:
    try:
        issuer = _issuer(options.root)
        body = enrolment(options.certificate.read_bytes(), issuer)
    except FormatError as error:
        raise UsageError(f"{options.certificate.name}: {error}") from error
    with writing(options.folder) as (_, ledger):
        entry = ledger.append("key.enrol", body)
        ledger.checkpoint()
    if options.json:
        emit({"ledger_entry": entry.seq, "vkey": body["vkey"]})
    else:
        say(f"Entered as ledger entry {entry.seq}: {body['vkey']}")
    return DONE


def _revoke(options: argparse.Namespace) -> int:
    since = time_text(_time(options.since)) if options.since else None
    try:
        vkey = str(VerifierKey.parse(options.vkey))
    except FormatError as error:
        raise UsageError(str(error)) from error
    with writing(options.folder) as (_, ledger):
        entry = ledger.revoke(vkey, options.reason, since)
    line = f"revoked {vkey} {since or entry.time}"
    if options.json:
        emit({"ledger_entry": entry.seq, "vkey": vkey, "policy": line})
        return DONE
    say(f"Revoked in ledger entry {entry.seq}. Whoever holds the key can write a ledger without that entry:")
    say("hand this line to those who verify, for their policy.")
    print(line)
    return DONE


def _list(options: argparse.Namespace) -> int:
    with LedgerReader.open(options.folder) as reader:
        examiner, *own = reader.verifiers()
        rows: dict[str, dict[str, Any]] = {str(examiner): _row(examiner, "examiner")}
        rows.update({str(key): _row(key, "ledger") for key in own})
        for entry in reader.entries():
            if entry.type not in ("key.enrol", "key.revoke") or not isinstance(entry.body, dict):
                continue
            key = VerifierKey.parse(str(entry.body["vkey"]))
            row = rows.setdefault(str(key), _row(key, ""))
            if entry.type == "key.enrol":
                text = str(entry.body["certificate"]).rpartition("\n\n")[0] + "\n"
                row["certificates"].append({"ledger_entry": entry.seq, **_told(Certificate.parse(text))})
            else:
                since = entry.body.get("since", entry.time)
                row["revoked"].append({"ledger_entry": entry.seq, "since": since, "reason": entry.body.get("reason")})
    if options.json:
        emit({"keys": list(rows.values())})
        return DONE
    for row in rows.values():
        say(f"{row['use'] or 'another key'}: {row['vkey']}")
        for each in row["certificates"]:
            token = f", token {each['token']}" if each["token"] else ""
            say(
                f"    {visible(each['person'])}, {each['role']}, from {each['from']} until {each['until']}{token}, "
                f"by {each['issuer']} (entry {each['ledger_entry']})"
            )
        for each in row["revoked"]:
            say(f"    revoked from {each['since']}: {visible(str(each['reason']))} (entry {each['ledger_entry']})")
    return DONE


def _issuer(file: Path) -> list[VerifierKey]:
    """The keys of the lines ``root <vkey>``; other lines of a policy are passed over."""
    try:
        rows = [row.split() for row in file.read_text("utf-8").splitlines()]
    except UnicodeDecodeError as error:
        raise FormatError(f"{file.name} is no text") from error
    return [VerifierKey.parse(words[1]) for words in rows if len(words) == 2 and words[0] == "root"]


def _row(key: VerifierKey, use: str) -> dict[str, Any]:
    return {"vkey": str(key), "use": use, "certificates": [], "revoked": []}


def _told(certificate: Certificate) -> dict[str, Any]:
    return {
        "vkey": str(certificate.vkey),
        "person": certificate.person,
        "role": certificate.role,
        "from": time_text(certificate.from_us),
        "until": time_text(certificate.until_us),
        "token": certificate.token,
        "issuer": certificate.issuer,
    }


def _time(text: str) -> int:
    """A time as entries write it, or a date, which is its beginning in UTC."""
    try:
        if len(text) == 10:
            moment = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return int(moment.timestamp()) * 1_000_000
        return time_microseconds(text)
    except (ValueError, FormatError) as error:
        raise UsageError(f"{text!r} is neither a time like 2026-11-24T02:15:24.349059Z nor a date") from error
