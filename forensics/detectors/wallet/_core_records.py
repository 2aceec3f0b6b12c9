"""Records of Bitcoin Core's wallet database and its forks', whatever container they stand in.

    key: compact size and text of the type, then what identifies the record; integers little-endian
    value: serialised as the type says (wallet/walletdb.cpp, wallet/transaction.h of Bitcoin Core)

Private keys are counted and never shown; those of descriptors, where they lie in clear, derive its addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from forensics.errors import FormatError
from forensics.model import ByteRun
from forensics.primitives import transaction

KNOWN = frozenset(
    b"acc acentry activeexternalspk activeinternalspk bestblock bestblock_nomerkle ckey cscript defaultkey "
    b"destdata flags hdchain hdpubkey key keymeta lockedutxo minversion mkey name orderposnext pool purpose "
    b"setting settings tx version walletdescriptor walletdescriptorcache walletdescriptorckey "
    b"walletdescriptorkey walletdescriptorlhcache watchmeta watchs wkey cmnemonic chdchain csapzkey "
    b"keymeta_invalid stealthaddress".split()
)
MOST_ADDRESSES = 20_000
MOST_TIMES = 100_000
MOST_TRANSACTIONS = 20_000
LONGEST_TEXT = 1_024
# names in the wallet's notes, and what they are called here
_NOTES = (
    ("comment", "comment"),
    ("to", "comment_to"),
    ("fromaccount", "account"),
    ("replaces_txid", "replaces"),
    ("replaced_by_txid", "replaced_by"),
)
_PRIVATE = b"\x02\x01\x01\x04\x20"  # before the number in a private key's DER: version 1, octets 32 (SEC 1, C.4)
OLDEST = 1_231_006_505  # the first block
NEWEST = 4_102_444_800  # 2100


class Reader:
    """Serialised data, read from the front; every size is held against what is left."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        """Start at `at`."""
        self.data = data
        self.at = at

    def take(self, length: int) -> bytes:
        """The next `length` octets."""
        piece = self.data[self.at : self.at + length]
        if length < 0 or len(piece) < length:
            raise FormatError("record cut off")
        self.at += length
        return piece

    def number(self, width: int) -> int:
        """An unsigned integer."""
        return int.from_bytes(self.take(width), "little")

    def size(self) -> int:
        """A compact size."""
        first = self.number(1)
        return first if first < 253 else self.number({253: 2, 254: 4, 255: 8}[first])

    def blob(self) -> bytes:
        """Octets with their size before them."""
        return self.take(self.size())

    def text(self) -> str:
        """Text with its size before it, at most 1,024 characters of it."""
        return self.blob().decode("utf-8", "replace")[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The encrypted master key: ciphertext, salt, method (0 = SHA-512 and AES-256-CBC), rounds."""

    ciphertext: bytes
    salt: bytes
    method: int
    rounds: int
    span: ByteRun | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction of the wallet: its id, itself (None where it cannot be read), and what the wallet says of it.

    `received` and `smart` in seconds since 1970, 0 where not read: when it came in by the device's clock, and the
    time that the program shows, which the block's corrects. `block` is empty unless it was in one.
    """

    txid: str
    span: ByteRun | None
    body: transaction.Transaction | None = None
    block: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    received: int = 0
    smart: int = 0
    order: int = -1
    by_wallet: bool = False


@dataclass(frozen=True, slots=True)
class Descriptor:
    """An output descriptor with its creation time and range."""

    identity: bytes
    text: str
    created: int
    next_index: int
    span: ByteRun | None


@dataclass(slots=True)
class Contents:
    """All that was gathered from the records of one wallet."""

    counts: dict[str, int] = field(default_factory=dict)
    strange: int = 0
    deleted: int = 0
    master_keys: list[MasterKey] = field(default_factory=list)
    labels: dict[str, tuple[str, ByteRun | None]] = field(default_factory=dict)
    purposes: dict[str, str] = field(default_factory=dict)
    key_times: set[int] = field(default_factory=set)
    pool_times: set[int] = field(default_factory=set)
    transactions: dict[str, Transaction] = field(default_factory=dict)
    descriptors: list[Descriptor] = field(default_factory=list)
    branch_keys: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    private_keys: dict[bytes, bytes] = field(default_factory=dict, repr=False)  # of descriptors, by public key
    public_keys: list[bytes] = field(default_factory=list)
    redeem_scripts: list[bytes] = field(default_factory=list)
    watched: list[bytes] = field(default_factory=list)
    version: int = 0
    minimum_version: int = 0
    flags: int = 0
    best_block: str = ""
    hd_paths: int = 0

    @property
    def known(self) -> int:
        """Records of a known type."""
        return sum(self.counts.values())


def gather(into: Contents, key: bytes, value: bytes, value_span: ByteRun | None, deleted: bool) -> None:
    """Take one record in; what cannot be read is counted as strange."""
    if deleted:
        into.deleted += 1
    try:
        reader = Reader(key)
        kind = reader.blob()
    except FormatError:
        into.strange += 1
        return
    if kind not in KNOWN:
        into.strange += 1
        return
    name = kind.decode("ascii")
    into.counts[name] = into.counts.get(name, 0) + 1
    try:
        _take(into, name, reader, Reader(value), value_span)
    except FormatError:
        into.strange += 1


def _take(into: Contents, name: str, key: Reader, value: Reader, span: ByteRun | None) -> None:
    if name == "mkey":
        ciphertext, salt = value.blob(), value.blob()
        if len(ciphertext) <= 256 and len(salt) <= 64 and len(into.master_keys) < 16:
            into.master_keys.append(MasterKey(ciphertext, salt, value.number(4), value.number(4), span))
    elif name in ("keymeta", "watchmeta"):
        version, created = value.number(4), value.number(8)
        if OLDEST <= created < NEWEST and len(into.key_times) < MOST_TIMES:
            into.key_times.add(created)
        into.hd_paths += version >= 10
    elif name == "pool":
        value.number(4)
        created = value.number(8)
        if OLDEST <= created < NEWEST and len(into.pool_times) < MOST_TIMES:
            into.pool_times.add(created)
    elif name == "name" and len(into.labels) < MOST_ADDRESSES:
        into.labels[key.text()] = (value.text(), span)
    elif name == "purpose" and len(into.purposes) < MOST_ADDRESSES:
        into.purposes[key.text()] = value.text()
    elif name == "tx" and len(into.transactions) < MOST_TRANSACTIONS:
        txid = key.take(32)[::-1].hex()
        into.transactions[txid] = _transaction(txid, value, span)
    elif name == "walletdescriptor" and len(into.descriptors) < 1_000:
        text = value.blob().decode("ascii", "replace")[:8_192]
        into.descriptors.append(Descriptor(key.take(32), text, value.number(8), value.number(4), span))
    elif name in ("key", "wkey", "ckey", "cscript", "watchs", "walletdescriptorcache", "walletdescriptorkey"):
        _take_own(into, name, key, value)
    elif name == "version":
        into.version = value.number(4)
    elif name == "minversion":
        into.minimum_version = value.number(4)
    elif name == "flags":
        into.flags = value.number(8)
    elif name in ("bestblock", "bestblock_nomerkle"):
        value.number(4)
        if value.size():
            into.best_block = value.take(32)[::-1].hex()


def _take_own(into: Contents, name: str, key: Reader, value: Reader) -> None:
    """Take in what tells the wallet's own scripts."""
    if name == "walletdescriptorcache":
        identity, number, branch = key.take(32), key.number(4), value.blob()
        if key.at == len(key.data) and len(branch) == 74 and len(into.branch_keys) < 1_000:
            into.branch_keys[identity, number] = branch
        return
    if name == "walletdescriptorkey":
        key.take(32)
        public, der = key.blob(), value.blob()
        at = der.find(_PRIVATE)
        if at >= 0 and len(der) >= at + 37 and len(into.private_keys) < 1_000:
            into.private_keys[public] = der[at + 5 : at + 37]
        return
    kept = {"cscript": into.redeem_scripts, "watchs": into.watched}.get(name, into.public_keys)
    if len(kept) < MOST_ADDRESSES:
        kept.append(value.blob() if name == "cscript" else key.blob())


