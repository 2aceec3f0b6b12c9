"""Wallets of Sparrow since 1.5 (2021): `*.mv.db`, a database of H2 that is written by appending.

| offset | plain                                              | with a password                         |
|--------|----------------------------------------------------|-----------------------------------------|
| 0      | `H:2,block:…,blockSize:1000,…,fletcher:8e4ba0e2`   | `H2encrypt`, line feed, salt of 8       |
| 18     |                                                    | `SPRW1`, line feed, salt of Argon2id 16 |
| 4096   | the head again                                     | AES-128-XTS of pages of 4,096           |
| behind | chunks, each with `chunk:…` at its beginning        |                                         |

Sparrow's own tables tell its databases from others of H2. The key is Argon2id of the password: 10 rounds, 256 MiB,
4 lanes, which the file does not say.

Read here: the head with its checksum, the tables, extended keys by their own checksums, paths. Rows are not taken
apart: labels, payments and their times stand in them and are said to be not parsed. A seed in clear is found by its
own detector. Old rows stay in chunks that are no longer used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet.sparrow import KDF
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
)
from forensics.primitives import bip32

_PAGE = 4_096
_LARGEST = 64 << 20
_MOST_KEYS = 50
_MILLISECOND = timedelta(milliseconds=1)
_HEAD = re.compile(rb"H:2,block:[0-9a-f]{1,16},blockSize:1000[0-9A-Za-z:,]{0,300}?,fletcher:([0-9a-f]{1,8})\n")
_NAMED = re.compile(rb"([A-Za-z]{1,20}):([0-9a-f]{1,16})")
_TABLES = (b"blockTransactionHashIndex", b"masterPrivateExtendedKey", b"walletNode", b"keystore", b"blockTransaction")
_LATER = (b"mixConfig", b"utxoMixData", b"detachedLabel", b"walletConfig", b"walletTable", b"silentPaymentAddress")
_KEY = re.compile(rb"[xyzYZtuvUV]pub[1-9A-HJ-NP-Za-km-z]{107}")
_PATH = re.compile(rb"m(?:/[0-9]{1,4}'){2,4}")
_XPUB = (
    b"xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)


def _fletcher(data: bytes) -> int:
    """Fletcher-32 over big-endian words, as H2's DataUtils has it."""
    one = other = 0xFFFF
    padded = data + bytes(len(data) % 2)
    for start in range(0, len(padded), 720):
        for at in range(start, min(start + 720, len(padded)), 2):
            one += padded[at] << 8 | padded[at + 1]
            other += one
        one = (one & 0xFFFF) + (one >> 16)
        other = (other & 0xFFFF) + (other >> 16)
    one = (one & 0xFFFF) + (one >> 16)
    other = (other & 0xFFFF) + (other >> 16)
    return (other << 16 | one) & 0xFFFFFFFF


def _database(rows: bytes) -> bytes:
    head = b"H:2,block:2,blockSize:1000,chunk:1,clean:1,created:184a7c079cd,format:2,version:1"
    page = (head + b",fletcher:%x\n" % _fletcher(head)).ljust(_PAGE, b" ")
    return page + page + (b"chunk:1,block:2,len:1,version:1\n" + rows).ljust(_PAGE, b"\0")


_DDL = b'CREATE CACHED TABLE "wallet_master"."%s"('
_ROWS = b"\0".join(_DDL % each for each in (*_TABLES, b"detachedLabel")) + b"\x0cm/84'/0'/0'\x00o" + _XPUB + b"\0"
_PLAIN = _database(_ROWS)
_LOCKED = b"H2encrypt\n" + bytes(range(8)) + b"SPRW1\n" + bytes(range(16)) + bytes(range(256)) * 48
_FORM = "by hand, in the form of H2's MVStore and Sparrow's DbPersistence; head of a published file"


