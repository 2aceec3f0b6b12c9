"""What every file that describes a wallet by its public keys says: descriptors, BSMS, Coldcard, Caravan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forensics.detectors.base import Detector, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Value
from forensics.primitives import descriptor as descriptors
from forensics.primitives.descriptor import Descriptor

DERIVED = 20  # addresses of each branch, the gap that wallets look ahead
IMPOSSIBLE = "So many of these keys cannot sign: it is no wallet that could have been used."


def described(
    detector: Detector,
    layer: Layer,
    span: ByteRun,
    wallet: Descriptor,
    *,
    fields: Mapping[str, Field],
    checks: tuple[Check, ...] = (),
    caveats: tuple[str, ...] = (),
    grade: Grade = Grade.C2,
    links: tuple[Link, ...] = (),
) -> Finding:
    """The finding of a wallet that is known by its keys. Its value is the descriptor in one form, for all formats."""
    private = any(key.private for key in wallet.keys)
    derived = tuple(_addresses(wallet))
    if not wallet.possible:
        grade, caveats = Grade.C1, (*caveats, IMPOSSIBLE)
    keys: tuple[Value, ...] = tuple(
        {
            "fingerprint": key.fingerprint or Absent.NONE_STORED,
            "origin": f"m{key.origin}" if key.fingerprint else Absent.NONE_STORED,
            "key": Secret(key.text) if key.private else key.text,
            "path": key.path,
        }
        for key in wallet.keys
    )
    told = {
        "script": Field(wallet.script + ")" * wallet.script.count("("), span),
        "policy": Field(f"{wallet.threshold} of {len(wallet.keys)}", span),
        "network": Field("testnet" if wallet.test else "mainnet", span),
        "keys": Field(keys, span),
        "encryption": Field("none", span),
        "first_addresses": Field(derived[:5] or Absent.NOT_PARSED),
    }
    own = [Link("WALLET_HAS_XPUB", "key/extended", key.text) for key in wallet.keys if key.extended and not key.private]
    own += [Link("DERIVES", "address/bitcoin", each) for each in derived]
    return finding(
        detector,
        layer,
        span.offset,
        span.length,
        grade=grade,
        value=Secret(str(wallet)) if private else str(wallet),
        checks=(*checks, Check("checksums and points of the keys", Outcome.PASS, 32 * len(wallet.keys))),
        fields=told | dict(fields),
        links=(*own, *links),
        caveats=caveats,
    )


def _addresses(wallet: Descriptor) -> Iterator[str]:
    """The first addresses, of the branch for receiving and then of that for change; each once."""
    known: dict[str, None] = {}
    for branch in (0, 1):
        for index in range(DERIVED):
            one = descriptors.address(wallet, branch, index)
            if one is None:
                return
            if one not in known:
                known[one] = None
                yield one
            elif index:
                break  # the path has no place for an index