def _transaction(txid: str, value: Reader, span: ByteRun | None) -> Transaction:
    """The wallet's own notes stand behind the transaction, its block and its predecessors."""
    told = Transaction(txid, span, transaction.parse(value.data, value.at))
    if told.body is None:
        return told
    try:
        value.take(told.body.length)
        block = value.take(32)[::-1]
        value.take(32 * value.size())
        place = value.number(4)
        if value.size():  # predecessors, written before 2012
            return told
        notes = {value.text(): value.text() for _ in range(min(value.size(), 200))}
        form = {value.text(): value.text() for _ in range(min(value.size(), 200))}
        value.take(4)
        received, by_wallet = value.number(4), value.number(1)
    except FormatError:
        return told
    return replace(
        told,
        block=block.hex() if place < 1 << 31 and any(block[:31]) else "",
        notes={name: notes[key] for key, name in _NOTES if notes.get(key)}
        | ({"message": form["Message"]} if form.get("Message") else {}),
        received=received if OLDEST <= received < NEWEST else 0,
        smart=_whole(notes.get("timesmart", "")) if OLDEST <= _whole(notes.get("timesmart", "")) < NEWEST else 0,
        order=_whole(notes.get("n", "")),
        by_wallet=by_wallet == 1,
    )


def _whole(text: str) -> int:
    """A number written in digits; -1 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
