"""The structures of NTFS as byte strings: attributes, records, index blocks, system tables."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from forensics.scenarios.plan import Times

CLUSTER_SIZE = 4096
RECORD_SIZE = 1024
STANDARD_INFORMATION, FILE_NAME, VOLUME_NAME, VOLUME_INFORMATION = 0x10, 0x30, 0x60, 0x70
DATA, INDEX_ROOT, INDEX_ALLOCATION, BITMAP = 0x80, 0x90, 0xA0, 0xB0
NAMES = "$I30"
SECURITY_ID = 0x100
_UPDATE_NUMBER = 2


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute without its number in the record."""

    kind: int
    name: str
    head: bytes
    tail: bytes

    def packed(self, number: int) -> bytes:
        """The attribute as it stands in record, with its instance number."""
        data = bytearray(self.head + self.tail)
        struct.pack_into("<H", data, 14, number)
        return bytes(data)


def filetime(moment: int) -> int:
    """Seconds since 1970 as 100 ns steps since 1601."""
    return (moment + 11644473600) * 10_000_000


def _padded(data: bytes, unit: int = 8) -> bytes:
    return data + bytes(-len(data) % unit)


def resident(kind: int, name: str, value: bytes, *, indexed: bool = False) -> Attribute:
    """An attribute whose value stands in the record."""
    label = name.encode("utf-16-le")
    offset = 24 + len(_padded(label))
    body = _padded(label) + _padded(value)
    head = struct.pack("<IIBBHHHIHBx", kind, 24 + len(body), 0, len(name), 24, 0, 0, len(value), offset, int(indexed))
    return Attribute(kind, name, head, body)


def scattered(kind: int, name: str, runs: Sequence[tuple[int, int]], size: int) -> Attribute:
    """An attribute whose value lies in clusters."""
    clusters = sum(count for _, count in runs)
    return _nonresident(kind, name, run_list(runs), clusters, clusters * CLUSTER_SIZE, size, size)


def compressed(name: str, runs: Sequence[tuple[int | None, int]], size: int) -> Attribute:
    """A data stream in compression units of 16 clusters; `None` is where clusters were saved."""
    clusters = sum(count for _, count in runs)
    real = sum(count for first, count in runs if first is not None)
    label = _padded(name.encode("utf-16-le"))
    body = label + _padded(run_list(runs))
    head = struct.pack(
        "<IIBBHHHQqHHIQQQQ",
        *(DATA, 72 + len(body), 1, len(name), 72, 1, 0),
        *(0, clusters - 1, 72 + len(label), 4, 0, clusters * CLUSTER_SIZE, size, size, real * CLUSTER_SIZE),
    )
    return Attribute(DATA, name, head, body)


