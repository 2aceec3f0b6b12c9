"""Tunnels of I2P: what a router offers, and where its own programs go.

| program | file                                        | form                                              |
|---------|---------------------------------------------|---------------------------------------------------|
| i2pd    | `tunnels.conf`, `tunnels.d/*.conf`             | `[name]`, then `type = http`, `port`, `keys = x.dat` |
| I2P     | `i2ptunnel.config`                            | `tunnel.0.type=httpserver`, `tunnel.0.privKeyFile=…` |
| I2P     | `i2ptunnel.config.d/*-i2ptunnel.config`       | the same without `tunnel.0.`                         |

A server's tunnel has the host and port of the web server behind it and the file of its key (`i2p/private_key`).

Not recorded: whether it ran; the address, which the key file gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.i2p._specimens import TUNNELS
from forensics.detectors.tor._lines import Line, backwards, forwards, start_of_line
from forensics.model import Absent, ByteRun, Field, Finding, Grade, Layer, Link, Sensitivity

_REACH = 64 << 10
_MOST = 500
_LINE = re.compile(r"\s{0,8}(?:tunnel\.(\d{1,4})\.)?([A-Za-z][A-Za-z0-9_.\-]{0,60})\s{0,8}=\s{0,8}(\S.{0,500}?)\s*")
_SECTION = re.compile(r"\s{0,8}\[([^\]\[]{1,100})\]\s*")
_SERVERS = frozenset(
    ("server", "http", "irc", "udpserver", "httpserver", "httpbidirserver", "ircserver", "streamrserver")
)
_PROXIES = ("socks", "websocks", "httpproxy", "sockstunnel", "socksirctunnel", "connectclient")
_CLIENTS = frozenset(("client", "udpclient", "standardclient", "httpclient", "ircclient", "streamrclient", *_PROXIES))
_TOLD = {
    "type": "type",
    "name": "name",
    "description": "description",
    "host": "host",
    "targethost": "host",
    "port": "port",
    "targetport": "port",
    "listenport": "port",
    "address": "listens_on",
    "interface": "listens_on",
    "keys": "key_file",
    "privkeyfile": "key_file",
    "destination": "destination",
    "targetdestination": "destination",
    "spoofedhost": "spoofed_host",
    "inport": "inner_port",
    "accesslist": "who_may",
    "signaturetype": "signature_type",
}


class Tunnels:
    """A block of settings: each tunnel is a finding."""

    kind: ClassVar[str] = "i2p/tunnels"
    title: ClassVar[str] = "I2P tunnel"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"privKeyFile=[^ \t\r\n]", wide=False),
        Trigger(rb"(?:targetDestination|spoofedHost)=[^ \t\r\n]", wide=False),
        Trigger(rb"\bkeys {0,3}= {0,3}[A-Za-z0-9_/.\-]{1,60}\.dat\b", wide=False),
        Trigger(rb"\bdestination {0,3}= {0,3}[A-Za-z0-9.\-]{1,63}\.i2p\b", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("I2P, I2PTunnel", "i2pd, Tunnels configuration")
    specimens: ClassVar[tuple[Specimen, ...]] = TUNNELS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The block around `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """The blocks around these places, each read once."""
        done = -1
        for at in ends:
            if at <= done:
                continue
            lines = _block(layer, start_of_line(layer, at))
            if lines:
                done = max(done, lines[-1].offset + len(lines[-1].data))
                yield from self._found(layer, lines)

    def _found(self, layer: Layer, lines: list[Line]) -> Iterator[Finding]:
        for name, fields, first, last in _tunnels(lines):
            kind = str(fields["type"].value).lower() if "type" in fields else ""
            if kind not in _SERVERS | _CLIENTS or not {"key_file", "destination", "port"} & set(fields):
                continue
            title = str(fields["name"].value) if "name" in fields else name
            server = kind in _SERVERS
            fields["what"] = Field("offers a service" if server else "goes to a service")
            links = [Link("KEY_FILE", "path", str(fields["key_file"].value))] if "key_file" in fields else []
            if "destination" in fields and ".i2p" in str(fields["destination"].value):
                links.append(Link("GOES_TO", "i2p", str(fields["destination"].value).lower().split(":")[0]))
            yield finding(
                self,
                layer,
                first,
                last - first,
                grade=Grade.C2,
                value=title[:500] or Absent.NONE_STORED,
                checks=(passed("known settings", min(60, 8 * len(fields))),),
                fields=fields,
                links=tuple(links),
                sensitivity=Sensitivity.NORMAL,
            )


def _tunnels(lines: list[Line]) -> Iterator[tuple[str, dict[str, Field], int, int]]:
    """Each tunnel's name, settings, and where it starts and ends."""
    found: dict[str, tuple[str, dict[str, Field], int, int]] = {}
    section, count = "", 0
    for line in lines:
        end = line.offset + len(line.data)
        if head := _SECTION.fullmatch(line.text):
            count += 1
            section = f"[{count}"
            found[section] = (head[1], {}, line.offset, end)
            continue
        match = _LINE.fullmatch(line.text)
        if match is None:
            continue
        key = match[1] or section
        name, fields, first, _ = found.setdefault(key, ("", {}, line.offset, end))
        if told := _TOLD.get(match[2].lower()):
            place = ByteRun(line.offset + len(line.text[: match.start(3)].encode()), len(match[3].encode()))
            fields.setdefault(told, Field(match[3], place))
        found[key] = (name, fields, first, end)
        if len(found) > _MOST:
            break
    yield from found.values()


def _block(layer: Layer, start: int) -> list[Line]:
    """The lines around `start` that such a file can have."""
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
    return lines


def _belongs(line: Line) -> bool:
    text = line.text.strip()
    if "\ufffd" in text or any(ord(each) < 32 and each != "\t" for each in text):
        return False
    return not text or text[0] in "#;" or _SECTION.fullmatch(text) is not None or _LINE.fullmatch(text) is not None


DETECTOR: Detector = Tunnels()
