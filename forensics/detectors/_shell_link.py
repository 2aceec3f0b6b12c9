"""A Windows shortcut (MS-SHLLINK) as its parts; the layout stands in `file/lnk` and `system/shortcut`."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from forensics.detectors._shell_items import Item, items
from forensics.model import ByteRun, Layer

MAGIC = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
PATTERN = rb"\x4c\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
LARGEST_PART = 1 << 20
MOST_BLOCKS = 64
NAMES = ("name", "relative path", "folder", "arguments", "icon")
_LONGEST = 1_024  # characters
_HEAD = 76
_ENVIRONMENT, _TRACKER = 0x01, 0x03  # last octets of signatures of blocks
_UUID_EPOCH = 5_748_192_000_000_000  # 100 ns from 1582-10-15 to 1601-01-01


@dataclass(frozen=True, slots=True)
class Part:
    """A text and the bytes of the layer that it was read from."""

    text: str
    span: ByteRun


@dataclass(slots=True)
class ShellLink:
    """What a shortcut says. Times are FILETIMEs; `broken` says what stands where its end should."""

    length: int
    flags: int
    attributes: int
    created: int
    opened: int
    changed: int
    size: int
    broken: str = ""
    texts: dict[str, Part] = field(default_factory=dict)
    steps: list[Item] = field(default_factory=list)
    drive_type: int = 0
    serial: int | None = None
    serial_span: ByteRun | None = None
    machine: Part | None = None
    droids: tuple[bytes, ...] = ()  # volume, file, and both at birth


def read_link(layer: Layer, at: int) -> ShellLink | None:
    """The shortcut that starts at `at`; None where there is none. Bounded by `LARGEST_PART` a part."""
    head = layer.read(at, _HEAD)
    if len(head) < _HEAD or not head.startswith(MAGIC) or head[66:76] != bytes(10):
        return None
    if not any(head[20:66]):  # no flag, time or size: the magic in a table of magics, with zeros behind it
        return None
    link = ShellLink(0, *struct.unpack_from("<IIQQQI", head, 20))
    position = at + _HEAD
    if link.flags & 1:
        size = int.from_bytes(layer.read(position, 2), "little")
        listed = layer.read(position + 2, size)
        if not _fills(listed, size):
            return None
        link.steps = list(items(listed))
        position += 2 + size
    if link.flags & 2:
        size = int.from_bytes(layer.read(position, 4), "little")
        if not 28 <= size <= LARGEST_PART:
            return None
        _place(link, layer.read(position, min(size, 1 << 16)), position)
        position += size
    width = 2 if link.flags & 0x80 else 1
    for bit, name in enumerate(NAMES):
        if link.flags & 4 << bit:
            count = int.from_bytes(layer.read(position, 2), "little")
            text = layer.read(position + 2, count * width)[: _LONGEST * width]
            link.texts[name] = Part(
                text.decode("utf-16-le" if width == 2 else "cp1252", "replace"),
                ByteRun(position + 2, min(len(text), max(0, layer.size - position - 2))),
            )
            position += 2 + count * width
    if position > layer.size:
        link.length, link.broken = layer.size - at, "the area ends"
        return link
    for _ in range(MOST_BLOCKS):
        block = layer.read(position, 8)
        size = int.from_bytes(block[:4], "little")
        if len(block) >= 4 and size < 4:
            link.length = position + 4 - at
            return link
        whole = len(block) == 8 and 8 <= size <= LARGEST_PART
        if not whole or block[5:] != b"\0\0\xa0" or not 0 < block[4] <= 0x0C:
            break
        _block(link, block[4], layer.read(position, min(size, 1_024)), position)
        position += size
    link.length, link.broken = position - at, "something else"
    return link


def uuid_time(droid: bytes) -> tuple[int, str] | None:
    """FILETIME and network address that an identifier of version 1 was made with; None for any other."""
    low, middle, high = struct.unpack_from("<IHH", droid)
    if high >> 12 != 1 or droid[8] & 0xC0 != 0x80:
        return None
    stored = ((high & 0xFFF) << 48 | middle << 32 | low) - _UUID_EPOCH
    return (stored, ":".join(f"{each:02x}" for each in droid[10:16])) if stored > 0 else None


def _fills(stored: bytes, size: int) -> bool:
    """Whether a list of items (u16 length each, up to one of 0) fills its place."""
    position = 0
    while position + 2 <= len(stored):
        length = int.from_bytes(stored[position : position + 2], "little")
        if length == 0:
            return position + 2 == size
        if length < 2:
            return False
        position += length
    return False


def _place(link: ShellLink, data: bytes, at: int) -> None:
    """The part that says on which volume, or in which share of a network, the target lay."""
    if len(data) < 28:
        return
    head, flags, volume, local, network, suffix = struct.unpack_from("<6I", data, 4)
    end = _text(data, suffix, at, False)
    if head >= 0x24 and len(data) >= 36:
        end = _text(data, struct.unpack_from("<I", data, 32)[0], at, True) or end
    base: Part | None = None
    if flags & 1:
        base = _text(data, local, at, False)
        if head >= 0x24 and len(data) >= 36:
            base = _text(data, struct.unpack_from("<I", data, 28)[0], at, True) or base
        _volume(link, data, volume, at)
    if flags & 2 and network + 20 <= len(data):
        place = struct.unpack_from("<I", data, network + 8)[0]
        share = _text(data, network + place, at, False)
        if place > 20 and network + 24 <= len(data):
            share = _text(data, network + struct.unpack_from("<I", data, network + 20)[0], at, True) or share
        if share:
            path = f"{share.text}\\{end.text}" if end and end.text else share.text
            link.texts["network path"] = Part(path[:_LONGEST], share.span)
    if base:
        link.texts["local path"] = Part((base.text + (end.text if end else ""))[:_LONGEST], base.span)


def _volume(link: ShellLink, data: bytes, volume: int, at: int) -> None:
    if not 28 <= volume <= len(data) - 16:
        return
    _, link.drive_type, link.serial, label = struct.unpack_from("<4I", data, volume)
    link.serial_span = ByteRun(at + volume + 8, 4)
    wide = label == 20 and volume + 20 <= len(data)
    if wide:
        label = struct.unpack_from("<I", data, volume + 16)[0]
    if text := _text(data, volume + label, at, wide):
        link.texts["volume label"] = text


def _text(data: bytes, start: int, at: int, wide: bool) -> Part | None:
    """Text up to its NUL at an offset of a part; None where it has none."""
    if not 28 <= start < len(data):
        return None
    if wide:
        end = start
        while end + 1 < len(data) and data[end : end + 2] != b"\0\0" and end - start < 2 * _LONGEST:
            end += 2
        text = data[start:end].decode("utf-16-le", "replace")
    else:
        end = data.find(b"\0", start, start + _LONGEST)
        end = min(len(data), start + _LONGEST) if end < 0 else end
        text = data[start:end].decode("cp1252", "replace")
    return Part(text, ByteRun(at + start, end - start)) if text else None


def _block(link: ShellLink, kind: int, data: bytes, at: int) -> None:
    if kind == _TRACKER and len(data) >= 96:
        name = data[16:32].split(b"\0", 1)[0]
        link.machine = Part(name.decode("cp1252", "replace"), ByteRun(at + 16, 16))
        link.droids = tuple(data[start : start + 16] for start in (32, 48, 64, 80))
    elif kind == _ENVIRONMENT and len(data) >= 788:
        text = data[268:788].decode("utf-16-le", "replace").split("\0", 1)[0]
        if text:
            link.texts["environment path"] = Part(text, ByteRun(at + 268, 520))
