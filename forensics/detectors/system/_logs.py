"""Known answers in the form of Windows event logs: one chunk of records, put together from the published layout."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from forensics.detectors.system._specimens import WHEN

CHUNK = 65_536
_FIRST = 512


class _Writer:
    """Binary XML without templates, at its place in a chunk."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.data = bytearray()

    def name(self, words: str) -> None:
        """A name, stored where it is used."""
        self.data += struct.pack("<I", self.start + len(self.data) + 4)
        value = 0
        for each in words:
            value = (value * 65_599 + ord(each)) & 0xFFFFFFFF
        self.data += struct.pack("<IHH", 0, value & 0xFFFF, len(words)) + words.encode("utf-16-le") + b"\0\0"

    def text(self, words: str) -> None:
        """A value of text."""
        self.data += struct.pack("<BBH", 5, 1, len(words)) + words.encode("utf-16-le")

    def element(self, name: str, attributes: Mapping[str, str], content: object) -> None:
        """An element with its attributes, and text or elements within."""
        self.data += struct.pack("<BHI", 0x41 if attributes else 1, 0xFFFF, 0)
        size_at = len(self.data) - 4
        self.name(name)
        if attributes:
            self.data += bytes(4)
            listed_at = len(self.data)
            for number, (each, words) in enumerate(attributes.items()):
                self.data.append(0x46 if number + 1 < len(attributes) else 6)
                self.name(each)
                self.text(words)
            struct.pack_into("<I", self.data, listed_at - 4, len(self.data) - listed_at)
        if content:
            self.data.append(2)
            if isinstance(content, str):
                self.text(content)
            elif isinstance(content, tuple):
                for inner in content:
                    self.element(*inner)
            self.data.append(4)
        else:
            self.data.append(3)
        struct.pack_into("<I", self.data, size_at, len(self.data) - size_at - 4)


def log(*records: tuple[str, int, Mapping[str, str]]) -> bytes:
    """A log of records: provider, number of the event, and its data by name."""
    chunk = bytearray(_FIRST)
    last = _FIRST
    for number, (provider, event, data) in enumerate(records, 1):
        writer = _Writer(len(chunk) + 24 + 4)
        system: tuple[tuple[str, dict[str, str], str | None], ...] = (
            ("Provider", {"Name": provider}, None),
            ("EventID", {}, str(event)),
            ("Channel", {}, "Security"),
            ("Computer", {}, "kiln-pc"),
        )
        rows = tuple(("Data", {"Name": name}, words) for name, words in data.items())
        writer.element("Event", {}, (("System", {}, system), ("EventData", {}, rows)))
        body = b"\x0f\x01\x01\x00" + bytes(writer.data) + b"\0"
        size = -(-(24 + len(body) + 4) // 8) * 8
        last = len(chunk)
        chunk += struct.pack("<4sIQQ", b"**\0\0", size, number, WHEN + number * 10_000_000)
        chunk += body.ljust(size - 28, b"\0") + struct.pack("<I", size)
    count, free = len(records), len(chunk)
    struct.pack_into("<8sQQQQIIII", chunk, 0, b"ElfChnk\0", 1, count, 1, count, 128, last, free,
                     zlib.crc32(chunk[_FIRST:free]))  # fmt: skip
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[:120] + chunk[128:512]))
    head = bytearray(4_096)
    struct.pack_into("<8sQQQIHHHH", head, 0, b"ElfFile\0", 0, 0, count + 1, 128, 1, 3, 4_096, 1)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    return bytes(head + chunk.ljust(CHUNK, b"\0"))