class SparrowDatabase:
    """One database."""

    kind: ClassVar[str] = "wallet/sparrow_database"
    title: ClassVar[str] = "Sparrow wallet (database)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"H2encrypt\n", at=0, wide=False),
        Trigger(rb"H:2,block:[0-9a-f]", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Sparrow: io/db/DbPersistence.java, sql/",
        "H2: mvstore/FileStore.java, DataUtils.java, store/fs/encrypt",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain", _PLAIN, ("none stored",), _FORM),
        Specimen("with a password", _LOCKED, ("encrypted",), _FORM),
        Specimen("cut off behind its rows", _PLAIN[: -len(_ROWS)], ("none stored",), _FORM + ", cut"),
        Specimen("cut off in its head", _PLAIN[:70], None, _FORM + ", cut"),
        Specimen("checksum wrong", _PLAIN.replace(b"chunk:1,clean", b"chunk:2,clean"), None, _FORM + ", changed"),
        Specimen("look-alike: another program's", _database(_DDL % b"users"), None, _FORM),
        Specimen("look-alike: another locked one", b"H2encrypt\n" + bytes(range(200)), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The database that starts at `at`."""
        head = layer.read(at, 512)
        if head.startswith(b"H2encrypt\n"):
            if head[18:24] == b"SPRW1\n" and len(head) >= 40:
                yield self._locked(layer, at, head)
            return
        match = _HEAD.match(head)
        if match is None or _fletcher(head[: match.start(1) - len(b",fletcher:")]) != int(match[1], 16):
            return
        if at >= _PAGE and _HEAD.match(layer.read(at - _PAGE, 512)):
            return  # the second head of a file
        data = layer.read(at, _LARGEST)
        if at:  # without an end of its own: as far as another head, and no further than carving may take
            again = re.search(rb"H:2,block:[0-9a-f]", data[2 * _PAGE :])
            data = data[: 2 * _PAGE + again.start()] if again else data
        known = [each for each in _TABLES if each in data]
        if len(known) == len(_TABLES):
            yield self._plain(layer, at, data, match[0])

    def _locked(self, layer: Layer, at: int, head: bytes) -> Finding:
        size = min(layer.size - at, _LARGEST) if at == 0 else 40
        return finding(
            self,
            layer,
            at,
            size,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("marks of both heads", Outcome.PASS, 128),),
            fields={
                "encryption": Field("everything, AES-128-XTS (H2)", ByteRun(at, 10)),
                "kdf": Field(KDF),
                "kdf_salt": Field(head[24:40].hex(), ByteRun(at + 24, 16)),
                "h2_salt": Field(head[10:18].hex(), ByteRun(at + 10, 8)),
                "labels": Field(Absent.ENCRYPTED),
                "transactions": Field(Absent.ENCRYPTED),
                "hash_export": Field(Absent.NOT_PARSED),
            },
            sensitivity=Sensitivity.PERSONAL,
        )

    def _plain(self, layer: Layer, at: int, data: bytes, head: bytes) -> Finding:
        told = {name.decode(): value for name, value in _NAMED.findall(head)}
        keys: dict[str, ByteRun] = {}
        end = len(head)
        for match in _KEY.finditer(data):
            if bip32.decode(match[0]) is not None:
                keys.setdefault(match[0].decode(), ByteRun(at + match.start(), len(match[0])))
                end = max(end, match.end())
            if len(keys) >= _MOST_KEYS:
                break
        end = max(end, *(data.rfind(each) + len(each) for each in (*_TABLES, *_LATER)))
        if at == 0:
            end = len(data)
        created = int(told.get("created", b"0"), 16)
        tables = [each.decode() for each in (*_TABLES, *_LATER) if each in data]
        paths = dict.fromkeys(each.decode() for each in _PATH.findall(data)[:1_000])
        return finding(
            self,
            layer,
            at,
            end,
            grade=Grade.C3 if keys else Grade.C2,
            value=Absent.NONE_STORED,
            checks=(
                Check("Fletcher-32 of the head", Outcome.PASS, 32),
                Check("tables of Sparrow", Outcome.PASS, 60),
                Check("checksums of extended keys", Outcome.PASS if keys else Outcome.NOT_APPLICABLE, 32),
            ),
            fields={
                "encryption": Field("not of the file"),
                "format": Field(int(told.get("format", b"0"), 16), ByteRun(at, len(head))),
                "version": Field(int(told.get("version", b"0"), 16), ByteRun(at, len(head))),
                "tables": Field(tuple(tables)),
                "extended_keys": Field(tuple(keys) or Absent.NONE_STORED, next(iter(keys.values()), None)),
                "paths": Field(tuple(paths)[:50]),
                "chunks": Field(len(re.findall(rb"chunk:[0-9a-f]{1,8},block:", data))),
                "labels": Field(Absent.NOT_PARSED),
                "transactions": Field(Absent.NOT_PARSED),
            },
            events=tuple(_event(created)),
            links=tuple(Link("WALLET_HAS_XPUB", "key/extended", each) for each in keys),
            caveats=("Rows are not taken apart; keys may be of rows that the program had deleted.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def _event(created: int) -> Iterator[Event]:
    if 1_231_006_505_000 <= created < 4_102_444_800_000:
        when = datetime.fromtimestamp(created / 1_000, UTC)
        yield Event(when, _MILLISECOND, "database created", f"{created:x}", Clock.DEVICE)


DETECTOR: Detector = SparrowDatabase()