def sparse(name: str, clusters: int) -> Attribute:
    """A data stream of `clusters` clusters, none of which exists."""
    size = clusters * CLUSTER_SIZE
    length = clusters.to_bytes((clusters.bit_length() + 8) // 8, "little")
    return _nonresident(DATA, name, bytes((len(length),)) + length + b"\0", clusters, size, size, 0)


def _nonresident(kind: int, name: str, pairs: bytes, clusters: int, allocated: int, size: int, valid: int) -> Attribute:
    label = _padded(name.encode("utf-16-le"))
    body = label + _padded(pairs)
    head = struct.pack(
        "<IIBBHHHQqHHIQQQ",
        *(kind, 64 + len(body), 1, len(name), 64, 0, 0),
        *(0, clusters - 1, 64 + len(label), 0, 0, allocated, size, valid),
    )
    return Attribute(kind, name, head, body)


def run_list(runs: Sequence[tuple[int | None, int]]) -> bytes:
    """Mapping pairs: length and signed distance of each run, ended by a zero; `None` has no distance."""
    out = bytearray()
    before = 0
    for first, count in runs:
        length = count.to_bytes((count.bit_length() + 8) // 8, "little")
        if first is None:
            out += bytes((len(length),)) + length
            continue
        step = first - before
        distance = step.to_bytes((step.bit_length() + 8) // 8, "little", signed=True)
        out += bytes((len(distance) << 4 | len(length),)) + length + distance
        before = first
    return bytes(out) + b"\0"


def protect(block: bytearray, offset: int) -> bytes:
    """Put the update sequence into the end of each sector and the replaced bytes at `offset`."""
    struct.pack_into("<H", block, offset, _UPDATE_NUMBER)
    for sector in range(len(block) // 512):
        end = sector * 512 + 510
        block[offset + 2 + 2 * sector : offset + 4 + 2 * sector] = block[end : end + 2]
        struct.pack_into("<H", block, end, _UPDATE_NUMBER)
    return bytes(block)


def record(number: int, sequence: int, flags: int, links: int, attributes: Sequence[Attribute]) -> bytes:
    """A record of the master file table."""
    ordered = sorted(attributes, key=lambda a: (a.kind, a.name))
    body = b"".join(attribute.packed(index) for index, attribute in enumerate(ordered))
    body += struct.pack("<II", 0xFFFFFFFF, 0)
    used = 0x38 + len(body)
    if used > RECORD_SIZE:
        raise ValueError(f"record {number} needs {used} bytes")
    head = struct.pack(
        "<4sHHQHHHHIIQHHI",
        *(b"FILE", 0x30, 3, 0, sequence, links, 0x38, flags, used, RECORD_SIZE, 0),
        *(len(ordered), 0, number),
    )
    block = bytearray((head + bytes(8) + body).ljust(RECORD_SIZE, b"\0"))
    return protect(block, 0x30)


def resident_offset(raw: bytes, name: str) -> int:
    """Where the value of the data stream `name` starts in a record."""
    position = int(struct.unpack_from("<H", raw, 20)[0])
    while True:
        kind, length, far, letters, label = struct.unpack_from("<IIBBH", raw, position)
        if kind == 0xFFFFFFFF:
            raise ValueError("no such stream")
        start = position + label
        if kind == DATA and not far and raw[start : start + 2 * letters].decode("utf-16-le") == name:
            return int(position) + int(struct.unpack_from("<H", raw, position + 20)[0])
        position += length


def standard_information(times: Times, flags: int) -> bytes:
    """The times, the flags and the security identifier."""
    moments = (filetime(t) for t in (times.created, times.modified, times.changed, times.accessed))
    return struct.pack("<QQQQIIIIIIQQ", *moments, flags & 0xFFFFFFF, 0, 0, 0, 0, SECURITY_ID, 0, 0)


def name_size(name: str) -> int:
    """Bytes that the file name attribute of `name` takes in a record."""
    return 24 + len(_padded(bytes(66 + 2 * len(name))))


def file_name(parent: int, times: Times, allocated: int, size: int, flags: int, name: str) -> bytes:
    """The value of a file name attribute, which is also the key in the folder's index."""
    stem, _, ending = name.partition(".")
    short = name.isupper() and len(stem) <= 8 and len(ending) <= 3 and "." not in ending
    moments = (filetime(t) for t in (times.created, times.modified, times.changed, times.accessed))
    space = 3 if short or name.startswith("$") or name == "." else 1
    head = struct.pack("<QQQQQQQIIBB", parent, *moments, allocated, size, flags, 0, len(name), space)
    return head + name.encode("utf-16-le")


def collation(name: str) -> bytes:
    """The order of names in an index: by upper-case code units."""
    return name.upper().encode("utf-16-be")


def index_entries(keys: Sequence[tuple[int, bytes]]) -> bytes:
    """A node of index entries with its end mark."""
    return b"".join(_index_entry(ref, key) for ref, key in keys) + struct.pack("<QHHHH", 0, 16, 0, 2, 0)


def _index_entry(reference: int, key: bytes, child: int | None = None) -> bytes:
    body = _padded(key)
    tail = b"" if child is None else struct.pack("<Q", child)
    flags = 0 if child is None else 1
    return struct.pack("<QHHHH", reference, 16 + len(body) + len(tail), len(key), flags, 0) + body + tail


def index_root(name: str, kind: int, rule: int, node: bytes, *, large: bool) -> Attribute:
    """The root of an index."""
    head = struct.pack("<IIIB3x", kind, rule, CLUSTER_SIZE, 1)
    header = struct.pack("<IIIB3x", 16, 16 + len(node), 16 + len(node), int(large))
    return resident(INDEX_ROOT, name, head + header + node)


def index_blocks(keys: Sequence[tuple[int, bytes]]) -> tuple[list[bytes], bytes]:
    """Leaves of a two-level index, and the root node over them."""
    room = CLUSTER_SIZE - 0x40 - 16
    leaves: list[list[tuple[int, bytes]]] = [[]]
    between: list[tuple[int, bytes]] = []
    filled = 0
    for index, (reference, key) in enumerate(keys):
        size = len(_index_entry(reference, key))
        if filled + size > room * 3 // 4 and index < len(keys) - 1:
            between.append((reference, key))
            leaves.append([])
            filled = 0
            continue
        leaves[-1].append((reference, key))
        filled += size
    root = b"".join(_index_entry(ref, key, child) for child, (ref, key) in enumerate(between))
    root += struct.pack("<QHHHHQ", 0, 24, 0, 3, 0, len(leaves) - 1)
    return [_index_block(number, index_entries(leaf)) for number, leaf in enumerate(leaves)], root


def _index_block(number: int, node: bytes) -> bytes:
    head = struct.pack("<4sHHQQ", b"INDX", 0x28, 9, 0, number)
    head += struct.pack("<IIIB3x", 0x28, 0x28 + len(node), CLUSTER_SIZE - 0x18, 0)
    block = bytearray((head + bytes(24) + node).ljust(CLUSTER_SIZE, b"\0"))
    return protect(block, 0x28)


def boot_sector(sectors: int, hidden: int, mft: int, mirror: int, serial: int) -> bytes:
    """The BIOS parameter block."""
    block = bytearray(512)
    block[0:11] = b"\xeb\x52\x90NTFS    "
    struct.pack_into("<HB", block, 11, 512, CLUSTER_SIZE // 512)
    struct.pack_into("<BxxHHI", block, 21, 0xF8, 63, 255, hidden)
    struct.pack_into("<I", block, 36, 0x00800080)
    struct.pack_into("<QQQ", block, 40, sectors, mft, mirror)
    struct.pack_into("<bxxxbxxxQ", block, 64, -10, 1, serial)
    block[510:512] = b"\x55\xaa"
    return bytes(block)


def upcase() -> bytes:
    """The table of upper-case letters: Latin, Greek and Cyrillic, which suffices for the names used."""
    table = list(range(65536))
    for code in range(0x530):
        upper = chr(code).upper()
        if len(upper) == 1 and ord(upper) < 0x530:
            table[code] = ord(upper)
    return struct.pack("<65536H", *table)


def attribute_definitions() -> bytes:
    """`$AttrDef`: name, kind, collation, flags and sizes of each attribute."""
    rows = (
        ("$STANDARD_INFORMATION", 0x10, 0, 0x40, 0x30, 0x48),
        ("$ATTRIBUTE_LIST", 0x20, 0, 0x80, 0, -1),
        ("$FILE_NAME", 0x30, 0, 0x42, 0x44, 0x242),
        ("$OBJECT_ID", 0x40, 0, 0x40, 0, 0x100),
        ("$SECURITY_DESCRIPTOR", 0x50, 0, 0x80, 0, -1),
        ("$VOLUME_NAME", 0x60, 0, 0x40, 2, 0x100),
        ("$VOLUME_INFORMATION", 0x70, 0, 0x40, 0x0C, 0x0C),
        ("$DATA", 0x80, 0, 0, 0, -1),
        ("$INDEX_ROOT", 0x90, 0, 0x40, 0, -1),
        ("$INDEX_ALLOCATION", 0xA0, 0, 0x80, 0, -1),
        ("$BITMAP", 0xB0, 0, 0x80, 0, -1),
        ("$REPARSE_POINT", 0xC0, 0, 0x80, 0, 0x4000),
        ("$EA_INFORMATION", 0xD0, 0, 0x40, 8, 8),
        ("$EA", 0xE0, 0, 0, 0, 0x10000),
        ("$LOGGED_UTILITY_STREAM", 0x100, 0, 0x80, 0, 0x10000),
    )
    out = b""
    for name, kind, rule, flags, low, high in rows:
        out += struct.pack("<128sIIIIQq", name.encode("utf-16-le"), kind, 0, rule, flags, low, high)
    return out.ljust(2560, b"\0")


def security() -> tuple[bytes, bytes, bytes]:
    """One security descriptor: the `$SDS` stream and the nodes of `$SDH` and `$SII`."""
    administrators = struct.pack("<BB6sII", 1, 2, bytes(5) + b"\x05", 32, 544)
    system = struct.pack("<BB6sI", 1, 1, bytes(5) + b"\x05", 18)
    rules = b"".join(struct.pack("<BBHI", 0, 3, 8 + len(sid), 0x1F01FF) + sid for sid in (administrators, system))
    acl = struct.pack("<BBHHH", 2, 0, 8 + len(rules), 2, 0) + rules
    owner = 20 + len(acl)
    group = owner + len(administrators)
    descriptor = struct.pack("<BBHIIII", 1, 0, 0x8004, owner, group, 0, 20)
    descriptor += acl + administrators + administrators
    digest = 0
    for (word,) in struct.iter_unpack("<I", descriptor):
        digest = (word + (digest >> 29 | digest << 3)) & 0xFFFFFFFF
    head = struct.pack("<IIQI", digest, SECURITY_ID, 0, 20 + len(descriptor))
    stream = (head + descriptor).ljust(0x40000, b"\0") + head + descriptor
    end = struct.pack("<QHHHH", 0, 16, 0, 2, 0)
    by_hash = struct.pack("<HHIHHHH", 24, 20, 0, 0x30, 8, 0, 0)
    by_hash += struct.pack("<II", digest, SECURITY_ID) + head + b"I\0I\0"
    by_id = struct.pack("<HHIHHHH", 20, 20, 0, 0x28, 4, 0, 0) + struct.pack("<I", SECURITY_ID) + head
    return stream, by_hash + end, by_id + end
