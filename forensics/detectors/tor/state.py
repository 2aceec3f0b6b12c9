"""The `state` file of Tor: what a client or service remembers between runs.

| line                                 | content                                                             |
|--------------------------------------|---------------------------------------------------------------------|
| `# Tor state file last generated on` | local time of writing                                               |
| `LastWritten`                        | the same moment in UTC: the difference is the zone of the computer  |
| `TorVersion`                         | program and version                                                 |
| `Guard in=… rsa_id=…`                | entry into the network, or bridge with address; times of choice     |
| `EntryGuard`, `EntryGuardAddedBy`    | the same before version 0.3                                         |
| `TransportProxy`                     | a disguise of traffic that was served                               |
| `HidServRevCounter`                  | a version 3 service ran here (old versions)                         |
| `BWHistory…`, `LastRotatedOnionKey`  | a relay or bridge ran here                                          |
| `Dormant`, `MinutesSinceUserActivity`| whether it was in use                                               |

Times of guards are the real ones moved back at random, by up to 12 days (`sampled_on`, `confirmed_on`): a
guard was chosen at that time or up to 12 days later.

Not recorded: which sites were visited, which services are run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._lines import LONGEST, Line, backwards, forwards, start_of_line
from forensics.model import Absent, Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Value

_HEADER = "# Tor state file last generated on "
_LINE = re.compile(r"([A-Z][A-Za-z0-9]{2,60})[ \t]?(.*)", re.DOTALL)
_GUARD = re.compile(r"([a-z_]{2,40})=(\S{1,400})")
_MOST_LINES = 20_000
_REACH = 64 << 10
_MOST_GUARDS = 200
_SMEAR = timedelta(days=12)
_ROLES = {
    "HidServRevCounter": "onion service of version 3",
    "LastRotatedOnionKey": "relay or bridge",
    "TransportProxy": "server of a disguised transport, or client of one",
}

CARVED = "the beginning is missing: a part of a state file"
SMEARED = "times of guards are moved back at random by up to 12 days"

_WHOLE = (
    b"# Tor state file last generated on 2024-03-01 14:30:00 local time\n# Other times below are in UTC\n"
    b"# You *do not* need to edit this file.\n\nGuard in=default rsa_id=0123456789ABCDEF0123456789ABCDEF01234567 "
    b"nickname=Quokka sampled_on=2024-02-20T01:02:03 sampled_by=0.4.8.9 listed=1 confirmed_on=2024-02-25T05:06:07\n"
    b"TotalBuildTimes 12\nDormant 0\nLastWritten 2024-03-01 13:30:00\nTorVersion Tor 0.4.8.10\n"
)


class State:
    """One file, or what is left of it from its first guard on."""

    kind: ClassVar[str] = "tor/state"
    title: ClassVar[str] = "State of Tor"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"# Tor state file last generated on [0-9]"),
        Trigger(rb"Guard in=[a-z_]{1,20} rsa_id=[0-9A-Fa-f]{40}"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Tor src/app/config/statefile.c, src/feature/client/entrynodes.c",
        "Tor guard-spec, appendix (persistent state)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a client", _WHOLE, ("Tor 0.4.8.10",), "made by hand"),
        Specimen("without its beginning", _WHOLE[_WHOLE.index(b"Guard") :], ("Tor 0.4.8.10",), "made by hand"),
        Specimen("truncated", _WHOLE[:50], None, "made by hand"),
        Specimen("look-alike: program text", b'"# Tor state file last generated on %s local time\\n"', None, "Tor"),
        Specimen("look-alike: a guard alone", b"Guard in=default rsa_id=" + b"0" * 40, None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file with its first line, or its first guard, in front of `at`."""
        start = start_of_line(layer, at)
        first = next(forwards(layer, start, LONGEST), None)
        whole = first is not None and first.text.startswith(_HEADER)
        if first is None or not (whole or (first.text.startswith("Guard in=") and _is_first(layer, start))):
            return
        lines: list[Line] = []
        for line in forwards(layer, start):
            if len(lines) >= _MOST_LINES or not _belongs(line) or (lines and line.text.startswith(_HEADER)):
                break
            lines.append(line)
        while lines and not lines[-1].data.strip():
            lines.pop()
        if lines:
            yield from self._found(layer, lines, whole=whole)

    def _found(self, layer: Layer, lines: list[Line], *, whole: bool) -> Iterator[Finding]:
        fields: dict[str, Field] = {}
        events: list[Event] = []
        guards: list[Value] = []
        roles: list[str] = []
        links: list[Link] = []
        options = 0
        first = guards_from = guards_to = None
        for line in lines:
            text = line.text
            if text.startswith(_HEADER):
                first = text.removeprefix(_HEADER)[:19]
                fields["written_local"] = Field(first, line.span)
            match = _LINE.fullmatch(text)
            if match is None or text.startswith("#"):
                continue
            options += 1
            name, value = match[1], match[2].strip()
            if name in ("Guard", "EntryGuard") and len(guards) < _MOST_GUARDS:
                guards_from, guards_to = guards_from or line, line
                guards.append(_guard(name, value, events, links))
            elif name in ("TorVersion", "LastWritten", "Dormant", "MinutesSinceUserActivity", "TotalBuildTimes"):
                fields[_snake(name)] = Field(value[:200], line.span)
            role = "relay or bridge" if name.startswith("BWHistory") else _ROLES.get(name, "")
            if role and role not in roles:
                roles.append(role)
        if options < 2:
            return
        if guards and guards_from and guards_to:
            fields["guards"] = Field(tuple(guards))
        if roles:
            fields["ran_as"] = Field(tuple(roles))
        written = _moment(str(fields["last_written"].value)) if "last_written" in fields else None
        if written is not None:
            stored = str(fields["last_written"].value)
            events.insert(0, Event(written, timedelta(seconds=1), "Tor state written", stored, Clock.DEVICE))
            local = _moment(first or "")
            if local is not None and abs(local - written) <= timedelta(hours=15):
                fields["zone"] = Field(_offset(local - written))
        version = fields.get("tor_version")
        caveats = (*(() if whole else (CARVED,)), *((SMEARED,) if guards else ()))
        yield finding(
            self,
            layer,
            lines[0].offset,
            lines[-1].span.end - lines[0].offset,
            grade=Grade.C3 if whole and written is not None else Grade.C2,
            value=str(version.value) if version is not None else Absent.NONE_STORED,
            checks=(
                Check("first line", Outcome.PASS if whole else Outcome.FAIL, 60),
                passed("lines in form", min(60, 10 * options)),
            ),
            fields=fields,
            events=tuple(events),
            links=tuple(links),
            caveats=caveats,
        )


