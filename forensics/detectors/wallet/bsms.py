"""Records of the Bitcoin Secure Multisig Setup: `*.bsms`.

| line | record of a wallet                       | record of one key                              |
|------|------------------------------------------|------------------------------------------------|
| 1    | `BSMS 1.0`                               | `BSMS 1.0`                                     |
| 2    | descriptor, `/**` for `/<0;1>/*`         | token of the round, hexadecimal                |
| 3    | paths, `/0/*,/1/*`, or none              | `[fingerprint/path]xpub`                       |
| 4    | first address                            | description                                    |
| 5    |                                          | signature, base64                              |

The first address is derived from the keys and held against the stored one. Encrypted records have no mark.

Not recorded: labels, payments, time of creation. The signature of a key record is told, not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._multisig import described
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome
from forensics.primitives import descriptor as descriptors
from forensics.primitives.descriptor import Descriptor

_LONGEST = descriptors.LONGEST + 1_024
_NO_PATHS = "No path restrictions"
_PATHS = re.compile(r"(/[0-9]{1,10})(?:/\*)(?:,/[0-9]{1,10}/\*)*")
_TOKEN = re.compile(r"00|[0-9a-fA-F]{16}|[0-9a-fA-F]{32}")

_ORIGINS = ("[8188029f/48h/0h/0h/2h]", "[3bd5c9b0/48h/0h/0h/2h]")
_KEYS = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
)


def _policy(threshold: int, path: str = "/**") -> str:
    inner = ",".join(origin + key + path for origin, key in zip(_ORIGINS, _KEYS, strict=True))
    return f"wsh(sortedmulti({threshold},{inner}))"


def _record(threshold: int, paths: str = "/0/*,/1/*", address: str = "") -> bytes:
    wallet = descriptors.parse(_policy(2))
    first = address or (descriptors.address(wallet) if wallet else "")
    return f"BSMS 1.0\n{_policy(threshold)}\n{paths}\n{first}\n".encode()


def _expected(threshold: int) -> tuple[str, ...]:
    return (str(descriptors.parse(_policy(threshold))),)


_ONE = f"BSMS 1.0\n00\n{_ORIGINS[0]}{_KEYS[0]}\nkey of Alice\nH8Dgx/8{'A' * 80}=\n".encode()
_FORM = "in the form of BIP-129, keys of BIP-32's first vector"


class Bsms:
    """One record."""

    kind: ClassVar[str] = "wallet/bsms"
    title: ClassVar[str] = "Multisig setup record (BSMS)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"BSMS 1\.0\r?\n"),)
    references: ClassVar[tuple[str, ...]] = ("BIP-129 Bitcoin Secure Multisig Setup", "BIP-380 to BIP-383")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a wallet of 2 keys", _record(2), _expected(2), _FORM),
        Specimen("lines of Windows", _record(2, _NO_PATHS).replace(b"\n", b"\r\n"), _expected(2), _FORM),
        Specimen("no paths, no address", _record(2).rsplit(b"\n", 3)[0] + b"\n", _expected(2), _FORM),
        Specimen("address of another wallet", _record(2, address="bc1q" + "x" * 58), _expected(2), _FORM),
        Specimen("0 of 2", _record(0), _expected(0), _FORM),
        Specimen("one key", _ONE, (_KEYS[0],), _FORM),
        Specimen("cut off in its keys", _record(2)[:300], None, _FORM + ", cut"),
        Specimen("a key's checksum wrong", _record(2).replace(b"et8/", b"et9/"), None, _FORM + ", changed"),
        Specimen("look-alike: a text about it", b"BSMS 1.0\nis a standard of 2022.\n", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The record whose first line ends at `at`."""
        data = layer.read(at, _LONGEST)
        start = at - (10 if layer.read(at - 2, 2) == b"\r\n" else 9)
        lines = [each.rstrip("\r") for each in data.decode("latin-1").split("\n", 4)]
        lines += [""] * (5 - len(lines))
        text, _, given = lines[0].partition("#")
        wallet = descriptors.parse(text)
        if wallet is not None and (not given or descriptors.checksum(text) == given):
            yield self._wallet(layer, start, at, lines, wallet)
        elif _TOKEN.fullmatch(lines[0]):
            yield from self._key(layer, start, at, lines)

    def _wallet(self, layer: Layer, start: int, at: int, lines: list[str], wallet: Descriptor) -> Finding:
        paths, address = lines[1].strip(), lines[2].strip()
        if not _PATHS.fullmatch(paths) and paths != _NO_PATHS:
            paths = ""
            address = address if not lines[1].strip() else ""
        if not re.fullmatch(r"[0-9A-Za-z]{26,90}", address):
            address = ""
        end = at + len(lines[0])
        if address:
            data = layer.read(end, 512)
            end += data.find(address.encode()) + len(address)
        derived = _first(wallet, paths)
        same = not {address, address.lower()}.isdisjoint(derived)
        outcome = Outcome.NOT_APPLICABLE if not address else Outcome.PASS if same else Outcome.FAIL
        fields = {
            "descriptor": Field(lines[0], ByteRun(at, len(lines[0]))),
            "paths": Field(paths or Absent.NONE_STORED),
            "address": Field(address or Absent.NONE_STORED),
        }
        return described(
            self,
            layer,
            ByteRun(start, end - start),
            wallet,
            fields=fields,
            checks=(Check("keys give the stored address", outcome, 160),),
            caveats=("The keys do not give the stored address.",) if outcome is Outcome.FAIL else (),
            grade=Grade.C3 if same else Grade.C2,
            links=(Link("WALLET_HAS_ADDRESS", "address/bitcoin", address),) if same else (),
        )

    def _key(self, layer: Layer, start: int, at: int, lines: list[str]) -> Iterator[Finding]:
        key = descriptors.parse_key(lines[1])
        if key is None or key.private or key.extended is None or not key.fingerprint:
            return
        end = at + len(lines[0]) + 1 + len(lines[1])
        if layer.read(at + len(lines[0]), 1) == b"\r":
            end += 1
        span = ByteRun(start, end - start)
        yield finding(
            self,
            layer,
            span.offset,
            span.length,
            grade=Grade.C2,
            value=key.text,
            checks=(Check("checksum and point of the key", Outcome.PASS, 32),),
            fields={
                "token": Field(lines[0], span),
                "fingerprint": Field(key.fingerprint, span),
                "origin": Field(f"m{key.origin}", span),
                "description": Field(lines[2][:200] or Absent.NONE_STORED),
                "signature": Field(lines[3][:200] or Absent.NONE_STORED),
            },
            links=(Link("WALLET_HAS_XPUB", "key/extended", key.text),),
        )


def _first(wallet: Descriptor, paths: str) -> tuple[str | None, ...]:
    """Addresses that may stand as the first: of the descriptor, and of the first path that the record allows."""
    match = _PATHS.fullmatch(paths)
    branch = int(match[1][1:]) if match else 0
    return descriptors.address(wallet), descriptors.address(wallet, min(branch, 1))


DETECTOR: Detector = Bsms()
