"""USB devices that the Linux kernel saw: its messages in `syslog`, `kern.log` and in journals of systemd.

| message of the kernel                                             | what is read                      |
|-------------------------------------------------------------------|-----------------------------------|
| `usb 1-2: New USB device found, idVendor=2c97, idProduct=1011, …` | port, numbers of vendor and product |
| `usb 1-2: Product: …`, `Manufacturer: …`, `SerialNumber: …`       | names, within the lines that follow  |

A line of a text log begins with its time: ISO 8601, or `Feb 29 12:00:00` without year and zone, which gives no event.
In a journal (`LPKSHHRH`) a message is stored once, however often it comes; its object says in which entries:

| offset | length | content of an object of data (type 1), behind its 16 octets of head: u8 type, u8 packing, u64 length at 8 |
|--------|--------|------------------------------------------------------------------------------------------|
| 40     | 24     | u64 offset of the first entry, of the list of the others, number of entries              |
| 64, 72 | …      | `MESSAGE=…` (72 in compact files, flag 16 at 12 of the file)                             |

An entry (type 3) has its time at 24, u64 microseconds since 1970, UTC. A list (type 6): next list at 16, from 24 on
offsets of entries, u64, in compact files u32.

Devices without a serial number are findings only where they are of interest. Not recorded: what was copied.
Source: Linux, drivers/usb/core/hub.c; systemd.io/JOURNAL_FILE_FORMAT.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.system._devices import device_of
from forensics.detectors.system._told import shown, u32, u64, unix
from forensics.model import ByteRun, Check, Clock, Event, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

MOST_TIMES = 2_000
MOST_LISTS = 64
REACH = 8 << 10  # octets behind the first message within which its names stand
_FOUND = re.compile(rb"usb (\d+-[\d.]{1,20}): New USB device found, idVendor=([0-9a-f]{4}), idProduct=([0-9a-f]{4})$")
_NAMES = {b"Product": "product", b"Manufacturer": "maker", b"SerialNumber": "serial"}
_ISO = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))\s")
_SHORT = re.compile(rb"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\s")
_JOURNAL, _COMPACT = b"LPKSHHRH", 16
_DATA, _ENTRY, _LIST = 1, 3, 6
_CLOSE = 2_000_000  # microseconds between the messages of one connection
_TEXT = (
    b"2024-02-29T12:00:00.250000+01:00 kiln kernel: [ 5.1] usb 1-2: New USB device found, idVendor=2c97, idProduct=1011, "
    b"bcdDevice= 2.01\n2024-02-29T12:00:00.250001+01:00 kiln kernel: [ 5.1] usb 1-2: Product: Nano X\n"
    b"2024-02-29T12:00:00.250002+01:00 kiln kernel: [ 5.1] usb 1-2: SerialNumber: 0001\n"
)
_OTHER = _TEXT.replace(b"2c97", b"1d6b").replace(b"SerialN", b"SeriouN")


@dataclass(slots=True)
class _Seen:
    """What is known of a device: where its first message begins, its times as events, and names with their places."""

    start: int
    events: list[Event]
    names: dict[str, Field]
    stored: str = ""
    more: int = 0


class UsbKernel:
    """One finding for each device and connection; in a journal one for each device."""

    kind: ClassVar[str] = "system/usb_kernel"
    title: ClassVar[str] = "USB device seen by Linux"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"New USB device found, idVendor=[0-9a-f]{4}, idProduct=[0-9a-f]{4}", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("Linux, drivers/usb/core/hub.c", "systemd.io/JOURNAL_FILE_FORMAT")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a hardware wallet", _TEXT, ("2C97:1011 0001",), "by hand, in the form of rsyslog"),
        Specimen("without a year", re.sub(rb"(?m)^\S+", b"Feb 29 12:00:00", _TEXT), ("2C97:1011 0001",), "by hand"),
        Specimen("a hub", _OTHER, None, "by hand"),
        Specimen("truncated", _TEXT[:80], None, "by hand, cut"),
        Specimen("look-alike: no port", _TEXT.replace(b"usb 1-2:", b"usb:"), None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The device whose numbers end at `at`."""
        base = max(0, at - 300)
        before = layer.read(base, at - base)
        match = _FOUND.search(before)
        if match is None:
            return
        message = base + match.start()
        port, vendor, product = match[1], match[2].decode().upper(), match[3].decode().upper()
        journal = layer.read(0, 16) if layer.read(message - 8, 8) == b"MESSAGE=" else b""
        if journal[:8] == _JOURNAL:
            seen = _in_journal(layer, message - 8, at, port, compact=bool(u32(journal, 12) & _COMPACT))
        else:
            seen = _in_text(layer, message, at, port)
        known = device_of(vendor, product)
        if seen is None or (known is None and "serial" not in seen.names):
            return
        serial = str(seen.names["serial"].value) if "serial" in seen.names else ""
        fields = {"what": Field("device connected by USB"), "port": Field(port.decode())}
        fields |= {"vendor_id": Field(vendor), "product_id": Field(product), **seen.names}
        links, caveats = [], []
        if known:
            fields |= {"device": Field(known.name), "device_class": Field(known.group)}
            links.append(Link("DEVICE_IS", "device model", known.name))
            caveats.append("The maker is told by the vendor and product numbers, which other makers may use.")
        if serial:
            links.append(Link("CONNECTED", "device", serial.upper()))
        if seen.events:
            fields["first_connected"] = Field(shown(seen.events[0].when))
            fields["last_connected"] = Field(shown(seen.events[-1].when))
        elif seen.stored:
            fields |= {"time": Field(seen.stored), "zone": Field("unknown")}
            caveats.append("The time has neither year nor zone: it is not on the timeline.")
        if seen.more:
            caveats.append(f"Connected {seen.more:,} times more than are listed.")
        yield finding(
            self,
            layer,
            seen.start,
            at - seen.start,
            grade=Grade.C3 if seen.events and serial else Grade.C2,
            value=f"{vendor}:{product} {serial}".strip(),
            checks=(
                Check("message of the kernel", Outcome.PASS, 40),
                Check("time", Outcome.PASS if seen.events else Outcome.NOT_APPLICABLE, 20),
            ),
            fields=fields,
            events=tuple(seen.events),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )


def _named(data: bytes, port: bytes, start: int, before: bytes = b"") -> Iterator[tuple[str, Field, int]]:
    """Names of the device at a port, up to its next connection: name of the field, field, offset of the message."""
    end = data.find(b"usb " + port + b": New USB device found", 1)
    found = re.compile(
        before + rb"usb " + re.escape(port) + rb": (Product|Manufacturer|SerialNumber): ([\x20-\x7e\x80-\xff]{1,200})"
    )
    for match in found.finditer(data[: end if end >= 0 else len(data)]):
        place = ByteRun(start + match.start(2), len(match[2]))
        yield _NAMES[match[1]], Field(match[2].decode("utf-8", "replace"), place), start + match.start()


def _in_text(layer: Layer, message: int, at: int, port: bytes) -> _Seen:
    base = max(0, message - 200)
    line = layer.read(base, message - base)
    start = max(line.rfind(b"\n"), line.rfind(b"\0")) + 1
    names: dict[str, Field] = {}
    for name, field, _ in _named(layer.read(at, REACH), port, at):
        names.setdefault(name, field)
    seen = _Seen(base + start, [], names)
    if match := _ISO.match(line, start):
        stored = match[1].decode()
        try:
            when = datetime.fromisoformat(stored).astimezone(UTC)
        except (ValueError, OverflowError):
            return seen
        if unix(int(when.timestamp())):
            precision = timedelta(microseconds=1) if "." in stored else timedelta(seconds=1)
            seen.events.append(Event(when, precision, "device connected", stored, Clock.DEVICE))
    elif match := _SHORT.match(line, start):
        seen.stored = match[1].decode()
    return seen


def _in_journal(layer: Layer, payload: int, at: int, port: bytes, *, compact: bool) -> _Seen | None:
    """The entries of the message at `payload`; its names are those of messages first stored with it."""
    behind = 72 if compact else 64
    times = list(_times(layer, payload - behind, compact=compact))
    if not times:
        return None
    seen = _Seen(payload - behind, [], {})
    for name, field, message in _named(layer.read(at, REACH), port, at, b"MESSAGE="):
        first = next(_times(layer, message - behind, compact=compact), None)
        if first is not None and abs(first - times[0]) <= _CLOSE:
            seen.names.setdefault(name, field)
    total = u64(layer.read(payload - behind, 64), 56)
    seen.more = max(0, min(total, 1 << 40) - len(times)) if len(times) >= MOST_TIMES else 0
    for stored in sorted(times):
        if when := unix(stored // 1_000_000):
            moment = when + timedelta(microseconds=stored % 1_000_000)
            seen.events.append(Event(moment, timedelta(microseconds=1), "device connected", str(stored), Clock.DEVICE))
    return seen


def _times(layer: Layer, at: int, *, compact: bool) -> Iterator[int]:
    """Microseconds since 1970 of the entries that hold the object of data at `at`."""
    head = layer.read(at, 64) if at > 0 else b""
    if len(head) < 64 or head[0] != _DATA:
        return
    first, listed = u64(head, 40), u64(head, 48)
    offsets = [first]
    form, size = ("I", 4) if compact else ("Q", 8)
    for _ in range(MOST_LISTS):
        top = layer.read(listed, 24) if 0 < listed < layer.size else b""
        if len(top) < 24 or top[0] != _LIST or len(offsets) >= MOST_TIMES:
            break
        count = min((max(24, u64(top, 8)) - 24) // size, MOST_TIMES - len(offsets))
        stored = layer.read(listed + 24, count * size)
        offsets += [
            each
            for each in struct.unpack(f"<{len(stored) // size}{form}", stored[: len(stored) // size * size])
            if each
        ]
        listed = u64(top, 16)
    for offset in offsets:
        entry = layer.read(offset, 32) if 0 < offset < layer.size else b""
        if len(entry) == 32 and entry[0] == _ENTRY:
            yield u64(entry, 24)


DETECTOR: Detector = UsbKernel()
