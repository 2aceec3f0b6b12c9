"""Lines of Tor's control port on a circuit to an onion service: in logs of controllers, and in memory.

| part              | content                                                                              |
|-------------------|--------------------------------------------------------------------------------------|
| state             | LAUNCHED, BUILT, EXTENDED, FAILED, CLOSED, and the path: `$fingerprint~nickname`, …   |
| `PURPOSE=`        | `HS_CLIENT_…` this computer is the visitor, `HS_SERVICE_…` the service               |
| `HS_STATE=`       | how far it came; `HSCR_JOINED` is connected                                          |
| `REND_QUERY=`     | name of the service, without `.onion`                                                |
| `TIME_CREATED=`   | UTC, to the microsecond                                                              |
| `SOCKS_USERNAME=` | in Tor Browser the site in the address bar                                           |

This is a connection made or tried, not a link met: with HSCR_JOINED the service answered.

Not recorded: what was asked and sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._lines import start_of_line
from forensics.model import ByteRun, Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome
from forensics.primitives import onion

_LINE = re.compile(
    rb"(?:(?P<number>[0-9]{1,10}) )?(?P<state>LAUNCHED|BUILT|GUARD_WAIT|EXTENDED|FAILED|CLOSED) "
    rb"(?P<path>\$[0-9A-F]{40}\S{0,2000} )?[^\r\n\0]{0,400}?PURPOSE=(?P<purpose>HS_[A-Z_]{3,40})[^\r\n\0]{0,200}? "
    rb"REND_QUERY=(?P<name>[a-z2-7]{56}|[a-z2-7]{16})(?![a-z0-9])(?P<rest>[^\r\n\0]{0,600})"
)
_CREATED = re.compile(rb"TIME_CREATED=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?")
_STATE = re.compile(rb"HS_STATE=([A-Z_]{3,30})")
_USERNAME = re.compile(rb'SOCKS_USERNAME="([^"\\]{1,255})"')
_SEARCHED = 3 << 10
_NAME = b"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
_BUILT = (
    b"BUILT $0123456789ABCDEF0123456789ABCDEF01234567~Quokka BUILD_FLAGS=IS_INTERNAL,NEED_CAPACITY "
    b"PURPOSE=HS_CLIENT_REND HS_STATE=HSCR_JOINED REND_QUERY=" + _NAME + b" TIME_CREATED=2024-03-01T13:30:00.214215 "
    b'SOCKS_USERNAME="' + _NAME + b'.onion" SOCKS_PASSWORD="0"'
)


class Circuit:
    """One circuit to or from a service."""

    kind: ClassVar[str] = "tor/circuit"
    title: ClassVar[str] = "Connection to an onion service (Tor)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"REND_QUERY=[a-z2-7]{16}"),)
    references: ClassVar[tuple[str, ...]] = ("Tor control-spec, GETINFO circuit-status and CIRC events",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("joined", _BUILT, (_NAME.decode() + ".onion",), "made by hand by control-spec"),
        Specimen("in an event", b"650 CIRC 12 " + _BUILT + b"\r\n", (_NAME.decode() + ".onion",), "made by hand"),
        Specimen("truncated", _BUILT[:200], None, "made by hand"),
        Specimen("wrong checksum", _BUILT.replace(b"=pg6", b"=pg7"), None, "made by hand"),
        Specimen("look-alike: a query alone", b"REND_QUERY=" + _NAME, None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line whose name begins in front of `at`."""
        start = max(start_of_line(layer, at), at - _SEARCHED)
        window = layer.read(start, at - start + 1024)
        query = window.rfind(b"REND_QUERY=", 0, at - start)
        for match in _LINE.finditer(window):
            if match.start("name") != query + 11:
                continue
            name = match["name"]
            if len(name) == 16 or onion.decode(name) is not None:
                yield self._found(layer, start, match, name.decode("ascii") + ".onion")
            return

    def _found(self, layer: Layer, base: int, match: re.Match[bytes], name: str) -> Finding:
        whole, rest = match[0], match["rest"]
        fields = {
            "service": Field(name, ByteRun(base + match.start("name"), len(match["name"]))),
            "state": Field(match["state"].decode("ascii")),
            "purpose": Field(match["purpose"].decode("ascii")),
            "side": Field("visitor" if match["purpose"].startswith(b"HS_CLIENT") else "service"),
        }
        if state := _STATE.search(whole):
            fields["hs_state"] = Field(state[1].decode("ascii"))
        if user := _USERNAME.search(rest):
            fields["address_bar"] = Field(user[1].decode("utf-8", "replace"))
        if match["path"]:
            fields["path"] = Field(match["path"].decode("ascii", "replace").strip())
        events: tuple[Event, ...] = ()
        if created := _CREATED.search(rest):
            when = _moment(created[1].decode("ascii"), (created[2] or b"0").decode("ascii"))
            if when is not None:
                stored = created[0].decode("ascii").partition("=")[2]
                meaning = f"circuit made: {name}"
                events = (Event(when, timedelta(microseconds=1), meaning, stored, Clock.DEVICE),)
        checksum = Outcome.PASS if len(name) == 62 else Outcome.NOT_APPLICABLE
        return finding(
            self,
            layer,
            base + match.start(),
            len(whole),
            grade=Grade.C3 if checksum is Outcome.PASS and events else Grade.C2,
            value=name,
            checks=(passed("form of the line", 60), Check("onion checksum", checksum, onion.CHECKSUM_BITS)),
            fields=fields,
            events=events,
            links=(Link("CONNECTED_TO", "onion", name),),
        )


def _moment(text: str, fraction: str) -> datetime | None:
    try:
        when = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return when + timedelta(microseconds=int(fraction.ljust(6, "0")))


DETECTOR: Detector = Circuit()
