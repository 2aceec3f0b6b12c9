"""What a corpus with ground truth asks of browsers, conversations, mail, keys, Tor, stores and SQLite, and what is found.

    .venv/bin/python -m tests.benchmarks.market_table CORPUS [--missed] [--keep FOLDER]

CORPUS holds `truth/{browser,chats,mail,tor}.json` (path -> facts), `made/truth/*.json` (lists of facts of stores that
real programs wrote) and `sqlite/**/*.xml` beside databases. All files stand on one ext4 volume, archives unpacked,
which is registered and examined as the commands do. A record counts as found if one finding of its own file holds all
that the truth says of it (a secret: its masked form). Stores with a password are tried with it, as `open-wallet`
does. Rows of the SQLite corpus are compared with what the reader of tables gives, deleted ones included. Wallets:
`wallet_table`; disk images: `images`; OpenPGP and Exif of other sources: `corpus_recall`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
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
from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet._opening import OPENERS, WITH_MORE
from forensics.errors import ImpoundError
from forensics.model import Secret
from forensics.primitives.sqlite.database import Database, open_database
from forensics.primitives.sqlite.rows import NOT_CURRENT, Row
from tests.benchmarks.corpus_recall import Tally, leaves, volume_of

Facts = Mapping[str, Any]
FOLDERS = (
    "browser",
    "chats",
    "mail",
    "tor",
    *(f"made/{each}" for each in ("chats", "notes", "passwords", "pgp", "tor")),
)
FOLDERS += ("made/browser/chromium",)
ARCHIVES = ("browser/firefox.tar.xz", "thunderbird.tar.xz")
ROWS = {  # table of a truth -> (kinds, what the finding calls a row of it)
    "visits": ("browser/*", "visit"),
    "moz_historyvisits": ("browser/*", "visit"),
    "moz_bookmarks": ("browser/*", "bookmark"),
    "downloads": ("browser/*", "download"),
    "moz_downloads": ("browser/*", "download"),
    "cookies": ("browser/*", "cookie"),
    "moz_cookies": ("browser/*", "cookie"),
    "history_visits": ("browser/*", "visit"),
    "Messages": ("chat/*", ""),
    "messages": ("chat/*", ""),
    "message": ("chat/*", ""),
    "sms": ("chat/*", ""),
    "calls": ("chat/*", ""),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One record of a truth: all of `wanted` in one finding at or below `path`, of these kinds and in that state."""

    what: str
    path: str
    wanted: tuple[str, ...]
    kinds: str = "*"
    state: str = ""


def _host(url: str) -> str:
    return url.split("/")[2]


def made_browser(facts: Facts) -> Iterator[Ask]:
    """Firefox killed with rows in the write-ahead log; Chromium; the state of an extension."""
    path = str(facts["path"])
    if facts["kind"] == "metamask_vault_leveldb":
        deleted = facts["deleted_record"]
        identity = facts["extension_ids"][0]
        yield Ask("deleted record of an extension", path, (deleted["key"], deleted["value"], identity), state="deleted")
        yield Ask("overwritten record of an extension", path, ("data", '"vault":"not yet"'), state="superseded")
        yield Ask("address of a locked vault", path, (facts["address"],))
        yield Ask("locked vault", path, (), "wallet/metamask")
        return
    for url, title, *_ in facts.get("places", facts.get("history", ())):
        yield Ask("page", path, (url, title or ""))
    for url, when, *_ in facts["visits"]:
        stamp = datetime.fromtimestamp(when, UTC)
        yield Ask("visit", path, (url, f"{stamp:%Y-%m-%dT%H:%M:}"), "browser/*")
    for title, url, _ in facts.get("bookmarks", ()):
        yield Ask("bookmark", path, (title, url))
    for url in facts.get("deleted_history", ()):
        yield Ask("deleted page", path, (url,))
    for text in facts.get("formhistory", ()):
        yield Ask("form entry", path, (text,), "browser/*")
    for url in [facts["saved_login"][0]] if "saved_login" in facts else []:
        yield Ask("saved login (locked)", path, (url,), "browser/firefox_logins")
    for host, name, *_ in facts.get("cookies", ()):
        yield Ask("cookie", path, (host, name), "browser/chromium")
    for host in facts.get("local_storage_hosts", ()):
        yield Ask("Local Storage of a site", path, (host, "cart", "order 4471"), "browser/storage")
    for host in facts.get("indexeddb_hosts", ()):
        yield Ask("IndexedDB of a site", path, (host, "shopdb/msgs/1", "parcel sent"), "browser/storage")
    for name in facts["onions"]:
        yield Ask("onion name", path, (name,))


