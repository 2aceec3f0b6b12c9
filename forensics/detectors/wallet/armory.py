"""Wallets of Armory, version 1.35: `armory_<id>_.wallet` and its backups.

| offset | length | content                                                                     |
|--------|--------|-----------------------------------------------------------------------------|
| 0      | 8      | `\\xbaWALLET\\0`                                                              |
| 8      | 4, 4   | version; magic of the network                                               |
| 16     | 8      | flags: 1 encrypted, 2 watching only                                         |
| 24     | 6, 8   | identity of the wallet; time of creation                                    |
| 38     | 32, 256 | short and long name                                                        |
| 326    | 8      | highest key of the chain that was given out                                 |
| 334    | 512    | key derivation: memory 8, rounds 4, salt 32, checksum 4                     |
| 846    | 237    | root key, and 1,024 octets of nothing                                       |
| 2107   |        | entries: 0 key, 1 comment of an address, 2 of a payment, 4 deleted (zeros)  |

The identity is the first five octets of the first address, backwards, and the network's. Root and chain code
give all addresses of the chain; they are held against the stored ones.

Not recorded: payments, amounts, balances (Armory asks its own database of blocks). Deleted entries are zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet import _armory_records as records
from forensics.model import (
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Secret,
    Sensitivity,
    Value,
)
from forensics.primitives import base58, secp256k1
from forensics.primitives.hash160 import hash160

LARGEST = 32 << 20
MOST_SHOWN, MOST_SECRETS, MOST_CHAINED = 1_000, 20, 5
# magic of the network → its name and the version of its addresses
NETWORKS = {
    b"\xf9\xbe\xb4\xd9": ("mainnet", b"\0"),
    b"\xfa\xbf\xb5\xda": ("testnet", b"\x6f"),
    b"\x0b\x11\x09\x07": ("testnet", b"\x6f"),
}
_SECOND = timedelta(seconds=1)
_CREATED = 1_709_201_472  # 2024-02-29 10:11:12


def _record(public: bytes, flags: int, place: int, private: bytes = bytes(32)) -> bytes:
    def checked(part: bytes) -> bytes:
        return part + records.doubled(part)[:4]

    head = checked(hash160(public)) + struct.pack("<IQ", 13_500_000, flags) + checked(bytes(range(32)))
    body = struct.pack("<qq", place, place) + checked(bytes(16)) + checked(private) + checked(public)
    return head + body + struct.pack("<QQII", 0xFFFFFFFF, 0, 0xFFFFFFFF, 0)


def _wallet(flags: int, key_flags: int, private: bytes) -> bytes:
    root = _record(secp256k1.public_key(bytes(31) + b"\7", short=False), key_flags, -1, private)
    factor = int.from_bytes(records.doubled(root[144:209]), "big") ^ int.from_bytes(bytes(range(32)), "big")
    number = 7 * factor % secp256k1.ORDER
    child = _record(secp256k1.public_key(number.to_bytes(32, "big"), short=False), key_flags, 0)
    first = child[:20]
    head = records.MAGIC + struct.pack("<I4sQ", 13_500_000, b"\xf9\xbe\xb4\xd9", flags)
    head += (b"\0" + first[:5])[::-1] + struct.pack("<Q", _CREATED) + b"stall".ljust(32, b"\0") + bytes(256 + 8)
    derivation = struct.pack("<QI32s", 2 << 20, 4, bytes(range(32)))
    head = (head + derivation + records.doubled(derivation)[:4]).ljust(records.ROOT, b"\0")
    note = b"\1" + first + struct.pack("<H", 8) + b"order 12"
    payment = b"\2" + bytes(range(32)) + struct.pack("<H", 4) + b"rent"
    return head + root + bytes(1_024) + b"\0" + first + child + note + payment + b"\4\2\0\0\0"


_LOCKED = _wallet(records.WALLET_ENCRYPTED, 7, bytes(range(32)))
_CLEAR = _wallet(0, 3, bytes(31) + b"\7")
_ID = base58.encode(_LOCKED[24:30])
_HAND = "by hand, in the form of Armory's PyBtcWallet"


class Armory:
    """One wallet."""

    kind: ClassVar[str] = "wallet/armory"
    title: ClassVar[str] = "Armory wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\xbaWALLET\x00", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("Armory: armoryengine/PyBtcWallet.py, PyBtcAddress.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("encrypted", _LOCKED, (_ID,), _HAND),
        Specimen("plain", _CLEAR, (_ID,), _HAND),
        Specimen("cut off in its last entry", _LOCKED[:-1], (_ID,), _HAND + ", cut"),
        Specimen("cut off in the root", _LOCKED[:1_000], None, _HAND + ", cut"),
        Specimen("root's checksum wrong", _LOCKED[:846] + b"\1" + _LOCKED[847:], None, _HAND + ", changed"),
        Specimen("look-alike: the magic alone", records.MAGIC + b"files have eight such octets" * 90, None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet that starts at `at`."""
        head = layer.read(at, records.ENTRIES)
        root = records.key(head, records.ROOT)
        if len(head) < records.ENTRIES or head[:8] != records.MAGIC or root is None or not root.sound:
            return
        data = layer.read(at, LARGEST)
        yield self._found(layer, at, data, root, records.entries(data))

    def _found(self, layer: Layer, at: int, data: bytes, root: records.Key, told: records.Entries) -> Finding:
        network, version = NETWORKS.get(data[12:16], ("unknown", b"\0"))
        flags = int.from_bytes(data[16:24], "little")
        by_place = {each.place: each for each in told.keys}
        first = by_place.get(0)
        named = first is not None and first.digest[4::-1] == data[24:29]
        derived = [(by_place.get(number), each) for number, each in enumerate(records.chained(root, MOST_CHAINED))]
        agree = [stored.digest == each for stored, each in derived if stored is not None]
        broken = root.broken + sum(each.broken for each in told.keys)
        sound = not broken and all(each.sound for each in told.keys) and told.whole
        plain = [each for each in (root, *told.keys) if each.flags & 5 == records.PRIVATE]
        addresses = [base58.encode_check(version + each.digest) for each in told.keys]
        fields = _header(data, at, network, flags) | {
            "keys": Field(len(told.keys)),
            "imported_keys": Field(sum(each.place == records.IMPORTED for each in told.keys)),
            "addresses": Field(_shown(told, addresses)),
            "root_public_key": Field(root.public.hex(), ByteRun(at + records.ROOT + 144, 65)),
            "root_chain_code": Field(root.chain.hex(), ByteRun(at + records.ROOT + 36, 32)),
            "plain_private_keys": Field(len(plain)),
            "deleted_entries": Field(told.deleted),
        }
        notes = {base58.encode_check(version + digest): (text, place) for digest, text, place in told.addresses}
        notes |= {txid[::-1].hex(): (text, place) for txid, text, place in told.payments}
        if notes:
            fields["labels"] = Field(tuple({"of": of, "label": text} for of, (text, _) in notes.items())[:MOST_SHOWN])
        for number, each in enumerate(plain[:MOST_SECRETS]):
            name = "root_private_key" if each is root else f"private_key_{number}"
            fields[name] = Field(Secret(each.private.hex()), ByteRun(at + each.at + 108, 32))
        links = [Link("WALLET_HAS_ADDRESS", "address/bitcoin", each) for each in addresses[:MOST_SHOWN]]
        links += [Link("WALLET_HAS_TRANSACTION", "transaction", txid[::-1].hex()) for txid, _, _ in told.payments[:500]]
        caveats = []
        if not told.whole:
            caveats.append("The entries end before the file does: cut off or damaged.")
        if broken:
            caveats.append(f"{broken} checksums of keys do not hold.")
        return finding(
            self,
            layer,
            at,
            told.end,
            grade=Grade.C3 if sound and all(agree) else Grade.C2,
            value=base58.encode(data[24:30]),
            checks=(
                Check("checksums of the keys", Outcome.FAIL if broken else Outcome.PASS, 32),
                Check(
                    f"chain gives the first {len(agree)} addresses",
                    Outcome.NOT_APPLICABLE if not agree else Outcome.PASS if all(agree) else Outcome.FAIL,
                    160,
                ),
                Check("identity is that of the first address", Outcome.PASS if named else Outcome.FAIL, 40),
            ),
            fields=fields,
            events=tuple(_events(data, told)),
            links=tuple(links),
            caveats=tuple(caveats),
            sensitivity=Sensitivity.SECRET if plain else Sensitivity.PERSONAL,
        )


