"""Electrum and Electron Cash wallets of all generations.

| generation | how it is written |
|---|---|
| 1.x (2011-2014) | Python dictionary: `seed_version` 4, `master_public_key` of 128 hex digits |
| 2.0-2.6 | JSON: `seed_version` 11-13, `master_public_keys`, `accounts` |
| 2.7 and later | JSON: `keystore`, or `x1/`, `x2/` … of multisig wallets |
| 2.8 and later, encrypted | base64 of `BIE1` or `BIE2`, ephemeral public key 33, ciphertext, HMAC 32 |
| 4.5 and later, partial writes | JSON, then `,` and patches `{"op": …, "path": …, "value": …}` |

With a password on the keystore only, everything but seed and private keys is legible. Patches keep what
was overwritten: removed labels and contacts are in the file until it is written anew.

Not recorded: when the program ran, who paid, the time of payments that had not been confirmed. A wallet
that is encrypted whole says nothing but that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet import _electrum_keys as keys
from forensics.detectors.wallet._electrum_patches import Patches, read_patches
from forensics.detectors.wallet._electrum_payments import payments
from forensics.detectors.wallet._objects import Json, Object, enclosing, items, mapping, string
from forensics.detectors.wallet._payments import links_of
from forensics.detectors.wallet._specimens import ELECTRUM
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
from forensics.primitives import electrum_old
from forensics.primitives.output_script import read_address

_KNOWN = frozenset({
    "accounts", "accounts_expanded", "addr_history", "addresses", "contacts", "db_metadata",
    "fiat_value", "frozen_coins", "gap_limit", "genesis_blockhash", "invoices", "keystore", "labels",
    "lightning_payments", "master_private_keys", "master_public_key", "master_public_keys",
    "payment_requests", "pruned_txo", "prevouts_by_scripthash", "pubkeys", "seed", "seed_type",
    "spent_outpoints", "stored_height", "submarine_swaps", "transactions", "tx_fees", "txi", "txo",
    "use_encryption", "verified_tx", "verified_tx2", "verified_tx3", "wallet_type", "winpos-qt", "x1/",
    "x2/", "x3/", "imported_keys", "fee_per_kb", "use_change",
})  # fmt: skip
MOST_SHOWN = 5_000
MOST_EVENTS = 2_000
MOST_LINKS = 500
MOST_OWN = 20_000
LARGEST_BLOB = 32 << 20
_SECOND = timedelta(seconds=1)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_IN_WORD = re.compile(rb"[A-Za-z0-9+/=_]")
_FRAGMENT_REACH = 64 << 10
_VERSION = re.compile(rb"[\"']seed_version[\"']\s{0,4}:\s{0,4}(\d{1,3})\b")
_TYPE = re.compile(rb"[\"']wallet_type[\"']\s{0,4}:\s{0,4}[\"']([a-z0-9_]{1,20})[\"']")
_XPUB = re.compile(rb"[\"']([xyzYZtuvUV]pub[1-9A-HJ-NP-Za-km-z]{100,112})[\"']")


class Electrum:
    """Electrum wallet files."""

    kind: ClassVar[str] = "wallet/electrum"
    title: ClassVar[str] = "Electrum wallet"
    version: ClassVar[int] = 3
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"[\"']seed_version[\"']"),
        Trigger(rb"[\"']wallet_type[\"']"),
        Trigger(rb"QklFM[Qg][I-P][A-Za-z0-9+/]{100}", at=0),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Electrum: electrum/wallet_db.py, keystore.py, storage.py, json_db.py",
        "hashcat modes 16600, 21700, 21800",
        "RFC 6902 (JSON Patch)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = ELECTRUM

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The encrypted wallet that starts at `at`, or the one whose key `seed_version` ends there.

        A few wallets of 2.x with imported keys only have no such key; `wallet_type` wakes us for them.
        """
        if layer.read(at, 5) == b"QklFM":
            yield from self._encrypted(layer, at)
            return
        named = layer.read(max(0, at - 12), 11) == b"wallet_type"
        key = "wallet_type" if named else "seed_version"
        found = enclosing(layer, at, key.encode("ascii"), lambda value: key in value)
        if named and (found is None or "seed_version" in found.value):
            return  # the other key wakes us for these
        if found is not None and _is_wallet(found.value):
            yield self._wallet(layer, found)
        elif not named:
            yield from self._fragment(layer, at)

    def _wallet(self, layer: Layer, found: Object) -> Finding:
        patches = Patches() if found.python else read_patches(layer, found)
        told = _Told(found)
        told.read()
        if patches.count:
            told.fields["patches"] = Field(patches.count, ByteRun(found.end, patches.end - found.end))
            if patches.overwritten:
                told.fields["overwritten"] = Field(tuple(patches.overwritten))
            if patches.broken:
                told.caveats.append("The last patch of the file is cut off or cannot be read.")
        end = max(found.end, patches.end)
        known = len(_KNOWN & found.value.keys())
        valid = [keys.checked(each) for each in told.public_keys]
        proof = Outcome.NOT_APPLICABLE if not valid else Outcome.PASS if all(valid) else Outcome.FAIL
        if proof is Outcome.FAIL:
            told.caveats.append("The checksum of a master public key does not hold.")
        return finding(
            self,
            layer,
            found.start,
            end - found.start,
            grade=Grade.C3 if known >= 5 and proof is not Outcome.FAIL else Grade.C2,
            value=told.public_keys[0] if told.public_keys else Absent.NONE_STORED,
            checks=(
                Check("keys of the file", Outcome.PASS if known >= 2 else Outcome.FAIL, min(60, 10 * known)),
                Check("checksums of public keys", proof, 32),
            ),
            fields=told.fields,
            events=tuple(told.events[:MOST_EVENTS]),
            links=tuple(dict.fromkeys(told.links))[: 4 * MOST_LINKS],
            caveats=tuple(told.caveats),
            sensitivity=Sensitivity.SECRET if told.secret else Sensitivity.PERSONAL,
        )

    def _encrypted(self, layer: Layer, at: int) -> Iterator[Finding]:
        """A whole file in base64: magic, a point of the curve, ciphertext in blocks of 16, HMAC."""
        if at and _IN_WORD.match(layer.read(at - 1, 1)):
            return
        text = _run(layer, at)
        blob = keys.read_blob(text)
        if blob is None:
            return
        caveats = ["The whole file is encrypted; nothing in it is legible without the password."]
        if not blob.whole:
            caveats.append("The length is not one that such a file has: it is cut off or joined to something.")
        span = ByteRun(at, len(text))
        fields = {
            "encryption": Field(f"whole file, {blob.magic}", ByteRun(at, 6)),
            "opened_by": Field("password" if blob.magic == "BIE1" else "hardware device"),
            "octets": Field(len(text), span),
        }
        if blob.hash_export:
            fields["hash_export"] = Field(blob.hash_export, span)
        yield finding(
            self,
            layer,
            at,
            len(text),
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(
                Check("magic", Outcome.PASS, 32),
                Check("point on the curve", Outcome.PASS, 1),
                Check("length in blocks", Outcome.PASS if blob.whole else Outcome.FAIL, 4),
            ),
            fields=fields,
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL,
        )

    def _fragment(self, layer: Layer, at: int) -> Iterator[Finding]:
        """What is left around the key when no whole object can be read."""
        base = max(0, at - _FRAGMENT_REACH)
        window = layer.read(base, at - base + _FRAGMENT_REACH)
        near = at - base
        version = _VERSION.match(window, max(0, near - 14))
        kind = next(_near(_TYPE, window, near), None)
        public = [each for each in _near(_XPUB, window, near) if keys.checked(each[1].decode("ascii"))]
        if version is None or not 4 <= int(version[1]) <= 200 or (kind is None and not public):
            return
        marks = [version, *([kind] if kind else []), *public[:20]]
        start, end = min(each.start() for each in marks), max(each.end() for each in marks)
        fields = {"seed_version": _at(base, version, int(version[1]))}
        if kind is not None:
            fields["wallet_type"] = _at(base, kind, kind[1].decode("ascii"))
        names = tuple(dict.fromkeys(each[1].decode("ascii") for each in public))
        if names:
            fields["master_public_keys"] = Field(names, ByteRun(base + public[0].start(1), len(public[0][1])))
        yield finding(
            self,
            layer,
            base + start,
            end - start,
            grade=Grade.C2 if names and kind is not None else Grade.C1,
            value=names[0] if names else Absent.NOT_PARSED,
            checks=(
                Check("keys of the file", Outcome.FAIL, 20),
                Check("checksums of public keys", Outcome.PASS if names else Outcome.NOT_APPLICABLE, 32),
            ),
            fields=fields,
            links=tuple(Link("WALLET_HAS_XPUB", "key/extended", each) for each in names),
            caveats=("Only a fragment of the wallet is left, or its text is damaged.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def _near(expression: re.Pattern[bytes], window: bytes, near: int) -> Iterator[re.Match[bytes]]:
    """Matches around `near` that no octet of zero parts from it."""
    low = window.rfind(b"\0", 0, near) + 1
    high = window.find(b"\0", near)
    yield from expression.finditer(window, low, high if high >= 0 else len(window))


def _at(base: int, match: re.Match[bytes], value: Value) -> Field:
    return Field(value, ByteRun(base + match.start(1), len(match[1])))


def _run(layer: Layer, at: int) -> bytes:
    """The run of base64 from `at`."""
    held = b""
    size = 16 << 10
    while len(held) < LARGEST_BLOB:
        piece = layer.read(at + len(held), size)
        match = _BASE64.match(piece)
        run = match[0] if match else b""
        held += run
        if len(run) < size:
            break
        size = min(size * 2, 1 << 20)
    return held[:LARGEST_BLOB]


def _is_wallet(value: dict[str, Json]) -> bool:
    version = value.get("seed_version", 10)
    enough = 2 if "seed_version" in value else 4
    return isinstance(version, int) and 4 <= version <= 200 and len(_KNOWN & value.keys()) >= enough


@dataclass(slots=True)
class _Told:
    """What one wallet says."""

    found: Object
    fields: dict[str, Field] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    public_keys: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    secret: bool = False

    def read(self) -> None:
        """Take over everything that is legible."""
        value = self.found.value
        self.say("wallet_type", string(value.get("wallet_type"), 40) or ("standard" if self.found.python else ""))
        version = value.get("seed_version")
        if isinstance(version, int):
            self.fields["seed_version"] = Field(version)
        self.fields["generation"] = Field("1.x" if self.found.python else "2.x and later")
        self._keystores(value)
        self._addresses(value)
        self._notes(value)
        self._payments(value)
        created = mapping(value.get("db_metadata")).get("creation_timestamp")
        if isinstance(created, int):
            self.event(created, "wallet created", Clock.DEVICE)
        first = string(mapping(value.get("db_metadata")).get("first_electrum_version_used"), 40)
        self.say("first_used_with", first)
        height = value.get("stored_height")
        if isinstance(height, int):
            self.fields["last_block_height"] = Field(height)

    def say(self, name: str, text: str) -> None:
        """Add a text with its place, if there is one."""
        if text:
            self.fields[name] = Field(text, self.found.span_of(text))

    def event(self, seconds: int, meaning: str, clock: Clock) -> None:
        """Add a moment, if it is one."""
        if 1_230_000_000 <= seconds < 4_102_444_800 and len(self.events) < MOST_EVENTS:
            when = datetime.fromtimestamp(seconds, UTC)
            self.events.append(Event(when, _SECOND, meaning, str(seconds), clock))

    def _keystores(self, value: dict[str, Json]) -> None:
        stores = keys.keystores(value)
        encrypted = value.get("use_encryption") is True or any(each.encrypted for each in stores)
        self.fields["encryption"] = Field("seed and private keys" if encrypted else "none")
        for each in stores:
            self.public_keys.extend(one for one in each.public if one not in self.public_keys)
        self.fields["keystores"] = Field(tuple(each.described() for each in stores))
        if self.public_keys:
            names = tuple(self.public_keys[:100])
            self.fields["master_public_keys"] = Field(names, self.found.span_of(names[0]))
            self.links += [Link("WALLET_HAS_XPUB", "key/extended", each) for each in names]
        secrets = [one for each in stores for one in each.secrets]
        for number, (name, text) in enumerate(secrets[:20]):
            label = name if name not in self.fields else f"{name}_{number + 1}"
            self.fields[label] = Field(Secret(text), self.found.span_of(text))
            if name == "seed" and keys.is_old_seed(text):
                self.fields["seed_words"] = Field(Secret(electrum_old.phrase(text)), self.found.span_of(text))
        plain = sum(each.plain_keys for each in stores)
        self.fields["plain_private_keys"] = Field(plain)
        self.secret = bool(secrets or plain)
        lightning = value.get("lightning_xprv")
        if isinstance(lightning, str) and keys.is_private(lightning):
            self.fields["lightning_xprv"] = Field(Secret(lightning), self.found.span_of(lightning))
            self.secret = True
        export = next((each.hash_export for each in stores if each.hash_export), "")
        if export:
            self.fields["hash_export"] = Field(export)

    def _addresses(self, value: dict[str, Json]) -> None:
        roles: dict[str, str] = {}
        stored = mapping(value.get("addresses"))
        for role in ("receiving", "change"):
            for each in items(stored.get(role)):
                if isinstance(each, str):
                    roles.setdefault(each[:128], role)
        if "receiving" not in stored:
            roles |= {each[:128]: "imported" for each in stored}
        for account in mapping(value.get("accounts")).values():
            if isinstance(account, dict):
                roles |= {str(each)[:128]: "imported" for each in mapping(account.get("imported"))}
                for number, role in ((0, "receiving"), (1, "change")):
                    for each in items(account.get(number)):  # type: ignore[call-overload]
                        if isinstance(each, str):
                            roles.setdefault(each[:128], role)
        history = mapping(value.get("addr_history"))
        for each in history:
            roles.setdefault(str(each)[:128], "in history")
        self.own = [each for each, role in roles.items() if role != "in history" or not stored][:MOST_OWN]
        used = {str(each) for each, uses in history.items() if uses}
        self.fields["address_count"] = Field(len(roles))
        listed: list[Value] = []
        for address, role in list(roles.items())[:MOST_SHOWN]:
            listed.append({"address": address, "role": role, "used": address in used})
        self.fields["addresses"] = Field(tuple(listed))
        first = sorted(roles, key=lambda each: each not in used)[:MOST_LINKS]
        self.links += [Link("WALLET_HAS_ADDRESS", "address", each) for each in first]

    def _notes(self, value: dict[str, Json]) -> None:
        labels: list[Value] = []
        for reference, label in list(mapping(value.get("labels")).items())[:MOST_SHOWN]:
            if string(label):
                labels.append({"of": str(reference)[:128], "label": string(label)})
        self.fields["labels"] = Field(tuple(labels))
        contacts: list[Value] = []
        stored = value.get("contacts")
        for key, each in list(mapping(stored).items())[:MOST_SHOWN]:
            kind, name = ([*items(each), "", ""])[:2]
            of, name = string(key, 256), string(name, 512)
            if kind == "address" and read_address(of) is None and read_address(name) is not None:
                of, name = name, of  # the order before 2.7, which later versions turn around as they read it
            contacts.append({"of": of, "kind": string(kind, 40), "name": name})
            if kind == "address":
                self.links.append(Link("CONTACT_OF", "address", of[:128]))
        for address in items(stored)[:MOST_SHOWN]:
            contacts.append({"of": string(address, 256), "kind": "address", "name": ""})
            self.links.append(Link("CONTACT_OF", "address", string(address, 128)))
        self.fields["contacts"] = Field(tuple(contacts))

    def _payments(self, value: dict[str, Json]) -> None:
        known = payments(value, self.own)
        self.fields["transactions"] = Field(known.count)
        self.links += links_of(tuple(known.listed))
        for seconds in known.moments:
            self.event(seconds, "payment confirmed", Clock.CHAIN)
        if known.listed:
            self.fields["transaction_list"] = Field(tuple(known.listed[:MOST_SHOWN]))
        if known.unreadable:
            self.fields["transactions_not_whole"] = Field(known.unreadable)
        for name, meaning in (("invoices", "invoice created"), ("payment_requests", "request created")):
            told: list[Value] = []
            for key, each in list(mapping(value.get(name)).items())[:MOST_SHOWN]:
                one = mapping(each)
                created = one.get("time") if "time" in one else one.get("timestamp")
                if isinstance(created, int):
                    self.event(created, meaning, Clock.DEVICE)
                note = string(one.get("message")) or string(one.get("memo"))
                amount = next((one[it] for it in ("amount_msat", "amount_sat", "amount") if it in one), None)
                told.append({"id": str(key)[:128], "message": note, "amount": str(amount or "")[:40]})
            if told:
                self.fields[name] = Field(tuple(told))


DETECTOR: Detector = Electrum()
