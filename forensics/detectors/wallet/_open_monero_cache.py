"""What the cache of a Monero wallet tells, opened with the key that opened its key file.

Amounts are told in XMR, times in UTC: those of payments are the blocks', that of a pending one the computer's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from forensics.detectors.wallet._monero_cache import KEY_SUFFIX, Cache, Payment, read
from forensics.detectors.wallet._opened import Opened
from forensics.detectors.wallet.monero_keys import varint
from forensics.errors import FormatError
from forensics.model import Value
from forensics.primitives import monero_keys
from forensics.primitives.chacha import chacha, chacha20
from forensics.primitives.cryptonight import slow_hash
from forensics.primitives.cryptonote import encode_address
from forensics.primitives.keccak import keccak256

_MOST = 1_000
_ATOMIC = 10**12
_ARCHIVE = b"serialization::archive"


@dataclass(frozen=True, slots=True)
class Keys:
    """Of the key file's container, and of the account: secret to view and to spend, public to spend."""

    container: bytes
    view: bytes
    spend: bytes
    spend_public: bytes


def tell_cache(opened: Opened, data: bytes, keys: Keys, network: str) -> None:
    """Add what a cache tells. One that does not open, or is of an older form, is said to be so in the field `cache`."""
    size, start = varint(data, 8)
    if size != len(data) - start:
        opened.fields["cache"] = "a file beside it is no cache: its length does not fit"
        return
    plain = chacha20(keccak256(keys.container + KEY_SUFFIX), data[:8], data[start:])
    try:
        cache = read(plain)
    except FormatError:
        opened.fields["cache"] = _older(data[:8], data[start : start + 64], keys)
        return
    opened.check += "; the cache beside it opens with the same password"
    opened.fields["cache"] = (
        f"version {cache.version}, {'read whole' if cache.whole else f'read in part: {cache.reason}'}"
    )
    opened.fields |= {
        "cache_height": cache.height,
        "outputs_received": cache.outputs,
        "unspent": _amount(cache.unspent),
    }
    if cache.attributes:
        opened.fields["attributes"] = {name[:100]: each[:500] for name, each in list(cache.attributes.items())[:50]}
    _labels(opened, cache, keys, network)
    _book(opened, cache, network)
    payments = sorted(cache.payments, key=lambda each: each.time)[:_MOST]
    if payments:
        opened.fields["payments"] = tuple(_payment(opened, cache, each, network) for each in payments)
    for txid, key in list(cache.tx_keys.items())[:_MOST]:
        opened.secrets.append((f"tx_key of {txid}", key))
    opened.addresses[:] = dict.fromkeys(opened.addresses)


def _older(iv: bytes, begin: bytes, keys: Keys) -> str:
    """What is known of a cache without the mark: those of 2014 to 2022 are archives of Boost."""
    secret_keys = slow_hash(keys.view + keys.spend + b"\x8c")
    plain = (chacha(secret_keys, iv, begin, 8), chacha20(secret_keys, iv, begin), chacha20(keys.container, iv, begin))
    if any(_ARCHIVE in each for each in plain):
        return "opens, but is an archive of Boost, of a Monero before 0.18, which is not read"
    return "not opened: of another form, or another password"


def _labels(opened: Opened, cache: Cache, keys: Keys, network: str) -> None:
    told: list[Value] = []
    for account, labels in enumerate(cache.labels[:_MOST]):
        for index, label in enumerate(labels[:_MOST]):
            if len(told) >= _MOST:
                break
            one = opened.addresses[0][1]
            if account or index:
                one = monero_keys.subaddress(keys.view, keys.spend_public, account, index, network) or ""
            if one:
                opened.addresses.append(("address/monero", one))
            told.append({"account": account, "index": index, "address": one, "label": label[:500]})
    if told:
        opened.fields["labels"] = tuple(told)


def _book(opened: Opened, cache: Cache, network: str) -> None:
    told: list[Value] = []
    for keys, subaddress, payment_id, text in cache.book[:_MOST]:
        address = _address(keys, subaddress, network)
        opened.links[("CONTACT_OF", "address/monero", address)] = None
        told.append({"address": address, "text": text[:500], "payment_id": payment_id})
    if told:
        opened.fields["address_book"] = tuple(told)


def _payment(opened: Opened, cache: Cache, one: Payment, network: str) -> Value:
    opened.links[("WALLET_HAS_TRANSACTION", "transaction", one.txid)] = None
    targets = [(_address(keys, subaddress, network), amount) for keys, subaddress, amount in one.targets[:50]]
    for address, _ in targets:
        opened.links[("WALLET_PAID", "address/monero", address)] = None
    return {
        "way": one.way,
        "txid": one.txid,
        "amount": _amount(one.amount),
        "fee": _amount(max(0, one.fee)),
        "height": one.height,
        "time": _time(one.time),
        "account": one.account,
        "index": one.index,
        "payment_id": one.payment_id,
        "to": tuple({"address": address, "amount": _amount(amount)} for address, amount in targets),
        "note": cache.notes.get(one.txid, "")[:500],
    }


def _address(keys: bytes, subaddress: bool, network: str) -> str:
    return encode_address(monero_keys.TAGS[network][subaddress], keys)


def _amount(atomic: int) -> str:
    return f"{atomic // _ATOMIC}.{atomic % _ATOMIC:012d}"


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC" if 0 < seconds < 4_102_444_800 else ""
