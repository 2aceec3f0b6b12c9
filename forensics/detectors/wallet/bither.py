"""Wallets of Bither: the SQLite database `address.db`.

| table         | content                                                                         |
|---------------|---------------------------------------------------------------------------------|
| addresses     | address, encrypt_private_key, pub_key (base58), sort_time in ms since 1970      |
| password_seed | a key that a password can be tried on                                           |
| aliases       | address, alias                                                                  |

A locked key is `ciphertext/initial value/salt` in hexadecimal: AES-256-CBC, scrypt (16384, 8, 1) of the password in
UTF-16BE; one octet of flags may stand before the salt.

Not read: addresses of hierarchical accounts, which newer versions keep in further tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._store import tables_at
from forensics.detectors.wallet._specimens_sqlite import BITHER
from forensics.detectors.wallet.msigna import rows_of
from forensics.model import Absent, Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity, Value
from forensics.primitives.output_script import read_address

COLUMNS = ("address", "encrypt_private_key", "pub_key", "is_xrandom")
COST = (16_384, 8, 1)


class Bither:
    """One database."""

    kind: ClassVar[str] = "wallet/bither"
    title: ClassVar[str] = "Bither wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("Bither: AbstractDb.java, crypto/EncryptedData.java",)
    specimens: ClassVar[tuple[Specimen, ...]] = BITHER

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database at `at`."""
        opened = tables_at(layer, at) if layer.read(at, 16) == b"SQLite format 3\0" else None
        if opened is None or not (opened[0].has("addresses", COLUMNS) and opened[0].has("password_seed")):
            return
        tables = opened[0]
        aliases = {str(each.get("address")): str(each.get("alias"))[:200] for each in rows_of(tables, "aliases")}
        listed, events = list[Value](), list[Event]()
        own: dict[str, bool] = {}
        for each in rows_of(tables, "addresses"):
            address, made = str(each.get("address")), each.get("sort_time")
            if read_address(address) is None:
                continue
            own[address] = bool(each.get("encrypt_private_key"))
            listed.append({"address": address, "label": aliases.get(address, ""), "private_key": own[address]})
            if isinstance(made, int) and 1_230_000_000_000 <= made < 4_102_444_800_000:
                when = datetime.fromtimestamp(made / 1_000, UTC)
                events.append(Event(when, timedelta(seconds=1), "address added", str(made), Clock.DEVICE))
        database = tables.database
        yield finding(
            self,
            layer,
            at,
            min(database.file_pages * database.header.page_size, layer.size - at),
            grade=Grade.C2,
            value=next(iter(own), Absent.NONE_STORED),
            checks=(Check("tables and columns", Outcome.PASS, 40),),
            fields={
                "encryption": Field("private keys, AES-256-CBC" if any(own.values()) else "none"),
                "addresses": Field(tuple(listed)),
            },
            events=tuple(events),
            links=tuple(Link("WALLET_HAS_ADDRESS", "address/bitcoin", each) for each in own),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Bither()
