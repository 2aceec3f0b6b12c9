"""What wallets show first for a seed: account keys and first receiving addresses, with no passphrase.

Facts: BIP-44, BIP-49, BIP-84, BIP-86 (paths and scripts, with vectors), Electrum `keystore.py` (its
own paths), SLIP-44 (coin types), SLIP-132
(version bytes of account keys). Only public values leave this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from forensics.primitives import base58, bech32, bip32, eip55, secp256k1, taproot
from forensics.primitives.hash160 import hash160
from forensics.primitives.keccak import keccak256

_XPUB, _YPUB, _ZPUB = 0x0488B21E, 0x049D7CB2, 0x04B24746


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a seed: its path, its public extended key and its first receiving address."""

    coin: str
    path: str
    key: str
    address: str


def ethereum_address(public: bytes) -> str:
    """The EIP-55 address of a compressed public key."""
    at = secp256k1.point(public)
    assert at is not None
    return _ethereum(at)


def _ethereum(at: secp256k1.Point) -> str:
    digits = keccak256(at[0].to_bytes(32, "big") + at[1].to_bytes(32, "big"))[12:].hex()
    return "0x" + eip55.checksummed(digits.encode()).decode()


def _bitcoin(purpose: int, at: secp256k1.Point) -> str | None:
    digest = hash160(secp256k1.compressed(at))
    if purpose == 44:
        return base58.encode_check(b"\x00" + digest)
    if purpose == 49:
        return base58.encode_check(b"\x05" + hash160(b"\x00\x14" + digest))
    if purpose == 84:
        return bech32.encode_witness("bc", 0, digest)
    output = taproot.output_of(at)
    return None if output is None else bech32.encode_witness("bc", 1, output)


def accounts(master: bip32.ExtendedKey) -> Iterator[Account]:
    """The first Bitcoin account of each purpose, and the first Ethereum account."""
    wanted = [("BTC", 44, 0, _XPUB), ("BTC", 49, 0, _YPUB), ("BTC", 84, 0, _ZPUB), ("BTC", 86, 0, _XPUB)]
    for coin, purpose, number, version in [*wanted, ("ETH", 44, 60, _XPUB)]:
        path = f"m/{purpose}'/{number}'/0'"
        private = bip32.derive(master, path)
        account = None if private is None else bip32.neutered(private)
        if private is None or account is None:
            continue
        # By private keys, whose points need no decoding; the addresses are those of the public ones.
        chain = bip32.child(private, 0, named=False, public=account.key)
        first = None if chain is None else bip32.child(chain, 0, named=False)
        if first is None:
            continue
        at = secp256k1.public_point(first.key[1:])
        address = _ethereum(at) if coin == "ETH" else _bitcoin(purpose, at)
        if address is not None:
            yield Account(coin, path, str(replace(account, version=version)), address)


def electrum_accounts(master: bip32.ExtendedKey, *, segwit: bool) -> Iterator[Account]:
    """The account of an Electrum seed: `m` with addresses `1…`, or `m/0'` with addresses `bc1q…`."""
    path, version, purpose = ("m/0'", _ZPUB, 84) if segwit else ("m", _XPUB, 44)
    private = bip32.derive(master, path)
    account = None if private is None else bip32.neutered(private)
    chain = None if account is None else bip32.child(account, 0, named=False)
    first = None if chain is None else bip32.child(chain, 0, named=False)
    at = None if first is None else secp256k1.point(first.key)
    address = None if at is None else _bitcoin(purpose, at)
    if account is not None and address is not None:
        yield Account("BTC", path, str(replace(account, version=version)), address)
