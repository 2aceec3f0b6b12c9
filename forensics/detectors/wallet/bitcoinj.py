"""Wallets of bitcoinj: MultiBit, the Android wallets for Bitcoin and Dogecoin, Bisq and others.

| field | content                                                                             |
|-------|-------------------------------------------------------------------------------------|
| 1     | network, such as `org.bitcoin.production`; the file starts with it                   |
| 2, 12, 14 | last block seen: hash, height, time                                              |
| 3     | keys: type, private key or ciphertext, public key, label, time of creation, path     |
| 4     | transactions: see `_bitcoinj_payments`                                               |
| 5, 6  | encryption: none or scrypt with AES; salt, n, r, p                                   |
| 10, 11 | extensions; description                                                             |

A stream of Protocol Buffers without a length: it ends where no field of these follows.

Not recorded: names of contacts (MultiBit keeps them in another file), who paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._bitcoinj_payments import Payment, fields_of, listed, payment
from forensics.detectors.wallet._payments import links_of
from forensics.model import (
    Absent,
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
from forensics.primitives import secp256k1
from forensics.primitives.hash160 import hash160
from forensics.primitives.output_script import BITCOIN, NETWORKS, Network, address_of, of_key, to_key

LARGEST = 64 << 20
MOST = 20_000  # keys, and transactions
MOST_SHOWN = 1_000
_STEP = timedelta(milliseconds=1)
_PLAIN, _ENCRYPTED, _MNEMONIC, _DETERMINISTIC = 1, 2, 3, 4
_TYPES = {_PLAIN: "plain", _ENCRYPTED: "encrypted", _MNEMONIC: "seed", _DETERMINISTIC: "derived"}
_HARDENED = 1 << 31
_ACCOUNT = 3  # steps to an account
_BISQ_COST = (32_768, 8, 6)
_BSQ = (44 + _HARDENED, 142 + _HARDENED)  # SLIP-44: 142 is Bisq's own coin
# field number → wire type
_FIELDS = {1: 2, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 0, 10: 2, 11: 2, 12: 0, 13: 0, 14: 0, 15: 2, 16: 2, 17: 0, 18: 0}


@dataclass(slots=True)
class Key:
    """A key as stored. `created` in milliseconds since 1970, 0 where not stored."""

    kind: int = 0
    secret: bytes = b""
    public: bytes = b""
    label: str = ""
    created: int = 0
    iv: bytes = b""
    sealed: bytes = b""
    path: tuple[int, ...] = ()


@dataclass(slots=True)
class Wallet:
    """What one stream says."""

    network: str = ""
    keys: list[Key] = field(default_factory=list)
    transactions: list[Payment] = field(default_factory=list)
    encryption: int = 1
    salt: bytes = b""
    cost: tuple[int, int, int] = (16_384, 8, 1)
    version: int = 0
    description: str = ""
    extensions: list[str] = field(default_factory=list)
    height: int = 0
    seen: int = 0
    length: int = 0


def read(data: bytes) -> Wallet | None:
    """The wallet at the beginning of `data`; None where there is none."""
    wallet = Wallet()
    for number, value, _, behind in fields_of(data, 0, len(data)):
        wire = 0 if isinstance(value, int) else 2
        if _FIELDS.get(number) != wire or (number == 1) != (wallet.length == 0):
            break
        if isinstance(value, int):
            _number(wallet, number, value)
        elif not _part(wallet, number, value):
            break
        wallet.length = behind
    return wallet if wallet.network else None


def _number(wallet: Wallet, number: int, value: int) -> None:
    match number:
        case 5:
            wallet.encryption = value
        case 7:
            wallet.version = value
        case 12:
            wallet.height = value
        case 14:
            wallet.seen = value


def _part(wallet: Wallet, number: int, value: bytes) -> bool:
    match number:
        case 1:
            if not value.startswith(b"org.") or not value.isascii() or len(value) > 60:
                return False
            wallet.network = value.decode("ascii")
        case 2:
            return len(value) == 32
        case 3:
            if len(wallet.keys) < MOST:
                wallet.keys.append(_key(value))
        case 4:
            if len(wallet.transactions) < MOST:
                wallet.transactions.append(payment(value))
        case 6:
            found = {each: one for each, one, _, _ in fields_of(value, 0, len(value))}
            salt = found.get(1, b"")
            wallet.salt = salt if isinstance(salt, bytes) else b""
            wallet.cost = tuple(  # type: ignore[assignment]
                one if isinstance(one := found.get(each, usual), int) else usual
                for each, usual in ((2, 16_384), (3, 8), (4, 1))
            )
        case 10:
            name = next((each for number, each, _, _ in fields_of(value, 0, len(value)) if number == 1), b"")
            if isinstance(name, bytes) and len(wallet.extensions) < 50:
                wallet.extensions.append(name.decode("utf-8", "replace")[:100])
        case 11:
            wallet.description = value.decode("utf-8", "replace")[:1_024]
    return True


def _key(data: bytes) -> Key:
    key = Key()
    for number, value, _, _ in fields_of(data, 0, len(data)):
        match number, value:
            case 1, int():
                key.kind = value
            case 2, bytes():
                key.secret = value
            case 3, bytes():
                key.public = value
            case 4, bytes():
                key.label = value.decode("utf-8", "replace")[:1_024]
            case 5, int():
                key.created = value
            case 7, bytes():
                steps = [one for part, one, _, _ in fields_of(value, 0, len(value)) if part == 2]
                key.path = tuple(step for step in steps[:10] if isinstance(step, int))
            case 6, bytes():
                for part, one, _, _ in fields_of(value, 0, len(value)):
                    if part == 1 and isinstance(one, bytes):
                        key.iv = one
                    elif part == 2 and isinstance(one, bytes):
                        key.sealed = one
    return key


def program(wallet: Wallet) -> str:
    """Who wrote it, where something tells: names of extensions, Bisq's own cost of scrypt, and its own coin."""
    if wallet.cost == _BISQ_COST or any(key.path[:2] == _BSQ for key in wallet.keys):
        return "Bisq"
    return "MultiBit" if any("multibit" in each for each in wallet.extensions) else ""