def made_chats(facts: Facts) -> Iterator[Ask]:
    """Each message in each file that holds it; keys, passwords, deleted rows."""
    path = str(facts["path"])
    for each in facts.get("messages", ()):
        for name in each["found_in"]:
            program = name.split("/")[0].partition("_")[0]
            yield Ask(f"message ({program})", f"{path}/{name}", (each["text"],), "chat/*")
    for text in facts.get("deleted", ()):
        yield Ask("deleted message", f"{path}/database", (text,), "chat/*", "deleted")
    if "fingerprint" in facts:
        yield Ask("OTR key", path, (facts["fingerprint"].replace(" ", ""),))
    if facts["kind"] == "saved_password":
        yield Ask("saved password", path, (facts["account"].rstrip("/"), Secret(facts["value"]).masked))
    for each in facts.get("tox_id", ()):
        yield Ask("Tox identity", path, (each,))


def made_mail(facts: Facts) -> Iterator[Ask]:
    """Mails of Thunderbird, one of them deleted and still in the file."""
    for each in facts["messages"]:
        what = "deleted mail" if each["subject"] in facts["deleted"] else "mail"
        yield Ask(what, str(facts["path"]), (each["subject"], each["frm"], each["to"]), "mail/*")


def made_notes(facts: Facts) -> Iterator[Ask]:
    """Seeds and keys in notes."""
    for name in ("value", "wif", "xprv"):
        if name in facts:
            kinds = "seed/*" if name == "value" else "key/*"
            yield Ask(f"seed or key ({name})", str(facts["path"]), (Secret(facts[name]).masked,), kinds)


def made_passwords(facts: Facts) -> Iterator[Ask]:
    """Stores of secrets, known as such."""
    path = str(facts["path"])
    if facts["kind"] != "password_export_csv":
        yield Ask("store known", path, (), "store/*")
    if facts["kind"] == "pass":
        for name, _ in facts["entries"]:
            yield Ask("entry of pass", path, (name,), "store/*")


def made_pgp(facts: Facts) -> Iterator[Ask]:
    """Homes of gpg 1 and 2, messages, signatures."""
    path = str(facts["path"])
    for value in {*facts.get("all_fingerprints", ()), *facts.get("fingerprints", ()), *facts.get("uids", ())}:
        yield Ask("user identity" if "@" in value else "fingerprint", path, (value,), "openpgp/*")
    for value in facts.get("keygrips", ()):
        if f"private-keys-v1.d/{value}.key" in facts["files"]:
            yield Ask("private key of the agent", path, (value,), "openpgp/*")
    for value in facts.get("signed_by", ()):
        if not facts.get("encrypted"):
            yield Ask("signer", path, (value[-16:],), "openpgp/*")
    if facts["kind"] == "pgp_message":
        yield Ask("message known", path, (), "openpgp/*")


def made_tor(facts: Facts) -> Iterator[Ask]:
    """Hidden services with their keys, settings, I2P."""
    path = str(facts["path"])
    if "value" in facts:
        yield Ask(f"service name ({facts['kind']})", path, (facts["value"],))
        for name in facts.get("files", ()):
            if name.endswith("_key"):
                yield Ask("key file of a service", f"{path}/{name}", (facts["value"],), "tor/*")
    for each in facts.get("hidden_services", ()):
        yield Ask("service in torrc", path, (each,), "tor/*")
    if "b32" in facts:
        yield Ask("I2P destination", path, (facts["b32"],), "i2p/*")
    if facts["kind"] == "tor_state":
        yield Ask("state of Tor", path, ("2026-11-24",), "tor/*")


MADE = {
    "browser": made_browser,
    "chats": made_chats,
    "mail": made_mail,
    "notes": made_notes,
    "passwords": made_passwords,
    "pgp": made_pgp,
    "tor": made_tor,
}


def others(corpus: Path) -> Iterator[tuple[str, Ask]]:
    """Records of single values in the truths of other people's files."""
    for path, facts in _truth(corpus, "mail").items():
        for subject in [facts["subject"]] if "subject" in facts else facts.get("subjects", ()):
            if subject != "None":
                yield "mail", Ask(f"mail ({path.split('/')[1]})", path, (_shown(subject),), "mail/*")
    for path, facts in _truth(corpus, "tor").items():
        for name in ("onion_v3", "emails"):
            for value in facts.get(name, ()):
                yield "tor", Ask(name, path, (value,))


def _shown(subject: str) -> str:
    """The longest stretch of a subject that neither folding nor an unknown encoding changes."""
    return (
        max(subject.replace("\n", "\ufffd").replace("\t", "\ufffd").split("\ufffd"), key=len).strip()
        if "=?" not in subject
        else ""
    )


