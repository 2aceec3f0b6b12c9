"""Seeds, keys and addresses of a case set against each other: what derives what, and where both stand.

A link of grade C4 says that one finding's bytes give the other's by derivation. It says nothing about who
wrote either. Published examples keep what they are: a link between two of them is C1.

Facts: BIP-44, BIP-49, BIP-84, BIP-86 (paths and scripts). Public extended keys are followed along their
branches 0 and 1, each for the first addresses that a wallet shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forensics.primitives import base58, bech32, bip32, taproot
from forensics.primitives.first_addresses import ethereum_address
from forensics.primitives.hash160 import hash160
from forensics.primitives.published import published

GAP = 20  # addresses of a branch that are tried: what wallets look ahead
MOST_KEYS = 500
PROVEN = 4
_WEAK = 1
_OWN_KEY = "HAS_SUBKEY"
_FINGERPRINT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCHES = (0, 1)
_WITNESS = {"p2wpkh": ("p2wpkh",), "p2wpkh in p2sh": ("p2sh",)}


@dataclass(frozen=True, slots=True)
class Stated:
    """A finding as this room needs it; `links` are rule, kind and value. `place` names file and exhibit."""

    name: str
    kind: str
    grade: int
    value: str
    place: str
    runs: tuple[tuple[int, int], ...]
    links: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class Entity:
    """One thing of the case: all findings of the same kind and value."""

    kind: str
    value: str
    grade: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Kind and value."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A link from one entity to another. `met` is False where the other is stated and not found."""

    source: str
    rule: str
    target: str
    grade: int
    met: bool
    via: str = ""
    path: str = ""
    evidence: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    same_place: bool = False


def entities(findings: Iterable[Stated]) -> dict[str, Entity]:
    """Entities by name, in order."""
    found: dict[str, Entity] = {}
    for each in findings:
        one = Entity(each.kind, each.value)
        known = found.setdefault(one.name, one)
        known.grade = max(known.grade, each.grade)
        known.findings.append(each.name)
    return dict(sorted(found.items()))


def corroborate(findings: Sequence[Stated]) -> Iterator[Edge]:
    """All links of the findings: those that they state, and those that derivation proves. In no order."""
    by_value: dict[tuple[str, str], list[Stated]] = {}
    kinds_of: dict[str, set[str]] = {}
    for each in findings:
        by_value.setdefault((each.kind, each.value), []).append(each)
        kinds_of.setdefault(each.value, set()).add(each.kind)
    certificates = _certificates(findings)
    same_keys: dict[str, list[Stated]] = {}
    for each in findings:
        if each.kind == "key/extended":
            same_keys.setdefault(same_key(each.value), []).append(each)
    wanted = {value: kind for kind, value in by_value if kind.startswith("address/")}
    sources: dict[str, list[Stated]] = {}
    for each in findings:
        if each.kind == "key/extended" and bip32.decode(each.value.encode("ascii", "replace")) is not None:
            sources.setdefault(each.value, []).append(each)
        for rule, kind, target in each.links:
            if kind == "key/extended" and rule in ("DERIVES", "WALLET_HAS_XPUB"):
                sources.setdefault(target, []).append(each)
            named = by_value.get((kind, target), [])
            if "/" not in kind:
                named = [one for name in sorted(kinds_of.get(target, ())) for one in by_value[name, target]]
            if kind == "key/extended" and not named:
                named = same_keys.get(same_key(target), [])
            if kind == "openpgp" and not named and rule != _OWN_KEY:
                named = [one for name in certificates.get(target, ()) for one in by_value[name]]
            yield from _stated(each, rule, kind, target, named)
    if not wanted:
        return
    for key in sorted(sources)[:MOST_KEYS]:
        for path, address in addresses_of(key):
            for kind in ("address/bitcoin", "address/ethereum"):
                for met in by_value.get((kind, address), ()):
                    for source in sources[key]:
                        yield _edge(source, "DERIVES", met, via=key, path=path)


def _name(each: Stated) -> str:
    return f"{each.kind}:{each.value}"