def _is_first(layer: Layer, start: int) -> bool:
    """Whether no line before a guard is one, or the first of a file, which then is another trigger's."""
    for line in backwards(layer, start, _REACH):
        if line.text.startswith((_HEADER, "Guard in=")):
            return False
        if not _belongs(line):
            break
    return True


def _belongs(line: Line) -> bool:
    text = line.text
    return not text.strip() or text.startswith("# ") or (_LINE.fullmatch(text) is not None and text.isprintable())


def _guard(name: str, value: str, events: list[Event], links: list[Link]) -> Value:
    """One guard as a mapping, its times as events."""
    if name == "EntryGuard":
        nickname, _, rest = value.partition(" ")
        return {"nickname": nickname[:40], "rsa_id": rest[:40]}
    told: dict[str, Value] = {}
    for match in _GUARD.finditer(value[:4000]):
        told[match[1]] = match[2]
    who = str(told.get("nickname", told.get("bridge_addr", told.get("rsa_id", ""))))
    for key, meaning in (("sampled_on", "guard sampled"), ("confirmed_on", "guard confirmed")):
        when = _moment(str(told.get(key, "")))
        if when is not None:
            events.append(Event(when, _SMEAR, f"Tor {meaning}: {who}", str(told[key]), Clock.DEVICE))
    if "bridge_addr" in told:
        links.append(Link("USED_BRIDGE", "host", str(told["bridge_addr"])))
    return told


def _moment(text: str) -> datetime | None:
    """`YYYY-MM-DD HH:MM:SS`, or with a T, as UTC."""
    try:
        return datetime.strptime(text[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _offset(difference: timedelta) -> str:
    """A zone rounded to a quarter of an hour, as +01:00."""
    quarters = round(difference.total_seconds() / 900)
    return f"{'-' if quarters < 0 else '+'}{abs(quarters) // 4:02}:{abs(quarters) % 4 * 15:02}"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


DETECTOR: Detector = State()
