"""Writes small APFS containers, plain, and encrypts volumes of such a container, or of any as small, in place.

No tool on Linux writes APFS. Structures and names are those of Apple's *Apple File System Reference* (2020); what holds a
password is there too: `BER` blobs of key bags, PBKDF2 with SHA-256, key wrap (RFC 3394), AES-XTS of 512 bytes whose tweak
counts sectors from the start of the container. Trees are single leaves, and their nodes one block.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

Bytes = bytes | bytearray
BLOCK = 4096
SECTOR = 512
BLOCKS = 256
ROUNDS = 1000
TIME = 1_700_000_000_123_456_789
_PHYSICAL, _EPHEMERAL = 0x4000_0000, 0x8000_0000
_SUPERBLOCK, _TREE, _SPACE, _CHUNKS, _OBJECT_MAP, _MAP = 0x01, 0x02, 0x05, 0x07, 0x0B, 0x0C
_VOLUME, _FILES, _REFERENCES, _REAPER = 0x0D, 0x0E, 0x0F, 0x11
_BLOCKS, _INODE, _STREAM, _EXTENT, _NAME = 2, 3, 6, 8, 9
_ENCRYPTED_NODE = 4  # OMAP_VAL_ENCRYPTED
_UNENCRYPTED, _ONE_KEY = 1, 8  # APFS_FS_UNENCRYPTED, APFS_FS_ONEKEY
_SOFTWARE = 4  # NX_CRYPTO_SW: no chip takes part
_CONTAINER_BAG, _VOLUME_BAG = 0x6B657973, 0x72656373  # `keys`, `recs`
_VOLUME_KEY, _UNLOCK = 2, 3  # tags of key bags
_BY_RECOVERY_KEY = UUID("ebc6c064-0000-11aa-aa11-00306543ecac").bytes
_HMAC_PREFIX = bytes.fromhex("011620171505")


def checksum(block: bytes) -> int:
    """Fletcher's sum of 64 bits over all but its own eight bytes."""
    words = np.frombuffer(block[8:], "<u4").astype(object)
    low = high = 0
    for word in words:
        low = (low + word) % 0xFFFFFFFF
        high = (high + low) % 0xFFFFFFFF
    first = 0xFFFFFFFF - (low + high) % 0xFFFFFFFF
    return int((0xFFFFFFFF - (low + first) % 0xFFFFFFFF) << 32 | first)


def _object(number: int, kind: int, subtype: int, body: bytes, size: int = BLOCK) -> bytes:
    block = struct.pack("<QQQII", 0, number, 1, kind, subtype) + body
    return summed(block.ljust(size, b"\0"))


def summed(block: bytes) -> bytes:
    """An object with its checksum."""
    return struct.pack("<Q", checksum(block)) + block[8:]


# --- a plain container