def _header(data: bytes, at: int, network: str, flags: int) -> dict[str, Field]:
    version = int.from_bytes(data[8:12], "little")
    memory, rounds, salt = struct.unpack_from("<QI32s", data, records.HEAD)
    encrypted = bool(flags & records.WALLET_ENCRYPTED)
    fields = {
        "version": Field(f"{version // 10**7}.{version // 10**5 % 100}", ByteRun(at + 8, 4)),
        "network": Field(network, ByteRun(at + 12, 4)),
        "encryption": Field("private keys" if encrypted else "none", ByteRun(at + 16, 8)),
        "watching_only": Field(bool(flags & records.WATCHING), ByteRun(at + 16, 8)),
        "highest_used": Field(int.from_bytes(data[326:334], "little", signed=True), ByteRun(at + 326, 8)),
    }
    for name, start, size in (("name", 38, 32), ("description", 70, 256)):
        text = data[start : start + size].partition(b"\0")[0].decode("utf-8", "replace")
        if text:
            fields[name] = Field(text, ByteRun(at + start, size))
    if encrypted:
        fields |= {
            "kdf": Field("ROMix of SHA-512", ByteRun(at + records.HEAD, 48)),
            "kdf_memory": Field(memory, ByteRun(at + records.HEAD, 8)),
            "kdf_rounds": Field(rounds, ByteRun(at + records.HEAD + 8, 4)),
            "kdf_salt": Field(salt.hex(), ByteRun(at + records.HEAD + 12, 32)),
        }
    return fields


def _shown(told: records.Entries, addresses: list[str]) -> tuple[Value, ...]:
    notes = {digest: text for digest, text, _ in told.addresses}
    return tuple(
        {
            "address": address,
            "label": notes.get(each.digest, ""),
            "place": each.place,
            "role": "imported" if each.place == records.IMPORTED else "chain",
        }
        for each, address in list(zip(told.keys, addresses, strict=True))[:MOST_SHOWN]
    )


def _events(data: bytes, told: records.Entries) -> Iterator[Event]:
    moments = [(int.from_bytes(data[30:38], "little"), "wallet created", Clock.DEVICE)]
    for each in told.keys[:MOST_SHOWN]:
        moments += [(each.seen[0], "address first seen in a block", Clock.CHAIN)]
        moments += [(each.seen[1], "address last seen in a block", Clock.CHAIN)]
    for seconds, meaning, clock in moments:
        if 1_231_006_505 <= seconds < 4_102_444_800:
            yield Event(datetime.fromtimestamp(seconds, UTC), _SECOND, meaning, str(seconds), clock)


DETECTOR: Detector = Armory()