def _edge(source: Stated, rule: str, met: Stated, *, via: str = "", path: str = "") -> Edge:
    noise = published()
    weak = met.value in noise and source.grade <= _WEAK
    grade = (_WEAK if weak else PROVEN) if rule == "DERIVES" else min(source.grade, met.grade)
    return Edge(
        _name(source),
        rule,
        _name(met),
        grade,
        met=True,
        via=via,
        path=path,
        evidence=((source.name, source.runs), (met.name, met.runs)),
        same_place=source.place == met.place,
    )


def _stated(each: Stated, rule: str, kind: str, target: str, found: Iterable[Stated]) -> Iterator[Edge]:
    """A link that a finding states: to each finding of its target, or to one that the case does not hold."""
    met = [other for other in found if other is not each]
    if not met:
        yield Edge(_name(each), rule, f"{kind}:{target}", each.grade, met=False, evidence=((each.name, each.runs),))
    for other in met:
        yield _edge(each, rule, other)


def same_key(text: str) -> str:
    """A name that is the same for all forms of a public extended key (`xpub…`, `zpub…`, SLIP-132); else the text."""
    key = bip32.decode(text.encode("ascii", "replace")) if len(text) in range(100, 113) else None
    return text if key is None or key.meaning.private else f"{key.chain.hex()}{key.key.hex()}"


def _certificates(findings: Iterable[Stated]) -> dict[str, list[tuple[str, str]]]:
    """The certificates (kind and fingerprint) by the names that messages and signatures call their keys.

    These are fingerprints of subkeys, and key numbers: the last 8 octets of a fingerprint of version 4, the first of
    version 6 (RFC 9580, 5.5.4).
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for each in findings:
        subkeys = [target for rule, _, target in each.links if rule == _OWN_KEY]
        for name in (each.value, *subkeys) if each.kind.startswith("openpgp/") else ():
            if _FINGERPRINT.fullmatch(name):
                number = name[-16:] if len(name) == 40 else name[:16]
                for called in (name, number):
                    held = found.setdefault(called, [])
                    if (each.kind, each.value) not in held:
                        held.append((each.kind, each.value))
    return found


def addresses_of(text: str) -> Iterator[tuple[str, str]]:
    """Path and address of the first of each branch of a public extended key, for the scripts that it may serve."""
    key = bip32.decode(text.encode("ascii", "replace"))
    if key is None or key.meaning.private or key.depth > 200 or key.meaning.network != "mainnet":
        return
    if key.meaning.coin != "BTC" or "multisig" in key.meaning.script:
        return
    scripts = _WITNESS.get(key.meaning.script, ("p2pkh", "p2sh", "p2wpkh", "p2tr", "ethereum"))
    for branch in _BRANCHES:
        at = bip32.child(key, branch, named=False)
        for number in range(GAP if at is not None else 0):
            one = None if at is None else bip32.child(at, number, named=False)
            if one is None:
                continue
            for script in scripts:
                address = _address(script, one.key)
                if address is not None:
                    yield f"{branch}/{number}", address


def _address(script: str, public: bytes) -> str | None:
    digest = hash160(public)
    match script:
        case "p2pkh":
            return base58.encode_check(b"\x00" + digest)
        case "p2sh":
            return base58.encode_check(b"\x05" + hash160(b"\x00\x14" + digest))
        case "p2wpkh":
            return bech32.encode_witness("bc", 0, digest)
        case "ethereum":
            return ethereum_address(public)
    output = taproot.output_key(public)
    return None if output is None else bech32.encode_witness("bc", 1, output)


def stated(row: Mapping[str, Any], links: Sequence[Mapping[str, str]], runs: Sequence[Sequence[int]]) -> Stated:
    """A row of the case, its links and runs. A secret's value is its fingerprint: equal ones are one entity."""
    value = row["fingerprint"] or row["value"] or f"F{row['id']}"
    return Stated(
        f"F{row['id']}",
        row["kind"],
        row["grade"],
        value,
        f"{row['exhibit']}/{row['volume']}:{row['path'] or row['locator']}",
        tuple((run[0], run[1]) for run in runs),
        tuple((each["rule"], each["target_kind"], each["target"]) for each in links),
    )
