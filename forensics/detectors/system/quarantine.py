"""Downloads on a Mac: `com.apple.LaunchServices.QuarantineEventsV2`, a SQLite database with a row for each.

| column of `LSQuarantineEvent`                        | content                                               |
|------------------------------------------------------|-------------------------------------------------------|
| `LSQuarantineEventIdentifier`                        | UUID, also in the file's attribute `com.apple.quarantine` |
| `LSQuarantineTimeStamp`                              | seconds since 2001, UTC                               |
| `…AgentBundleIdentifier`, `…AgentName`               | the program that got the file                         |
| `…DataURLString`, `…OriginURLString`, `…OriginTitle` | addresses of the file and of the page that led to it    |
| `…SenderName`, `…SenderAddress`                      | of a message with the file                            |

Rows stay when the file goes; deleted rows and those of the write-ahead log are read, too.
Not recorded: the name and place of the file. Source: the schema that macOS writes.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.browser._store import Store, open_store, text
from forensics.detectors.system._told import owner, path_fields, shown
from forensics.model import Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity
from forensics.primitives.sqlite.rows import NOT_CURRENT, Row, State

MOST = 20_000  # rows
_SCHEMA = 64 << 10  # octets within which the schema names the table
_TABLE = "LSQuarantineEvent"
_COCOA = datetime(2001, 1, 1, tzinfo=UTC)
_FIELDS = {
    "identifier": "LSQuarantineEventIdentifier",
    "program_identifier": "LSQuarantineAgentBundleIdentifier",
    "program_used": "LSQuarantineAgentName",
    "address": "LSQuarantineDataURLString",
    "page": "LSQuarantineOriginURLString",
    "page_title": "LSQuarantineOriginTitle",
    "sender": "LSQuarantineSenderName",
    "sender_address": "LSQuarantineSenderAddress",
}
_VALUE = ("address", "page", "sender_address", "identifier")
_DATABASE = zlib.decompress(
    base64.b85decode(
        "c-rk(L2uJA6t?4PWw4DCst_07SOra5+HD%ArfWJXvXr$c+Qgx98@E_ENpak5aGQ{J=El$1iJySPPvFFn{Q(XfNf#!jCWGEUkT0?="
        "`@QGSFMiK)I=d#56c2sj5{b(o10V!di~#@(Vab4>P-glN{2mKH9l&Mu4IsD&;1~2hZ2k)z-$2=%uEFCn^Bj6)c6KL35Kl6X+RUXL"
        "N!)RBR$?4bPiD5-hHe|UY1NHAe6=BNSvY3Any8<DW5R4s)8NUrBz;a}X0ZX~$0BUKW*TuCyo%$4O((3_kWqncW6#D<+RYuky^kLo"
        "``BvP*y@_*eVptO4(Vov`Y4>QHt`%zXQob4w1`WSgmofGw{3Q$VBRQ6p+m#BDXub)q`Kn>8U#rS_Ny_qCT>4mTGO(PZKFM-&=PFK"
        "Jex_LNDzsCxxz?A=ZplnX0~d1U0KL=H3-f_D|pGn4DOMM^w0af*v9lqu^|+O=(TB_E>9C1tpMbs73CdBk>W4GVWxcNSrnxk^-`@^"
        "FX@G1V|}YoG1h8@O}%0iiuz__y|J-Xsu#=m-oi(|7^$xRnsH9lAro}yA2p)pxs>DJp{BiH+*6r%Ksa+W%IQFgiCd_sYvJR#qn@(V"
        "&E{``n|YX<i}r#3;Uf^?*K**yDjAPCRb9gPPFS8ER4=nBob)L_UV$M);r3wa*v32zr71(TdYPd^hD5NaPIOHAqA&czfQkb10!cWZ"
        "I+v(={XG9q0s4ea(McM0DN_6q<mWl$&?@S}d5$IJF6u7MbGk(Ne+JN3bcQ~s+mIr~KZV8V#Rx5-EWEg?DB-W^;>E4vJ6-dImj"
    )
)
_BY = "sqlite3 3.40, with the schema of macOS"


class Quarantine:
    """One finding for each download."""

    kind: ClassVar[str] = "system/quarantine"
    title: ClassVar[str] = "Download on a Mac"
    version: ClassVar[int] = 2
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"SQLite format 3\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("macOS, LaunchServices: QuarantineEventsV2",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "a page, a mail, and a row that was deleted",
            _DATABASE,
            (
                "https://kiln.invalid/torbrowser-install.dmg",
                "v@kiln.invalid",
                "https://kiln.invalid/electrum-4.5.5.dmg",
            ),
            _BY,
        ),
        Specimen("truncated", _DATABASE[:900], None, "cut"),
        Specimen(
            "without its column of times", _DATABASE.replace(b"TimeStamp REAL", b"TimeStomp REAL"), None, "by hand"
        ),
        Specimen("look-alike: the magic alone", _DATABASE[:16] + bytes(4_000), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """Rows of the database at `at`."""
        if _TABLE.encode() not in layer.read(at, _SCHEMA):
            return
        store = open_store(layer, at)
        if store is None or not store.has(_TABLE.lower(), "lsquarantineeventidentifier", "lsquarantinetimestamp"):
            return
        for row in store.database.rows(_TABLE, frozenset(State), most=MOST):
            found = self._told(store, row, "quarantineevents" in layer.locator.step.lower())
            if found is not None:
                yield found

    def _told(self, store: Store, row: Row, named: bool) -> Finding | None:
        when = _moment(row.get("LSQuarantineTimeStamp"))
        layer = store.layer_of(row)
        fields, links = owner(store.layer.locator.step)
        fields |= {"what": Field("download"), "state": Field(row.state.value)}
        for name, column in _FIELDS.items():
            if words := text(row, column):
                runs = row.places(column)
                fields[name] = Field(words, runs[0] if len(runs) == 1 else None)
        value = next((str(fields[name].value) for name in _VALUE if name in fields), "")
        if when is None or not value:
            return None
        fields["time"] = Field(shown(when))
        for name in ("address", "page"):
            if name in fields:
                links.append(Link("DOWNLOADED_FROM", "address of a page", str(fields[name].value)))
        if "sender_address" in fields:
            links.append(Link("SENT_BY", "contact/email", str(fields["sender_address"].value).lower()))
        program = path_fields(value.partition("?")[0])
        if program:
            fields |= program
            links.append(Link("PROGRAM", "program", str(program["program"].value)))
        lost = row.state in NOT_CURRENT
        strong = row.whole and row.sure
        return finding(
            self,
            layer,
            row.span.offset,
            row.span.length,
            grade=Grade.C1 if not strong else Grade.C3 if named else Grade.C2,
            value=value,
            checks=(
                Check("row of the table", Outcome.PASS if strong else Outcome.FAIL, 40),
                Check("name of the file", Outcome.PASS if named else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=(Event(when, timedelta(milliseconds=1), "file downloaded", _stored(row), Clock.DEVICE),),
            links=tuple(links),
            caveats=("The row is not current: it was deleted or superseded.",) if lost else (),
            sensitivity=Sensitivity.PERSONAL,
        )


def _stored(row: Row) -> str:
    return str(row.get("LSQuarantineTimeStamp"))


def _moment(stored: object) -> datetime | None:
    """The moment of seconds since 2001; None for a row that has none of a plausible year."""
    if not isinstance(stored, int | float) or not 0 < stored < 3e9:
        return None
    return _COCOA + timedelta(milliseconds=round(stored * 1_000))


DETECTOR: Detector = Quarantine()
