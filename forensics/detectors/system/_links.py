"""What a shortcut tells, as fields, events and links: for shortcuts alone and for those within jump lists."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.detectors._shell_items import path_of
from forensics.detectors._shell_link import ShellLink, uuid_time
from forensics.detectors.system._told import filetime, filetime_events, path_fields, path_links, shown
from forensics.model import Event, Field, Link

DRIVES = {0: "unknown", 1: "no root", 2: "removable", 3: "fixed", 4: "network", 5: "optical", 6: "memory"}
_TARGETS = ("local path", "network path", "environment path")
MAC_CAVEAT = (
    "The identifier of the target holds the network address of the machine that made it: "
    "not always the one that the shortcut is from."
)


def target_of(link: ShellLink) -> str:
    """The path that the shortcut leads to; empty where none is stored."""
    for name in _TARGETS:
        if part := link.texts.get(name):
            return part.text
    return path_of(link.steps) or (link.texts["relative path"].text if "relative path" in link.texts else "")


def serial_text(serial: int) -> str:
    """A volume's serial number as Windows shows it."""
    return f"{serial >> 16:04X}-{serial & 0xFFFF:04X}"


def fields_of(link: ShellLink, at: int) -> dict[str, Field]:
    """The parts of a shortcut at an offset of its layer."""
    from_bytes = {name.replace(" ", "_"): Field(part.text, part.span) for name, part in link.texts.items()}
    target = target_of(link)
    fields = {"target": Field(target), **from_bytes, **path_fields(target)}
    if not target:
        del fields["target"]
    if steps := path_of(link.steps):
        fields["items_path"] = Field(steps)
    if link.size:
        fields["target_size"] = Field(link.size)
    for name, stored in (("created", link.created), ("opened", link.opened), ("changed", link.changed)):
        if when := filetime(stored):
            fields[f"target_{name}"] = Field(shown(when))
    if link.serial is not None:
        fields["volume_serial"] = Field(serial_text(link.serial), link.serial_span)
        fields["drive_type"] = Field(DRIVES.get(link.drive_type, str(link.drive_type)))
    if link.machine and link.machine.text:
        fields["machine"] = Field(link.machine.text, link.machine.span)
    if address := _address(link.droids):
        fields["network_address"] = Field(address)
    if reference := next((each.reference for each in reversed(link.steps) if each.reference), 0):
        fields["ntfs_entry"] = Field(reference)
    return fields


def events_of(link: ShellLink) -> Iterator[Event]:
    """The times of the target when the shortcut was written, and of its identifier."""
    yield from filetime_events("target created", link.created)
    yield from filetime_events("target last opened", link.opened)
    yield from filetime_events("target last changed", link.changed)
    for droid in dict.fromkeys(link.droids[1::2]):
        if made := uuid_time(droid):
            yield from filetime_events("identifier of the target made", made[0])


def links_of(link: ShellLink) -> list[Link]:
    """To the target, its volume and the machine."""
    links = path_links("OPENED", target_of(link))
    if link.serial:
        links.append(Link("ON_VOLUME", "volume", serial_text(link.serial)))
    if link.machine and link.machine.text:
        links.append(Link("ON_MACHINE", "machine", link.machine.text.lower()))
    if address := _address(link.droids):
        links.append(Link("ON_MACHINE", "network address", address))
    return links


def caveats_of(link: ShellLink) -> tuple[str, ...]:
    """What must be said with the fields."""
    return (MAC_CAVEAT,) if _address(link.droids) else ()


def _address(droids: tuple[bytes, ...]) -> str:
    made = uuid_time(droids[1]) if droids else None
    return made[1] if made and not int(made[1][:2], 16) & 1 else ""  # the bit of a group: made up, none of a card
