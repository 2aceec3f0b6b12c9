"""The scripts that a wallet of Bitcoin Core can pay from, as far as its records tell.

Legacy wallets name every public key (`key`, `ckey`) and script (`cscript`, `watchs`). Descriptor wallets name what
keys are derived from: those of the addresses given out (`next_index`) are derived again, by the key of the branch
that the wallet keeps beside the descriptor (`walletdescriptorcache`) where the path to it is hardened, or by the
private key (`walletdescriptorkey`) where that is not encrypted. No private key leaves this module.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

from forensics.detectors.wallet._core_records import Contents, Descriptor
from forensics.primitives import bip32, descriptor
from forensics.primitives.hash160 import hash160
from forensics.primitives.output_script import (
    BITCOIN,
    NETWORKS,
    Network,
    address_of,
    of_key,
    read_address,
    to_script,
    to_witness,
)

MOST_DERIVED = 2_000  # addresses of all descriptors: about two seconds
_MAIN, _TEST = b"\x04\x88\xb2\x1e", b"\x04\x35\x87\xcf"
_PRIVATE = {_MAIN: 0x0488ADE4, _TEST: 0x04358394}


def network_of(contents: Contents, name: str) -> Network:
    """The network by the container's name of it, else by the labelled addresses; Bitcoin's where neither tells."""
    for each in NETWORKS:
        if name and name.startswith(each.name):
            return each
    if name.startswith("bitcoin "):
        return NETWORKS[1]
    for text in list(contents.labels)[:100]:
        read = read_address(text)
        if read is not None:
            return read[0]
    return BITCOIN


@dataclass(frozen=True, slots=True)
class Own:
    """Scripts that the wallet can pay from, and addresses derived from its descriptors, in order.

    `whole` is False where the addresses given out could not all be derived.
    """

    scripts: frozenset[bytes]
    derived: tuple[str, ...]
    whole: bool


def own(contents: Contents, network: Network) -> Own:
    """What belongs to the wallet."""
    scripts: set[bytes] = set(contents.watched)
    for public in contents.public_keys:
        scripts.update(of_key(public))
    for script in contents.redeem_scripts:
        witness = to_witness(0, hashlib.sha256(script).digest())
        scripts.update((to_script(hash160(script)), witness, to_script(hash160(witness))))
    for text, purpose in contents.purposes.items():
        read = read_address(text, (network,)) if purpose == "receive" else None
        if read is not None:
            scripts.add(read[1])
    derived: dict[bytes, str] = {}
    whole = True
    for each in contents.descriptors:
        wanted = each.next_index if "*" in each.text else 1
        some = list(islice(_given_out(each, contents, network), min(wanted, MOST_DERIVED - len(derived))))
        whole &= len(some) == wanted
        derived |= {script: address_of(script, network) for script in some}
    return Own(frozenset(scripts | set(derived)), tuple(each for each in derived.values() if each), whole)


def _given_out(each: Descriptor, contents: Contents, network: Network) -> Iterator[bytes]:
    """The scripts of a descriptor from its first index on, until one cannot be derived."""
    parsed = descriptor.parse(each.text.partition("#")[0])
    if parsed is None:
        return
    keys = (_at_branch(number, key, each, contents, network) for number, key in enumerate(parsed.keys))
    parsed = replace(parsed, keys=tuple(keys))
    for index in count():
        address = descriptor.address(parsed, 0, index)
        given = read_address(address, NETWORKS[:2]) if address else None
        if given is None:
            return
        yield given[1]


def _at_branch(
    number: int, key: descriptor.Key, each: Descriptor, contents: Contents, network: Network
) -> descriptor.Key:
    """A key of a descriptor at its branch: as the wallet keeps it, or by the private key where that lies in clear."""
    version = _TEST if network.key == b"\x6f" else _MAIN
    kept = contents.branch_keys.get((each.identity, number))
    found = bip32.parse(version + kept) if kept is not None else None
    path = key.path.removesuffix("/*")
    if found is None and re.search("['hH]", path) and key.extended is not None:
        private = contents.private_keys.get(key.extended.key)
        if private is not None:
            start = replace(key.extended, version=_PRIVATE[version], key=b"\0" + private)
            below = bip32.derive(start, path)
            found = bip32.neutered(below) if below is not None else None
    return descriptor.Key("", "", str(found), "/*") if found is not None else key