def _leaf(pairs: Sequence[tuple[bytes, bytes]], number: int, kind: int, subtype: int, sizes: tuple[int, int]) -> bytes:
    """A tree that is one leaf; `sizes` are those of key and value where all are alike, else zeros."""
    fixed = bool(sizes[0])
    entry = 4 if fixed else 8
    table = -(-len(pairs) * entry // 64) * 64 or 64
    places, keys, values = b"", b"", b""
    for key, value in pairs:
        at, back = len(keys), len(values) + len(value)
        places += struct.pack("<HH", at, back) if fixed else struct.pack("<HHHH", at, len(key), back, len(value))
        keys, values = keys + key, value + values
    area = BLOCK - 56 - 40
    room = area - table - len(keys) - len(values)
    assert room >= 0, "too many names for one leaf"
    head = struct.pack("<HHIHHHHHHHH", 7 if fixed else 3, 0, len(pairs), 0, table, len(keys), room, *(0xFFFF, 0) * 2)
    longest = [max((len(each[side]) for each in pairs), default=0) for side in (0, 1)]
    flags = 0x10 if kind & _PHYSICAL else 0
    info = struct.pack("<IIIIIIQQ", flags, BLOCK, *sizes, *longest, len(pairs), 1)
    return _object(number, kind, subtype, head + places.ljust(table, b"\0") + keys + bytes(room) + values + info)


def _object_map(number: int, tree: int) -> bytes:
    kind = _PHYSICAL | _TREE
    return _object(number, _PHYSICAL | _OBJECT_MAP, 0, struct.pack("<IIIIQQQ", 1, 0, kind, kind, tree, 0, 0))


def _map_leaf(number: int, targets: Mapping[int, int]) -> bytes:
    pairs = [(struct.pack("<QQ", each, 1), struct.pack("<IIQ", 0, BLOCK, targets[each])) for each in sorted(targets)]
    return _leaf(pairs, number, _PHYSICAL | _TREE, _OBJECT_MAP, (16, 16))


def _crc32c(data: bytes) -> int:
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state


def _name(parent: int, name: str, target: int, kind: int) -> tuple[bytes, bytes]:
    raw = name.encode() + b"\0"
    word = (_crc32c(name.encode("utf-32-le")) & 0x3FFFFF) << 10 | len(raw)
    key = struct.pack("<QI", _NAME << 60 | parent, word) + raw
    return key, struct.pack("<QQH", target, TIME, kind)


def _inode(number: int, parent: int, name: str, mode: int, size: int | None, children: int) -> tuple[bytes, bytes]:
    raw = name.encode() + b"\0"
    fields = [(4, 2, raw)]
    if size is not None:
        fields.append((8, 0x20, struct.pack("<QQQQQ", size, -(-size // BLOCK) * BLOCK, 0, size, 0)))
    value = struct.pack("<QQ4QQiIIIIIHHQ", parent, number, *(TIME,) * 4, 0, children, 0, 1, 0, 99, 99, mode, 0, 0)
    value += struct.pack("<HH", len(fields), sum(-(-len(each) // 8) * 8 for _, _, each in fields))
    value += b"".join(struct.pack("<BBH", kind, flags, len(each)) for kind, flags, each in fields)
    value += b"".join(each.ljust(-(-len(each) // 8) * 8, b"\0") for _, _, each in fields)
    return struct.pack("<Q", _INODE << 60 | number), value


class Disk:
    """A container of `BLOCKS` blocks in the making."""

    def __init__(self) -> None:
        """Empty, but for what every container has before its volumes."""
        self.data = bytearray(BLOCKS * BLOCK)
        self.next = 16  # block

    def take(self, count: int = 1) -> int:
        """Blocks that nothing else has."""
        self.next += count
        return self.next - count

    def put(self, block: int, data: bytes) -> None:
        """Write from the start of a block on."""
        self.data[block * BLOCK : block * BLOCK + len(data)] = data

    def volume(self, index: int, name: str, files: Mapping[str, bytes]) -> tuple[int, int]:
        """A volume with files in its root; its object number and block."""
        number, root = 1026 + 2 * index, 1027 + 2 * index
        pairs = [_name(1, "root", 2, 4), _name(1, "private-dir", 3, 4)]
        pairs += [_inode(2, 1, "root", 0o40755, None, len(files)), _inode(3, 1, "private-dir", 0o40755, None, 0)]
        held: list[tuple[bytes, bytes]] = []
        for at, (file, content) in enumerate(files.items(), 16):
            length = -(-len(content) // BLOCK)
            first = self.take(length)
            self.put(first, content)
            pairs += [_name(2, file, at, 8), _inode(at, 2, file, 0o100644, len(content), 1)]
            pairs.append((struct.pack("<Q", _STREAM << 60 | at), struct.pack("<I", 1)))
            pairs.append((struct.pack("<QQ", _EXTENT << 60 | at, 0), struct.pack("<QQQ", length * BLOCK, first, 0)))
            if length:
                held.append((struct.pack("<Q", _BLOCKS << 60 | first), struct.pack("<QQI", 1 << 60 | length, at, 1)))
        pairs.sort(key=lambda pair: _order(pair[0]))
        leaf, tree, names, extents, block = (self.take() for _ in range(5))
        self.put(leaf, _leaf(pairs, root, _TREE, _FILES, (0, 0)))
        self.put(tree, _map_leaf(tree, {root: leaf}))
        self.put(names, _object_map(names, tree))
        physical = _PHYSICAL | _TREE
        self.put(extents, _leaf(held, extents, physical, _REFERENCES, (0, 0)))
        body = struct.pack("<4sIQQQQQQQ", b"APSB", index, 2, 0, 8, TIME, 0, 0, 16)
        body += struct.pack("<HHIIIHH", 5, 0, 0, 0, 0, 0, 0) + struct.pack("<III", _TREE, physical, physical)
        body += struct.pack("<QQQQQQQ", names, root, extents, 0, 0, 0, 16 + len(files))
        body += struct.pack("<QQQQQQQ", len(files), 1, 0, 0, 0, 16, 0)
        body += hashlib.sha256(name.encode()).digest()[:16] + struct.pack("<QQ", TIME, _UNENCRYPTED)
        body += struct.pack("<32sQQ", b"made by hand", TIME, 1) + bytes(8 * 48) + name.encode().ljust(256, b"\0")
        self.put(block, _object(number, _VOLUME, 0, body))
        return number, block


def _order(key: bytes) -> tuple[int, int, bytes]:
    word = int.from_bytes(key[:8], "little")
    rest = key[8:]
    kind = word >> 60
    if kind == _EXTENT:
        rest = rest[::-1]
    if kind == _NAME:
        rest = rest[:4][::-1] + rest[4:]
    return word & (1 << 60) - 1, kind, rest


def made(volumes: Mapping[str, Mapping[str, bytes]]) -> bytearray:
    """A container with volumes by name, each with its files by name."""
    disk = Disk()
    found = [disk.volume(index, name, files) for index, (name, files) in enumerate(volumes.items())]
    tree, names = disk.take(), disk.take()
    disk.put(tree, _map_leaf(tree, dict(found)))
    disk.put(names, _object_map(names, tree))
    free = BLOCKS - disk.next
    space = struct.pack("<IIIIQQIIQI", BLOCK, 8 * BLOCK, 126, 126, BLOCKS, 1, 1, 0, free, 512)
    disk.put(8, _object(1024, _EPHEMERAL | _SPACE, 0, space.ljust(512 - 32, b"\0") + struct.pack("<Q", 10)))
    chunk = struct.pack("<IIQQIIQ", 0, 1, 1, 0, BLOCKS, free, 11)
    disk.put(10, _object(10, _PHYSICAL | _CHUNKS, 0, chunk))
    disk.put(11, ((1 << disk.next) - 1).to_bytes(BLOCK, "little"))
    disk.put(9, _object(1025, _EPHEMERAL | _REAPER, 0, struct.pack("<QQ", 1, 0)))
    entries = struct.pack("<IIIIQQQ", _EPHEMERAL | _SPACE, 0, BLOCK, 0, 0, 1024, 8)
    entries += struct.pack("<IIIIQQQ", _EPHEMERAL | _REAPER, 0, BLOCK, 0, 0, 1025, 9)
    disk.put(1, _object(1, _PHYSICAL | _MAP, 0, struct.pack("<II", 1, 2) + entries))
    body = struct.pack("<4sIQQQQ", b"NXSB", BLOCK, BLOCKS, 0, 0, 2)
    body += hashlib.sha256(b"container").digest()[:16] + struct.pack("<QQ", 2000, 2)
    body += struct.pack("<IIQQIIIIII", 2, 8, 1, 8, 0, 2, 0, 2, 0, 2)
    body += struct.pack("<QQQII", 1024, names, 1025, 0, 100)
    body += b"".join(struct.pack("<Q", number) for number, _ in found)
    block = _object(1, _EPHEMERAL | _SUPERBLOCK, 0, body)
    disk.put(0, block)
    disk.put(2, block)
    return disk.data


# --- encryption of a volume, in place


def _crypt(key: bytes, data: bytes, sector: int) -> bytes:
    """AES-XTS."""
    out = b""
    for at in range(0, len(data), SECTOR):
        tweak = (sector + at // SECTOR).to_bytes(16, "little")
        context = Cipher(algorithms.AES(key), modes.XTS(tweak)).encryptor()
        out += context.update(data[at : at + SECTOR]) + context.finalize()
    return out


def _bag_crypt(identifier: bytes, data: bytes, sector: int) -> bytes:
    """As `_crypt`, with the same 16 bytes for both keys, which OpenSSL's XTS refuses."""
    ecb = Cipher(algorithms.AES(identifier), modes.ECB()).encryptor()
    out = b""
    for at in range(0, len(data), SECTOR):
        tweak = int.from_bytes(ecb.update((sector + at // SECTOR).to_bytes(16, "little")), "little")
        for place in range(at, at + SECTOR, 16):
            mask = tweak.to_bytes(16, "little")
            mixed = ecb.update(bytes(a ^ b for a, b in zip(data[place : place + 16], mask, strict=True)))
            out += bytes(a ^ b for a, b in zip(mixed, mask, strict=True))
            tweak = (tweak << 1 & (1 << 128) - 1) ^ (0x87 if tweak >> 127 else 0)
    return out


def _value(tag: int, data: bytes) -> bytes:
    size = bytes([len(data)]) if len(data) < 128 else b"\x81" + bytes([len(data)])
    return bytes([tag]) + size + data


def _blob(identifier: bytes, wrapped: bytes, stretched: tuple[int, bytes] | None, flags: int) -> bytes:
    """A wrapped key of a key bag, its HMAC before it."""
    inner = _value(0x80, b"\0") + _value(0x81, identifier) + _value(0x82, struct.pack("<II", flags, 0))
    inner += _value(0x83, wrapped)
    if stretched is not None:
        rounds, salt = stretched
        inner += _value(0x84, rounds.to_bytes(4, "big").lstrip(b"\0")) + _value(0x85, salt)
    held = _value(0xA3, inner)
    salt = hashlib.sha256(wrapped).digest()[:8]
    code = hmac.digest(hashlib.sha256(_HMAC_PREFIX + salt).digest(), held, "sha256")
    return _value(0x30, _value(0x80, b"\0") + _value(0x81, code) + _value(0x82, salt) + held)


def _bag(number: int, kind: int, entries: Sequence[tuple[bytes, int, bytes]]) -> bytes:
    body = b"".join(
        (identifier + struct.pack("<HHI", tag, len(data), 0) + data).ljust(-(-(24 + len(data)) // 16) * 16, b"\0")
        for identifier, tag, data in entries
    )
    return _object(number, kind, 0, struct.pack("<HHIQ", 2, len(entries), 16 + len(body), 0) + body)


def _pairs(node: Bytes) -> Iterator[tuple[int, int, int, int]]:
    """Places and lengths of key and value in a node that is root and leaf."""
    flags, level, count = struct.unpack_from("<HHI", node, 32)
    assert flags & 3 == 3, "a tree of more than one leaf"
    assert not level
    at, size = struct.unpack_from("<HH", node, 40)
    keys = 56 + at + size
    for number in range(count):
        if flags & 4:
            key, value = struct.unpack_from("<HH", node, 56 + at + 4 * number)
            yield keys + key, 16, BLOCK - 40 - value, 16
        else:
            key, length, value, held = struct.unpack_from("<HHHH", node, 56 + at + 8 * number)
            yield keys + key, length, BLOCK - 40 - value, held


def _block(data: Bytes, number: int) -> bytearray:
    return bytearray(data[number * BLOCK : (number + 1) * BLOCK])


def _targets(data: Bytes, names: int) -> tuple[int, bytearray, dict[int, tuple[int, int]]]:
    """The tree of an object map: its block, its bytes, and block and place of the value of each object."""
    tree = struct.unpack_from("<Q", _block(data, names), 48)[0]
    node = _block(data, tree)
    found = {}
    for key, _, value, _ in _pairs(node):
        found[struct.unpack_from("<Q", node, key)[0]] = (struct.unpack_from("<Q", node, value + 8)[0], value)
    return tree, node, found


def encrypt(data: bytearray, secrets: Mapping[str, Sequence[str]], spare: int) -> None:
    """Encrypt volumes by name, each opened by any of its secrets; the first is a user's password, others recovery keys.

    `spare` is the first of as many blocks as there are volumes, and one, that nothing uses. The superblock with the
    greatest transaction is the one that counts.
    """
    places = [at for at in range(len(data) // BLOCK) if data[at * BLOCK + 32 : at * BLOCK + 36] == b"NXSB"]
    newest = max(struct.unpack_from("<Q", data, at * BLOCK + 16)[0] for at in places)
    places = [at for at in places if struct.unpack_from("<Q", data, at * BLOCK + 16)[0] == newest]
    whole = _block(data, places[0])
    _, _, volumes = _targets(data, struct.unpack_from("<Q", whole, 160)[0])
    container = bytes(whole[72:88])
    entries: list[tuple[bytes, int, bytes]] = []
    bag = spare
    for at, _ in volumes.values():
        volume = _block(data, at)
        name = volume[704:960].split(b"\0")[0].decode()
        if name not in secrets:
            continue
        identifier, bag = bytes(volume[240:256]), bag + 1
        # Keys are made of names, so that a test makes the same image each time.
        key, outer = (hashlib.sha256(word + identifier).digest() for word in (b"volume", b"outer"))
        entries.append((identifier, _VOLUME_KEY, _blob(identifier, aes_key_wrap(outer, key), None, 0)))
        entries.append((identifier, _UNLOCK, struct.pack("<QQ", bag, 1)))
        records = []
        for number, secret in enumerate(secrets[name]):
            who = _BY_RECOVERY_KEY if number else hashlib.sha256(b"user" + identifier).digest()[:16]
            salt = hashlib.sha256(who + identifier).digest()[:16]
            stretched = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, ROUNDS, 32)
            blob = _blob(who, aes_key_wrap(stretched, outer), (ROUNDS, salt), 0)
            records.append((who, _UNLOCK, blob))
        data[bag * BLOCK : (bag + 1) * BLOCK] = _bag_crypt(
            identifier, _bag(bag, _VOLUME_BAG, records), bag * BLOCK // SECTOR
        )
        _seal(data, volume, key)
        flags = struct.unpack_from("<Q", volume, 264)[0] & ~_UNENCRYPTED | _ONE_KEY
        struct.pack_into("<Q", volume, 264, flags)
        data[at * BLOCK : (at + 1) * BLOCK] = summed(bytes(volume))
    data[spare * BLOCK : (spare + 1) * BLOCK] = _bag_crypt(
        container, _bag(spare, _CONTAINER_BAG, entries), spare * BLOCK // SECTOR
    )
    whole[1264] |= _SOFTWARE
    struct.pack_into("<QQ", whole, 1296, spare, 1)
    for at in places:
        data[at * BLOCK : (at + 1) * BLOCK] = summed(bytes(whole))


def _seal(data: bytearray, volume: Bytes, key: bytes) -> None:
    """Encrypt the nodes of a volume's tree of files and what its extents hold."""
    tree, node, targets = _targets(data, struct.unpack_from("<Q", volume, 128)[0])
    per = BLOCK // SECTOR
    for at, value in targets.values():
        leaf = _block(data, at)
        for place, length, held, _ in _pairs(leaf):
            if length == 16 and leaf[place + 7] >> 4 == _EXTENT:
                size, first = struct.unpack_from("<QQ", leaf, held)
                start, end = first * BLOCK, first * BLOCK + (size & (1 << 56) - 1)
                data[start:end] = _crypt(key, bytes(data[start:end]), first * per)
                struct.pack_into("<Q", leaf, held + 16, first)
        data[at * BLOCK : (at + 1) * BLOCK] = _crypt(key, summed(bytes(leaf)), at * per)
        flags = struct.unpack_from("<I", node, value)[0]
        struct.pack_into("<I", node, value, flags | _ENCRYPTED_NODE)
    data[tree * BLOCK : (tree + 1) * BLOCK] = summed(bytes(node))