def counted(corpus: Path) -> Iterator[tuple[str, str, str, int, str, str]]:
    """(truth, what, path, number, kinds, what the findings call it) of tables and exports that hold so many."""
    for name in ("browser", "chats"):
        for path, facts in _truth(corpus, name).items():
            for table, number in facts.get("rows", {}).items():
                if table in ROWS and isinstance(number, int) and number:
                    yield name, f"rows of {table}", path, number, *ROWS[table]
            if "messages" in facts:
                yield name, "messages of exports", path, facts["messages"], "chat/*", ""
    for path, facts in _truth(corpus, "mail").items():
        if number := sum(facts.get("mbox_from_lines", {}).values()):
            yield "mail", "mails of a PST", path, number, "mail/*", ""


def _truth(corpus: Path, name: str) -> Mapping[str, Facts]:
    truth: Mapping[str, Facts] = json.loads((corpus / f"truth/{name}.json").read_text())
    return truth


def sqlite_rows(corpus: Path, tally: Tally) -> None:
    """Rows of the corpus of databases, each with its state, as the reader of tables gives them."""
    for told in sorted(corpus.glob("sqlite/**/*.xml")):
        path = next((each for each in told.parent.glob(f"{told.stem}*.db")), None)
        if path is None:
            continue
        tampered = "antiforensic" in str(path)  # what is live by its truth may be out of the books' reach
        database = open_database(BytesLayer(path.read_bytes()))
        held: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
        for row in () if database is None else _all_rows(database):
            values = tuple(_number(_text(each)) for each in row.values)
            held[row.state not in NOT_CURRENT] |= {values, values[1:]}  # a row of text search has its number first
        for deleted, element in _elements(told, tally):
            texts = (each.text or "" for each in element.iter("content"))
            values = tuple(_number("" if each == "NULL" else each) for each in texts)
            if tampered:
                here, what = values in held[True] | held[False], "row of a tampered database"
            else:
                here, what = values in held[not deleted], f"{'deleted' if deleted else 'live'} row"
            tally.ask(f"sqlite: {what}", told.name, f"{told.stem} | {values}", here)


def _elements(told: Path, tally: Tally) -> Iterator[tuple[bool, ET.Element]]:
    """(deleted, row) of one truth; a truth that is no XML counts as one record that was not found."""
    try:
        for table in ET.parse(told).iter("element"):
            dropped = table.findtext("meta/deleted") == "True"
            for row in table.iter("row"):
                yield dropped or row.get("deleted") == "1", row
    except ET.ParseError as error:
        tally.ask("sqlite: truth that is no XML", told.name, f"{error} | ", False)


def _all_rows(database: Database) -> Iterator[Row]:
    for table in database.tables():
        yield from database.rows(table.name)
    yield from database.lost_rows()


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else "" if value is None else str(value)


def _number(text: str) -> str:
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text


def staged(corpus: Path, folder: Path) -> list[str]:
    """Copy what is asked about into `folder`, archives unpacked; its files."""
    for name in FOLDERS:
        for each in (corpus / name).rglob("*"):
            if each.is_file():
                target = folder / each.relative_to(corpus)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(each.read_bytes())
    for name in ARCHIVES:
        with tarfile.open(corpus / "made" / name) as archive:
            archive.extractall((folder / "made" / name).parent, filter="data")
    return [
        each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file() and not each.is_symlink()
    ]


def opened(case: Case, ledger: LedgerClient, rows: list[dict[str, Any]], password: str) -> str:
    """Everything that opening with a password told, or nothing."""
    for row in [each for each in rows if each["kind"] in (*OPENERS, *WITH_MORE)]:
        (stored,) = case.rows(select(schema.finding).where(schema.finding.c.id == int(row["id"][1:])))
        try:
            told = open_finding(case, ledger, dict(stored), [password.encode()])
        except ImpoundError:
            continue
        if told["opened"]:
            return "\n".join(leaves(told))
    return ""


def _states(fields: Facts, wanted: list[str]) -> Iterator[str]:
    """The state of a finding, or of the message in it that holds what is wanted."""
    yield str(fields.get("state", {}).get("value"))
    for each in fields.get("messages", {}).get("value", ()):
        if isinstance(each, Mapping) and all(any(text in leaf for leaf in leaves(each)) for text in wanted):
            yield str(each.get("state"))


