"""Vaults of mSIGNA (CoinVault): SQLite databases, `*.vault`.

| table    | content                                                                                   |
|----------|-------------------------------------------------------------------------------------------|
| Keychain | name, depth, parent_fp, child_num, pubkey, chain_code; privkey_ciphertext, privkey_salt   |
| Account  | name, minsigs, time_created in seconds since 1970                                         |
| Network  | network                                                                                   |

A private key of 32 octets is plain, one of 48 is encrypted: AES-256-CBC, key and initial value by EVP_BytesToKey
(SHA-1, five rounds) of the password's double SHA-256 and the salt.

Not read: payments and scripts of accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._rows import Tables
from forensics.detectors.chat._store import tables_at
from forensics.detectors.wallet._specimens_sqlite import MSIGNA
from forensics.model import Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity, Value
from forensics.primitives import base58, secp256k1
from forensics.primitives.sqlite.record import Value as Stored

COLUMNS = ("name", "depth", "parent_fp", "child_num", "pubkey", "chain_code", "privkey_ciphertext", "privkey_salt")
_XPUB = bytes.fromhex("0488b21e")
_MOST = 200
SEALED = 48


class Msigna:
    """One vault."""

    kind: ClassVar[str] = "wallet/msigna"
    title: ClassVar[str] = "Vault of mSIGNA"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("mSIGNA: deps/CoinDB/src/Schema.hxx", "btcrecover, mSIGNA")
    specimens: ClassVar[tuple[Specimen, ...]] = MSIGNA

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database at `at`."""
        opened = tables_at(layer, at) if layer.read(at, 16) == b"SQLite format 3\0" else None
        if opened is None or not opened[0].has("Keychain", COLUMNS):
            return
        tables = opened[0]
        chains = [(each, public) for each in rows_of(tables, "Keychain") if (public := _extended(each))]
        if not chains:
            return
        encrypted = any(len(_octets(each["privkey_ciphertext"])) == SEALED for each, _ in chains)
        keychains: list[Value] = [{"name": str(each["name"])[:200], "key": public} for each, public in chains]
        fields = {
            "encryption": Field("private keys, AES-256-CBC" if encrypted else "none"),
            "keystores": Field(tuple(keychains)),
            "master_public_keys": Field(tuple(dict.fromkeys(public for _, public in chains))),
        }
        events = []
        for each in rows_of(tables, "Account"):
            made = each.get("time_created")
            if isinstance(made, int) and 1_230_000_000 <= made < 4_102_444_800:
                when = datetime.fromtimestamp(made, UTC)
                events.append(Event(when, timedelta(seconds=1), "wallet created", str(made), Clock.DEVICE))
        database = tables.database
        yield finding(
            self,
            layer,
            at,
            min(database.file_pages * database.header.page_size, layer.size - at),
            grade=Grade.C2,
            value=chains[0][1],
            checks=(Check("tables, columns and public keys", Outcome.PASS, 40),),
            fields=fields,
            events=tuple(events),
            links=tuple(Link("WALLET_HAS_XPUB", "key/extended", public) for _, public in chains),
            sensitivity=Sensitivity.PERSONAL if encrypted else Sensitivity.SECRET,
        )


def rows_of(tables: Tables, name: str) -> Iterator[dict[str, Stored]]:
    """Rows of a table by the names of their columns, the first of them."""
    names = next((each.names for each in tables.database.tables() if each.name == name), ())
    for number, row in enumerate(tables.rows(name)):
        if number >= _MOST:
            return
        yield dict(zip(names, row.values, strict=False))


def _octets(value: Stored) -> bytes:
    return value if isinstance(value, bytes) else b""


def _extended(row: dict[str, Stored]) -> str:
    """The extended public key of a row; empty where it is none."""
    depth, parent, number = (row.get(name) for name in ("depth", "parent_fp", "child_num"))
    public, chain = _octets(row.get("pubkey")), _octets(row.get("chain_code"))
    if not (isinstance(depth, int) and isinstance(parent, int) and isinstance(number, int)) or len(chain) != 32:
        return ""
    if not 0 <= depth < 256 or len(public) != 33 or secp256k1.point(public) is None:
        return ""
    numbers = b"".join((each & 0xFFFFFFFF).to_bytes(4, "big") for each in (parent, number))
    return base58.encode_check(_XPUB + bytes((depth,)) + numbers + chain + public)


DETECTOR: Detector = Msigna()
