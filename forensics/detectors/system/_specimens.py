"""Known answers of this family: put together from the published layouts, of machines that do not exist."""

from __future__ import annotations

import struct

from forensics.detectors._shell_link import MAGIC

WHEN = 133_536_384_005_000_000  # 2024-02-29T00:00:00.5Z
UUID = bytes.fromhex("68e3d7d0d5d6ee11a1b20242ac110002")  # version 1


def link(flags: int, parts: bytes, times: tuple[int, int, int] = (WHEN, WHEN + 10_000_000, WHEN)) -> bytes:
    """A shortcut of these parts."""
    return MAGIC + struct.pack("<IIQQQIIIHHII", flags, 0x20, *times, 4_096, 0, 1, 0, 0, 0, 0) + parts


def place(path: bytes = b"E:\\wallets\\electrum.dat\0", label: bytes = b"STICK\0") -> bytes:
    """A place on a removable volume."""
    volume = struct.pack("<4I", 16 + len(label), 2, 0x8D1C5A3F, 16) + label
    body = volume + path + b"\0"
    head = struct.pack("<7I", 28 + len(body), 28, 1, 28, 28 + len(volume), 0, 28 + len(body) - 1)
    return head + body


def tracker(machine: bytes = b"kiln-pc", droid: bytes = UUID) -> bytes:
    """The block of the tracking service."""
    return struct.pack("<IIII", 96, 0xA0000003, 88, 0) + machine.ljust(16, b"\0") + (bytes(15) + b"\1" + droid) * 2


def file_item(short: bytes, long: str, reference: int = 81_349) -> bytes:
    """A file in a list of items, with its long name."""
    name = short + b"\0" * (2 - len(short) % 2)
    wide = long.encode("utf-16-le") + b"\0\0"
    block = struct.pack("<HII", 9, 0xBEEF0004, 0x0000585D) + struct.pack("<IHH", 0x0000585D, 0x2E, 0)
    block += struct.pack("<QQHII", 1 << 48 | reference, 0, 0, 0, 0) + wide
    at = 14 + len(name)
    block = struct.pack("<H", 2 + len(block) + 2) + block + struct.pack("<H", at)
    body = struct.pack("<BBIIH", 0x32, 0, 4_096, 0x0000585D, 0x20) + name + block
    return struct.pack("<H", 2 + len(body)) + body


ROOT = bytes.fromhex("14001f50e04fd020ea3a6910a2d808002b30309d")
VOLUME = struct.pack("<HB", 25, 0x2F) + b"E:\\".ljust(22, b"\0")
_LIST = ROOT + VOLUME + file_item(b"MUNZEN~1.TXT", "münzen.txt") + b"\0\0"
PLACE_LINK = link(0x82, place() + tracker() + bytes(4))
ITEMS_LINK = link(0x81, struct.pack("<H", len(_LIST)) + _LIST + bytes(4))