class Found:
    """The findings of a case, by path."""

    def __init__(self, case: Case) -> None:
        """Read them."""
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in objects.findings(case, None, 0):
            each["blob"] = "\n".join(
                (*leaves(each["fields"]), str(each["value"]).lower(), *leaves(each.get("events", ())))
            )
            self.rows[str(each["path"] or "").lstrip("/")].append(each)

    def at(self, path: str) -> Iterator[dict[str, Any]]:
        """Those of a file, or of all below a folder."""
        for name, rows in self.rows.items():
            if name == path or name.startswith(f"{path}/"):
                yield from rows

    def lacks(self, ask: Ask) -> str:
        """Why a record is not found; empty where it is."""
        rows = list(self.at(ask.path))
        if not rows:
            return "no finding in the file"
        rows = [each for each in rows if fnmatch(each["kind"], ask.kinds)]
        if not rows:
            return f"no finding of {ask.kinds}"
        wanted = [each.lower() for each in ask.wanted]
        rows = [each for each in rows if all(text in each["blob"] for text in wanted)]
        if not rows:
            return "not with these values"
        states = {state for each in rows for state in _states(each["fields"], wanted)}
        return "" if not ask.state or ask.state in states else f"state {', '.join(sorted(states))}"


def main() -> None:
    """Examine and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--missed", action="store_true", help="print each record that was not found")
    parser.add_argument("--keep", type=Path, help="put image and case here, and leave them")
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="market-") as temporary:
        folder = options.keep or Path(temporary)
        if not (folder / "case").exists():
            (folder / "staged").mkdir(parents=True)
            image = volume_of(folder / "staged", staged(options.corpus, folder / "staged"), folder)
            new_case(folder / "case", number="1", examiner="Table", agency="", title="", authority="")
            with writing(folder / "case") as (case, ledger):
                Examination(case, ledger, register(case, ledger, [image])["number"], options=Options(workers=2)).run()
        with writing(folder / "case") as (case, ledger):
            ask_all(options.corpus, Found(case), tally)
            ask_stores(options.corpus, case, ledger, Found(case), tally)
    sqlite_rows(options.corpus, tally)
    print("| truth | record | asked | found | missed, and why |\n|---|---|---|---|---|")
    for what in sorted(tally.asked):
        truth, _, record = what.partition(": ")
        why = Counter(reason.partition(" | ")[0] for _, reason in tally.missed[what])
        lacking = "; ".join(f"{number} {reason}" for reason, number in why.items()) or str(
            tally.asked[what] - tally.found[what]
        )
        print(f"| {truth} | {record} | {tally.asked[what]} | {tally.found[what]} | {lacking} |")
        for path, value in tally.missed[what] if options.missed else ():
            print(f"    {path}: {value[:200]}")
    print(f"\nrecords found: {tally.found.total()} of {tally.asked.total()}")


def ask_all(corpus: Path, found: Found, tally: Tally) -> None:
    """Every record that has values, and every number of rows."""
    made = (
        (f"made/{name}", Ask(each.what, f"made/{each.path}", each.wanted, each.kinds, each.state))
        for name, questions in MADE.items()
        for facts in json.loads((corpus / f"made/truth/{name}.json").read_text())
        for each in questions(facts)
    )
    for truth, ask in itertools.chain(made, others(corpus)):
        lack = found.lacks(ask)
        tally.ask(f"{truth}: {ask.what}", ask.path, f"{lack} | {ask.wanted}", not lack)
    for truth, what, path, number, kinds, name in counted(corpus):
        rows = [each for each in found.at(path) if fnmatch(each["kind"], kinds)]
        if kinds == "chat/*":  # one finding holds a conversation
            here = sum(int(each["fields"].get("message_count", {}).get("value", 0)) for each in rows)
        else:
            here = sum(not name or str(each["fields"].get("what", {}).get("value")) == name for each in rows)
        key = f"{truth}: {what}"
        tally.asked[key] += number
        tally.found[key] += min(here, number)
        if here < number:
            tally.missed[key].append((path, f"{here} of {number} in {Path(path).name}"))


def ask_stores(corpus: Path, case: Case, ledger: LedgerClient, found: Found, tally: Tally) -> None:
    """Entries of stores that open with their recorded password."""
    for facts in json.loads((corpus / "made/truth/passwords.json").read_text()):
        path = f"made/{facts['path']}"
        if "password" not in facts or "keyfile" in facts:
            continue
        told = opened(case, ledger, list(found.at(path)), facts["password"])
        for title, user, *_ in facts["entries"]:
            here = title.lower() in told and user.lower() in told
            tally.ask("made/passwords: entry of an opened store", path, "not told | " + title, here)


if __name__ == "__main__":
    main()