def _path(steps: tuple[int, ...]) -> str:
    return "/".join(["m", *(f"{each & _HARDENED - 1}" + ("'" if each & _HARDENED else "") for each in steps)])


def _counted(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        out = bytearray((number << 3,))
        while value >= 0x80:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes((*out, value))
    size = _counted(0, len(value))[1:]
    return bytes((number << 3 | 2,)) + size + value


_POINT = secp256k1.public_key(bytes(31) + b"\7")
_CREATED = 1_709_201_472_000  # 2024-02-29 10:11:12
_PLAIN_KEY = _counted(1, 1) + _counted(2, bytes(31) + b"\7") + _counted(3, _POINT) + _counted(5, _CREATED)
_SEALED_KEY = (
    _counted(1, 2) + _counted(3, _POINT) + _counted(5, _CREATED)
    + _counted(6, _counted(1, bytes(16)) + _counted(2, bytes(48)))
)  # fmt: skip
_PAYMENT = _counted(1, 1) + _counted(2, bytes(range(32))) + _counted(5, _CREATED + 60_000)
_START = _counted(1, b"org.bitcoin.production") + _counted(2, bytes(32))
_CLEAR = _START + _counted(3, _PLAIN_KEY) + _counted(4, _PAYMENT) + _counted(5, 1) + _counted(7, 2)
_LOCKED = _START + _counted(3, _SEALED_KEY) + _counted(5, 2) + _counted(6, _counted(1, b"saltsalt")) + _counted(7, 2)
_STEPS = b"".join(_counted(2, each) for each in (*_BSQ, _HARDENED))
_DERIVED = _counted(3, _counted(1, 4) + _counted(3, _POINT) + _counted(7, _counted(1, bytes(32)) + _STEPS))
_COST = _counted(1, b"saltsalt") + _counted(2, 32_768) + _counted(3, 8) + _counted(4, 6)
_BISQ = (
    _START + _counted(3, _SEALED_KEY) + _DERIVED + _counted(5, 2) + _counted(6, _COST)
    + _counted(10, _counted(1, b"org.example.extension") + _counted(2, b"\1") + _counted(3, 0))
)  # fmt: skip
_HAND = "by hand, in the form of bitcoinj's wallet.proto"


class BitcoinJ:
    """One wallet."""

    kind: ClassVar[str] = "wallet/bitcoinj"
    title: ClassVar[str] = "Wallet of bitcoinj (MultiBit, Android, Bisq)"
    version: ClassVar[int] = 3
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\x0a[\x0e-\x28]org\.[a-z]{4}", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = (
        "bitcoinj: wallet.proto",
        "hashcat modes 27700, 29800",
        "Bisq: core/btc/setup",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain", _CLEAR, ("none stored",), _HAND),
        Specimen("encrypted", _LOCKED, ("none stored",), _HAND),
        Specimen("of Bisq", _BISQ, ("none stored",), _HAND + " and Bisq's BisqKeyChainGroupStructure"),
        Specimen("cut off in its last field", _CLEAR[:-1], ("none stored",), _HAND + ", cut"),
        Specimen("no key left", _START[:30], None, _HAND + ", cut"),
        Specimen("key not on the curve", _START + _counted(3, _counted(3, b"\2" + b"\5" * 32)), None, _HAND),
        Specimen("look-alike: a class name", b"\n\x16org.bitcoin.core.Wallet is a class", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The wallet that starts at `at`."""
        data, size = b"", 64 << 10
        wallet = None
        while size <= LARGEST:
            data = layer.read(at, size)
            wallet = read(data)
            if wallet is None or not wallet.keys or len(data) < size or wallet.length + (1 << 14) < size:
                break
            size *= 4
        sound = [key for key in wallet.keys if secp256k1.point(key.public)] if wallet else []
        if wallet is None or not sound:
            return
        yield self._found(layer, at, wallet, len(sound))

    def _found(self, layer: Layer, at: int, wallet: Wallet, sound: int) -> Finding:
        public = [key for key in wallet.keys if key.public]
        plain = [key for key in wallet.keys if key.secret]
        network = _network(wallet.network)
        addresses = [address_of(to_key(hash160(key.public)), network) for key in public]
        fields: dict[str, Field] = {
            "network": Field(wallet.network, ByteRun(at + 2, len(wallet.network))),
            "encryption": Field("private keys" if wallet.encryption != 1 else "none"),
            "keys": Field(len(wallet.keys)),
            "plain_private_keys": Field(len(plain)),
            "addresses": Field(_shown(wallet, public, addresses)),
            "transactions": Field(len(wallet.transactions)),
        }
        if wallet.transactions:
            own = frozenset(script for key in public for script in of_key(key.public))
            fields["transaction_list"] = Field(listed(wallet.transactions, own, network)[:MOST_SHOWN])
        if wallet.extensions:
            fields["extensions"] = Field(tuple(wallet.extensions))
        if writer := program(wallet):
            fields["program"] = Field(writer)
        accounts = dict.fromkeys(_path(key.path) for key in wallet.keys if len(key.path) == _ACCOUNT)
        if accounts:
            fields["account_paths"] = Field(tuple(accounts)[:50])
        if wallet.description:
            fields["description"] = Field(wallet.description)
        for name, value in (("version", wallet.version), ("last_block_height", wallet.height)):
            if value:
                fields[name] = Field(value)
        if wallet.encryption != 1:
            n, r, p = wallet.cost
            fields |= {"kdf": Field("scrypt"), "kdf_n": Field(n), "kdf_r": Field(r), "kdf_p": Field(p)}
            fields["kdf_salt"] = Field(wallet.salt.hex())
            sealed = next((key.sealed for key in wallet.keys if len(key.sealed) >= 32), b"")
            if sealed:
                tag = "bisq" if writer == "Bisq" else "multibit"
                fields["hash_export"] = Field(f"${tag}$3*{n}*{r}*{p}*{wallet.salt.hex()}*{sealed[-32:].hex()}")
        for number, key in enumerate(plain[:20], 1):
            if key.kind == _MNEMONIC:
                fields[f"seed_{number}"] = Field(Secret(key.secret.decode("utf-8", "replace")))
            elif secp256k1.is_private(key.secret):
                fields[f"private_key_{number}"] = Field(Secret(key.secret.hex()))
        links = [Link("WALLET_HAS_ADDRESS", network.kind, each) for each in dict.fromkeys(addresses[:MOST_SHOWN])]
        links += links_of(fields["transaction_list"].value if wallet.transactions else ())
        return finding(
            self,
            layer,
            at,
            wallet.length,
            grade=Grade.C3 if sound == len(public) else Grade.C2,
            value=Absent.NONE_STORED,
            checks=(
                Check("fields in their order", Outcome.PASS, 60),
                Check("public keys on the curve", Outcome.PASS if sound == len(public) else Outcome.FAIL, sound),
            ),
            fields=fields,
            events=tuple(_events(wallet)),
            links=tuple(dict.fromkeys(links)),
            sensitivity=Sensitivity.SECRET if plain else Sensitivity.PERSONAL,
        )


def _network(name: str) -> Network:
    """The network by its name in the file: `org.dogecoin.production`, `org.bitcoin.test`; Bitcoin's for others."""
    found = next((each for each in NETWORKS if each.name in name), BITCOIN)
    return NETWORKS[1] if found is BITCOIN and "test" in name else found


def _shown(wallet: Wallet, public: list[Key], addresses: list[str]) -> tuple[Value, ...]:
    return tuple(
        {"address": address, "label": key.label, "key": _TYPES.get(key.kind, str(key.kind))}
        for key, address in list(zip(public, addresses, strict=True))[:MOST_SHOWN]
    )


def _events(wallet: Wallet) -> Iterator[Event]:
    moments = [(each, "key created") for each in sorted({key.created for key in wallet.keys})[:500]]
    moments += [(each.updated, "payment last changed in the wallet") for each in wallet.transactions[:2_000]]
    moments.append((1_000 * wallet.seen, "last block seen (block time)"))
    for value, meaning in moments:
        if 1_231_006_505_000 <= value < 4_102_444_800_000:
            clock = Clock.CHAIN if "block" in meaning else Clock.DEVICE
            when = datetime.fromtimestamp(value / 1_000, UTC)
            stored = str(value // 1_000 if clock is Clock.CHAIN else value)
            yield Event(when, _STEP, meaning, stored, clock)


DETECTOR: Detector = BitcoinJ()
