"""The cache of a Monero wallet, which lies beside its key file without the suffix `.keys`, after decryption.

| part | content |
|------|---------|
| text | `monero wallet cache`, and its version 0, 1 or 2, seven bits an octet as all counts |
| chain | version, height of the first hash, genesis, hashes of blocks |
| transfers | outputs received: height, transaction, its identity, amount, spent and at which height |
| address | the two public keys |
| in order | key images, unconfirmed payments, payments in, transaction keys, payments out, notes, unconfirmed payments in, |
|       | public keys, address book, two lists of the pool, subaddresses, their labels, more keys, attributes |

Numbers that are members of a record are varints or of fixed size, as the wallet's source says for each; elements of
lists are varints; a pair has a 2 before it. The outer container is that of the key file, and its key Keccak-256 of that
key and 0x8D. Facts: Monero `src/wallet/wallet2.h`, `src/serialization/`, `src/cryptonote_basic/cryptonote_basic.h`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from forensics.errors import FormatError

_T = TypeVar("_T")
_K = TypeVar("_K")
_V = TypeVar("_V")

MAGIC = b"monero wallet cache"
KEY_SUFFIX = b"\x8d"
_MOST = 5_000_000
_SENT_UNKNOWN = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Payment:
    """One transaction: amounts in the smallest unit, times as seconds of Unix. `targets` are pairs of public keys
    (spend and view together, 64 octets), whether they are a subaddress, and amounts."""

    way: str  # in, out, pending
    txid: str
    amount: int
    fee: int
    height: int
    time: int
    payment_id: str = ""
    account: int = 0
    index: int = 0
    targets: tuple[tuple[bytes, bool, int], ...] = ()


@dataclass(slots=True)
class Cache:
    """What a cache tells. `whole` is False where reading ended early, `reason` then says at what."""

    version: int
    height: int = 0
    outputs: int = 0
    unspent: int = 0
    address: bytes = b""
    payments: list[Payment] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    tx_keys: dict[str, str] = field(default_factory=dict)
    book: list[tuple[bytes, bool, str, str]] = field(default_factory=list)  # keys, subaddress, payment id, text
    labels: list[list[str]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    reason: str = ""


class Reader:
    """A place in the archive, which only moves on."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self.at = data, at

    def take(self, size: int) -> bytes:
        """So many octets."""
        part = self._data[self.at : self.at + size]
        if len(part) != size:
            raise FormatError(f"the cache ends at {self.at:,}")
        self.at += size
        return part

    def number(self) -> int:
        """A number of seven bits an octet."""
        value = shift = 0
        while shift < 64:
            octet = self.take(1)[0]
            value |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                return value
        raise FormatError(f"a number without end at {self.at:,}")

    def fixed(self, size: int = 8) -> int:
        """A number of fixed size."""
        return int.from_bytes(self.take(size), "little")

    def text(self) -> str:
        """A text behind its length."""
        return self.take(self.number()).decode("utf-8", "replace")

    def hex(self) -> str:
        """A hash or a key."""
        return self.take(32).hex()

    def many(self, one: Callable[[], _T]) -> list[_T]:
        """A list behind its count."""
        count = self.number()
        if count > min(_MOST, len(self._data)):
            raise FormatError(f"a count that cannot be at {self.at:,}")
        return [one() for _ in range(count)]

    def pairs(self, key: Callable[[], _K], value: Callable[[], _V]) -> list[tuple[_K, _V]]:
        """A map: pairs behind their count, each with a 2 before it."""

        def pair() -> tuple[_K, _V]:
            if self.number() != 2:
                raise FormatError(f"a pair that is none at {self.at:,}")
            return key(), value()

        return self.many(pair)


def read(data: bytes) -> Cache:
    """A decrypted cache, as far as it can be followed.

    Raises:
        FormatError: it does not begin as one.
    """
    if not data.startswith(MAGIC):
        raise FormatError("what was decrypted is no cache of a Monero wallet")
    reader = Reader(data, len(MAGIC))
    cache = Cache(reader.number())
    if cache.version > 2:
        raise FormatError(f"a cache of version {cache.version}, which is not known")
    try:
        _parts(reader, cache)
        cache.whole = True
    except FormatError as error:
        cache.reason = str(error)
    return cache


