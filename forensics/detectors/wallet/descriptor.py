"""Output descriptors in text: exports of Sparrow, Bitcoin Core, Specter, Bitkey and others.

| part | content |
|------|---------|
| `wsh(sortedmulti(2,` | script, and how many keys must sign |
| `[8188029f/48h/0h/0h/2h]` | fingerprint of a key's master, and the path from it |
| `xpub…` | the key |
| `/<0;1>/*` | path behind it: receive and change |
| `#s5x06kda` | checksum, 40 bits; some programs leave it out |

All addresses of the wallet follow from it. Not recorded: labels, payments, time of creation, who holds which key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger
from forensics.detectors.wallet._multisig import described
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Outcome
from forensics.primitives import descriptor as descriptors

_ENDS = re.compile(rb"\)#([02-9ac-hj-np-z]{8})")
_OPENS = re.compile(rb"(?:pkh|wpkh|sh|wsh|tr)\(")
_WORD = re.compile(rb"[A-Za-z0-9_]")

_SINGLE = (
    "wpkh([a262308d/84h/0h/0h]xpub6DM7CYgaTMdMbhTcLTUWmNUE5WLXK5hx8ZMa4sRw8qYJPqtqKYiKnwsmT8A6AijDVAUZRivdBnXdR8Q"
    "E7Y9vVnqvzPL3fXCmu1WtCRLdAoz/0/*)#s5x06kda"
)
_MULTIPLE = (
    "wsh(multi(1,[00000001/48h/0h/0h/2h]xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Ru"
    "pje8YtGqsefD265TMg7usUDFdp6W1EGMcet8/<0;1>/*,xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZ"
    "eNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw/0/0/*))"
)
_VECTOR = "in the form of BIP-383, keys of BIP-32's first vector"


class OutputDescriptor:
    """One descriptor."""

    kind: ClassVar[str] = "wallet/descriptor"
    title: ClassVar[str] = "Output descriptor of a wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\)#[02-9ac-hj-np-z]{8}\b"),
        Trigger(rb"\b(?:sorted)?multi\([0-9]{1,2},\[[0-9a-fA-F]{8}/"),
    )
    references: ClassVar[tuple[str, ...]] = ("BIP-380 to BIP-386, BIP-389", "Sparrow: OutputDescriptor")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("single key, with checksum", _SINGLE.encode(), (_SINGLE,), "Sparrow, descriptor-labelled.txt"),
        Specimen(
            "several keys, no checksum",
            b'"descriptor": "' + _MULTIPLE.encode() + b'"',
            (f"{_MULTIPLE}#{descriptors.checksum(_MULTIPLE)}",),
            _VECTOR,
        ),
        Specimen("cut off", _SINGLE[:-4].encode(), None, "cut"),
        Specimen("checksum wrong", _SINGLE[:-1].encode() + b"c", None, "changed"),
        Specimen("a key's checksum wrong", _MULTIPLE.replace("et8/", "et9/").encode(), None, "changed"),
        Specimen("look-alike: a colour in a style sheet", b"background: url(a.png)#02456789;", None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The descriptor that ends at `at` with its checksum, or whose keys begin there."""
        base = max(0, at - descriptors.LONGEST)
        before = layer.read(base, at - base)
        ending = _ENDS.fullmatch(before[-10:])
        if ending is not None:
            text, given = before[:-9], ending[1].decode("ascii")
        else:
            text, given = before + layer.read(at, descriptors.LONGEST), ""
        for start in _starts(text, len(before), bool(given)):
            body = text[start : _closing(text, start)]
            if given and start + len(body) != len(text):
                continue
            behind = text[start + len(body) : start + len(body) + 9]
            if not given and re.fullmatch(rb"#[02-9ac-hj-np-z]{8}", behind):
                continue  # that is the other trigger's
            if text[:start].endswith((b"BSMS 1.0\n", b"BSMS 1.0\r\n")):
                return
            yield from self._read(layer, base + start, body, given)
            return

    def _read(self, layer: Layer, offset: int, body: bytes, given: str) -> Iterator[Finding]:
        text = body.decode("latin-1")
        holds = bool(given) and descriptors.checksum(text) == given
        wallet = descriptors.parse(text)
        if wallet is None or (given and not holds):
            return
        span = ByteRun(offset, len(body) + (9 if given else 0))
        yield described(
            self,
            layer,
            span,
            wallet,
            fields={"checksum": Field(given or "none", span)},
            checks=(Check("checksum", Outcome.PASS if given else Outcome.NOT_APPLICABLE, descriptors.CHECK_BITS),),
            grade=Grade.C3 if given else Grade.C2,
        )


def _starts(text: bytes, at: int, whole: bool) -> Iterator[int]:
    """Where a descriptor may open that holds the place `at`, or that ends there; the outermost first."""
    floor = 0 if whole else max(0, at - 80)
    for each in _OPENS.finditer(text, floor, at):
        before = text[each.start() - 1 : each.start()]
        if _WORD.match(before) or before == b"(":
            continue
        if _closing(text, each.start()) >= at - (9 if whole else 0):
            yield each.start()


def _closing(text: bytes, start: int) -> int:
    """The offset behind the parenthesis that closes the first one from `start`; 0 where none does."""
    depth = 0
    for each in re.finditer(rb"[()]", text[start : start + descriptors.LONGEST]):
        depth += 1 if each[0] == b"(" else -1
        if not depth:
            return start + each.end()
    return 0


DETECTOR: Detector = OutputDescriptor()
