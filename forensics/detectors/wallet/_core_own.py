"""The scripts that a wallet of Bitcoin Core can pay from, as far as its records tell.

Legacy wallets name every public key (`key`, `ckey`) and script (`cscript`, `watchs`). Descriptor wallets name what
keys are derived from: those of the addresses given out (`next_index`) are derived again, by the key of the branch
that the wallet keeps beside the descriptor (`walletdescriptorcache`) where the path to it is hardened.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from forensics.detectors.wallet._core_records import Contents, Descriptor
from forensics.primitives import bip32, descriptor
from forensics.primitives.hash160 import hash160
from forensics.primitives.output_script import BITCOIN, NETWORKS, Network, of_key, read_address, to_script, to_witness

MOST_DERIVED = 2_000  # addresses of all descriptors: about two seconds
_MAIN, _TEST = b"\x04\x88\xb2\x1e", b"\x04\x35\x87\xcf"


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


def own_scripts(contents: Contents, network: Network) -> tuple[frozenset[bytes], bool]:
    """The wallet's scripts, and whether they are all: False where descriptors could not be derived so far."""
    own: set[bytes] = set(contents.watched)
    for public in contents.public_keys:
        own.update(of_key(public))
    for script in contents.redeem_scripts:
        witness = to_witness(0, hashlib.sha256(script).digest())
        own.update((to_script(hash160(script)), witness, to_script(hash160(witness))))
    for text, purpose in contents.purposes.items():
        read = read_address(text, (network,)) if purpose == "receive" else None
        if read is not None:
            own.add(read[1])
    left, whole = MOST_DERIVED, True
    for each in contents.descriptors:
        read_as = _readable(each, contents, network)
        wanted = each.next_index if "*" in each.text else 1
        if read_as is None or wanted > left:
            whole = False
        for index in range(min(wanted, left) if read_as is not None else 0):
            address = descriptor.address(read_as, 0, index) if read_as is not None else None
            given = read_address(address, NETWORKS[:2]) if address else None
            if given is None:
                whole = False
                break
            own.add(given[1])
            left -= 1
    return frozenset(own), whole


def _readable(each: Descriptor, contents: Contents, network: Network) -> descriptor.Descriptor | None:
    """A descriptor whose keys stand at their branches; None where it is of no form that is derived here."""
    parsed = descriptor.parse(each.text.partition("#")[0])
    if parsed is None:
        return None
    version = _TEST if network.key == b"\x6f" else _MAIN
    keys = []
    for number, key in enumerate(parsed.keys):
        branch = contents.branch_keys.get((each.identity, number))
        stored = bip32.parse(version + branch) if branch is not None else None
        keys.append(descriptor.Key("", "", str(stored), "/*") if stored is not None else key)
    return replace(parsed, keys=tuple(keys))
