"""Files put into an empty UDF of mkudffs, record by record (ECMA-167, part 4); nothing of the product is used."""

from __future__ import annotations

import binascii
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

SHORT, LONG, LONGER, INLINE = 0, 1, 2, 3
STAMP = struct.pack("<HhBBBBBBBB", 0x1000 | 60, 2024, 2, 29, 12, 30, 45, 12, 34, 56)  # one hour east of UTC
FILE, FOLDER, STREAMS = 5, 4, 13
OF_ITSELF = (248, 250, 251)  # files of the file system itself


def compressed(text: str) -> bytes:
    """A name as OSTA stores it: one byte a character where that is enough."""
    if all(ord(each) < 256 for each in text):
        return b"\x08" + text.encode("latin-1")
    return b"\x10" + text.encode("utf-16-be")


def sealed(kind: int, block: int, body: bytes, version: int = 2) -> bytes:
    """A record with its tag."""
    crc = binascii.crc_hqx(body, 0)
    tag = bytearray(struct.pack("<HHBBHHHI", kind, version, 0, 0, 1, crc, len(body), block))
    tag[4] = sum(tag) & 0xFF
    return bytes(tag) + body


class Disc:
    """An image of mkudffs that is filled; `block` numbers count within the partition."""

    def __init__(self, path: Path, *options: str, size: int = 8 << 20, block: int = 2048) -> None:
        if shutil.which("mkudffs") is None:
            pytest.fail("mkudffs is needed: install the package udftools")
        path.write_bytes(bytes(size))
        words: list[str | Path] = ["mkudffs", *options, "-b", str(block), "--label", "MADE", path]
        subprocess.run(words, check=True, capture_output=True)
        self.path = path
        self.raw = bytearray(path.read_bytes())
        self.size = block
        partition = self.sectors(5)[0]
        self.start = int.from_bytes(self.raw[partition * block + 188 : partition * block + 192], "little")
        roots = [at - self.start for kind in (261, 266) for at in self.sectors(kind) if self.raw[at * block + 27] == 4]
        self.root = min(roots)
        self.root_number = self.root  # in the partition in which records lie
        self.partition = 0  # of records
        self.free = max(roots + [at - self.start for kind in (256, 264) for at in self.sectors(kind)]) + 200
        self.unique = 100
        self.names: list[bytes] = []
        self.plain = False  # whether records are named by their block even so

    def sectors(self, kind: int) -> list[int]:
        found = []
        for at in range(0, len(self.raw), self.size):
            tag = self.raw[at : at + 16]
            number = at // self.size
            if int.from_bytes(tag[:2], "little") == kind and (sum(tag) - tag[4]) & 0xFF == tag[4] and any(tag[:4]):
                found.append(number)
        return found

    def take(self, count: int = 1) -> int:
        """The first of `count` blocks that nothing holds yet."""
        self.free += count
        return self.free - count

    def put(self, block: int, data: bytes) -> None:
        at = (self.start + block) * self.size
        self.raw[at : at + len(data)] = data

    def stored(self, data: bytes) -> int:
        """The block at which `data` lies now."""
        block = self.take(-(-len(data) // self.size) or 1)
        self.put(block, data)
        return block

    def number(self, block: int) -> int:
        """The number by which a record in `block` is named."""
        return block

    def record(
        self, kind: int, size: int, form: int, allocation: bytes, *,
        links: int = 1, extended: bool = True, attributes: bytes = b"", streams: bytes = bytes(16), block: int = -1,
    ) -> int:  # fmt: skip
        """Write a file entry; gives its number."""
        block = self.take() if block < 0 else block
        self.unique += kind not in OF_ITSELF
        icb = struct.pack("<IHHHBB6xH", 0, 4, 0, 1, 0, kind, form)
        body = icb + struct.pack("<IIIHBBIQ", 0, 0, 0x14A5, links, 0, 0, 0, size)
        if extended:
            body += struct.pack("<QQ", size, 0) + STAMP * 4 + struct.pack("<II", 1, 0) + bytes(16) + streams
        else:
            body += struct.pack("<Q", 0) + STAMP * 3 + struct.pack("<I", 1) + bytes(16)
        body += b"\0*maker".ljust(32, b"\0") + struct.pack(
            "<QII", 0 if kind in OF_ITSELF else self.unique, len(attributes), len(allocation)
        )
        self.put(block, sealed(266 if extended else 261, self.number(block), body + attributes + allocation))
        return self.number(block)

    def name(self, text: str | bytes, number: int, kind: int = FILE, *, traits: int = 0, unique: int = 0) -> bytes:
        """A file identifier; `traits` are 1 hidden, 2 folder, 4 deleted, 8 parent."""
        raw = text if isinstance(text, bytes) else compressed(text) if text else b""
        length = self.size if number >= 0 else 0
        icb = struct.pack("<IIH2xI", length, max(number, 0), self.partition, unique)
        body = struct.pack("<HBB", 1, traits | (2 if kind == FOLDER else 0), len(raw)) + icb + b"\0\0" + raw
        body += bytes(-(16 + len(body)) % 4)
        return sealed(257, self.number(self.root), body)

    def file(self, text: str | bytes, data: bytes, form: int = SHORT, **options: object) -> int:
        """A file of one extent, or inline, named in the root."""
        allocation = data if form == INLINE else self.extent(form, len(data), self.stored(data)) if data else b""
        number = self.record(FILE, len(data), form, allocation, **options)  # type: ignore[arg-type]
        self.names.append(self.name(text, number))
        return number

    def extent(self, form: int, length: int, block: int, state: int = 0) -> bytes:
        word = state << 30 | length
        if form == SHORT:
            return struct.pack("<II", word, block)
        if form == LONG:
            return struct.pack("<IIH6x", word, block, 0)
        return struct.pack("<IIIIH2x", word, length, length, block, 0)

    def folder(self, names: list[bytes]) -> int:
        data = b"".join([self.name("", self.root_number, FOLDER, traits=10), *names])
        return self.record(FOLDER, len(data), LONG, self.extent(LONG, len(data), self.stored(data)))

    def finish(self) -> Path:
        """Write the root folder in its place, and the image."""
        data = b"".join([self.name("", self.root_number, FOLDER, traits=10), *self.names])
        self.record(FOLDER, len(data), LONG, self.extent(LONG, len(data), self.stored(data)), block=self.root)
        self.path.write_bytes(self.raw)
        return self.path

    def sealed_again(self, sector: int) -> None:
        """Make checksum and CRC of a descriptor right after a change."""
        at = sector * self.size
        length = int.from_bytes(self.raw[at + 10 : at + 12], "little")
        self.raw[at + 8 : at + 10] = binascii.crc_hqx(self.raw[at + 16 : at + 16 + length], 0).to_bytes(2, "little")
        self.raw[at + 4] = (sum(self.raw[at : at + 16]) - self.raw[at + 4]) & 0xFF


class VirtualDisc(Disc):
    """A recordable disc: records are named by a table that is written last."""

    def __init__(self, path: Path, *options: str) -> None:
        super().__init__(path, *options)
        self.partition = 1
        self.table = [self.sectors(256)[0] - self.start, self.root]
        self.root_number = 1

    def number(self, block: int) -> int:
        if self.plain:
            return block
        if block not in self.table:
            self.table.append(block)
        return self.table.index(block)

    def finish(self, *, old: bool = False) -> Path:
        data = b"".join([self.name("", self.root_number, FOLDER, traits=10), *self.names])
        self.table[1] = self.take()  # written anew, as on a medium that is written once
        self.record(FOLDER, len(data), LONG, self.extent(LONG, len(data), self.stored(data)), block=self.table[1])
        rows = struct.pack(f"<{len(self.table)}I", *self.table)
        tail = b"\0*UDF Virtual Alloc Tbl".ljust(32, b"\0") + b"\xff" * 4
        head = struct.pack(
            "<HH128sIIIHHHH",
            152,
            0,
            compressed("MADE").ljust(127, b"\0") + b"\5",
            0xFFFFFFFF,
            1,
            1,
            0x150,
            0x150,
            0x150,
            0,
        )
        content = rows + tail if old else head + rows
        block = self.take()
        self.plain = True
        self.record(0 if old else 248, len(content), INLINE, content, extended=not old, block=block)
        self.plain = False
        del self.raw[(self.start + block + 1) * self.size :]
        self.path.write_bytes(self.raw)
        return self.path


class MetadataDisc(Disc):
    """Records in a metadata file of two pieces, with a mirror; as on discs of UDF 2.50."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "-m", "hd", "-r", "2.01")
        self.partition = 1
        self.pieces = [self.take(16), self.take(32)]  # 8 and 24 blocks of each are used
        self.used = 0
        self.blocks = [self.pieces[0] + each for each in range(8)] + [self.pieces[1] + each for each in range(24)]
        old = (self.start + self.sectors(256)[0] - self.start) * self.size
        sets = bytearray(self.raw[old + 16 : old + 512])
        sets[400 - 16 : 416 - 16] = struct.pack("<IIH6x", self.size, 1, 1)
        sets[464 - 16 : 480 - 16] = bytes(16)
        self.put(self.record_block(), sealed(256, 0, bytes(sets), 3))
        self.root = self.record_block()
        self.root_number = 1

    def record_block(self) -> int:
        self.used += 1
        return self.blocks[self.used - 1]

    def number(self, block: int) -> int:
        return block if self.plain else self.blocks.index(block)

    def record(self, *words: object, block: int = -1, **options: object) -> int:
        block = self.record_block() if block < 0 else block
        return super().record(*words, block=block, **options)  # type: ignore[arg-type]

    def finish(self) -> Path:
        files = [self.take(), self.take()]
        self.plain = True
        allocation = self.extent(SHORT, 8 * self.size, self.pieces[0]) + self.extent(
            SHORT, 24 * self.size, self.pieces[1]
        )
        for kind, block in zip((250, 251), files, strict=True):
            Disc.record(self, kind, 32 * self.size, SHORT, allocation, block=block)
        self.plain = False
        self.files = files
        for sector in self.sectors(6):
            at = sector * self.size
            self.raw[at + 248 : at + 264] = struct.pack("<IIH6x", self.size, 0, 1)
            name = b"\0*UDF Metadata Partition".ljust(24, b"\0") + struct.pack("<HBB4x", 0x250, 0, 0)
            plain = bytes(self.raw[at + 440 : at + 446])
            second = struct.pack("<BB2x32sHHIIIIHB5x", 2, 64, name, 1, 0, *files, 0xFFFFFFFF, 32, 32, 0)
            self.raw[at + 264 : at + 272] = struct.pack("<II", 70, 2)
            self.raw[at + 440 : at + 510] = plain + second
            self.raw[at + 10 : at + 12] = (510 - 16).to_bytes(2, "little")
            self.sealed_again(sector)
        return super().finish()
