"""Configuration of Tor: `torrc`, its defaults and includes.

| line                                 | content                                                          |
|--------------------------------------|------------------------------------------------------------------|
| `HiddenServiceDir` path              | starts a service: its folder has the name and the key            |
| `HiddenServicePort` port target      | where the service's visitors are sent: the web server behind it  |
| `HiddenService…` value               | version and options of the service above                         |
| `Bridge` line, `UseBridges`          | how this client reaches the network                              |
| `SocksPort`, `ControlPort`, `Log`, … | of the program                                                   |
| `#` text                             | remark: not read as configuration                                |

Lines are in any order but for the services'. A block of them is found without its file's name where two
known options stand in it.

Not recorded: when it was written, whether Tor ran with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._lines import LONGEST, Line, backwards, forwards, start_of_line
from forensics.detectors.tor._near import named
from forensics.model import Absent, ByteRun, Field, Finding, Grade, Layer, Link, Secret, Sensitivity, Value

_REACH = 64 << 10
_MOST_LISTED = 200
_OPTION = re.compile(r"[+/]?([A-Za-z][A-Za-z0-9_]{2,50})[ \t]+(\S.*)", re.DOTALL)
_PORT = re.compile(r"\d{1,5}(?:[ \t]+\S.{0,200})?")
_OPTIONS = """
address automaphostsonresolve avoiddiskwrites bandwidthburst bandwidthrate bridge bridgerelay
circuitbuildtimeout clientonionauthdir clientonly clienttransportplugin connectionpadding contactinfo
controlport controlportwritetofile controlsocket cookieauthentication cookieauthfile
cookieauthfilegroupreadable datadirectory dirport disabledebuggerattachment disablenetwork dnsport entrynodes
excludeexitnodes excludenodes exitnodes exitpolicy exitrelay fascistfirewall geoipfile geoipv6file
hashedcontrolpassword hiddenservicedir hiddenservicenonanonymousmode hiddenserviceport
hiddenservicesinglehopmode hiddenserviceversion hidservauth httpsproxy httptunnelport keepaliveperiod log
longlivedports mapaddress maxcircuitdirtiness myfamily newcircuitperiod nickname numentryguards orport
pidfile publishserverdescriptor reachableaddresses relaybandwidthrate runasdaemon safelogging safesocks
sandbox servertransportplugin socks4proxy socks5proxy socks5proxypassword socks5proxyusername sockspolicy
socksport strictnodes testsocks transproxytype usebridges useentryguards user
virtualaddrnetworkipv4 warnunsafesocks
"""
_KNOWN = frozenset(_OPTIONS.split())
_SINGLE = {
    "datadirectory": "data_directory",
    "clientonionauthdir": "client_auth_directory",
    "nickname": "nickname",
    "contactinfo": "contact",
    "usebridges": "use_bridges",
    "entrynodes": "entry_nodes",
    "exitnodes": "exit_nodes",
    "user": "runs_as",
}
_MANY = {
    "socksport": "socks_ports",
    "controlport": "control_ports",
    "orport": "relay_ports",
    "bridge": "bridges",
    "clienttransportplugin": "transports",
    "log": "logs",
    "socks5proxy": "proxies",
    "httpsproxy": "proxies",
    "mapaddress": "mapped_addresses",
}
_SECRET = {
    "hashedcontrolpassword": "control_password_hash",
    "hidservauth": "service_authorization",
    "socks5proxypassword": "proxy_password",
}

_SERVICE = (
    b"SocksPort 9050\nHiddenServiceDir /var/lib/tor/shop/\nHiddenServiceVersion 3\n"
    b"HiddenServicePort 80 127.0.0.1:8080\nHiddenServiceDir /var/lib/tor/mail\nHiddenServicePort 25 unix:/run/m\n"
)
_BRIDGE = (
    b"UseBridges 1\nBridge obfs4 192.0.2.7:443 0123456789ABCDEF0123456789ABCDEF01234567 cert=x iat-mode=0\n"
    b"ClientTransportPlugin obfs4 exec /usr/bin/obfs4proxy\n"
)


@dataclass(slots=True)
class _Service:
    """A service being read."""

    directory: str
    span: ByteRun
    ports: list[str] = field(default_factory=list)
    options: dict[str, Value] = field(default_factory=dict)

    def value(self) -> Value:
        """As a field shows it."""
        return {"directory": self.directory, "ports": tuple(self.ports), **self.options}


@dataclass(slots=True)
class _Block:
    """What the lines of a block say."""

    known: int = 0
    services: list[_Service] = field(default_factory=list)
    single: dict[str, Field] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)
    secret: bool = False

    def take(self, line: Line, option: str, value: str) -> None:
        """Add one option."""
        name = option.lower()
        self.known += name in _KNOWN
        place = ByteRun(line.offset, len(line.data))
        if name == "hiddenservicedir":
            if len(self.services) < _MOST_LISTED:
                self.services.append(_Service(value.strip('"'), place))
        elif name.startswith("hiddenservice") and self.services:
            service = self.services[-1]
            if name == "hiddenserviceport":
                if len(service.ports) < _MOST_LISTED:
                    service.ports.append(value)
            elif len(service.options) < _MOST_LISTED:
                service.options[option] = value
        elif name in _SECRET:
            self.secret = True
            self.single[_SECRET[name]] = Field(Secret(value), place)
        elif name in _SINGLE:
            self.single[_SINGLE[name]] = Field(value, place)
        elif name in _MANY:
            listed = self.many.setdefault(_MANY[name], [])
            if len(listed) < _MOST_LISTED:
                listed.append(value)


class Torrc:
    """One block of options."""

    kind: ClassVar[str] = "tor/torrc"
    title: ClassVar[str] = "Configuration of Tor"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(
            rb"(?:HiddenServiceDir|HiddenServicePort|ClientOnionAuthDir|UseBridges|ClientTransportPlugin|SocksPort"
            rb"|SOCKSPort|ControlPort|ORPort|HidServAuth)[ \t][^ \t\r\n]",
        ),
    )
    references: ClassVar[tuple[str, ...]] = ("tor(1)", "Tor src/config/torrc.sample.in")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("two services", _SERVICE, ("/var/lib/tor/shop/, /var/lib/tor/mail",), "made by hand"),
        Specimen("a client with a bridge", b"# mine\r\n" + _BRIDGE, ("none stored",), "made by hand"),
        Specimen("truncated", b"HiddenServiceDir /v", None, "made by hand"),
        Specimen("look-alike: remarks", b"#" + _SERVICE.replace(b"\n", b"\n#"), None, "torrc.sample"),
        Specimen("look-alike: prose", b"Use HiddenServiceDir /var and HiddenServicePort 80 there.", None, "a tutorial"),
        Specimen("look-alike: a manual", b"HiddenServiceDir DIRECTORY\n\n    Store data there.\n", None, "tor(1)"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The block with the option in front of `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """The blocks with these options, each read once."""
        done = -1
        for at in ends:
            if at <= done:
                continue
            lines = _block(layer, start_of_line(layer, at))
            if not lines:
                continue
            done = lines[-1].offset + len(lines[-1].data)
            yield from self._found(layer, lines)

    def _found(self, layer: Layer, lines: list[Line]) -> Iterator[Finding]:
        block = _Block()
        for line in lines:
            if option := _option(line):
                block.take(line, *option)
        served = [service for service in block.services if any(map(_PORT.fullmatch, service.ports))]
        if block.known < 2 or not (served or block.known >= 3 or named(layer, "torrc")):
            return
        fields = dict(block.single)
        if block.services:
            first, last = block.services[0].span, block.services[-1].span
            span = ByteRun(first.offset, last.end - first.offset)
            fields["services"] = Field(tuple(service.value() for service in block.services), span)
        for name, values in block.many.items():
            fields[name] = Field(tuple(values))
        directories = [service.directory for service in block.services]
        start, end = lines[0].offset, lines[-1].offset + len(lines[-1].data)
        yield finding(
            self,
            layer,
            start,
            end - start,
            grade=Grade.C3 if named(layer, "torrc") else Grade.C2,
            value=", ".join(directories)[:2000] or Absent.NONE_STORED,
            checks=(passed("known options", min(60, 12 * block.known)),),
            fields=fields,
            links=tuple(Link("SERVICE_IN_FOLDER", "path", each) for each in dict.fromkeys(directories)),
            sensitivity=Sensitivity.SECRET if block.secret else Sensitivity.NORMAL,
        )


def _option(line: Line) -> tuple[str, str] | None:
    """Option and value of a line; None where it is none."""
    match = _OPTION.fullmatch(line.text)
    if match is None or line.text[:1] in " \t":
        return None
    name, value = match[1], match[2].partition(" #")[0].strip()
    if not value or (name.lower() not in _KNOWN and sum(map(str.isupper, name)) < 2):
        return None
    if "\ufffd" in value or any(ord(each) < 32 and each != "\t" for each in value):
        return None
    return name, value


def _belongs(line: Line) -> bool:
    text = line.data.strip()
    return not text or text.startswith((b"#", b"%include ")) or _option(line) is not None


def _block(layer: Layer, start: int) -> list[Line]:
    """The lines around `start` that a configuration can have, from its first option to its last."""
    here = next(forwards(layer, start, LONGEST), None)
    if here is None or _option(here) is None:
        return []
    before: list[Line] = []
    for line in backwards(layer, start, _REACH):
        if not _belongs(line):
            break
        before.append(line)
    lines = before[::-1]
    for line in forwards(layer, start, _REACH):
        if not _belongs(line):
            break
        lines.append(line)
    marked = [index for index, line in enumerate(lines) if _option(line)]
    return lines[marked[0] : marked[-1] + 1]


DETECTOR: Detector = Torrc()
