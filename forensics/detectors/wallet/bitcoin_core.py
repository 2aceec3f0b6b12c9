"""Wallets of Bitcoin Core and its forks: `wallet.dat`, in Berkeley DB (to 2021) or SQLite (since).

| container | how it is known |
|---|---|
| Berkeley DB b-tree | magic `62 31 05 00` at 12, version 9 at 16; records in a sub-database `main` |
| SQLite | application id = magic of the network at 68; table `main(key, value)` |

| record | key | value |
|---|---|---|
| `mkey` | number | encrypted master key, salt, method, rounds |
| `key`, `ckey` | public key | private key, plain or encrypted |
| `keymeta` | public key | version, creation time, HD path |
| `name`, `purpose` | address | label; send, receive, refund |
| `tx` | txid | transaction, block, notes, time of receipt |
| `walletdescriptor` | id | output descriptor, creation time, next index, range |
| `pool` | number | time, public key |

Encryption covers private keys only. Not recorded: the passphrase or a hint of it, balances, whom an address
without a label belongs to, when the wallet was opened. Times are by the clock of the device. A key that
was plain before encryption may survive in free pages: those are counted, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors._berkeley import Btree, open_btree
from forensics.detectors._sqlite import MAGIC, Database, open_database
from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._core_own import Own, network_of, own
from forensics.detectors.wallet._core_records import Contents, MasterKey, gather
from forensics.detectors.wallet._payments import links_of, moved
from forensics.detectors.wallet._specimens import BITCOIN_CORE
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Sensitivity,
    Value,
)
from forensics.primitives.output_script import Network

NETWORKS = {  # pchMessageStart, chainparams.cpp
    0xF9BEB4D9: "bitcoin",
    0x0B110907: "bitcoin testnet3",
    0x1C163F28: "bitcoin testnet4",
    0xFABFB5DA: "bitcoin regtest",
    0x0A03CF40: "bitcoin signet",
    0xFBC0B6DB: "litecoin",
    0xC0C0C0C0: "dogecoin",
}
MOST_RECORDS = 400_000
MOST_SHOWN = 5_000
MOST_KEY_EVENTS = 500
MOST_PAYMENT_EVENTS = 2_000
MOST_LINKS = 500
_SECOND = timedelta(seconds=1)
# A private key record as it lies in a leaf: type, size and first octet of the public key.
_PLAIN_KEY = re.compile(rb"\x03key(?:\x21[\x02\x03]|\x41\x04)")
_EXTENDED = re.compile(r"\b[xyztuv]pub[1-9A-HJ-NP-Za-km-z]{100,112}\b")
_PRIVATE = re.compile(r"\b[xt]prv[1-9A-HJ-NP-Za-km-z]{100,112}")
_SURE = ("mkey", "key", "ckey", "keymeta", "walletdescriptor", "pool", "tx", "name", "hdchain", "watchmeta")


class BitcoinCore:
    """wallet.dat in both containers."""

    kind: ClassVar[str] = "wallet/bitcoin_core"
    title: ClassVar[str] = "Bitcoin Core wallet"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x62\x31\x05\x00[\x06-\x0b]\x00\x00\x00", at=12, wide=False),
        Trigger(rb"\x00\x05\x31\x62\x00\x00\x00[\x06-\x0b]", at=12, wide=False),
        Trigger(rb"SQLite format 3\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Bitcoin Core: wallet/walletdb.cpp, wallet/crypter.h, wallet/transaction.h",
        "Berkeley DB: dbinc/db_page.h",
        "https://sqlite.org/fileformat2.html",
        "hashcat mode 11300",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = BITCOIN_CORE

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet that starts at `at`, if the database there is one."""
        head = layer.read(at, 16)
        if head == MAGIC:
            yield from self._sqlite(layer, at)
        else:
            yield from self._berkeley(layer, at)

    def _berkeley(self, layer: Layer, at: int) -> Iterator[Finding]:
        tree = open_btree(layer, at)
        if tree is None:
            return
        contents = Contents()
        for record in tree.records(MOST_RECORDS):
            if record.key != b"main":
                gather(contents, record.key, record.value, record.value_span, record.deleted)
        if not _is_wallet(contents):
            return
        fields: dict[str, Field] = {
            "container": Field(f"Berkeley DB b-tree, version {tree.version}", ByteRun(at + 12, 8))
        }
        fields["plain_keys_left_over"] = Field(_left_over(tree))
        caveats = [f"Berkeley DB: {each}." for each in sorted(tree.faults)]
        if tree.cut:
            caveats.append("The file is cut off; records on its missing pages are lost.")
        if tree.foreign_pages:
            caveats.append(f"{tree.foreign_pages} pages hold something else and were passed over.")
        yield self._found(layer, at, tree.length, contents, fields, tuple(caveats))

    def _sqlite(self, layer: Layer, at: int) -> Iterator[Finding]:
        database = open_database(layer, at)
        if database is None:
            return
        network = NETWORKS.get(database.application_id)
        table = next((each for each in database.tables() if each.name == "main"), None)
        if table is None or table.columns[:2] != ("key", "value"):
            return
        contents = Contents()
        for row in database.rows(table.root, MOST_RECORDS):
            if len(row.values) >= 2:
                key, value = row.values[:2]
                if isinstance(key, bytes) and isinstance(value, bytes):
                    gather(contents, key, value, row.spans[1], False)
        if not _is_wallet(contents) and not (network and contents.known):
            return
        fields: dict[str, Field] = {"container": Field("SQLite", ByteRun(at, 16))}
        if network:
            fields["network"] = Field(network, ByteRun(at + 68, 4))
        caveats = list(_sqlite_caveats(database))
        yield self._found(layer, at, database.length, contents, fields, tuple(caveats))

    def _found(
        self,
        layer: Layer,
        at: int,
        length: int,
        contents: Contents,
        fields: dict[str, Field],
        caveats: tuple[str, ...],
    ) -> Finding:
        network = network_of(contents, str(fields["network"].value) if "network" in fields else "")
        mine = own(contents, network)
        fields |= _fields(contents, network, mine)
        paid = fields["transaction_list"].value if "transaction_list" in fields else ()
        plain = contents.counts.get("key", 0) + contents.counts.get("wkey", 0)
        plain += contents.counts.get("walletdescriptorkey", 0)
        sure = contents.strange <= contents.known // 10
        left = fields.get("plain_keys_left_over")
        if left is not None and left.value and contents.master_keys:
            caveats += ("Private keys from before the encryption lie in unused parts of the file.",)
        wrong = sum(each.body is not None and each.body.txid != each.txid for each in contents.transactions.values())
        if wrong:
            caveats += (f"{wrong} transactions are not those whose id they are stored under.",)
        if contents.transactions and not mine.whole:
            caveats += ("Not every address of the wallet could be derived: some amounts may be missing.",)
        if contents.strange:
            caveats += (f"{contents.strange} records could not be read.",)
        return finding(
            self,
            layer,
            at,
            length,
            grade=Grade.C3 if sure else Grade.C2,
            value=Absent.NONE_STORED,
            checks=(
                Check("container", Outcome.PASS, 48),
                Check("record types", Outcome.PASS if sure else Outcome.FAIL, 40),
            ),
            fields=fields,
            events=_events(contents),
            links=tuple(dict.fromkeys((*_links(contents, mine), *links_of(paid)))),
            caveats=caveats,
            sensitivity=Sensitivity.SECRET if plain else Sensitivity.PERSONAL,
        )


