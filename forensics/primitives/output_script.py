"""Scripts of outputs and the addresses that stand for them, in the coins that kept Bitcoin's forms.

| script                               | address                                       |
|--------------------------------------|-----------------------------------------------|
| `76 a9 14` HASH160 of a key `88 ac`  | Base58Check, version of keys                  |
| `a9 14` HASH160 of a script `87`     | Base58Check, version of scripts               |
| `00` or `51`-`60`, 2-40 octets       | Bech32 or Bech32m (BIP-173, BIP-350)          |

A bare key or bare keys (`21 … ac`, `… ae`) and data (`6a …`) have no address. Versions: `chainparams.cpp` of each coin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from forensics.primitives import base58, bech32
from forensics.primitives.hash160 import hash160


@dataclass(frozen=True, slots=True)
class Network:
    """How a network writes addresses: kind of findings, version octets of keys and scripts, prefix of witnesses."""

    name: str
    kind: str
    key: bytes
    scripts: tuple[bytes, ...]
    prefix: str


BITCOIN = Network("bitcoin", "address/bitcoin", b"\x00", (b"\x05",), "bc")
NETWORKS = (
    BITCOIN,
    Network("bitcoin testnet", "address/bitcoin", b"\x6f", (b"\xc4",), "tb"),
    Network("bitcoin regtest", "address/bitcoin", b"\x6f", (b"\xc4",), "bcrt"),
    Network("litecoin", "address/litecoin", b"\x30", (b"\x32", b"\x05"), "ltc"),
    Network("dogecoin", "address/dogecoin", b"\x1e", (b"\x16",), ""),
    Network("dash", "address/dash", b"\x4c", (b"\x10",), ""),
)


def address_of(script: bytes, network: Network) -> str:
    """The address of an output's script; empty where it has none."""
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return base58.encode_check(network.key + script[3:23])
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87":
        return base58.encode_check(network.scripts[0] + script[2:22])
    version = _witness_version(script)
    if version < 0 or not network.prefix or (version == 0 and len(script) not in (22, 34)):
        return ""
    return bech32.encode_witness(network.prefix, version, script[2:])


def _witness_version(script: bytes) -> int:
    if not 4 <= len(script) <= 42 or script[1] != len(script) - 2:
        return -1
    return 0 if script[0] == 0 else script[0] - 0x50 if 0x51 <= script[0] <= 0x60 else -1


def read_address(text: str, networks: Iterable[Network] = NETWORKS) -> tuple[Network, bytes] | None:
    """The first network that writes an address so, and the script it stands for; None where it is none of theirs."""
    data = text.encode("ascii", "replace")
    payload = base58.decode_check(data) if len(data) < 40 else None
    for network in networks:
        if payload is not None and len(payload) == 21:
            if payload[:1] == network.key:
                return network, to_key(payload[1:])
            if payload[:1] in network.scripts:
                return network, to_script(payload[1:])
        elif network.prefix and data[: len(network.prefix) + 1].lower() == network.prefix.encode("ascii") + b"1":
            read = bech32.witness(data, network.prefix)
            if read is not None:
                return network, to_witness(read.version, read.program)
    return None


def to_key(digest: bytes) -> bytes:
    """The script that pays to a key's HASH160."""
    return b"\x76\xa9\x14" + digest + b"\x88\xac"


def to_script(digest: bytes) -> bytes:
    """The script that pays to a script's HASH160."""
    return b"\xa9\x14" + digest + b"\x87"


def to_witness(version: int, program: bytes) -> bytes:
    """The script that pays to a witness program."""
    return bytes((version + 0x50 if version else 0, len(program))) + program


def of_key(public: bytes) -> tuple[bytes, ...]:
    """The scripts that one public key opens: bare, by its hash, and for short keys as a witness, plain and wrapped."""
    digest = hash160(public)
    bare = bytes((len(public),)) + public + b"\xac"
    if len(public) != 33:
        return bare, to_key(digest)
    witness = to_witness(0, digest)
    return bare, to_key(digest), witness, to_script(hash160(witness))