def _parts(reader: Reader, cache: Cache) -> None:
    reader.number()  # version of the chain
    first = reader.number()
    reader.take(32)
    blocks = reader.number()
    reader.take(32 * blocks)
    cache.height = first + blocks
    for spent, amount in reader.many(lambda: _transfer(reader)):
        cache.outputs += 1
        cache.unspent += 0 if spent else amount
    cache.address = reader.take(64)
    reader.pairs(lambda: reader.take(32), reader.number)
    for txid, one in reader.pairs(reader.hex, lambda: _out(reader, "pending")):
        cache.payments.append(one(txid))
    for payment_id, each in reader.pairs(reader.hex, lambda: _in(reader)):
        cache.payments.append(each(payment_id))
    cache.tx_keys = dict(reader.pairs(reader.hex, reader.hex))
    for txid, one in reader.pairs(reader.hex, lambda: _out(reader, "out")):
        cache.payments.append(one(txid))
    cache.notes = dict(reader.pairs(reader.hex, reader.text))
    reader.pairs(reader.hex, lambda: _pool(reader))
    reader.pairs(lambda: reader.take(32), reader.number)
    cache.book = reader.many(lambda: _book(reader))
    for _ in range(2):
        reader.many(lambda: reader.take(32))
    reader.pairs(lambda: reader.take(32), lambda: reader.take(8))
    cache.labels = reader.many(lambda: reader.many(reader.text))
    reader.pairs(reader.hex, lambda: reader.many(reader.hex))
    cache.attributes = dict(reader.pairs(reader.text, reader.text))


def _prefix(reader: Reader) -> None:
    """A transaction without its signatures."""
    reader.number()
    reader.number()
    reader.many(lambda: _input(reader))
    reader.many(lambda: _output(reader))
    reader.take(reader.number())


def _input(reader: Reader) -> None:
    match reader.take(1)[0]:
        case 0xFF:
            reader.number()
        case 0x02:
            reader.number()
            reader.many(reader.number)
            reader.take(32)
        case other:
            raise FormatError(f"an input of kind {other} at {reader.at:,}")


def _output(reader: Reader) -> None:
    reader.number()
    kind = reader.take(1)[0]
    if kind not in (2, 3):
        raise FormatError(f"an output of kind {kind} at {reader.at:,}")
    reader.take(33 if kind == 3 else 32)  # the third kind has a view tag behind its key


def _transfer(reader: Reader) -> tuple[bool, int]:
    """Whether an output was spent, and its amount."""
    reader.fixed()
    _prefix(reader)
    reader.take(32 + 8 + 8)
    spent = bool(reader.take(1)[0])
    reader.take(1 + 8 + 32 + 32)  # frozen, height where spent, key image, mask
    amount = reader.fixed()
    reader.take(1 + 1 + 1 + 8 + 8 + 1)  # flags, place of the key, subaddress, partial
    reader.many(lambda: reader.take(32))
    reader.many(lambda: _cosigner(reader))
    reader.pairs(reader.number, reader.hex)
    return spent, amount


def _cosigner(reader: Reader) -> None:
    reader.take(32)
    reader.many(lambda: reader.take(64))
    reader.many(lambda: reader.take(32))


def _in(reader: Reader) -> Callable[[str], Payment]:
    reader.number()
    txid, amount = reader.hex(), reader.number()
    reader.many(reader.number)
    fee, height, _, time = (reader.number() for _ in range(4))
    reader.take(1)
    account, index = reader.fixed(4), reader.fixed(4)

    def made(payment_id: str) -> Payment:
        told = payment_id if payment_id.strip("0") else ""
        return Payment("in", txid, amount, fee, height, time, told, account, index)

    return made


def _pool(reader: Reader) -> Payment:
    reader.number()
    made = _in(reader)
    reader.take(1)
    return made("")


def _out(reader: Reader, way: str) -> Callable[[str], Payment]:
    version = reader.number()
    if version or way == "pending":
        _prefix(reader)
    given, spent, change, height = (reader.number() for _ in range(4))  # for pending ones the time of sending
    targets = tuple(reader.many(lambda: _target(reader)))
    payment_id = reader.hex()
    if way == "pending" and version:
        reader.number()
    time = reader.number()
    if way == "out":
        reader.number()
    account = reader.number()
    reader.many(reader.number)
    reader.pairs(lambda: reader.take(32), lambda: reader.many(reader.number))
    if way == "pending":
        height, time = 0, height or time
    told = payment_id if payment_id.strip("0") else ""
    amount = sum(each for _, _, each in targets) or spent - (0 if change == _SENT_UNKNOWN else change)
    return lambda txid: Payment(way, txid, amount, given - spent, height, time, told, account, 0, targets)


def _target(reader: Reader) -> tuple[bytes, bool, int]:
    reader.text()
    amount, keys, subaddress = reader.number(), reader.take(64), bool(reader.take(1)[0])
    reader.take(1)
    return keys, subaddress, amount


def _book(reader: Reader) -> tuple[bytes, bool, str, str]:
    reader.number()
    keys, payment_id, text = reader.take(64), reader.take(8).hex(), reader.text()
    subaddress, has_id = bool(reader.take(1)[0]), bool(reader.take(1)[0])
    return keys, subaddress, payment_id if has_id else "", text