def _is_wallet(contents: Contents) -> bool:
    """Whether the records are a wallet's: at least two types, one of which no other program writes."""
    return len(contents.counts) >= 2 and any(each in contents.counts for each in _SURE)


def _left_over(tree: Btree) -> int:
    """How many records of plain private keys lie outside of all records."""
    return sum(len(_PLAIN_KEY.findall(data)) for _, data in tree.leftovers())


def _sqlite_caveats(database: Database) -> Iterator[str]:
    for each in sorted(database.faults):
        yield f"SQLite: {each}."
    if database.cut:
        yield "The file is cut off; records on its missing pages are lost."
    if database.write_ahead:
        yield "The database keeps a write-ahead log; its newest records may be in a file beside it."


def _fields(contents: Contents, network: Network, mine: Own) -> dict[str, Field]:
    counts = contents.counts
    plain = counts.get("key", 0) + counts.get("wkey", 0) + counts.get("walletdescriptorkey", 0)
    encrypted = counts.get("ckey", 0) + counts.get("walletdescriptorckey", 0)
    told: dict[str, Field] = {
        "encryption": Field(_encryption(contents, plain, encrypted)),
        "plain_private_keys": Field(plain),
        "encrypted_private_keys": Field(encrypted),
        "record_types": Field(dict(sorted(counts.items()))),
        "transactions": Field(counts.get("tx", 0)),
        "addresses": Field(_addresses(contents)),
    }
    if mine.derived:
        told["derived_addresses"] = Field(len(mine.derived))
    if contents.deleted:
        told["deleted_records"] = Field(contents.deleted)
    if contents.version:
        told["written_by_version"] = Field(contents.version)
    if contents.minimum_version:
        told["minimum_version"] = Field(contents.minimum_version)
    if contents.flags:
        told["flags"] = Field(_flags(contents.flags))
    if contents.best_block:
        told["last_block"] = Field(contents.best_block)
    if contents.key_times:
        told["first_key_created"] = Field(_iso(min(contents.key_times)))
        told["last_key_created"] = Field(_iso(max(contents.key_times)))
    if contents.transactions:
        told |= _transactions(contents, network, mine)
    if contents.descriptors:
        told["descriptors"] = Field(_descriptors(contents))
    for master in contents.master_keys[:1]:
        told["kdf"] = Field("SHA-512 chain, AES-256-CBC" if master.method == 0 else "other", master.span)
        told["kdf_rounds"] = Field(master.rounds, master.span)
        told["kdf_salt"] = Field(master.salt.hex(), master.span)
        told["hash_export"] = Field(_hash_export(master), master.span)
    return told