def jump_list(version: int, name: str = "DestList") -> bytes:
    """A jump list of one entry: a compound file of five sectors, its streams in small ones."""
    path = "E:\\wallets\\electrum.dat"
    entry = bytes(8) + (bytes(15) + b"\1" + UUID) * 2 + b"kiln-pc".ljust(16, b"\0")
    entry += struct.pack("<IIIQi", 1, 0, 0, WHEN + 50_000_000, -1)
    if version > 1:
        entry += struct.pack("<iIQ", 0, 7, 0)
    entry += struct.pack("<H", len(path)) + path.encode("utf-16-le") + (bytes(4) if version > 1 else b"")
    listed = struct.pack("<IIIIQQ", version, 1, 0, 0, 1, 1) + entry
    return compound({name: listed, "1": PLACE_LINK})


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of small streams."""
    small: list[int] = []
    body = b""
    listed = []
    for name, data in streams.items():
        first, count = len(small), -(-len(data) // 64)
        small += [*range(first + 1, first + count), 0xFFFFFFFE]
        body += data.ljust(64 * count, b"\0")
        listed.append((name, 2, first, len(data)))
    length = -(-len(body) // 512)
    entries = [("Root Entry", 5, 3, len(body)), *listed]
    directory = b"".join(
        (each.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
        + struct.pack("<HBB3I", 2 * len(each) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        + bytes(36)
        + struct.pack("<IQ", first, size)
        for each, kind, first, size in entries
    ).ljust(512, b"\0")
    table = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *range(4, 3 + length), 0xFFFFFFFE]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4_096, 2, 1, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def numbers(each: list[int]) -> bytes:
        return struct.pack(f"<{len(each)}I", *each).ljust(512, b"\xff")

    return head + numbers(table) + directory + numbers(small) + body.ljust(512 * length, b"\0")


CUSTOM_LIST = struct.pack("<4I", 2, 1, 0, 0) + bytes(20) + PLACE_LINK + ITEMS_LINK + b"\xab\xfb\xbf\xba"


def packed_plainly(data: bytes) -> bytes:
    """`data` (at most 64 KiB) in the packed form without a match: for known answers.

    The 256 octets and the mark of the end have codes of 8 or 9 bits.
    """
    lengths = [8] * 255 + [9, 9] + [0] * 255
    order = sorted(range(257), key=lambda each: (lengths[each], each))
    code, codes, before = 0, dict[int, tuple[int, int]](), 8
    for symbol in order:
        code <<= lengths[symbol] - before
        before = lengths[symbol]
        codes[symbol] = (code, before)
        code += 1
    bits = "".join(f"{code:0{length}b}" for code, length in (codes[each] for each in (*data, 256)))
    bits += "0" * (-len(bits) % 16 + 16)
    words = b"".join(int(bits[at : at + 16], 2).to_bytes(2, "little") for at in range(0, len(bits), 16))
    table = bytes(lengths[at] | lengths[at + 1] << 4 for at in range(0, 512, 2))
    return table + words


def prefetch(
    version: int, name: str = "ELECTRUM-4.5.5.EXE", runs: tuple[int, ...] = (WHEN, WHEN - 600_000_000)
) -> bytes:
    """A prefetch file of one volume and two loaded files."""
    volume_path = "\\VOLUME{01da6ab64b2a3f80-8d1c5a3f}"
    loaded = [volume_path + each for each in ("\\WINDOWS\\SYSTEM32\\NTDLL.DLL", f"\\WALLETS\\{name}")]
    names = b"".join(each.encode("utf-16-le") + b"\0\0" for each in loaded)
    head = {17: 152, 23: 240, 31: 296}.get(version, 304)
    entry = {17: 40, 23: 104, 26: 104}.get(version, 96)
    path = volume_path.encode("utf-16-le") + b"\0\0"
    volumes = struct.pack("<IIQI", entry, len(volume_path), WHEN - 10**13, 0x8D1C5A3F).ljust(entry, b"\0") + path
    measures, chain = 20 if version == 17 else 32, 12 if version < 30 else 8
    start = head + measures + chain
    data = bytearray(start) + names + volumes
    struct.pack_into("<I4sII60sI", data, 0, version, b"SCCA", 17, len(data), name.encode("utf-16-le"), 0xA1B2C3D4)
    listed = (head, 1, head + measures, 1, start, len(names), start + len(names), 1, len(volumes))
    struct.pack_into("<9I", data, 84, *listed)
    times, count = {17: (120, 144), 23: (128, 152), 26: (128, 208), 30: (128, 208), 31: (128, 200)}[version]
    for number, each in enumerate(runs[: 1 if version < 26 else 8]):
        struct.pack_into("<Q", data, times + 8 * number, each)
    struct.pack_into("<I", data, count, 7)
    return bytes(data)


def packed_prefetch() -> bytes:
    """The same as Windows 10 packs it."""
    data = prefetch(30)
    return b"MAM\x04" + struct.pack("<I", len(data)) + packed_plainly(data)