def _encryption(contents: Contents, plain: int, encrypted: int) -> str:
    if contents.master_keys:
        return "private keys encrypted" if not plain else "private keys encrypted in part"
    if plain:
        return "none"
    return "encrypted, master key missing" if encrypted else "no private keys"


def _flags(flags: int) -> tuple[Value, ...]:
    names = {
        0: "avoid reuse",
        1: "key origin metadata",
        2: "last hardened xpub cached",
        32: "private keys disabled",
        33: "blank",
        34: "descriptors",
        35: "external signer",
    }
    return tuple(names.get(bit, f"bit {bit}") for bit in range(64) if flags >> bit & 1)


def _hash_export(master: MasterKey) -> str:
    """The form of hashcat mode 11300: last two blocks of the master key, salt, rounds."""
    tail = master.ciphertext[-32:].hex()
    salt = master.salt.hex()
    return f"$bitcoin${len(tail)}${tail}${len(salt)}${salt}${master.rounds}$2$00$2$00"


def _addresses(contents: Contents) -> tuple[Value, ...]:
    names = list(dict.fromkeys([*contents.labels, *contents.purposes]))[:MOST_SHOWN]
    return tuple(
        {
            "address": name,
            "label": contents.labels.get(name, ("", None))[0],
            "purpose": contents.purposes.get(name, ""),
        }
        for name in names
    )


def _transactions(contents: Contents, network: Network, mine: Own) -> dict[str, Field]:
    """The payments with what they moved; the amounts are what the wallet's own records give."""
    known = contents.transactions
    moves = moved(
        {txid: each.body for txid, each in known.items() if each.body is not None},
        mine.scripts,
        network,
        (txid for txid, each in known.items() if each.by_wallet),
    )
    listed: list[Value] = []
    for txid, each in list(known.items())[:MOST_SHOWN]:
        told: dict[str, Value] = {"txid": txid, "received": _iso(each.received) if each.received else ""}
        if each.smart:
            told["time"] = _iso(each.smart)
        told["time_is"] = "smart time of the wallet" if each.smart else "received by the program"
        if each.block:
            told["block"] = each.block
        if each.order >= 0:
            told["order"] = each.order
        listed.append(told | (moves[txid].described() if txid in moves else {}) | each.notes)
    return {"transaction_list": Field(tuple(listed))}


def _descriptors(contents: Contents) -> tuple[Value, ...]:
    return tuple(
        {
            "descriptor": _PRIVATE.sub("(private key)", each.text),
            "created": _iso(each.created) if each.created else "",
            "next_index": each.next_index,
        }
        for each in contents.descriptors
    )


def _iso(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _event(seconds: int, meaning: str) -> Event:
    return Event(datetime.fromtimestamp(seconds, UTC), _SECOND, meaning, str(seconds), Clock.DEVICE)


def _events(contents: Contents) -> tuple[Event, ...]:
    """Keys created (each second once; first and last always), payments received, descriptors created."""
    times = sorted(contents.key_times)
    if len(times) > MOST_KEY_EVENTS:
        times = times[: MOST_KEY_EVENTS - 1] + times[-1:]
    found = [_event(each, "key created") for each in times]
    if not times:
        found += [_event(each, "key put in pool") for each in sorted(contents.pool_times)[:MOST_KEY_EVENTS]]
    for each in sorted({each.created for each in contents.descriptors}):
        if 1_231_006_505 <= each < 4_102_444_800:
            found.append(_event(each, "descriptor created"))
    received = sorted(each.received for each in contents.transactions.values() if each.received)
    found += [_event(each, "payment seen by the wallet") for each in received[:MOST_PAYMENT_EVENTS]]
    smart = sorted(each.smart for each in contents.transactions.values() if each.smart not in (0, each.received))
    found += [_event(each, "payment as the wallet dates it") for each in smart[:MOST_PAYMENT_EVENTS]]
    return tuple(found)


def _links(contents: Contents, mine: Own) -> tuple[Link, ...]:
    found = [Link("WALLET_HAS_ADDRESS", "address", each) for each in mine.derived[:MOST_LINKS]]
    for address in list(contents.labels)[:MOST_LINKS]:
        rule = "PAID_OR_LABELLED" if contents.purposes.get(address) == "send" else "WALLET_HAS_ADDRESS"
        found.append(Link(rule, "address", address))
    for descriptor in contents.descriptors:
        for xpub in _EXTENDED.findall(descriptor.text)[:20]:
            found.append(Link("WALLET_HAS_XPUB", "key/extended", xpub))
    return tuple(dict.fromkeys(found))


DETECTOR: Detector = BitcoinCore()
